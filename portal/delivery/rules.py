"""By which channel each credential travels (product.md §2, notice of July 2021). Pure; the rules are dated data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from portal.core.errors import PortalError

ONE_DAY = timedelta(days=1)
Channel = Literal["registered_mail", "email_to_user", "email_to_authoriser"]


class NoDeliveryRule(PortalError):
    """No rule says how the credentials of a request travel."""


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
        after_first = self.first_day is None or self.first_day <= received_on
        return after_first and (self.last_day is None or received_on <= self.last_day)


def agreed(rules: Sequence[Rule], forms: Sequence[str], received_on: date) -> Rule | None:
    """Return the rule that decides for every one of `forms` (none: for a request without one).

    None where they differ or no rule is in force: it is better to say nothing than to name the wrong channel.
    """
    try:
        found = {decide(rules, form, received_on) for form in forms or ("",)}
    except NoDeliveryRule:
        return None
    channels = {(rule.password, rule.user_name) for rule in found}
    return found.pop() if len(channels) == 1 else None


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
    raise NoDeliveryRule(f"no delivery rule for form {form_number or '?'} received on {received_on}")


@dataclass(frozen=True, slots=True)
class Span:
    """The received dates for which rules say the same, from the first to the last (None: without bound).

    `rule` is the first of them; `notices` are the keys of the notices of all.
    """

    rule: Rule
    first_day: date | None
    last_day: date | None
    notices: frozenset[str]


def spans(rules: Sequence[Rule], form_number: str) -> Sequence[Span]:
    """Return what each rule in turn decides for a form, oldest first; neighbours that say the same are one span."""
    day_after = {rule.last_day + ONE_DAY for rule in rules if rule.last_day and rule.last_day < date.max}
    turns = sorted(day_after | {rule.first_day for rule in rules if rule.first_day})
    found: list[Span] = []
    for first, last in zip([None, *turns], [*(day - ONE_DAY for day in turns), None], strict=True):
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
    return (span.rule.password, span.rule.user_name) == (rule.password, rule.user_name)
