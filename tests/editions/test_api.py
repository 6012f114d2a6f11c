"""The editions as JSON, for software."""

from urllib.parse import quote

import pytest

from tests.makers import ROWS, Office

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
WHY = ("--why-fr", "Une erreur.", "--why-en", "A mistake.")


@pytest.fixture
def table(office: Office) -> Office:
    """Three editions: of both rows; of `new` alone; the one that took the second back."""
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-05\nb2b,2026-10-02\n", as_of="2026-11-03")
    office.publishes_dates("row,received_on\nnew,2026-10-13\n", as_of="2026-11-10")
    office.did("dates", "undo", "2", "--reason", "Typed wrongly", *WHY)
    return office


SECOND = {
    "edition": 2,
    "as_of": "2026-11-10",
    "published_at": "2026-11-18T15:00:00+00:00",
    "why": {"fr": "", "en": ""},
    "undoes": None,
    "undone_by": 3,
}
THIRD = {**SECOND, "edition": 3, "why": {"fr": "Une erreur.", "en": "A mistake."}, "undoes": 2, "undone_by": None}
MOVED = {
    "row": "new",
    "old_meaning": "received_on",
    "old_received_on": "2026-10-05",
    "meaning": "received_on",
    "received_on": "2026-10-13",
    "is_change": True,
    "working_days": 5,
}
RESTORED = {**MOVED, "old_received_on": "2026-10-13", "received_on": "2026-10-05", "working_days": -5}


def test_the_list_says_of_each_edition_when_why_and_what_takes_it_back(table: Office) -> None:
    document = table.get("/api/v1/editions").get_json()
    assert {name: document[name] for name in ("demonstration", "total", "page", "per_page")} == {
        "demonstration": False,
        "total": 3,
        "page": 1,
        "per_page": 50,
    }
    assert document["editions"][:2] == [{**THIRD, "changes": 1}, {**SECOND, "changes": 1}]
    assert (document["editions"][2]["edition"], document["editions"][2]["changes"]) == (1, 2)


def test_the_list_is_cut_in_pages_without_losing_an_edition(demo: Office) -> None:
    documents = [demo.get(f"/api/v1/editions?page={number}").get_json() for number in (1, 2, 3)]
    numbers = [edition["edition"] for document in documents for edition in document["editions"]]
    assert numbers == list(range(documents[0]["total"], 0, -1))
    assert all(document["demonstration"] for document in documents)


def test_an_edition_holds_what_it_said_of_each_row(table: Office) -> None:
    assert table.get("/api/v1/editions/2").get_json() == {"demonstration": False, **SECOND, "entries": [MOVED]}
    first = table.get("/api/v1/editions/1").get_json()["entries"]
    assert [entry["row"] for entry in first] == ["new", "b2b"]
    assert {entry["old_meaning"] for entry in first} == {None}


def test_a_reason_for_the_audit_log_is_told_to_nobody_else(table: Office) -> None:
    for path in ("/api/v1/editions", "/api/v1/editions/3", "/api/v1/dates/new/history", "/en/dates/editions/3/"):
        assert "Typed wrongly" not in table.get(path).text


def test_changes_are_those_between_the_newest_and_the_one_before_unless_named(table: Office) -> None:
    document = table.get("/api/v1/changes").get_json()
    assert (document["since"], document["until"]) == (SECOND, THIRD)
    assert document["changes"] == [RESTORED], "the correction of the mistake"
    table.publishes_dates("row,received_on\nnew,2026-10-13\n", as_of="2026-11-17")
    document = table.another_worker().get("/api/v1/changes?since=1").get_json()
    assert (document["since"]["edition"], document["until"]["edition"]) == (1, 4)
    assert document["changes"] == [MOVED]
    # The date of the second was restored, and is there again.
    assert table.another_worker().get("/api/v1/changes?since=2&until=4").get_json()["changes"] == []
    assert table.another_worker().get("/api/v1/changes?since=3&until=4").get_json()["changes"] == [MOVED]


def test_until_alone_means_since_the_edition_before_it(table: Office) -> None:
    document = table.get("/api/v1/changes?until=2").get_json()
    assert (document["since"]["edition"], document["until"]["edition"]) == (1, 2)
    assert document["changes"] == [MOVED], "a mistake counts at its own time"
    document = table.get("/api/v1/changes?until=3").get_json()
    assert (document["since"]["edition"], document["until"]["edition"]) == (2, 3)
    assert document["changes"] == [RESTORED]


@pytest.mark.parametrize("query", ["since=3&until=1", "since=%203%20&until=2"])
def test_nothing_leads_from_an_edition_to_an_earlier_one(table: Office, query: str) -> None:
    answer = table.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["since=2&until=2", "since=3"])
def test_nothing_changes_from_an_edition_to_itself(table: Office, query: str) -> None:
    assert table.get(f"/api/v1/changes?{query}").get_json()["changes"] == []


def test_before_the_first_edition_there_is_none(table: Office) -> None:
    answer = table.get("/api/v1/changes?until=1")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_table_with_fewer_than_two_editions_has_no_changes(office: Office) -> None:
    assert office.get("/api/v1/editions").get_json()["editions"] == []
    assert office.get("/api/v1/changes").status_code == 404
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-03")
    assert office.another_worker().get("/api/v1/changes").status_code == 404


@pytest.mark.parametrize("typed", ["9", "0", "un", "1" * 10_000, "١", "-1", "2147483648", "9" * 30, "1.0", "", "\0"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_what_is_no_edition_is_refused_as_a_problem_document(table: Office, name: str, typed: str) -> None:
    answer = table.get(f"/api/v1/changes?{name}={quote(typed)}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == answer.status_code


@pytest.mark.parametrize("path", ["/api/v1/editions", "/api/v1/editions/2", "/api/v1/changes"])
def test_a_document_of_editions_moves_with_the_dates_alone(table: Office, path: str) -> None:
    tag = table.get(path).headers["ETag"]
    table.publishes_notice()
    assert table.another_worker().get(path, If_None_Match=tag).status_code == 304
    table.publishes_dates("row,received_on\nnew,2026-10-13\n", as_of="2026-11-17")
    again = table.another_worker().get(path, If_None_Match=tag)
    assert (again.status_code == 200) is (path != "/api/v1/editions/2" or again.headers["ETag"] != tag)
