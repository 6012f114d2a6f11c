"""Hours and telephones by a program."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.backoffice.programs import Program, pointers
from tests.makers import an_office

HOURS, EXCEPTIONS, HOLIDAYS, PHONES = (f"/contact/{name}" for name in ("hours", "exceptions", "holidays", "phones"))
WEEK = {"week": "Mo-Fr 09:00-12:00", "first_day": "2027-01-04"}
STORM = {
    "first_day": "2027-01-11",
    "last_day": "2027-01-12",
    "hours": "10:00-12:00",
    "why": {"fr": "tempête", "en": "storm"},
}
LINE = {"line": "montreal", "number": "514 687-3613", "region": {"fr": "Montréal", "en": "Montréal"}}


@pytest.fixture
def keeper(program: Callable[..., Program]) -> Program:
    return program("contact.change")


def contact(keeper: Program) -> dict[str, Any]:
    return keeper.office.another_worker().get("/api/v1/contact").get_json()


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (HOURS, WEEK),
        (EXCEPTIONS, STORM),
        (EXCEPTIONS, STORM | {"hours": "closed"}),
        (
            HOLIDAYS,
            {"year": 2027, "days": [{"day": "2027-01-01", "name": {"fr": "jour de l’An", "en": "New Year’s Day"}}]},
        ),
        (PHONES, LINE),
        (PHONES, LINE | {"line": "gatineau", "region": {"fr": "Gatineau", "en": "Gatineau"}}),
    ],
)
def test_what_is_changed_is_tried_first_and_changed_once(keeper: Program, path: str, document: dict[str, Any]) -> None:
    before = contact(keeper)["revision"]
    assert keeper.tries(path, document)["is_change"] is True
    assert keeper.send(path, document)["is_change"] is True
    assert contact(keeper)["revision"] == before + 1
    assert keeper.send(path, document)["is_change"] is False
    assert contact(keeper)["revision"] == before + 1
    assert "token: contact-change" in keeper.office.did("audit").splitlines()[0]


def test_what_is_changed_is_told(keeper: Program) -> None:
    keeper.send(PHONES, LINE)
    assert next(one for one in contact(keeper)["phones"] if one["key"] == "montreal")["number"] == "+15146873613"
    keeper.send(EXCEPTIONS, STORM | {"first_day": "2026-11-20", "last_day": "2026-11-20", "hours": "closed"})
    assert contact(keeper)["open_now"] is False


def test_what_was_changed_is_taken_back(keeper: Program) -> None:
    for path, done, back in (
        (HOURS, WEEK, {"first_day": WEEK["first_day"], "week": None}),
        (EXCEPTIONS, STORM, {"first_day": STORM["first_day"], "last_day": STORM["last_day"], "hours": None}),
        (PHONES, LINE | {"line": "gatineau"}, {"line": "gatineau", "number": None}),
    ):
        keeper.send(path, done)
        assert keeper.send(path, back)["is_change"] is True
        assert keeper.refused(path, back)["title"] == "Refused"


@pytest.mark.parametrize(
    ("path", "document", "place", "words"),
    [
        (HOURS, {"week": "Mo-Fr 09:00-12:00"}, "/first_day", "required"),
        (HOURS, {"first_day": "2027-01-04"}, "/week", "required"),
        (HOURS, {"first_day": "2027-01-04", "week": 1}, "/week", "give a text"),
        (EXCEPTIONS, {"first_day": "2027-01-04"}, "/hours", "required"),
        (PHONES, {"line": "montreal", "region": LINE["region"]}, "/number", "required"),
        (PHONES, {"line": "montreal", "number": " "}, "/number", "required"),
        (HOURS, WEEK | {"week": "Xy 09:00-12:00"}, "/week", "no day of the week"),
        (EXCEPTIONS, STORM | {"hours": "25:00-26:00"}, "/hours", "25:00"),
        (EXCEPTIONS, STORM | {"last_day": "2027-01-10"}, "/last_day", "1 to 92 days"),
        (EXCEPTIONS, STORM | {"last_day": "2028-01-10"}, "/last_day", "1 to 92 days"),
        (EXCEPTIONS, STORM | {"why": {"fr": "tempête"}}, "/why/en", "both languages"),
        (HOLIDAYS, {"year": 1800, "days": [{"day": "2027-01-01"}]}, "/year", "from 1990 to 2100"),
        (HOLIDAYS, {"year": 2027, "days": [{"day": "2026-01-01"}]}, "/days/0/day", "no day of 2027"),
        (HOLIDAYS, {"year": 2027, "days": [{"day": "2027-01-01"}]}, "/days/0/name", "both languages"),
        (HOLIDAYS, {"year": 2027, "days": []}, "/days", "1 to 60"),
        (
            HOLIDAYS,
            {"year": 2027, "days": [{"day": "2027-01-01", "name": {"fr": "a", "en": "b"}}] * 2},
            "/days",
            "twice",
        ),
        (PHONES, {"number": "911"}, "/line", "required"),
        (PHONES, LINE | {"number": "911"}, "/number", "911"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    keeper: Program, path: str, document: dict[str, Any], place: str, words: str
) -> None:
    assert words in pointers(keeper.refused(path, document))[place]


@pytest.mark.parametrize(
    ("path", "document", "words"),
    [
        (HOURS, WEEK | {"first_day": "2026-11-19"}, "is over"),
        (HOURS, WEEK | {"schedule": "night"}, "“night” is unknown"),
        (EXCEPTIONS, STORM | {"why": None}, "say why in both languages"),
        (PHONES, LINE | {"line": "A line"}, "lower-case letters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(keeper: Program, path: str, document: dict[str, Any], words: str) -> None:
    assert words in keeper.refused(path, document)["detail"]


def test_hours_are_taken_back_by_their_very_days(keeper: Program) -> None:
    for_good, for_a_while = WEEK, WEEK | {"last_day": "2027-01-08", "week": "Mo-Fr 10:00-11:00"}
    for document in (for_good, for_a_while):
        keeper.send(HOURS, document)
    back = {"first_day": WEEK["first_day"], "week": None}
    assert "take those back before" in keeper.refused(HOURS, back)["detail"]
    assert "these very days" in keeper.refused(HOURS, back | {"last_day": "2027-01-07"})["detail"]
    keeper.send(HOURS, back | {"last_day": "2027-01-08"})
    keeper.refused(HOURS, back | {"last_day": "2027-01-08"})
    assert keeper.send(HOURS, back)["is_change"] is True


def test_hours_of_one_of_several_schedules_say_whose_they_are(keeper: Program) -> None:
    keeper.office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "always", "--new")
    assert "say whose hours they are; there are always, " in pointers(keeper.refused(HOURS, WEEK))["/schedule"]
    assert keeper.send(HOURS, WEEK | {"schedule": "always"})["is_change"] is True


def test_whoever_began_before_the_last_change_is_refused(keeper: Program) -> None:
    revision = contact(keeper)["revision"]
    keeper.send(EXCEPTIONS, STORM | {"expected": revision})
    assert keeper.refused(HOURS, WEEK | {"expected": revision}, status=409)["found"] == revision + 1


def test_a_line_takes_a_second_person_where_that_is_asked_for(keeper: Program) -> None:
    strict = Program(an_office(keeper.office.data, PORTAL_SECOND_PERSON="yes"), keeper.token)
    assert "do it at the desk" in strict.refused(PHONES, LINE, status=403)["detail"]
    assert strict.send(HOURS, WEEK)["is_change"] is True
