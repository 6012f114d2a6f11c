"""What holds of any rules that staff may have made, for any form and any day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

from hypothesis import given, strategies as st

from portal.delivery.refusals import NoRuleLeft, RuleEndsBeforeItBegins, TwoRules
from portal.delivery.rules import (
    ANY_OTHER,
    LONGEST_KEY,
    WAYS,
    Rule,
    added,
    check,
    covered,
    decide,
    ended,
    questions,
)
from tests.delivery.test_amending import a_rule
from tests.delivery.test_rules import RULES, STILL_BY_MAIL, received_days

FORMS = [*STILL_BY_MAIL, "1234", "5678"]
some_forms = st.frozensets(st.sampled_from(FORMS), min_size=1, max_size=6) | st.just(frozenset())
change_days = st.dates(date(2021, 7, 1), date(2028, 1, 1))
ways = st.sampled_from(list(WAYS))


@st.composite
def any_rules(draw: st.DrawFn) -> Sequence[Rule]:
    """Rules as staff may have made them: those of July 2021, changed a few times, each change that was not refused."""
    rules: Sequence[Rule] = RULES
    for number in range(draw(st.integers(0, 6))):
        day, kind = draw(change_days), draw(st.sampled_from(["add", "end", "cover", "cover"]))
        new = a_rule(f"rule-{number}", draw(ways), day, forms=draw(some_forms))
        try:
            if kind == "add":
                rules = added(rules, replace(new, last_day=draw(st.none() | change_days)))
            elif kind == "end":
                rules = ended(rules, draw(st.sampled_from([rule.key for rule in rules])), day)
            else:
                rules = covered(rules, new)
        except (TwoRules, NoRuleLeft, RuleEndsBeforeItBegins):
            continue
    return rules


any_form = st.sampled_from(FORMS) | st.integers(0, 9999).map("{:04d}".format) | st.just(ANY_OTHER)
any_day = received_days | change_days | st.dates()


@given(any_rules(), any_form, any_day)
def test_after_any_changes_one_rule_decides_for_any_request(rules: Sequence[Rule], form: str, day: date) -> None:
    check(rules)
    in_force = [rule for rule in rules if rule.covers(day)]
    naming = [rule for rule in in_force if form in rule.forms]
    (decided,) = naming or [rule for rule in in_force if not rule.forms]
    assert decide(rules, form, day) == decided
    assert decided.channels in WAYS.values()
    assert len({rule.key for rule in rules}) == len(rules)
    assert all(len(rule.key) <= LONGEST_KEY for rule in rules)


@given(any_rules(), some_forms, ways, change_days, any_form, any_day)
def test_covering_changes_no_other_form_and_no_earlier_day(
    rules: Sequence[Rule], forms: frozenset[str], by: str, first: date, form: str, day: date
) -> None:
    new = a_rule(by=by, first=first, forms=forms)
    before, after = decide(rules, form, day), decide(covered(rules, new), form, day)
    # Named, or with a rule for all others, a form that no rule names.
    is_covered = day >= first and (form in forms if forms else not before.forms)
    if is_covered:
        assert after == new
    else:
        assert (after.channels, after.notice, after.first_day) == (before.channels, before.notice, before.first_day)
    if form not in forms:
        assert (after.key == before.key) is not is_covered, "a form that nobody named is decided by the same rule"


@given(any_rules(), st.data(), change_days, any_form, any_day)
def test_ending_changes_only_what_the_rule_decided_after_its_last_day(
    rules: Sequence[Rule], data: st.DataObject, last: date, form: str, day: date
) -> None:
    key = data.draw(st.sampled_from([rule.key for rule in rules if rule.last_day is None or rule.last_day > last]))
    try:
        after = ended(rules, key, last)
    except (NoRuleLeft, RuleEndsBeforeItBegins):
        return
    before = decide(rules, form, day)
    if before.key == key and day > last:
        assert not decide(after, form, day).forms, "the rule for all others"
    else:
        assert decide(after, form, day).key == before.key


@given(any_rules(), any_form, any_day)
def test_the_order_in_which_rules_are_kept_decides_nothing(rules: Sequence[Rule], form: str, day: date) -> None:
    found = {decide(order, form, day) for order in permutations(rules[:4])} if len(rules) <= 4 else set()
    assert found | {decide(rules[::-1], form, day)} == {decide(rules, form, day)}


@given(any_rules(), some_forms, change_days, change_days, any_form)
def test_nothing_is_asked_exactly_where_no_past_answer_changes(
    rules: Sequence[Rule], forms: frozenset[str], first: date, today: date, form: str
) -> None:
    after = covered(rules, a_rule(first=first, forms=forms))
    asked = questions(rules, after, today, FORMS)
    past = (today - timedelta(days=ahead) for ahead in range((today - first).days + 1))
    turned = {
        day
        for day in past
        for one in {*FORMS, form}
        if decide(rules, one, day).channels != decide(after, one, day).channels
    }
    assert bool(asked) == bool(turned)
