"""The table as JSON, for software."""

import csv
import io

import pytest
import time_machine

from tests.makers import ROWS, Office, in_quebec

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def table(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    return office


def test_a_row_says_everything_that_its_page_says(table: Office) -> None:
    answer = table.get("/api/v1/dates")
    assert answer.status_code == 200
    document = answer.get_json()
    assert document["demonstration"] is False
    assert document["rows"][0] == {
        "row": "new",
        "group": "online",
        "label": {"fr": "Nouvel accès", "en": "New access"},
        "forms": [],
        "state": "current",
        "meaning": "received_on",
        "received_on": "2026-10-30",
        "as_of": "2026-11-17",
        "next_update_on": "2026-11-24",
        "is_stale": False,
        "grace_working_days": 10,
        "has_forecast": True,
        "merged_into": None,
        "split_from": None,
        "first_day": None,
        "last_day": None,
        "note": {"fr": "", "en": ""},
    }


def test_a_row_never_published_says_so_by_nulls(table: Office) -> None:
    row = table.get("/api/v1/dates").get_json()["rows"][1]
    assert (row["row"], row["forms"]) == ("b2b", ["4058", "4123"])
    assert {row[name] for name in ("meaning", "received_on", "as_of", "next_update_on")} == {None}


def test_the_same_rows_are_there_as_csv(table: Office) -> None:
    answer = table.get("/api/v1/dates.csv")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dates.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    for line, row in zip(lines, table.get("/api/v1/dates").get_json()["rows"], strict=True):
        assert (line.pop("label_fr"), line.pop("label_en")) == (row["label"]["fr"], row["label"]["en"])
        assert (line.pop("note_fr"), line.pop("note_en")) == (row["note"]["fr"], row["note"]["en"])
        assert line.pop("forms").split() == row["forms"]
        assert line == {name: _flat(row[name]) for name in row if name not in ("label", "note", "forms")}


def _flat(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_a_table_of_a_demonstration_is_saved_under_a_name_that_says_so(demo: Office) -> None:
    answer = demo.get("/api/v1/dates.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="demonstration-dates.csv"'
    assert demo.get("/api/v1/dates.csv").headers["Content-Disposition"] == answer.headers["Content-Disposition"]


def test_no_label_is_a_formula_in_a_spreadsheet(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS.replace("Nouvel accès", "=1+1")))
    assert ",'=1+1," in office.get("/api/v1/dates.csv").text


def test_any_site_may_read_it_and_a_cache_may_keep_it(table: Office) -> None:
    answer = table.get("/api/v1/dates")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in answer.headers
    assert "Nouvel accès" in answer.text, "letters stand as they are, not as \\u escapes"


def test_it_answers_304_to_what_the_reader_has_already(table: Office) -> None:
    first = table.get("/api/v1/dates")
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_None_Match": f'W/"other", {first.headers["ETag"]}'},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        again = table.get("/api/v1/dates", **headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert table.get("/api/v1/dates", If_None_Match='"other"').status_code == 200


def test_the_tag_moves_with_the_dates_and_not_with_a_notice(table: Office) -> None:
    tag = table.get("/api/v1/dates").headers["ETag"]
    table.publishes_notice()
    assert table.another_worker().get("/api/v1/dates", If_None_Match=tag).status_code == 304
    table.publishes_dates("row,received_on\nnew,2026-11-02\n", as_of="2026-11-18")
    assert table.another_worker().get("/api/v1/dates", If_None_Match=tag).status_code == 200


def test_a_row_becomes_stale_at_midnight_in_the_kept_document_too(table: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-27 23:59:59"))
    assert table.get("/api/v1/dates").get_json()["rows"][0]["is_stale"] is False
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    assert table.get("/api/v1/dates").get_json()["rows"][0]["is_stale"] is True


def test_a_reader_that_sends_only_a_date_learns_that_a_row_is_stale(
    table: Office, clock: time_machine.Traveller
) -> None:
    since = table.get("/api/v1/dates").headers["Last-Modified"]
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    assert table.get("/api/v1/dates", If_Modified_Since=since).status_code == 200


def test_the_demonstration_says_so(demo: Office) -> None:
    assert demo.get("/api/v1/dates").get_json()["demonstration"] is True


def test_head_answers_like_get_without_a_body(table: Office) -> None:
    got, head = table.get("/api/v1/dates"), table.head("/api/v1/dates")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]


def test_a_wrong_method_is_refused_as_a_problem_document(table: Office) -> None:
    answer = table.post("/api/v1/dates", {})
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["status"] == 405
    assert "GET" in answer.headers["Allow"]


def test_the_description_names_each_document_and_each_name_a_row_has(table: Office) -> None:
    document = table.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://portal.test"}]
    assert {"/api/v1/dates", "/api/v1/notices", "/api/v1/contact"} <= set(document["paths"])
    schema = document["components"]["schemas"]["Row"]
    row = table.get("/api/v1/dates").get_json()["rows"][0]
    assert set(schema["properties"]) == set(schema["required"]) == set(row)
