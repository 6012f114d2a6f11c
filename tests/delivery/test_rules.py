"""By which channel each credential travels: the notice's own cases, then any request against a plain oracle."""

import random
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from portal.core.calendar import day_of
from portal.delivery.refusals import NoDeliveryRule
from portal.delivery.rules import Channel, Rule, Span, agreed, decide, spans

FACTS = Path(__file__).parents[2] / "portal" / "facts" / "delivery.toml"

#: The eleven forms of the notice (product.md §2), typed from it and not from the facts.
B2B = ["4058", "4123", "4134", "4354", "4444"]
SELAT = ["4135", "4151", "4200", "4366", "4438"]
DIRECTIVES = ["4346"]
STILL_BY_MAIL = [*B2B, *SELAT, *DIRECTIVES]

Channels = tuple[Channel, Channel]
MAIL: Channels = ("registered_mail", "registered_mail")
EMAIL: Channels = ("email_to_user", "email_to_authoriser")


def the_rules_of_the_facts() -> list[Rule]:
    facts = tomllib.loads(FACTS.read_text("utf-8"))["rules"]
    return [
        Rule(
            key=fact["key"],
            first_day=fact.get("first_day"),
            last_day=fact.get("last_day"),
            forms=frozenset(fact.get("forms", ())),
            password=fact["password"],
            user_name=fact["user_name"],
            notice=fact["notice"],
        )
        for fact in facts
    ]


RULES = the_rules_of_the_facts()


def a_rule(key: str, first: date | None = None, last: date | None = None, forms: str = "") -> Rule:
    return Rule(key, first, last, frozenset(forms.split()), "registered_mail", "registered_mail", "")


@pytest.mark.parametrize(
    ("form", "received_on", "key", "channels"),
    [
        ("", date(2021, 7, 21), "mail-before-july-2021", MAIL),
        ("", date(2021, 7, 22), "email-from-july-2021", EMAIL),
        ("4000", date(2021, 7, 21), "mail-before-july-2021", MAIL),
        ("4000", date(2021, 7, 22), "email-from-july-2021", EMAIL),
        ("4000", date(1990, 1, 1), "mail-before-july-2021", MAIL),
        ("4000", date(2026, 7, 6), "email-from-july-2021", EMAIL),
        ("4346", date(2021, 7, 21), "forms-still-by-mail", MAIL),
        ("4346", date(2021, 7, 22), "forms-still-by-mail", MAIL),
    ],
)
def test_the_day_received_decides_and_the_decision_names_its_rule(
    form: str, received_on: date, key: str, channels: tuple[str, str]
) -> None:
    rule = decide(RULES, form, received_on)

    assert rule.key == key
    assert (rule.password, rule.user_name) == channels
    assert rule.notice == "temporary-password-by-email"


@pytest.mark.parametrize("form", STILL_BY_MAIL)
@pytest.mark.parametrize("received_on", [date(2021, 7, 21), date(2021, 7, 22), date(2026, 7, 6)])
def test_the_eleven_forms_stay_on_registered_mail(form: str, received_on: date) -> None:
    rule = decide(RULES, form, received_on)

    assert (rule.password, rule.user_name) == MAIL


def test_the_facts_name_the_eleven_forms_and_no_other() -> None:
    assert len(set(STILL_BY_MAIL)) == 11
    assert set().union(*(rule.forms for rule in RULES)) == set(STILL_BY_MAIL)


forms = st.sampled_from(STILL_BY_MAIL) | st.integers(0, 9999).map("{:04d}".format) | st.just("")
near_the_day = st.integers(-3, 3).map(lambda ahead: date(2021, 7, 22) + timedelta(days=ahead))
received_days = st.dates(date(1990, 1, 1), date(2099, 12, 31)) | near_the_day


@given(forms, received_days)
def test_any_request_travels_as_the_notice_says(form: str, received_on: date) -> None:
    rule = decide(RULES, form, received_on)

    by_mail = form in STILL_BY_MAIL or (received_on.year, received_on.month, received_on.day) < (2021, 7, 22)
    assert (rule.password, rule.user_name) == (MAIL if by_mail else EMAIL)


#: The first instant of 22 July 2021 in Québec, four hours behind UTC in summer.
BEGINS = datetime(2021, 7, 22, 4, 0, tzinfo=UTC)
REQUESTS = 10_000


@pytest.mark.parametrize("seed", [20210722, random.SystemRandom().randrange(2**32)], ids=["fixed", "new"])
def test_ten_thousand_requests_travel_as_the_notice_says(seed: int) -> None:
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    for _request in range(REQUESTS):
        form = chance.choice([chance.choice(STILL_BY_MAIL), f"{chance.randrange(10_000):04d}", ""])
        minutes = chance.choice([chance.randrange(-3_000, 3_000), chance.randrange(-5_000_000, 5_000_000)])
        at = BEGINS + timedelta(minutes=minutes)
        rule = decide(RULES, form, day_of(at))
        expected = (
            ("forms-still-by-mail", *MAIL)
            if form in STILL_BY_MAIL
            else ("email-from-july-2021", "email_to_user", "email_to_authoriser")
            if at >= BEGINS
            else ("mail-before-july-2021", *MAIL)
        )
        assert (rule.key, rule.password, rule.user_name) == expected, (seed, form, at)
        assert rule.notice == "temporary-password-by-email"
        told[rule.key] += 1
    assert min(told[rule.key] for rule in RULES) > REQUESTS / 10, "each rule was tried often"


@given(forms, received_days)
def test_the_two_credentials_never_travel_to_one_mailbox(form: str, received_on: date) -> None:
    rule = decide(RULES, form, received_on)

    mailboxes = [channel for channel in (rule.password, rule.user_name) if channel != "registered_mail"]
    assert len(set(mailboxes)) == len(mailboxes)


@pytest.mark.parametrize(
    ("rule", "day", "covers"),
    [
        (a_rule("always"), date.min, True),
        (a_rule("always"), date.max, True),
        (a_rule("from", first=date(2021, 7, 22)), date(2021, 7, 21), False),
        (a_rule("from", first=date(2021, 7, 22)), date(2021, 7, 22), True),
        (a_rule("to", last=date(2021, 7, 21)), date(2021, 7, 21), True),
        (a_rule("to", last=date(2021, 7, 21)), date(2021, 7, 22), False),
        (a_rule("one day", date(2021, 7, 22), date(2021, 7, 22)), date(2021, 7, 21), False),
        (a_rule("one day", date(2021, 7, 22), date(2021, 7, 22)), date(2021, 7, 22), True),
        (a_rule("one day", date(2021, 7, 22), date(2021, 7, 22)), date(2021, 7, 23), False),
    ],
)
def test_a_rule_covers_its_first_day_to_its_last(rule: Rule, day: date, covers: bool) -> None:
    assert rule.covers(day) is covers


#: What the agency promised: one day a notice ends the exception, for some forms before others.
LATER = [
    a_rule("all"),
    a_rule("b2b", last=date(2026, 12, 31), forms="4058 4123"),
    a_rule("selat", forms="4135"),
    a_rule("second for all"),
]


@pytest.mark.parametrize(
    ("form", "received_on", "key"),
    [
        ("4058", date(2026, 12, 31), "b2b"),  # the rule that names the form, though another stands first
        ("4058", date(2027, 1, 1), "all"),  # its last day has passed
        ("4135", date(2027, 1, 1), "selat"),
        ("4000", date(2026, 12, 31), "all"),  # the first of two
        ("", date(2026, 12, 31), "all"),
    ],
)
def test_a_rule_that_names_the_form_comes_first_while_it_is_in_force(form: str, received_on: date, key: str) -> None:
    assert decide(LATER, form, received_on).key == key


@pytest.mark.parametrize(
    ("rules", "form", "sentence"),
    [
        ([], "", "no delivery rule for form ? received on 2021-07-22"),
        ([a_rule("b2b", forms="4058")], "4000", "no delivery rule for form 4000 received on 2021-07-22"),
        ([a_rule("old", last=date(2021, 7, 21))], "4058", "no delivery rule for form 4058 received on 2021-07-22"),
    ],
)
def test_a_request_that_no_rule_covers_is_an_error_and_never_a_guess(
    rules: list[Rule], form: str, sentence: str
) -> None:
    with pytest.raises(NoDeliveryRule) as caught:
        decide(rules, form, date(2021, 7, 22))
    assert str(caught.value) == sentence


def test_forms_that_travel_alike_agree_and_others_say_nothing() -> None:
    day = date(2026, 1, 12)
    by_mail, by_email = agreed(RULES, ["4058", "4123"], day), agreed(RULES, [], day)
    assert by_mail
    assert by_email
    assert (by_mail.password, by_email.password) == ("registered_mail", "email_to_user")
    assert agreed(RULES, ["4058", "9999"], day) is None
    assert agreed([], ["4058"], day) is None


@pytest.mark.parametrize("form", STILL_BY_MAIL)
def test_a_form_still_by_mail_is_one_span(form: str) -> None:
    (span,) = spans(RULES, form)
    assert ((span.rule.password, span.rule.user_name), span.first_day, span.last_day) == (MAIL, None, None)


def test_any_other_form_turns_on_22_july_2021() -> None:
    before, after = spans(RULES, "1234")
    assert (before.rule.password, before.first_day, before.last_day) == ("registered_mail", None, date(2021, 7, 21))
    assert (after.rule.password, after.first_day, after.last_day) == ("email_to_user", date(2021, 7, 22), None)


def test_no_rule_makes_no_span() -> None:
    assert spans([], "1234") == []


def test_days_without_a_rule_part_two_spans_that_say_the_same() -> None:
    first = Rule("first", None, date(2020, 1, 31), frozenset(), *MAIL, "")
    second = Rule("second", date(2020, 3, 1), None, frozenset(), *MAIL, "")
    assert spans([first, second], "1234") == [
        Span(first, None, date(2020, 1, 31), frozenset({""})),
        Span(second, date(2020, 3, 1), None, frozenset({""})),
    ]


def test_rules_that_say_the_same_are_one_span_with_the_notices_of_both() -> None:
    first = Rule("first", None, date(2020, 1, 31), frozenset(), *MAIL, "one")
    second = Rule("second", date(2020, 2, 1), date.max, frozenset(), *MAIL, "two")
    assert spans([first, second], "1234") == [Span(first, None, None, frozenset({"one", "two"}))]


days = st.dates(date(2020, 1, 1), date(2020, 3, 1))


@st.composite
def bounded_rules(draw: st.DrawFn) -> list[Rule]:
    bounds = draw(st.lists(st.tuples(st.none() | days, st.none() | days), max_size=4))
    forms = st.frozensets(st.sampled_from(["4058", "4123"]))
    found = []
    for number, (first, last) in enumerate(bounds):
        channels: Channels = draw(st.sampled_from([MAIL, EMAIL]))
        if first is None or last is None or first <= last:
            found.append(Rule(str(number), first, last, draw(forms), channels[0], channels[1], ""))
    return found


@given(bounded_rules(), days)
def test_the_span_of_a_day_says_what_is_decided_for_it(rules: list[Rule], day: date) -> None:
    found = [
        span for span in spans(rules, "4058") if (span.first_day or date.min) <= day <= (span.last_day or date.max)
    ]
    try:
        rule = decide(rules, "4058", day)
    except NoDeliveryRule:
        assert found == []
    else:
        (span,) = found
        assert (span.rule.password, span.rule.user_name) == (rule.password, rule.user_name)
