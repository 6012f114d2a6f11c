"""Days in Québec: what is a day, a working day, a holiday, and what is no day at all."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.core.calendar import (
    add_working_days,
    day_of,
    holidays,
    instant,
    is_working_day,
    parse_day,
    parse_instant,
    working_days_between,
)
from portal.core.errors import DateInFuture, DateTooFar, DateTooOld, HourSkipped, NotADate, NotAnInstant, PortalError

YEARS = range(2024, 2033)

#: Typed from a wall calendar: the days that move, month and day, in order
#: (Good Friday, Easter Monday, Patriots’ Day, Labour Day, Thanksgiving).
MOVING = {
    2024: ("03-29", "04-01", "05-20", "09-02", "10-14"),
    2025: ("04-18", "04-21", "05-19", "09-01", "10-13"),
    2026: ("04-03", "04-06", "05-18", "09-07", "10-12"),
    2027: ("03-26", "03-29", "05-24", "09-06", "10-11"),
    2028: ("04-14", "04-17", "05-22", "09-04", "10-09"),
    2029: ("03-30", "04-02", "05-21", "09-03", "10-08"),
    2030: ("04-19", "04-22", "05-20", "09-02", "10-14"),
    2031: ("04-11", "04-14", "05-19", "09-01", "10-13"),
    2032: ("03-26", "03-29", "05-24", "09-06", "10-11"),
}
FIXED = ("01-01", "01-02", "06-24", "07-01", "12-24", "12-25", "12-26", "12-31")

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize("year", YEARS)
def test_the_administration_has_its_thirteen_holidays_in_order(year: int) -> None:
    expected = sorted(date.fromisoformat(f"{year}-{day}") for day in (*MOVING[year], *FIXED))

    assert list(holidays(year)) == expected
    assert len(expected) == 13


@pytest.mark.parametrize(
    ("day", "fr", "en"),
    [
        ("2026-01-01", "jour de l’An", "New Year’s Day"),
        ("2026-01-02", "lendemain du jour de l’An", "Day after New Year’s Day"),
        ("2026-04-03", "Vendredi saint", "Good Friday"),
        ("2026-04-06", "lundi de Pâques", "Easter Monday"),
        ("2026-05-18", "Journée nationale des patriotes", "National Patriots’ Day"),
        ("2026-06-24", "fête nationale du Québec", "Québec National Holiday"),
        ("2026-07-01", "fête du Canada", "Canada Day"),
        ("2026-09-07", "fête du Travail", "Labour Day"),
        ("2026-10-12", "Action de grâces", "Thanksgiving"),
        ("2026-12-24", "veille de Noël", "Christmas Eve"),
        ("2026-12-25", "Noël", "Christmas Day"),
        ("2026-12-26", "lendemain de Noël", "Day after Christmas"),
        ("2026-12-31", "veille du jour de l’An", "New Year’s Eve"),
    ],
)
def test_every_holiday_is_named_in_both_languages(day: str, fr: str, en: str) -> None:
    name = holidays(2026)[date.fromisoformat(day)]

    assert (name.fr, name.en) == (fr, en)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-06-23", True),
        ("2026-06-24", False),  # a Wednesday, National Holiday
        ("2026-06-25", True),
        ("2026-07-01", False),  # a Wednesday, Canada Day
        ("2026-07-04", False),  # a Saturday
        ("2026-07-05", False),  # a Sunday
        ("2026-07-06", True),
        ("2026-11-11", True),  # Remembrance Day is no holiday of the administration
        ("2026-12-28", True),
        ("2027-05-24", False),  # the latest Monday before 25 May
        ("2026-05-25", True),  # 25 May itself, a Monday: the holiday was the 18th
    ],
)
def test_a_working_day_is_a_weekday_that_is_no_holiday(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-07-06", 0, "2026-07-06"),
        ("2026-07-04", 0, "2026-07-04"),  # nothing to add: even a Saturday stays
        ("2026-07-06", 1, "2026-07-07"),
        ("2026-07-03", 1, "2026-07-06"),  # over a weekend
        ("2026-06-30", 1, "2026-07-02"),  # over Canada Day
        ("2026-06-22", 10, "2026-07-08"),  # over both Wednesdays
        ("2026-12-23", 1, "2026-12-28"),  # over Christmas
        ("2026-12-30", 1, "2027-01-04"),  # over the New Year
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
    ],
)
def test_working_days_are_counted_over_weekends_and_holidays(day: str, count: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(day), count) == date.fromisoformat(expected)


@given(days, st.integers(1, 60))
def test_the_day_reached_works_and_so_many_working_days_lie_between(day: date, count: int) -> None:
    reached = add_working_days(day, count)

    between = [day + timedelta(days=ahead) for ahead in range(1, (reached - day).days + 1)]
    assert is_working_day(reached)
    assert sum(map(is_working_day, between)) == count


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2021, 7, 22, 3, 59, tzinfo=UTC), "2021-07-21"),
        (datetime(2021, 7, 22, 4, 0, tzinfo=UTC), "2021-07-22"),
        (datetime(2021, 12, 22, 4, 59, tzinfo=UTC), "2021-12-21"),  # winter: five hours
        (datetime(2021, 12, 22, 5, 0, tzinfo=UTC), "2021-12-22"),
    ],
)
def test_a_day_is_a_day_in_quebec(at: datetime, day: str) -> None:
    assert day_of(at) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2021, 7, 22), time(0, 0), datetime(2021, 7, 22, 4, 0, tzinfo=UTC)),
        (date(2021, 7, 22), time(8, 30), datetime(2021, 7, 22, 12, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(8, 30), datetime(2026, 3, 8, 12, 30, tzinfo=UTC)),  # the clocks went forward at 2:00
        (date(2026, 11, 1), time(8, 30), datetime(2026, 11, 1, 13, 30, tzinfo=UTC)),  # and back
    ],
)
def test_a_wall_clock_time_is_one_instant(day: date, at: time, expected: datetime) -> None:
    assert instant(day, at) == expected


@given(days)
def test_a_day_begins_at_its_midnight(day: date) -> None:
    assert instant(day).time() == time.min
    assert day_of(instant(day).astimezone(UTC)) == day
    assert day_of(instant(day).astimezone(UTC) - timedelta(seconds=1)) == day - timedelta(days=1)


#: Every day in which a date of the portal can lie.
any_day = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(any_day)
def test_every_day_written_as_asked_is_read(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_day(f" {day.isoformat()}\n") == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2021",
        "2021-07",
        "2021-7-22",
        "2021-02-30",
        "2021-02-29",
        "2021-13-01",
        "2021-00-10",
        "2021-07-00",
        "0000-01-01",
        "32/13/2021",
        "22/07/2021",
        "22-07-2021",
        "2021/07/22",
        "2021.07.22",
        "20210722",
        "2021-W29-4",
        "2021W294",
        "2021-203",
        "2021-07-22T00:00",
        "2021-07-2a",
        "2021-07--2",
        "+021-07-22",
        "-021-07-22",
        " 021-07- 2",
        "2021- 7-22",
        "2021-07-22-",
        "10000-01-01",
        "٢٠٢١-٠٧-٢٢",
        "2021-07-2２",
        "2021‑07‑22",  # no-break hyphens
        "2021–07–22",
        "2021-07-2\x00",
        "aujourd’hui",
        "2" * 10_000,
        "2021-07-22" * 1_000,
    ],
)
def test_what_is_not_a_day_written_as_asked_is_refused(text: str) -> None:
    with pytest.raises(NotADate) as caught:
        parse_day(text, today=date(2026, 7, 6))
    assert "YYYY-MM-DD" in str(caught.value)
    assert len(str(caught.value)) < 150


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    try:
        day = parse_day(text)
    except (NotADate, DateTooOld, DateTooFar):
        return
    assert text.strip() == day.isoformat()


@pytest.mark.parametrize("text", ["1989-12-31", "0001-01-01", "1900-01-01", "0021-07-22"])
def test_a_day_before_1990_is_too_old(text: str) -> None:
    with pytest.raises(DateTooOld, match=f"{text} is before 1990") as caught:
        parse_day(text)
    assert caught.value.day == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["2026-07-07", "2027-01-01", "9999-12-31"])
def test_a_day_not_yet_reached_is_in_the_future(text: str) -> None:
    with pytest.raises(DateInFuture, match=f"{text} is in the future") as caught:
        parse_day(text, today=date(2026, 7, 6))
    assert caught.value.day == date.fromisoformat(text)


def test_today_is_reached_and_the_first_day_of_1990_is_not_too_old() -> None:
    assert parse_day("2026-07-06", today=date(2026, 7, 6)) == date(2026, 7, 6)
    assert parse_day("1990-01-01", today=date(2026, 7, 6)) == date(1990, 1, 1)


def test_without_today_a_day_to_come_is_read() -> None:
    assert parse_day("2100-12-31") == date(2100, 12, 31)


@pytest.mark.parametrize("text", ["2101-01-01", "9999-12-31"])
def test_a_day_after_2100_is_too_far(text: str) -> None:
    with pytest.raises(DateTooFar, match=f"{text} is after 2100") as caught:
        parse_day(text)
    assert caught.value.day == date.fromisoformat(text)


def counted(first: date, last: date) -> int:
    """Count the working days after `first` until `last`, one by one."""
    return sum(is_working_day(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days + 1))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-02-02", "2026-02-02", 0),
        ("2026-02-02", "2026-02-03", 1),
        ("2026-02-06", "2026-02-08", 0),  # a weekend
        ("2026-02-06", "2026-02-09", 1),
        ("2026-02-09", "2026-02-06", -1),
        ("2026-04-02", "2026-04-07", 1),  # Good Friday to Easter Monday
        ("2026-12-23", "2027-01-04", 4),  # 28, 29 and 30 December, then 4 January
        ("1990-01-01", "1990-12-31", 250),
        ("2025-12-31", "2026-12-31", 249),
    ],
)
def test_the_working_days_between_two_days_are_counted(first: str, last: str, count: int) -> None:
    assert working_days_between(date.fromisoformat(first), date.fromisoformat(last)) == count


@given(any_day, st.integers(0, 900))
def test_counting_by_weeks_and_years_finds_what_counting_day_by_day_does(first: date, length: int) -> None:
    last = min(first + timedelta(days=length), date(2100, 12, 31))

    assert working_days_between(first, last) == counted(first, last)
    assert working_days_between(last, first) == -counted(first, last)


@given(any_day, any_day, any_day)
def test_working_days_add_up(first: date, middle: date, last: date) -> None:
    total = working_days_between(first, middle) + working_days_between(middle, last)

    assert working_days_between(first, last) == total


@given(st.dates(date(1990, 1, 1), date(2099, 1, 1)), st.integers(0, 300))
def test_as_many_working_days_lie_between_as_were_added(day: date, count: int) -> None:
    assert working_days_between(day, add_working_days(day, count)) == count


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-20 08:30", datetime(2026, 11, 20, 13, 30, tzinfo=UTC)),
        (" 2026-07-20T23:59\n", datetime(2026, 7, 21, 3, 59, tzinfo=UTC)),
        ("2026-11-01 01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # the first of the two
        ("2026-03-08 03:00", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ],
)
def test_an_instant_is_a_day_and_an_hour_in_quebec(text: str, at: datetime) -> None:
    assert parse_instant(text) == at
    assert parse_instant(text).tzinfo == UTC


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NotAnInstant),
        ("2026-11-20", NotAnInstant),
        ("2026-11-20 24:00", NotAnInstant),
        ("2026-11-20 8:30", NotAnInstant),
        ("2026-11-20 08:60", NotAnInstant),
        ("2026-11-20 ٠٨:٣٠", NotAnInstant),
        ("2026-11-31 08:30", NotADate),
        ("1989-12-31 08:30", DateTooOld),
        ("2101-01-01 08:30", DateTooFar),
        ("2026-03-08 02:30", HourSkipped),
    ],
)
def test_an_instant_that_is_none_is_refused(text: str, error: type[PortalError]) -> None:
    with pytest.raises(error):
        parse_instant(text)
