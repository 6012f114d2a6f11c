"""The calendar file of a row's next update: read back by a library, and by eye against RFC 5545."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from icalendar import Calendar

from tests.makers import ROWS, Office, in_quebec
from tests.visitor import visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
PATHS = ["/fr/dates/new/rappel.ics", "/en/dates/new/reminder.ics"]
LONG = "Accès, au registre; des directives médicales anticipées \\ et à ses échanges interentreprises"


@pytest.fixture
def table(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    return office


def test_the_file_holds_one_whole_day_that_takes_no_time(table: Office) -> None:
    answer = table.get(PATHS[0])
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rappel-new.ics"'
    calendar = Calendar.from_ical(answer.data)
    [event] = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 11, 24)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event.decoded("dtstamp") == datetime(2026, 11, 18, 15, 0, 1, tzinfo=UTC), "the last change"
    assert str(event["SUMMARY"]) == "Nouvel accès\u00a0: prochaine mise à jour"
    assert event["SUMMARY"].params["LANGUAGE"] == "fr-CA"
    assert str(event["URL"]) == "http://portal.test/fr/dates/new/"
    assert str(event["DESCRIPTION"]).endswith("http://portal.test/fr/dates/new/")
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["UID"] == "dates-new-2026-11-24-fr@ramq.gouv.qc.ca"
    assert not {"ATTENDEE", "ORGANIZER", "RRULE", "METHOD"} & (set(event) | set(calendar))


def test_the_english_file_is_another_event_in_english(table: Office) -> None:
    answer = table.get(PATHS[1])
    [event] = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "New access: next update"
    assert event["UID"] == "dates-new-2026-11-24-en@ramq.gouv.qc.ca"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="reminder-new.ics"'


@pytest.mark.parametrize("label", [LONG, "é" * 80, "日本語" * 30])
def test_lines_end_and_fold_as_the_standard_says(office: Office, label: str) -> None:
    office.did("dates", "rows", office.file(ROWS.replace("Nouvel accès", f'"{label}"')))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    file = office.get(PATHS[0]).data
    assert file.endswith(b"\r\n")
    assert file.count(b"\n") == file.count(b"\r\n") == file.count(b"\r")
    lines = file.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75, "75 octets, not letters (§3.1)"
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()  # no letter is cut in two
    unfolded = file.replace(b"\r\n ", b"").decode()
    escaped = re.sub(r"([\\;,])", r"\\\1", label)
    assert f"SUMMARY;LANGUAGE=fr-CA:{escaped}\u00a0: prochaine mise à jour\r\n" in unfolded
    for line in unfolded.removesuffix("\r\n").split("\r\n"):
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^:;]+)*:.*", line)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_asked_twice_is_the_same_to_the_byte(table: Office, path: str, clock: time_machine.Traveller) -> None:
    first = table.get(path)
    for copy in table.data.glob("pages/*/*"):
        copy.unlink()  # so that the other worker writes its own
    clock.move_to(in_quebec("2026-11-20 10:00"))
    second = table.another_worker().get(path)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_row_without_a_day_to_come_back_for_has_no_file(demo: Office) -> None:
    visit(demo, "/fr/dates/directives-renewal/rappel.ics", status=404)
    visit(demo, "/en/dates/unknown/reminder.ics", status=404)


def test_a_row_that_was_never_published_has_no_file(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    visit(office, PATHS[0], status=404)


@pytest.mark.parametrize(("last_day", "status"), [("2026-11-23", 404), ("2026-11-24", 200)])
def test_a_row_that_ends_before_its_update_has_no_file(office: Office, last_day: str, status: int) -> None:
    rows = ROWS.replace("grace_days\n", "grace_days,last_day\n").replace(
        "access,,7,3,10\n", f"access,,7,3,10,{last_day}\n"
    )
    office.did("dates", "rows", office.file(rows.replace("4123,7,3,10\n", "4123,7,3,10,\n")))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    assert office.get(PATHS[0]).status_code == status


def test_the_file_is_gone_at_midnight_of_its_day(table: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-23 23:59:59"))
    assert table.get(PATHS[0]).status_code == 200
    clock.move_to(in_quebec("2026-11-24 00:00:00"))
    assert table.get(PATHS[0]).status_code == 404


def test_the_demonstration_says_so_in_the_calendar(demo: Office) -> None:
    [event] = Calendar.from_ical(demo.get("/en/dates/access-new/reminder.ics").data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "[Demonstration] New access to the online services: next update"


PLACES = ["/fr/dates/new/", "/fr/dates/verifier?type=new&date=2026-11-10"]


@pytest.mark.parametrize("page", PLACES)
def test_a_page_leads_to_the_file_until_the_day_has_come(
    table: Office, page: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(in_quebec("2026-11-23 23:59:59"))
    [link] = visit(table, page).all("a[type='text/calendar']")
    assert link.attrs["href"] == PATHS[0]
    clock.move_to(in_quebec("2026-11-24 00:00:00"))
    assert not visit(table, page).all("a[type='text/calendar']")


@pytest.mark.parametrize("date", ["2026-10-30", "2026-10-29"])
def test_an_answer_that_is_not_not_yet_leads_to_no_file(table: Office, date: str) -> None:
    page = visit(table, f"/fr/dates/verifier?type=new&date={date}")
    assert not page.all("a[type='text/calendar']")
