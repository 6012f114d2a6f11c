"""The delivery rules at the desk: seen first, asked about, kept with the password alone, once however often."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.people import PASSWORD, Colleague, Desk, but, refused
from tests.store.statements import asked_of_the_database, repeated

NOW = "2026-11-20 09:40"
PAGE, COVER, END = "/desk/en/rules/", "/desk/en/rules/cover", "/desk/en/rules/end"
NEW: dict[str, Any] = {
    "rule__key": "b2b-by-email",
    "rule__forms": "4123, 4058",
    "rule__by": "email",
    "rule__notice": "temporary-password-by-email",
    "rule__first_day": "2027-03-01",
}
ENDED: dict[str, Any] = {"end__key": "forms-still-by-mail", "end__last_day": "2027-02-28"}
SECRET: dict[str, Any] = {"rule__password": PASSWORD}


@pytest.fixture
def publisher(clock: Traveller, desk: Desk) -> Colleague:
    """A publisher who typed their password twenty minutes ago."""
    person = desk.signed_in("publisher")
    clock.shift(timedelta(minutes=20))
    person.get(PAGE)
    return person


def refuses(person: Colleague, path: str, status: int = 422, **typed: Any) -> str:
    return refused(person, path, status, **{"expected": person.hidden("expected"), **typed})


def keep(person: Colleague, path: str, **typed: Any) -> None:
    person.get(PAGE)
    person.fill(path, status=303, **{"expected": person.hidden("expected"), **typed})


def told(person: Colleague, form: str = "4058", day: str = "2027-03-01") -> str:
    return person.office.did("rules", "list", "--form", form, "--date", day)


def test_the_page_reads_nothing_twice(publisher: Colleague) -> None:
    with asked_of_the_database() as asked:
        publisher.get(PAGE)
    assert asked
    assert repeated(asked) == []


def test_the_rules_are_listed_with_their_days_forms_and_channels(publisher: Colleague) -> None:
    words = publisher.words("table")
    assert "email-from-july-2021 from July 22, 2021 on every other form by e-mail" in words
    assert "forms-still-by-mail whenever it was 4058, 4123" in words


def test_a_new_rule_decides_for_its_forms_from_its_day_on(publisher: Colleague) -> None:
    keep(publisher, COVER, **NEW, **SECRET)
    assert "by email" in told(publisher)
    assert "by registered-mail" in told(publisher, day="2027-02-28")
    assert "by registered-mail" in told(publisher, form="4134")
    assert "Personne publisher  rules.cover" in publisher.office.did("audit").splitlines()[0]


def test_a_change_of_rules_is_seen_before_it_is_kept(publisher: Colleague) -> None:
    before = publisher.office.dump()
    publisher.fill(COVER, act="try", expected=publisher.hidden("expected"), **NEW)
    assert "Nothing is saved yet." in publisher.words()
    assert "b2b-by-email – from March 1, 2027 on; 4058, 4123; by e-mail" in publisher.words("table")
    assert publisher.office.dump() == before


def test_no_rule_changes_without_the_password(publisher: Colleague) -> None:
    assert "This is not your password." in refuses(publisher, COVER, **NEW)
    wrong = {"rule__password": "no"}
    assert "This is not your password." in refuses(publisher, COVER, **NEW, **wrong)
    assert "This is not your password." in refuses(publisher, END, **ENDED)


def test_what_people_were_told_otherwise_must_be_meant(publisher: Colleague) -> None:
    past = but(NEW, rule__first_day="2026-11-01", **SECRET)
    words = refuses(publisher, COVER, **past)
    assert "Answer every question, or change what you typed." in words
    assert "people have been told otherwise already" in words
    question = publisher.hidden("confirmed")
    refuses(publisher, COVER, **past, confirmed="another question")
    keep(publisher, COVER, **past, confirmed=question)
    assert "by email" in told(publisher, day="2026-11-02")


def test_a_rule_ends(publisher: Colleague) -> None:
    secret = {"end__password": PASSWORD}
    keep(publisher, END, **ENDED, **secret)
    assert "by email" in told(publisher)


def test_a_double_click_keeps_once(publisher: Colleague) -> None:
    began = publisher.hidden("expected")
    for _click in range(2):
        publisher.fill(COVER, status=303, expected=began, **NEW, **SECRET)
    assert publisher.office.did("audit").count("rules.cover  ") == 1


def test_who_began_before_another_changed_the_rules_sees_both_and_may_go_on(publisher: Colleague) -> None:
    began = publisher.hidden("expected")
    other = but(NEW, rule__key="selat-by-email", rule__forms="4135", **SECRET)
    keep(publisher, COVER, **other)
    words = refused(publisher, COVER, 409, expected=began, **NEW)
    assert "This page has changed since you opened it: nothing of yours was saved Personne publisher" in words
    assert "b2b-by-email – from March 1, 2027 on" in words
    publisher.fill(COVER, status=303, expected=publisher.hidden("expected"), **NEW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule__key": ""}, "A key has 2 to 40 lower-case letters"),
        ({"rule__key": "../x"}, "A key has 2 to 40 lower-case letters"),
        ({"rule__key": "email-from-july-2021"}, "There is a rule “email-from-july-2021” already"),
        ({"rule__forms": "405"}, "Give the numbers of the forms"),
        ({"rule__forms": "4058 <b>"}, "Give the numbers of the forms"),
        ({"rule__by": "pigeon"}, "Choose how the credentials travel."),
        ({"rule__by": ""}, "Choose how the credentials travel."),
        ({"rule__notice": "none"}, "Choose the notice that explains the rule."),
        ({"rule__first_day": ""}, "Enter the day as year, month and day"),
        ({"rule__first_day": "2101-01-01"}, "Enter the day as year, month and day"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(publisher: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refuses(publisher, COVER, **but(NEW, **SECRET, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"end__key": "none"}, "Choose the rule."),
        ({"end__key": "email-from-july-2021"}, "No rule would decide for a request received on"),
        ({"end__last_day": "x"}, "Enter the day as year, month and day"),
    ],
)
def test_an_end_that_cannot_be_is_refused(publisher: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refuses(publisher, END, **but(ENDED, end__password=PASSWORD, **changes))


def test_whoever_is_no_publisher_changes_no_rule(clock: Traveller, desk: Desk) -> None:
    clerk = desk.signed_in("clerk")
    clerk.get(PAGE, status=403)
    clerk.get("/desk/en/requests/")
    refused(clerk, COVER, 403, expected="1", **NEW, **SECRET)
