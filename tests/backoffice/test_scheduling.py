"""Editions that a program lets come out later: once, as it was told, or held back; cancelled by their number."""

from collections.abc import Callable

import pytest

from portal.app import create_app, publish_due
from portal.scheduled.records import scheduled
from portal.scheduled.rules import Hold
from portal.store.database import database, session
from tests.backoffice.programs import Program, pointers
from tests.backoffice.test_dates import PUBLISH, ROW, an_edition
from tests.makers import an_office, in_quebec

AT = "2026-11-23 08:00"
BACK = [{"row": ROW, "received_on": "2026-10-23"}]
#: Fields of an edition, and what is said of when it comes out.
WRONG = [
    ("tomorrow", "write the day and the hour in Québec, for example 2021-07-22 08:30"),
    ("2026-11-23", "write the day and the hour in Québec, for example 2021-07-22 08:30"),
    ("2026-11-23 24:00", "write the day and the hour in Québec, for example 2021-07-22 08:30"),
    ("2026-11-31 08:00", "this is no date; write it YYYY-MM-DD, for example 2021-07-22"),
    ("1980-11-23 08:00", "1980-11-23 is before 1990"),
    ("2027-03-14 02:30", "on 2027-03-14 no clock in Québec shows 02:30: it goes forward then"),
    ("2026-11-20 09:59", "this moment is over, or more than a year ahead"),
    ("2062-11-20 09:59", "this moment is over, or more than a year ahead"),
]


@pytest.fixture
def publisher(program: Callable[..., Program]) -> Program:
    return program("dates.publish")


def comes_out(publisher: Program, at: str) -> list[Hold | None]:
    """Do what the site does by itself at an instant; return what is held back, and why."""
    app = create_app(publisher.office.config)
    with app.app_context():
        publish_due(app, in_quebec(at))
        held = [one.held for one in scheduled(session())]
        database.engine.dispose()
        return held


def now(publisher: Program) -> str:
    rows = publisher.office.another_worker().get("/api/v1/dates").get_json()["rows"]
    return next(row["received_on"] for row in rows if row["row"] == ROW)


def test_an_edition_comes_out_at_its_time_in_the_name_of_the_token(publisher: Program) -> None:
    told = publisher.send(PUBLISH, an_edition(published=AT, as_of="2026-11-23"))
    assert (told["edition"], told["scheduled"]) == (None, 1)
    assert told["entries"][0]["received_on"] == "2026-11-05"
    assert comes_out(publisher, "2026-11-23 07:59") == [None]
    assert now(publisher) == "2026-10-30"
    assert comes_out(publisher, AT) == []
    assert now(publisher) == "2026-11-05"
    line = publisher.office.did("audit", "--whole").splitlines()[0]
    assert "token: dates-publish" in line
    assert "dates.publish" in line


def test_the_same_sent_twice_comes_out_once(publisher: Program) -> None:
    assert publisher.send(PUBLISH, an_edition(published=AT))["scheduled"] == 1
    before = publisher.office.dump()
    assert publisher.send(PUBLISH, an_edition(published=AT))["scheduled"] == 1
    assert publisher.office.dump() == before


def test_what_the_table_says_already_is_not_scheduled(publisher: Program) -> None:
    publisher.send(PUBLISH, an_edition())
    told = publisher.send(PUBLISH, an_edition(published=AT))
    assert (told["edition"], told["scheduled"], told["entries"]) == (None, None, [])


def test_a_trial_says_what_would_come_out(publisher: Program) -> None:
    told = publisher.tries(PUBLISH, an_edition(published=AT))
    assert (told["scheduled"], told["entries"][0]["received_on"]) == (None, "2026-11-05")
    number = publisher.send(PUBLISH, an_edition(published=AT))["scheduled"]
    assert publisher.tries(f"/editions/scheduled/{number}/cancel", {"reason": "A slip"})["scheduled"] == number


@pytest.mark.parametrize(("published", "told"), WRONG)
def test_a_time_that_makes_no_sense_is_told_with_its_place(publisher: Program, published: str, told: str) -> None:
    assert pointers(publisher.refused(PUBLISH, an_edition(published=published))) == {"/published": told}


def test_what_may_be_a_slip_is_asked_first(publisher: Program) -> None:
    told = publisher.refused(PUBLISH, an_edition(published=AT, dates=BACK))
    assert len(told["questions"]) == 1
    assert publisher.send(PUBLISH, an_edition(published=AT, dates=BACK, confirmed=True))["scheduled"] == 1
    assert comes_out(publisher, AT) == []
    assert now(publisher) == "2026-10-23"


def test_a_row_of_which_another_one_speaks_is_refused(publisher: Program) -> None:
    publisher.send(PUBLISH, an_edition(published=AT))
    told = publisher.refused(PUBLISH, an_edition(published="2026-11-24 08:00"))
    assert told["detail"] == "Nothing was kept: edition 1 to come speaks of access-new already."


def test_every_fault_is_told_as_for_one_that_comes_out_at_once(publisher: Program) -> None:
    told = pointers(publisher.refused(PUBLISH, an_edition(published=AT, dates=[{"row": "nowhere"}])))
    assert "the row “nowhere” is unknown" in told["/dates/0"]
    revision = publisher.office.get("/api/v1/dates").get_json()["revision"]
    publisher.send(PUBLISH, an_edition())
    publisher.refused(PUBLISH, an_edition(published=AT, expected=revision), status=409)


def test_it_is_cancelled_by_its_number(publisher: Program) -> None:
    number = publisher.send(PUBLISH, an_edition(published=AT))["scheduled"]
    path = f"/editions/scheduled/{number}/cancel"
    assert pointers(publisher.refused(path, {})) == {"/reason": "this is required"}
    assert publisher.send(path, {"reason": "A slip"})["scheduled"] == number
    assert publisher.refused(path, {"reason": "A slip"}, status=404)["title"] == "Not found"
    assert comes_out(publisher, AT) == []
    assert now(publisher) == "2026-10-30"


def test_a_token_that_was_revoked_publishes_nothing_any_more(publisher: Program) -> None:
    publisher.send(PUBLISH, an_edition(published=AT))
    publisher.office.did("tokens", "revoke", "dates-publish")
    assert comes_out(publisher, AT) == ["author"]
    assert now(publisher) == "2026-10-30"


def test_a_token_that_expired_meanwhile_was_good_when_it_was_used(publisher: Program) -> None:
    publisher.send(PUBLISH, an_edition(published="2027-02-01 08:00"))
    assert comes_out(publisher, "2027-02-01 08:00") == []
    assert now(publisher) == "2026-11-05"


def test_a_date_that_goes_back_takes_a_second_person_where_that_is_asked_for(publisher: Program) -> None:
    strict = Program(an_office(publisher.office.data, PORTAL_SECOND_PERSON="yes"), publisher.token)
    strict.refused(PUBLISH, an_edition(published=AT, dates=BACK, confirmed=True), status=403)
    assert strict.send(PUBLISH, an_edition(published=AT))["scheduled"] == 1
