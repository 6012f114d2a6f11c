"""Closures and hours as a calendar: read back by icalendar and by ical.js, and held to the table made by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from portal.hours.calendars import TIME_ZONE
from tests.hours import oracle
from tests.makers import Office, in_quebec
from tests.programs import read_by_ical_js

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
HOURS = {"fr": "/fr/contact/heures.ics", "en": "/en/contact/hours.ics"}
CLOSURES = {"fr": "/fr/contact/fermetures.ics", "en": "/en/contact/closures.ics"}
ALL = [*HOURS.values(), *CLOSURES.values()]
WHY = ("--why-fr", "tempête", "--why-en", "storm")
#: What a calendar of 2026 tells: this year and the next.
FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
Spans = set[tuple[datetime, datetime]]


def told_by_the_table() -> Spans:
    """Every opening of the two years, in UTC, by the table made by hand."""
    found = set()
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day in oracle.DAYS_CLOSED:
            continue
        for interval in oracle.OPEN[day.weekday()]:
            noon = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
            midnight = datetime(day.year, day.month, day.day, oracle.offset(noon), tzinfo=UTC)
            opens, closes = (midnight + timedelta(minutes=minute) for minute in interval)
            found.add((opens, closes))
    return found


def events(calendar: Calendar) -> list[Event]:
    return [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]


def spans_of(event: Event) -> Iterator[tuple[datetime, datetime]]:
    """Every time of an event, as icalendar and dateutil read it."""
    first, last = event.start, event.end
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    starts, length = [first], last - first
    if rule := event.get("rrule"):
        left_out = event.get("exdate")
        dates = {found.dt for found in left_out.dts} if left_out else set()
        # Its end is in UTC: dateutil wants its beginning so too, and counts in wall-clock time without a zone.
        wall = first.replace(tzinfo=None)
        until = rule["UNTIL"][0].astimezone(first.tzinfo).replace(tzinfo=None)
        days = f"FREQ=WEEKLY;BYDAY={','.join(rule['BYDAY'])};UNTIL={until:%Y%m%dT%H%M%S}"
        starts = [found.replace(tzinfo=first.tzinfo) for found in rrulestr(days, dtstart=wall)]
        starts = [start for start in starts if start not in dates]
    for start in starts:
        yield start.astimezone(UTC), (start + length).astimezone(UTC)


def spans_by_icalendar(office: Office, path: str) -> Spans:
    calendar = Calendar.from_ical(office.another_worker().get(path).data)
    timed = [event for event in events(calendar) if isinstance(event.start, datetime)]
    spans = [span for event in timed for span in spans_of(event)]
    assert len(spans) == len(set(spans)), "an opening stands twice"
    return set(spans)


def read(office: Office, path: str) -> dict:
    return read_by_ical_js(office.file(office.another_worker().get(path).data, "calendar.ics"))


def spans_by_ical_js(office: Office, path: str) -> Spans:
    told = [times for event in read(office, path)["events"] for times in event["times"]]
    spans = [(datetime.fromisoformat(opens), datetime.fromisoformat(closes)) for opens, closes in told]
    assert len(spans) == len(set(spans)), "an opening stands twice"
    return set(spans)


@pytest.mark.parametrize("path", HOURS.values())
def test_two_readers_find_every_opening_of_two_years(office: Office, path: str) -> None:
    expected = told_by_the_table()
    assert len(expected) > 950
    assert spans_by_icalendar(office, path) == expected
    assert spans_by_ical_js(office, path) == expected


def test_they_find_a_change_of_hours_and_special_days(office: Office) -> None:
    office.did("contact", "hours", "Mo-Fr 08:00-12:00; Sa 20:00-24:00", "--from", "2027-06-21", "--until", "2027-08-27")
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    office.did("contact", "exception", "2026-12-12", "--hours", "9-10", *WHY)
    office.did("contact", "exception", "2026-12-24", "--hours", "8:30-12", *WHY)
    found = spans_by_icalendar(office, HOURS["en"])
    assert found == spans_by_ical_js(office, HOURS["en"])

    def of(day: str) -> list[str]:
        quebec = ZoneInfo("America/Toronto")
        local = sorted((a.astimezone(quebec), b.astimezone(quebec)) for a, b in found)
        return [f"{a:%H:%M}-{b:%H:%M}" for a, b in local if f"{a:%Y-%m-%d}" == day]

    usual, summer = ["08:30-12:00", "13:00-16:30"], ["08:00-12:00"]
    expected = {"2026-12-07": [], "2026-12-08": usual, "2026-12-12": ["09:00-10:00"], "2026-12-24": ["08:30-12:00"]}
    expected |= {"2027-06-18": usual, "2027-06-21": summer, "2027-06-24": [], "2027-08-27": summer}
    expected |= {"2027-08-30": usual, "2027-06-26": ["20:00-00:00"], "2027-08-28": []}
    assert {day: of(day) for day in expected} == expected


def test_closures_are_whole_days_with_their_names(office: Office) -> None:
    office.did("contact", "holidays", "2026", "--confirm")
    for path, name, said in (
        (
            CLOSURES["fr"],
            "Fermetures et horaires modifiés des lignes téléphoniques",
            "Fermé\u00a0: fête nationale du Québec",
        ),
        (CLOSURES["en"], "Closures and changed hours of the telephone lines", "Closed: Québec National Holiday"),
    ):
        calendar = Calendar.from_ical(office.another_worker().get(path).data)
        found = {event.start: event for event in events(calendar)}
        # 26 December 2026 and 2 January 2027 are Saturdays, 25 and 26 December 2027 a weekend.
        assert list(found) == sorted(day for day in oracle.DAYS_CLOSED if FIRST <= day <= LAST and day.weekday() < 5)
        assert str(found[date(2026, 6, 24)]["summary"]) == said
        assert found[date(2026, 6, 24)]["summary"].params["LANGUAGE"] == path[1:3] + "-CA"
        statuses = {
            day.year: {str(event["status"]) for on, event in found.items() if on.year == day.year} for day in found
        }
        assert statuses == {2026: {"CONFIRMED"}, 2027: {"TENTATIVE"}}
        by_the_second = read(office, path)
        assert by_the_second["name"] == str(calendar["name"]) == name
        assert [(e["day"], e["summary"], e["status"]) for e in by_the_second["events"]] == [
            (str(day), str(event["summary"]), str(event["status"])) for day, event in found.items()
        ]


def test_other_hours_are_told_with_why(office: Office) -> None:
    office.did("contact", "exception", "2026-12-23", "--hours", "10-12", *WHY)
    (french,), (english,) = (
        [event["summary"] for event in read(office, path)["events"] if event["day"] == "2026-12-23"]
        for path in CLOSURES.values()
    )
    nbsp = "\u00a0"
    assert french == f"Autres heures{nbsp}: de{nbsp}10{nbsp}h à{nbsp}12{nbsp}h (tempête)"
    assert english == f"Other hours: 10:00{nbsp}a.m. to noon (storm)"


def identities(office: Office, path: str) -> dict[str, int]:
    found = read(office, path)["events"]
    assert len({event["uid"] for event in found}) == len(found), "a UID stands twice"
    return {event["uid"]: event["sequence"] for event in found}


@pytest.mark.parametrize("path", ALL)
def test_events_keep_their_names_and_grow_in_number_with_each_change(
    office: Office, clock: time_machine.Traveller, path: str
) -> None:
    office.did("contact", "exception", "2026-12-07", "--closed", *WHY)
    first = identities(office, path)
    office.did("contact", "exception", "2026-12-07", "--hours", "9-10", *WHY)
    second = identities(office, path)
    assert set(first) <= set(second)
    assert all(second[uid] > first[uid] for uid in first)
    # Another year moves the days that are told on, though nobody changed anything.
    clock.move_to(in_quebec("2027-01-01 00:00"))
    third = identities(office, path)
    assert all(third[uid] > second[uid] for uid in set(second) & set(third))
    assert [uid for uid in third if "2028-12-25" in uid]


def test_the_year_turns_in_a_kept_calendar_too(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-12-31 23:59:59"))
    old = office.get(CLOSURES["fr"])
    assert old.headers["Cache-Control"] == "public, max-age=1, s-maxage=1"
    clock.move_to(in_quebec("2027-01-01 00:00"))
    new = office.get(CLOSURES["fr"], If_None_Match=old.headers["ETag"])
    assert (new.status_code, b"20281225" in new.data) == (200, True)
    since = office.get(CLOSURES["fr"], If_Modified_Since="Thu, 31 Dec 2026 20:00:00 GMT")
    assert since.status_code == 200


@pytest.mark.parametrize("path", ALL)
def test_a_calendar_asked_twice_is_the_same_and_says_what_it_is(office: Office, path: str) -> None:
    first, again = office.get(path), office.another_worker().get(path)
    assert first.data == again.data
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in first.headers
    assert office.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
    calendar: Any = Calendar.from_ical(first.data)
    assert str(calendar["source"]) == f"http://portal.test{path}"
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert all(len(line) <= 75 for line in first.data.split(b"\r\n")), "RFC 5545 §3.1: fold it"
    assert first.data.endswith(b"END:VCALENDAR\r\n")


def test_the_calendar_of_a_notice_moves_nothing_and_that_of_an_hour_does(office: Office) -> None:
    before = office.get(HOURS["fr"]).headers["ETag"]
    office.publishes_notice()
    assert office.another_worker().get(HOURS["fr"], If_None_Match=before).status_code == 304
    office.did("contact", "hours", "Mo 8-9", "--from", "2027-01-04")
    assert office.another_worker().get(HOURS["fr"], If_None_Match=before).status_code == 200


def test_lines_with_hours_of_their_own_are_told_apart(office: Office) -> None:
    office.did("contact", "hours", "Sa 09:00-12:00", "--schedule", "saturdays", "--new")
    office.did("contact", "phone", "elsewhere", "--schedule", "saturdays")
    told = {event["summary"] for event in read(office, HOURS["en"])["events"]}
    assert "Telephone lines open – Québec City and Montréal" in told
    assert "Telephone lines open – Elsewhere in Québec (toll-free)" in told
    assert "Closed: Christmas Day – Québec City and Montréal (to be confirmed)" in told
    assert (
        "Closed: Christmas Day – Elsewhere in Québec (toll-free) (to be confirmed)" in told
    )  # 25 December 2027 is a Saturday
    identities(office, HOURS["en"])


def test_two_lines_of_one_region_with_hours_of_their_own_are_both_told(office: Office) -> None:
    office.did("contact", "hours", "Sa 09:00-12:00", "--schedule", "saturdays", "--new")
    same = ("--region-fr", "Montréal", "--region-en", "Montréal", "--schedule", "saturdays")
    office.did("contact", "phone", "weekend", "811", *same)
    office.did("contact", "phone", "quebec", "--remove")
    office.did("contact", "phone", "elsewhere", "--remove")
    keys = {uid.split("-")[1] for uid in identities(office, HOURS["en"]) if uid.startswith("hours-")}
    assert keys == {"phone", "saturdays"}


def test_an_office_that_never_opens_has_an_empty_calendar(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", "Mo-Su closed", "--from", "2026-11-20")
    clock.move_to(in_quebec("2027-01-01 00:00"))
    assert read(office, HOURS["en"])["events"] == []


def test_the_time_zone_is_that_of_the_tz_database(tmp_path: Path) -> None:
    found: Any = Calendar.from_ical(f"BEGIN:VCALENDAR\n{TIME_ZONE}END:VCALENDAR")
    quebec = ZoneInfo("America/Toronto")
    (zone,) = found.timezones
    changes = {}
    for part in zone.subcomponents:
        rule = part["rrule"].to_ical().decode()
        for at in rrulestr(rule, dtstart=part["dtstart"].dt).between(datetime(2026, 1, 1), datetime(2040, 1, 1)):  # noqa: DTZ001 — the wall clock
            changes[(at - part["tzoffsetfrom"].td).replace(tzinfo=UTC)] = part["tzoffsetto"].td
    assert len(changes) == 28
    for at, offset in changes.items():
        before = at - timedelta(seconds=1)
        assert before.astimezone(quebec).utcoffset() != at.astimezone(quebec).utcoffset() == offset, at


def test_hours_announced_for_a_year_that_is_not_told_yet_wait(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", "Mo 08:00-09:00", "--from", "2028-01-03")
    assert not [uid for uid in identities(office, HOURS["en"]) if "2028-01-03" in uid]
    clock.move_to(in_quebec("2027-01-01 00:00"))
    assert [uid for uid in identities(office, HOURS["en"]) if "hours-phone-2028-01-03-MO" in uid]


def test_nights_on_which_clocks_change_are_told_to_the_minute(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", "Su 00:00-24:00; Sa 01:30-02:30, 22:00-24:00", "--from", "2026-11-20")
    clock.move_to(in_quebec("2027-01-01 00:00"))
    found = spans_by_icalendar(office, HOURS["en"])
    assert found == spans_by_ical_js(office, HOURS["en"])
    lengths = {opens: closes - opens for opens, closes in found if closes - opens > timedelta(hours=20)}
    # The Sundays of 14 March and 7 November 2027, of 12 March and 5 November 2028.
    days = {"2027-03-14T05:00Z": 23, "2027-11-07T04:00Z": 25, "2028-03-12T05:00Z": 23, "2028-11-05T04:00Z": 25}
    moved = {datetime.fromisoformat(at): timedelta(hours=hours) for at, hours in days.items()}
    assert {at: length for at, length in lengths.items() if length != timedelta(hours=24)} == moved


def test_hours_that_a_night_skips_altogether_are_not_told(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", "Su 02:15-02:45", "--from", "2026-11-20")
    clock.move_to(in_quebec("2027-01-01 00:00"))
    found = spans_by_icalendar(office, HOURS["en"])
    assert found == spans_by_ical_js(office, HOURS["en"])
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(731)]
    skipped = {date(2027, 3, 14), date(2028, 3, 12)}
    expected = [day for day in days if day.weekday() == 6 and day not in {*skipped, *oracle.DAYS_CLOSED}]
    assert sorted(opens.astimezone(ZoneInfo("America/Toronto")).date() for opens, _closes in found) == expected


def test_a_document_that_changed_by_itself_says_since_when(office: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2027-01-02 09:00"))
    calendar: Any = Calendar.from_ical(office.get(CLOSURES["fr"]).data)
    assert calendar["last-modified"].dt == in_quebec("2027-01-01 00:00")
    assert {event.DTSTAMP for event in events(calendar)} == {in_quebec("2027-01-01 00:00")}
