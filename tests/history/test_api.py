"""The history of a row as JSON and CSV, for software."""

import csv
import io

import pytest

from tests.makers import ROWS, Office

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
PATH = "/api/v1/dates/new/history"


@pytest.fixture
def table(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-03")
    office.publishes_dates("row,received_on,meaning\nnew,,suspended\n", as_of="2026-11-10")
    office.did("dates", "undo", "2", "--reason", "Typed wrongly", "--why-fr", "=Une erreur.", "--why-en", "A mistake.")
    return office


FIRST = {
    "edition": 1,
    "published_at": "2026-11-18T15:00:00+00:00",
    "as_of": "2026-11-03",
    "meaning": "received_on",
    "received_on": "2026-10-05",
    "delay_working_days": 20,
    "is_withdrawn": False,
    "why": {"fr": "", "en": ""},
}


def test_a_history_holds_every_edition_oldest_first_and_says_which_were_withdrawn(table: Office) -> None:
    document = table.get(PATH).get_json()
    assert (document["row"], document["label"]["fr"], document["demonstration"]) == ("new", "Nouvel accès", False)
    first, second, third = document["entries"]
    assert first == FIRST
    assert (second["meaning"], second["received_on"], second["delay_working_days"]) == ("suspended", None, None)
    assert (second["is_withdrawn"], third["is_withdrawn"]) == (True, True)
    assert third["why"] == {"fr": "=Une erreur.", "en": "A mistake."}


def test_the_same_history_is_there_as_csv(table: Office) -> None:
    answer = table.get(f"{PATH}.csv")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="history-new.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    entries = table.get(PATH).get_json()["entries"]
    assert [line["edition"] for line in lines] == [str(entry["edition"]) for entry in entries]
    assert lines[0]["delay_working_days"] == "20"
    assert (lines[1]["received_on"], lines[1]["delay_working_days"], lines[1]["is_withdrawn"]) == ("", "", "true")
    assert lines[2]["why_fr"] == "'=Une erreur.", "no reason is a formula in a spreadsheet"


def test_a_row_never_published_has_an_empty_history(table: Office) -> None:
    assert table.get("/api/v1/dates/b2b/history").get_json()["entries"] == []
    assert len(table.get("/api/v1/dates/b2b/history.csv").text.splitlines()) == 1


@pytest.mark.parametrize("row", ["unknown", "NEW", "é", "x" * 5_000])
@pytest.mark.parametrize("ending", ["", ".csv"])
def test_an_unknown_row_is_refused_with_the_keys_there_are(table: Office, row: str, ending: str) -> None:
    answer = table.get(f"/api/v1/dates/{row}/history{ending}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["choices"] == ["new", "b2b"]


def test_a_history_moves_with_the_dates_alone(table: Office) -> None:
    for path in (PATH, f"{PATH}.csv"):
        tag = table.another_worker().get(path).headers["ETag"]
        table.publishes_notice()
        assert table.another_worker().get(path, If_None_Match=tag).status_code == 304
    table.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-17")
    assert table.another_worker().get(PATH, If_None_Match=tag).status_code == 200
