"""Editions by a program: published once, questioned, tried, taken back; the lock is the revision."""

from collections.abc import Callable

import pytest

from tests.backoffice.programs import Program, pointers
from tests.makers import an_office

ROW = "access-new"
PUBLISH = "/editions/publish"


@pytest.fixture
def publisher(program: Callable[..., Program]) -> Program:
    return program("dates.publish")


def an_edition(**changes: object) -> dict[str, object]:
    new = {"as_of": "2026-11-20", "dates": [{"row": ROW, "received_on": "2026-11-05"}], "reason": "Weekly update"}
    return {**new, **changes}


def last(publisher: Program) -> dict:
    return publisher.office.another_worker().get("/api/v1/editions").get_json()["editions"][0]


def test_an_edition_is_published_and_said_everywhere(publisher: Program) -> None:
    before = last(publisher)["edition"]
    told = publisher.send(PUBLISH, an_edition(why={"fr": "Plus de monde.", "en": "More hands."}))
    assert told["edition"] == before + 1
    assert [(one["row"], one["received_on"], one["is_change"]) for one in told["entries"]] == [
        (ROW, "2026-11-05", True)
    ]
    assert last(publisher)["why"] == {"fr": "Plus de monde.", "en": "More hands."}
    rows = publisher.office.another_worker().get("/api/v1/dates").get_json()["rows"]
    assert next(row for row in rows if row["row"] == ROW)["received_on"] == "2026-11-05"
    line = publisher.office.did("audit", "--whole").splitlines()[0]
    assert "token: dates-publish" in line
    assert "dates.publish" in line


def test_the_same_edition_sent_twice_is_published_once(publisher: Program) -> None:
    number = publisher.send(PUBLISH, an_edition())["edition"]
    before = publisher.office.dump()
    assert publisher.send(PUBLISH, an_edition()) == {"dry_run": False, "edition": None, "entries": []}
    assert publisher.office.dump() == before
    assert last(publisher)["edition"] == number


def test_a_trial_says_what_would_be_published(publisher: Program) -> None:
    told = publisher.tries(PUBLISH, an_edition())
    assert (told["edition"], told["entries"][0]["received_on"]) == (None, "2026-11-05")


def test_every_fault_is_told_with_its_place(publisher: Program) -> None:
    lines = [
        {"row": "nowhere", "received_on": "2026-11-05"},
        {"row": ROW, "received_on": "5 nov."},
        {"row": ROW, "meaning": "lost"},
        {"received_on": "2026-11-05", "note": "x"},
    ]
    told = pointers(publisher.refused(PUBLISH, an_edition(dates=lines, reason="", typo=1)))
    assert set(told) == {
        "/dates/1/received_on", "/dates/2/meaning", "/dates/3/row", "/dates/3/note", "/reason", "/typo",
    }  # fmt: skip
    told = pointers(publisher.refused(PUBLISH, an_edition(dates=lines[:1])))
    assert "the row “nowhere” is unknown; the rows are " in told["/dates/0"]
    told = pointers(publisher.refused(PUBLISH, an_edition(as_of="2026-11-21")))
    assert "is in the future" in told["/as_of"]


def test_a_date_that_goes_back_is_asked_about_first(publisher: Program) -> None:
    back = an_edition(dates=[{"row": ROW, "received_on": "2026-01-12"}])
    told = publisher.refused(PUBLISH, back)
    assert told["title"] == "This is unusual"
    assert len(told["questions"]) == 1
    assert "“confirmed”: true" in told["detail"]
    assert publisher.send(PUBLISH, {**back, "confirmed": True})["edition"]


def test_whoever_began_before_the_last_change_is_refused(publisher: Program) -> None:
    revision = publisher.office.get("/api/v1/dates").get_json()["revision"]
    publisher.send(PUBLISH, an_edition(expected=revision))
    told = publisher.refused(
        PUBLISH, an_edition(dates=[{"row": ROW, "received_on": "2026-11-06"}], expected=revision), status=409
    )
    assert (told["expected"], told["found"]) == (revision, revision + 1)


def test_an_edition_is_taken_back(publisher: Program) -> None:
    before = last(publisher)
    number = publisher.send(PUBLISH, an_edition())["edition"]
    told = publisher.tries(f"/editions/{number}/undo", {"reason": "A slip"})
    assert told["edition"] is None
    told = publisher.send(f"/editions/{number}/undo", {"reason": "A slip"})
    assert told["edition"] == number + 1
    assert last(publisher)["undoes"] == number
    told = publisher.refused(f"/editions/{number}/undo", {"reason": "A slip"})
    assert told["title"] == "Refused"
    assert before["edition"] == number - 1


def test_a_reason_that_says_whose_request_it_is_about_is_refused(publisher: Program) -> None:
    told = pointers(publisher.refused(PUBLISH, an_edition(reason="Asked by jacques.untel@xx.com")))
    assert "an e-mail address" in told["/reason"]
    assert "jacques" not in told["/reason"]


def test_an_edition_that_is_not_there_is_not_taken_back(publisher: Program) -> None:
    told = publisher.refused("/editions/9999/undo", {"reason": "A slip"}, status=404)
    assert told["detail"] == "Nothing was kept: there is no edition 9999."
    assert pointers(publisher.refused("/editions/1/undo", {})) == {"/reason": "this is required"}


def test_a_date_that_goes_back_takes_a_second_person_where_that_is_asked_for(publisher: Program) -> None:
    number = publisher.send(PUBLISH, an_edition())["edition"]
    strict = Program(an_office(publisher.office.data, PORTAL_SECOND_PERSON="yes"), publisher.token)
    back = an_edition(dates=[{"row": ROW, "received_on": "2026-01-12"}], confirmed=True)
    suspended = [{"row": ROW, "meaning": "suspended"}]
    assert strict.send(PUBLISH, an_edition(dates=suspended))["edition"] == number + 1
    again = strict.send(PUBLISH, an_edition())["edition"]
    undone = (f"/editions/{one}/undo" for one in (number, again))
    for path, document in ((PUBLISH, back), *((path, {"reason": "A slip"}) for path in undone)):
        told = strict.refused(path, document, status=403)
        assert (
            told["detail"] == "Nothing was kept: a date that goes back takes a second person here: do it at the desk."
        )
    assert strict.send(PUBLISH, an_edition(dates=[{"row": ROW, "received_on": "2026-11-09"}]))["edition"]
