"""The telephones and hours as JSON, for software."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from tests.makers import Office, an_office, in_quebec

#: A Tuesday, the eve of a holiday.
NOW = "2026-06-23 11:00"
pytestmark = pytest.mark.usefixtures("clock")
ADDRESS = "/api/v1/contact"


def test_it_says_the_lines_the_week_and_the_next_closures(office: Office) -> None:
    document = office.get(ADDRESS).get_json()
    assert [(phone["key"], phone["number"]) for phone in document["phones"]] == [
        ("quebec", "+14187804208"),
        ("montreal", "+15146873612"),
        ("elsewhere", "+18883303023"),
    ]
    assert document["phones"][2]["region"] == {
        "fr": "Ailleurs au Québec (sans frais)",
        "en": "Elsewhere in Québec (toll-free)",
    }
    assert document["time_zone"] == "America/Toronto"
    assert len(document["week"]) == 10
    assert document["week"][0] == {"weekday": 1, "opens": "08:30", "closes": "12:00"}
    assert document["week"][4] == {"weekday": 3, "opens": "10:00", "closes": "12:00"}
    assert document["closures"] == [
        {"day": "2026-06-24", "reason": {"fr": "fête nationale du Québec", "en": "Québec National Holiday"}},
        {"day": "2026-07-01", "reason": {"fr": "fête du Canada", "en": "Canada Day"}},
    ]


@pytest.mark.parametrize(
    ("now", "is_open", "change"),
    [
        ("2026-06-23 11:59:59", True, "2026-06-23 12:00"),
        ("2026-06-23 12:00:00", False, "2026-06-23 13:00"),
        ("2026-06-23 16:30:00", False, "2026-06-25 08:30"),
        ("2026-06-24 10:30:00", False, "2026-06-25 08:30"),
    ],
)
def test_it_says_whether_someone_answers_and_until_when(
    office: Office, clock: time_machine.Traveller, now: str, is_open: bool, change: str
) -> None:
    clock.move_to(in_quebec(now))
    document = office.get(ADDRESS).get_json()
    assert document["open_now"] is is_open
    assert datetime.fromisoformat(document["next_change"]) == in_quebec(change)


def test_the_kept_document_changes_by_itself(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-06-23 11:59:50"))
    before = office.get(ADDRESS)
    assert before.headers["Cache-Control"] == "public, max-age=10, s-maxage=1"
    clock.move_to(in_quebec("2026-06-23 12:00:00"))
    after = office.get(ADDRESS, If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert after.get_json()["open_now"] is False


def test_a_closure_that_is_over_leaves_the_kept_document_at_midnight(
    office: Office, clock: time_machine.Traveller
) -> None:
    clock.move_to(in_quebec("2026-06-24 23:59:59"))
    assert len(office.get(ADDRESS).get_json()["closures"]) == 2
    clock.move_to(in_quebec("2026-06-25 00:00:00"))
    assert [one["day"] for one in office.get(ADDRESS).get_json()["closures"]] == ["2026-07-01"]


def test_any_site_may_read_it_and_it_answers_304(office: Office) -> None:
    first = office.get(ADDRESS)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.content_type == "application/json; charset=utf-8"
    again = office.get(ADDRESS, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    office.publishes_notice()
    assert office.another_worker().get(ADDRESS, If_None_Match=first.headers["ETag"]).status_code == 304


def test_a_reader_that_sends_only_a_date_learns_that_the_lines_have_closed(
    tmp_path: Path, clock: time_machine.Traveller
) -> None:
    office = an_office(tmp_path / "of-june")  # its facts are kept now, so that its documents are dated in June
    office.did("init")
    since = office.get(ADDRESS).headers["Last-Modified"]
    assert office.get(ADDRESS, If_Modified_Since=since).status_code == 304
    clock.move_to(in_quebec("2026-06-23 12:00:00"))
    answer = office.get(ADDRESS, If_Modified_Since=since)
    assert answer.status_code == 200
    assert answer.get_json()["open_now"] is False


def test_the_description_names_each_name_the_document_has(office: Office) -> None:
    description = office.get("/api/v1/openapi.json").get_json()
    assert ADDRESS in description["paths"]
    for schema in ("Contact", "Schedule"):
        told = description["components"]["schemas"][schema]["properties"]["next_change"]["description"]
        assert "null when none is planned" in told
    assert set(description["components"]["schemas"]["Contact"]["required"]) == set(office.get(ADDRESS).get_json())
