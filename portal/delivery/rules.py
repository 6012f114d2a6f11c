"""By which channel each credential travels (product.md §2, notice of July 2021). Pure; the rules are dated data."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from portal.core.languages import Bilingual, Sentence, Value
from portal.core.numbers import is_form_number
from portal.delivery.refusals import (
    ChannelsUnsaid,
    NoDeliveryRule,
    NoRuleLeft,
    NotAForm,
    OneMailbox,
    RuleEndsBeforeItBegins,
    RuleKeyTaken,
    RuleUnknown,
    TwoRules,
)

ONE_DAY = timedelta(days=1)
Channel = Literal["registered_mail", "email_to_user", "email_to_authoriser"]
#: The ways in which the two credentials travel: (password, user name). The pages have words for these, and no other.
WAYS: dict[str, tuple[Channel, Channel]] = {
    "registered-mail": ("registered_mail", "registered_mail"),
    "email": ("email_to_user", "email_to_authoriser"),
}
#: What they are called in a sentence.
WAY_NAMES: dict[str, Bilingual] = {
    "registered-mail": Bilingual("courrier recommandé", "registered mail"),
    "email": Bilingual("courriel", "e-mail"),
}
#: What two rules can be about beside forms: a request whose form no rule names, or that has none.
ANY_OTHER = ""
LONGEST_KEY = 40
#: The end of the key under which a rule goes on for the past of forms that it names no more.
_UNTIL = re.compile(r"-to-[0-9]{4}-[0-9]{2}-[0-9]{2}(-[0-9]+)?$")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, from its first day to its last (None: without bound), for the forms it names or, with none, all others.

    What counts is the day in Québec on which the agency received the request. `notice` is a notice's key.
    """

    key: str
    first_day: date | None
    last_day: date | None
    forms: frozenset[str]
    password: Channel
    user_name: Channel
    notice: str

    def covers(self, received_on: date) -> bool:
        """Say whether the rule is in force for a request received on that day."""
        return not self.begins_after(received_on) and (self.last_day is None or received_on <= self.last_day)

    def begins_after(self, day: date) -> bool:
        """Say whether the first day of the rule is to come on that day."""
        return self.first_day is not None and self.first_day > day

    def has_ended(self, day: date) -> bool:
        """Say whether the last day of the rule is over on that day."""
        return self.last_day is not None and self.last_day < day

    @property
    def channels(self) -> tuple[Channel, Channel]:
        """Return by which channels the password and the user name travel."""
        return self.password, self.user_name

    @property
    def subjects(self) -> frozenset[str]:
        """Return the forms that the rule decides for; ANY_OTHER alone where it names none."""
        return self.forms or frozenset({ANY_OTHER})


def agreed(rules: Sequence[Rule], forms: Sequence[str], received_on: date) -> Rule | None:
    """Return the rule that decides for every one of `forms` (none: for a request without one).

    None where they differ or no rule is in force: it is better to say nothing than to name the wrong channel.
    """
    try:
        found = [decide(rules, form, received_on) for form in forms or ("",)]
    except NoDeliveryRule:
        return None
    return found[0] if len({rule.channels for rule in found}) == 1 else None


def rule_to_tell(rules: Sequence[Rule], form_number: str, received_on: date, covered: Collection[str]) -> Rule | None:
    """Return the rule to tell the person of one request; `covered` are the forms of the rows of the table.

    None where nobody can say, and for a form that neither a row nor a rule names: its number may be a slip, and only
    the rule for all others would answer, with more confidence than anyone has. A request without a number may be of
    any form: it is told a rule where all of them agree.
    """
    if not form_number:
        named = {form for rule in rules if rule.covers(received_on) for form in rule.forms}
        return agreed(rules, ["", *sorted(named)], received_on)
    if form_number not in covered and not any(form_number in rule.forms for rule in rules):
        return None
    return agreed(rules, [form_number], received_on)


def decide(rules: Sequence[Rule], form_number: str, received_on: date) -> Rule:
    """Return the rule that decides for a form (may be empty) and a received date: one naming the form comes first.

    Raises NoDeliveryRule.
    """
    in_force = [rule for rule in rules if rule.covers(received_on)]
    for rule in in_force:
        if form_number in rule.forms:
            return rule
    for rule in in_force:
        if not rule.forms:
            return rule
    raise NoDeliveryRule(form_number, received_on)


@dataclass(frozen=True, slots=True)
class Span:
    """The received dates for which rules say the same, from the first to the last (None: without bound).

    `rule` is the first of them; `notices` are the keys of the notices of all.
    """

    rule: Rule
    first_day: date | None
    last_day: date | None
    notices: frozenset[str]

    def holds_on(self, day: date) -> bool:
        """Say whether a received date lies in the span."""
        return (self.first_day or day) <= day <= (self.last_day or day)


def spans(rules: Sequence[Rule], form_number: str) -> Sequence[Span]:
    """Return what each rule in turn decides for a form, oldest first; neighbours that say the same are one span."""
    found: list[Span] = []
    for first, last in stretches(rules):
        try:
            rule = decide(rules, form_number, first or last or date.max)  # any day of the span decides for all of it
        except NoDeliveryRule:
            continue
        if found and found[-1].last_day and found[-1].last_day + ONE_DAY == first and _says_the_same(found[-1], rule):
            found[-1] = replace(found[-1], last_day=last, notices=found[-1].notices | {rule.notice})
        else:
            found.append(Span(rule, first, last, frozenset({rule.notice})))
    return found


def _says_the_same(span: Span, rule: Rule) -> bool:
    return span.rule.channels == rule.channels


def stretches(rules: Iterable[Rule]) -> Sequence[tuple[date | None, date | None]]:
    """Return the received dates, oldest first, over which no rule begins or ends: (first, last); None is no bound."""
    rules = list(rules)
    day_after = {rule.last_day + ONE_DAY for rule in rules if rule.last_day and rule.last_day < date.max}
    turns = sorted(day_after | {rule.first_day for rule in rules if rule.first_day and rule.first_day > date.min})
    return list(zip([None, *turns], [*(day - ONE_DAY for day in turns), None], strict=True))


def added(rules: Sequence[Rule], new: Rule) -> Sequence[Rule]:
    """Return the rules with a new one. Raises RuleKeyTaken, and what `check` raises."""
    _check_key_is_free(rules, new)
    found = [*rules, new]
    check(found)
    return found


def ended(rules: Sequence[Rule], key: str, last_day: date) -> Sequence[Rule]:
    """Return the rules, that of `key` having this last day: after it, the rule for all others decides for its forms.

    Raises RuleUnknown, and what `check` raises.
    """
    if key not in {rule.key for rule in rules}:
        raise RuleUnknown(key, [rule.key for rule in rules])
    found = [replace(rule, last_day=last_day) if rule.key == key else rule for rule in rules]
    check(found)
    return found


def covered(rules: Sequence[Rule], new: Rule) -> Sequence[Rule]:
    """Return the rules, a new one having taken its forms from those that name them, from its first day on.

    For requests received before that day, and for any other form, what is decided stays as it was: a rule that loses
    some of its forms keeps the others as it is, and what it decided for the lost ones stands on under a key of its own.
    Raises RuleKeyTaken, and what `check` raises.
    """
    _check_key_is_free(rules, new)
    keys = {new.key, *(rule.key for rule in rules)}
    # By their keys: what stays of a rule is called the same in whatever order they are tried.
    pieces = {rule.key: _without(rule, new, keys) for rule in sorted(rules, key=lambda rule: rule.key)}
    found = [*(piece for rule in rules for piece in pieces[rule.key]), new]
    check(found)
    return found


def _without(rule: Rule, new: Rule, keys: set[str]) -> Sequence[Rule]:
    """Return what stays of a rule once another has taken its forms; a key that this needs is added to `keys`."""
    taken = rule.subjects & new.subjects
    if not taken or (new.first_day and rule.has_ended(new.first_day)):
        return [rule]
    # One that names no form loses all or nothing: what stays of a rule always names some.
    stays = [replace(rule, forms=rule.forms - taken)] if rule.subjects - taken else []
    last = new.first_day and new.first_day - ONE_DAY
    if last is None or rule.begins_after(last):
        return stays
    if not stays:
        return [replace(rule, last_day=last)]
    return [*stays, replace(rule, key=_key_until(rule.key, last, keys), last_day=last, forms=taken)]


def _key_until(key: str, last: date, keys: set[str]) -> str:
    key, ending, number = _UNTIL.sub("", key), f"-to-{last}", 1
    while (found := key[: LONGEST_KEY - len(ending)] + ending) in keys:
        number += 1
        ending = f"-to-{last}-{number}"
    keys.add(found)
    return found


def check(rules: Sequence[Rule]) -> None:
    """Refuse rules that could not decide: on any day, one alone decides for each form, and one for all others.

    Raises RuleEndsBeforeItBegins, NotAForm, OneMailbox, ChannelsUnsaid, TwoRules, NoRuleLeft.
    """
    for rule in rules:
        _check_alone(rule)
    for first, last in stretches(rules):
        _check_day(rules, first or last or date.max)  # any day of the stretch stands for all of it


def _check_key_is_free(rules: Sequence[Rule], new: Rule) -> None:
    if new.key in {rule.key for rule in rules}:
        raise RuleKeyTaken(new.key)


def _check_alone(rule: Rule) -> None:
    if rule.first_day and rule.last_day and rule.last_day < rule.first_day:
        raise RuleEndsBeforeItBegins(rule.key, rule.first_day, rule.last_day)
    if wrong := next((form for form in sorted(rule.forms) if not is_form_number(form)), None):
        raise NotAForm(wrong)
    if rule.channels not in WAYS.values():
        raise OneMailbox(rule.key) if rule.password == rule.user_name else ChannelsUnsaid(rule.key)


def _check_day(rules: Sequence[Rule], day: date) -> None:
    in_force = [rule for rule in rules if rule.covers(day)]
    named = Counter(form for rule in in_force for form in rule.subjects)
    twice = min((form for form, count in named.items() if count > 1), default=None)
    if twice is not None:
        raise TwoRules(twice, day, [rule.key for rule in in_force if twice in rule.subjects])
    if ANY_OTHER not in named:
        raise NoRuleLeft(day)


def questions(
    before: Sequence[Rule], after: Sequence[Rule], today: date, known_forms: Collection[str]
) -> Sequence[Sentence]:
    """Return what is allowed but may be a slip: a form unknown until now, another answer than people were given.

    `known_forms` are those that a row covers or a rule names before the change. What is asked of requests received up
    to `today` is what their senders may have been told already.
    """
    unknown = sorted({form for rule in after for form in rule.forms} - {*known_forms})
    turned: dict[tuple[Value, ...], list[str]] = {}
    named = sorted({form for rule in (*before, *after) for form in rule.subjects})
    for first, last in stretches([*before, *after]):
        if first is None or first <= today:
            for form in named:
                if turn := _turn(before, after, form, first or last or today):
                    turned.setdefault((first or "…", min(last or today, today), *turn), []).append(form)
    asked = [_form_unknown(form) for form in unknown]
    return asked + [_told_otherwise(forms, *turn) for turn, forms in turned.items()]


def _form_unknown(form: str) -> Sentence:
    return Sentence("form %(form)s is in no row of the table and in no rule: is its number right?", form=form)


def _told_otherwise(forms: Sequence[str], first: Value, last: Value, old: Value, new: Value) -> Sentence:
    return Sentence(
        "%(forms)s, received %(first)s – %(last)s: %(old)s → %(new)s; people have been told otherwise already",
        forms=_named([form for form in forms if form], with_others=ANY_OTHER in forms),
        first=first,
        last=last,
        old=old,
        new=new,
    )


def _named(forms: Sequence[str], *, with_others: bool) -> Value:
    if not with_others:
        return forms
    return Sentence("%(forms)s, every other form", forms=forms) if forms else Sentence("every other form")


def _turn(before: Sequence[Rule], after: Sequence[Rule], form: str, day: date) -> tuple[Value, Value] | None:
    """Return how the credentials of a request travelled and how they would, None where both are the same."""
    try:
        old, new = decide(before, form, day), decide(after, form, day)
    except NoDeliveryRule:  # nobody was told anything
        return None
    if old.channels == new.channels:
        return None
    return WAY_NAMES.get(way(old), way(old)), WAY_NAMES.get(way(new), way(new))


def way(rule: Rule) -> str:
    """Return in few words how the credentials travel under a rule: one of WAYS."""
    return next((name for name, channels in WAYS.items() if channels == rule.channels), " and ".join(rule.channels))
