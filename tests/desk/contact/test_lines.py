"""Telephones at the desk: the password first, a number that people can call, and never the last line away."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.contact.test_hours import PAGE, keep, public, refuses
from tests.desk.people import PASSWORD, Colleague, Desk, but, refused

NOW = "2026-11-20 09:40"
PHONES = "/desk/en/contact/phones"
MONTREAL: dict[str, Any] = {
    "line": "montreal",
    "line__montreal__number": "514 555-0199 poste 12",
    "line__montreal__region_fr": "Montréal",
    "line__montreal__region_en": "Montréal",
}
NEW: dict[str, Any] = {
    "line": "",
    "line____key": "laval",
    "line____number": "450 688-2000",
    "line____region_fr": "Laval",
    "line____region_en": "Laval",
}
SECRET: dict[str, Any] = {"line__montreal__password": PASSWORD}
WRONG: dict[str, Any] = {"line__montreal__password": "no"}


@pytest.fixture
def publisher(clock: Traveller, desk: Desk) -> Colleague:
    """A publisher who typed their password twenty minutes ago."""
    person = desk.signed_in("publisher")
    clock.shift(timedelta(minutes=20))
    person.get(PAGE)
    return person


@pytest.fixture
def confirmed(publisher: Colleague) -> Colleague:
    """The same, who has just typed it."""
    keep(publisher, PHONES, **MONTREAL, **SECRET)
    return publisher


def test_a_number_changes_once_the_password_is_typed(publisher: Colleague) -> None:
    assert "This is not your password." in refuses(publisher, PHONES, **MONTREAL)
    assert "This is not your password." in refuses(publisher, PHONES, **MONTREAL, **WRONG)
    keep(publisher, PHONES, **MONTREAL, **SECRET)
    assert "514 555-0199, ext. 12" in public(publisher)


def test_the_password_is_never_given_back(publisher: Colleague) -> None:
    wrong = {"line__montreal__password": "quatre girafes lentes"}
    refuses(publisher, PHONES, **MONTREAL, **wrong)
    assert "quatre girafes" not in publisher.page


def test_a_password_typed_a_short_while_ago_is_not_asked_for_again(confirmed: Colleague, clock: Traveller) -> None:
    other = but(MONTREAL, line__montreal__number="514 555-0142")
    keep(confirmed, PHONES, **other)
    clock.shift(timedelta(minutes=16))
    confirmed.get(PAGE)
    refuses(confirmed, PHONES, **MONTREAL)


def test_wrong_passwords_are_slowed_down(publisher: Colleague) -> None:
    for _wrong in range(10):
        refuses(publisher, PHONES, **MONTREAL, **WRONG)
    refused(publisher, PHONES, 429, **MONTREAL, **SECRET, expected="1")


def test_a_number_is_seen_before_it_is_kept(publisher: Colleague) -> None:
    before = publisher.office.dump()
    publisher.fill(PHONES, act="try", expected=publisher.hidden("expected"), **MONTREAL)
    assert "Number 514 687-3612 514 555-0199, ext. 12" in publisher.words("table")
    assert "514 555-0199, ext. 12" in publisher.words(".d-shown")
    assert publisher.office.dump() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line__montreal__number": " "}, "Give the number that people call"),
        ({"line__montreal__number": "911"}, "is for emergencies"),
        ({"line__montreal__number": "1 900 555-0199"}, "costs whoever calls it"),
        ({"line__montreal__number": "514 687"}, "write for example 418 780-4208"),
        ({"line__montreal__number": "+33 1 42 68 53 00"}, "is not a number of Canada or the United States"),
        ({"line__montreal__region_fr": ""}, "Say it in both languages"),
        ({"line__montreal__region_en": "\x07"}, "There is a character that no page can show."),
        ({"line__montreal__region_fr": "x" * 201}, "Shorten this to 200 characters."),
        ({"line__montreal__schedule": "other"}, "Choose whose hours they are."),
    ],
)
def test_a_line_that_cannot_be_is_refused(confirmed: Colleague, changes: dict[str, Any], said: str) -> None:
    confirmed.get(PAGE)
    assert said in refuses(confirmed, PHONES, **{**MONTREAL, **changes})


def test_a_line_is_added(confirmed: Colleague) -> None:
    keep(confirmed, PHONES, **NEW)
    assert "450 688-2000" in public(confirmed)
    assert "450 688-2000" in public(confirmed, "/en/contact/?region=laval")


@pytest.mark.parametrize("key", ["", "L", "a", "Laval", "la val", "é" * 4, "a" * 41, "a/b", "../x", "<b>", "unknown"])
def test_a_key_that_no_address_can_hold_is_refused(confirmed: Colleague, key: str) -> None:
    confirmed.get(PAGE)
    said = refuses(confirmed, PHONES, **but(NEW, line____key=key))
    assert "A key has 2 to 40 lower-case letters" in said or "is what a caller answers" in said


@pytest.mark.parametrize("line", ["no such line", "<script>", "../x", "x" * 300])
def test_no_line_is_made_by_a_key_that_was_not_asked_for(confirmed: Colleague, line: str) -> None:
    confirmed.get(PAGE)
    key = line.strip()[:40]
    typed = {name.replace("montreal", key): value for name, value in MONTREAL.items() if name != "line"}
    assert "This line was taken away meanwhile" in refuses(confirmed, PHONES, line=line, **typed)


def test_a_line_is_taken_away_once_however_often_it_is_pressed(confirmed: Colleague) -> None:
    confirmed.get(PAGE)
    expected = confirmed.hidden("expected")
    for _click in range(2):
        confirmed.fill(PHONES, status=303, act="remove", line="montreal", expected=expected)
    assert "514" not in public(confirmed, "/en/contact/?region=quebec")
    assert confirmed.office.did("audit").count("contact.phone  ") == 2


def test_a_line_is_not_taken_away_without_the_password(publisher: Colleague) -> None:
    assert "This is not your password." in refuses(publisher, PHONES, act="remove", line="montreal")


def test_the_last_line_stays(confirmed: Colleague) -> None:
    for line in ("montreal", "elsewhere"):
        keep(confirmed, PHONES, act="remove", line=line)
    confirmed.get(PAGE)
    assert "is the last line" in refuses(confirmed, PHONES, act="remove", line="quebec")


def test_who_changed_a_line_that_another_changed_sees_both(confirmed: Colleague) -> None:
    confirmed.get(PAGE)
    began = confirmed.hidden("expected")
    confirmed.office.did("contact", "phone", "montreal", "514 555-0142")
    words = refused(confirmed, PHONES, 409, expected=began, **MONTREAL)
    assert "command line" in words
    assert "Number 514 555-0142 514 555-0199, ext. 12" in words
    confirmed.fill(PHONES, status=303, expected=confirmed.hidden("expected"), **MONTREAL)
