"""Rules that change: added, ended, put in the place of others; what nobody named is decided as before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from portal.core.errors import PortalError
from portal.delivery.refusals import (
    ChannelsUnsaid,
    NoRuleLeft,
    NotAForm,
    NoticeUnknown,
    OneMailbox,
    RuleEndsBeforeItBegins,
    RuleKeyTaken,
    RuleUnknown,
    TwoRules,
)
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
    rule_to_tell,
    way,
)
from tests.delivery.test_rules import RULES, STILL_BY_MAIL

MARCH = date(2027, 3, 1)
FEBRUARY = date(2027, 2, 28)
TODAY = date(2026, 11, 20)


def a_rule(key: str = "new", by: str = "email", first: date | None = MARCH, **changes: object) -> Rule:
    password, user_name = WAYS[by]
    rule = Rule(key, first, None, frozenset({"4058", "4123"}), password, user_name, "a-notice")
    return replace(rule, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def told(rules: Sequence[Rule]) -> dict[str, tuple[date | None, date | None, str]]:
    return {rule.key: (rule.first_day, rule.last_day, " ".join(sorted(rule.forms))) for rule in rules}


def test_two_of_the_eleven_forms_go_by_email_from_a_day() -> None:
    rules = covered(RULES, a_rule())
    others = " ".join(sorted({*STILL_BY_MAIL} - {"4058", "4123"}))
    assert told(rules) == {
        "mail-before-july-2021": (None, date(2021, 7, 21), ""),
        "email-from-july-2021": (date(2021, 7, 22), None, ""),
        "forms-still-by-mail": (None, None, others),
        "forms-still-by-mail-to-2027-02-28": (None, FEBRUARY, "4058 4123"),
        "new": (MARCH, None, "4058 4123"),
    }
    assert decide(rules, "4058", FEBRUARY).notice == "temporary-password-by-email"
    assert (way(decide(rules, "4058", FEBRUARY)), way(decide(rules, "4058", MARCH))) == ("registered-mail", "email")


def test_a_rule_that_loses_all_its_forms_ends_the_day_before() -> None:
    rules = covered(RULES, a_rule(forms=frozenset(STILL_BY_MAIL)))
    assert told(rules)["forms-still-by-mail"] == (None, FEBRUARY, " ".join(sorted(STILL_BY_MAIL)))
    assert len(rules) == len(RULES) + 1


def test_the_rule_for_all_others_is_put_in_the_place_of_the_one_before() -> None:
    rules = covered(RULES, a_rule(by="registered-mail", forms=frozenset()))
    assert told(rules)["email-from-july-2021"] == (date(2021, 7, 22), FEBRUARY, "")
    assert [decide(rules, ANY_OTHER, day).key for day in (FEBRUARY, MARCH)] == ["email-from-july-2021", "new"]


def test_a_rule_announced_for_later_gives_way_to_one_that_comes_before() -> None:
    later = covered(RULES, a_rule("later", first=date(2027, 6, 1)))
    rules = covered(later, a_rule(forms=frozenset({"4058"})))
    assert told(rules)["later"] == (date(2027, 6, 1), None, "4123")
    both = covered(later, a_rule())
    assert "later" not in told(both)
    check(both)


def test_a_rule_taken_in_pieces_keeps_each_past_under_a_key_of_its_own() -> None:
    rules: Sequence[Rule] = RULES
    for number, form in enumerate(["4058", "4123", "4134"]):
        rules = covered(rules, a_rule(f"new-{number}", forms=frozenset({form})))
    rules = covered(rules, a_rule("sooner", first=date(2027, 1, 1)))
    assert {key for key in told(rules) if "-to-" in key} == {
        "forms-still-by-mail-to-2027-02-28-3",
        "forms-still-by-mail-to-2027-02-28",
        "forms-still-by-mail-to-2027-02-28-2",
    }
    assert told(rules)["forms-still-by-mail-to-2027-02-28"] == (None, date(2026, 12, 31), "4058")
    assert "new-0" not in told(rules)
    long = covered(
        added(RULES, a_rule("k" * LONGEST_KEY, forms=frozenset({"1111", "2222"}), first=None)),
        a_rule("n", forms=frozenset({"1111"})),
    )
    assert max(len(rule.key) for rule in long) == LONGEST_KEY


def test_a_piece_that_is_cut_again_is_not_named_twice_over() -> None:
    rules = covered(covered(RULES, a_rule()), a_rule("sooner", first=date(2027, 1, 1), forms=frozenset({"4058"})))
    assert told(rules)["forms-still-by-mail-to-2026-12-31"] == (None, date(2026, 12, 31), "4058")
    assert told(rules)["forms-still-by-mail-to-2027-02-28"] == (None, FEBRUARY, "4123")
    assert told(rules)["new"] == (MARCH, None, "4123")


def test_what_stays_of_two_rules_is_called_the_same_in_whatever_order_they_are_tried() -> None:
    pair = [
        a_rule("b2b", first=None, forms=frozenset({"4058", "4134"})),
        a_rule("b2b-to-2027-02-28", first=None, forms=frozenset({"4123", "4354"})),
    ]
    rules = [rule for rule in RULES if not rule.forms]
    orders = [covered([*rules, *order], a_rule()) for order in (pair, pair[::-1])]
    assert told(orders[0]) == told(orders[1])
    assert told(orders[0])["b2b-to-2027-02-28-2"] == (None, FEBRUARY, "4058")


def test_a_rule_for_always_takes_the_whole_place() -> None:
    rules = covered(RULES, a_rule(first=None, forms=frozenset(STILL_BY_MAIL)))
    assert set(told(rules)) == {"mail-before-july-2021", "email-from-july-2021", "new"}


def test_after_the_last_day_of_a_rule_the_one_for_all_others_decides() -> None:
    rules = ended(RULES, "forms-still-by-mail", FEBRUARY)
    assert [decide(rules, "4346", day).key for day in (FEBRUARY, MARCH)] == [
        "forms-still-by-mail",
        "email-from-july-2021",
    ]


REFUSED: list[tuple[type[PortalError], Callable[[], object], str]] = [
    (RuleKeyTaken, lambda: added(RULES, a_rule("forms-still-by-mail")), "give the new one another key"),
    (RuleKeyTaken, lambda: covered(RULES, a_rule("forms-still-by-mail")), "give the new one another key"),
    (RuleUnknown, lambda: ended(RULES, "nothing", MARCH), "there are mail-before-july-2021, email-from-july-2021"),
    (RuleUnknown, lambda: ended([], "nothing", MARCH), "there are none yet"),
    (RuleEndsBeforeItBegins, lambda: ended(RULES, "email-from-july-2021", date(2021, 7, 21)), "is before its first"),
    (NotAForm, lambda: added(RULES, a_rule(forms=frozenset({"405"}))), "four digits"),
    (NotAForm, lambda: added(RULES, a_rule(forms=frozenset({"٤٠٥٨"}))), "four digits"),
    (OneMailbox, lambda: covered(RULES, a_rule(user_name="email_to_user")), "never both to one"),
    (ChannelsUnsaid, lambda: covered(RULES, a_rule(password="registered_mail")), "the pages can tell"),  # noqa: S106 — a channel
    (TwoRules, lambda: added(RULES, a_rule()), "would both decide for form 4058, received on 2027-03-01; end one"),
    (TwoRules, lambda: added(RULES, a_rule(forms=frozenset())), "the forms that no rule names"),
    (NoRuleLeft, lambda: ended(RULES, "email-from-july-2021", FEBRUARY), "received on 2027-03-01"),
    (NoRuleLeft, lambda: added([], a_rule(first=None)), "no rule would decide"),
    (NoRuleLeft, lambda: added([], a_rule(forms=frozenset())), "received on 2027-02-28"),
]


@pytest.mark.parametrize(("error", "change", "words"), REFUSED)
def test_rules_that_could_not_decide_are_refused(
    error: type[PortalError], change: Callable[[], object], words: str
) -> None:
    with pytest.raises(error) as caught:
        change()
    assert words in str(caught.value)


def test_a_rule_cannot_name_a_notice_before_there_is_one() -> None:
    assert "“soon” is unknown or withdrawn; there are none yet: a rule" in str(NoticeUnknown("soon", []))
    assert "there are first, second: a rule names" in str(NoticeUnknown("soon", {"second", "first"}))


OTHERWISE = "registered mail → e-mail; people have been told otherwise already"


def test_a_change_of_what_people_were_told_is_asked_about() -> None:
    before = date(2026, 11, 1)
    known = {*STILL_BY_MAIL}
    assert questions(RULES, covered(RULES, a_rule()), TODAY, known) == []
    assert questions(RULES, covered(RULES, a_rule(first=before)), TODAY, known) == [
        f"4058, 4123, received 2026-11-01 – 2026-11-20: {OTHERWISE}"
    ]
    assert len(questions(RULES, covered(RULES, a_rule(first=TODAY)), TODAY, known)) == 1, "today, they were told too"
    assert questions(RULES, covered(RULES, a_rule(first=before, by="registered-mail")), TODAY, known) == []
    general = covered(RULES, a_rule(first=date(2021, 7, 20), forms=frozenset()))
    assert questions(RULES, general, TODAY, known) == [
        f"every other form, received 2021-07-20 – 2021-07-21: {OTHERWISE}"
    ]
    both = covered(general, a_rule("b2b", first=date(2021, 7, 20), forms=frozenset({"4058"})))
    assert questions(RULES, both, date(2021, 7, 21), known) == [
        f"4058, every other form, received 2021-07-20 – 2021-07-21: {OTHERWISE}"
    ]
    assert questions([], RULES, TODAY, known) == [], "nobody was told anything"


def test_a_form_that_nobody_knows_is_asked_about() -> None:
    rules = covered(RULES, a_rule(forms=frozenset({"4508"})))
    assert questions(RULES, rules, TODAY, STILL_BY_MAIL) == [
        "form 4508 is in no row of the table and in no rule: is its number right?"
    ]
    assert questions(RULES, rules, TODAY, [*STILL_BY_MAIL, "4508"]) == []


def test_a_form_that_nobody_knows_is_told_no_channel() -> None:
    assert rule_to_tell(RULES, "9999", TODAY, ["1234"]) is None
    known = [rule_to_tell(RULES, form, TODAY, ["1234"]) for form in ("1234", "4058")]
    assert [rule and rule.key for rule in known] == ["email-from-july-2021", "forms-still-by-mail"]


def test_a_request_without_a_form_is_told_what_holds_for_every_form() -> None:
    assert rule_to_tell(RULES, "", date(2021, 7, 22), ["1234"]) is None  # it may be one of the eleven
    told = rule_to_tell(RULES, "", date(2021, 7, 21), ["1234"])
    assert told is not None
    assert told.key == "mail-before-july-2021"


def test_channels_that_no_page_can_tell_are_still_told_to_staff() -> None:
    assert way(a_rule(user_name="registered_mail")) == "email_to_user and registered_mail"
