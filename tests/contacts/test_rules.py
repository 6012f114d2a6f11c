"""Is someone answering: every fifth minute of 2026 against a table counted without the portal's own calendar."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from portal.contacts.rules import ANNOUNCED_DAYS, DayGroup, Hours, Interval, State, closures
from portal.core.calendar import QUEBEC

MORNING, LATE_MORNING, AFTERNOON = (
    (time(8, 30), time(12)),
    (time(10), time(12)),
    (time(13), time(16, 30)),
)
FIVE_MINUTES = timedelta(minutes=5)


def the_hours_of_the_facts() -> Hours:
    facts = tomllib.loads((Path(__file__).parents[2] / "portal" / "facts" / "contact.toml").read_text("utf-8"))
    week: list[tuple[Interval, ...]] = [()] * 7
    for group in facts["hours"]:
        for day in group["days"]:
            week[day - 1] = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in group["intervals"])
    return Hours(tuple(week))


HOURS = the_hours_of_the_facts()
NEVER = Hours(((),) * 7)

# The oracle: plain tables in UTC minutes, typed by hand from the notice and a wall calendar.

#: In minutes of the day: Monday first.
OPEN = {0: "510-720 780-990", 2: "600-720 780-990", 5: "", 6: ""}
CLOSED = {
    "2026-01-01",
    "2026-01-02",
    "2026-04-03",
    "2026-04-06",
    "2026-05-18",
    "2026-06-24",
    "2026-07-01",
    "2026-09-07",
    "2026-10-12",
    "2026-12-24",
    "2026-12-25",
    "2026-12-26",
    "2026-12-31",
    "2027-01-01",
    "2027-01-02",
}
#: Daylight time in 2026: from 8 March, 7:00 UTC, to 1 November, 6:00 UTC.
SUMMER = (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC))


def is_open_by_the_table(at: datetime) -> bool:
    wall = at - timedelta(hours=4 if SUMMER[0] <= at < SUMMER[1] else 5)
    if f"{wall:%Y-%m-%d}" in CLOSED:
        return False
    spans = [span.split("-") for span in OPEN.get(wall.weekday(), OPEN[0]).split()]
    minute = wall.hour * 60 + wall.minute
    return any(int(opens) <= minute < int(closes) for opens, closes in spans)


@cache
def the_table() -> dict[datetime, State]:
    """The state at every fifth minute of 2026, the next change found by walking back from January 2027."""
    at, first = datetime(2027, 1, 6, 5, tzinfo=UTC), datetime(2026, 1, 1, 5, tzinfo=UTC)
    found: dict[datetime, State] = {}
    is_open, until = is_open_by_the_table(at), at
    while at >= first:
        if is_open_by_the_table(at) != is_open:
            is_open, until = not is_open, at + FIVE_MINUTES
        found[at] = State(is_open, until)
        at -= FIVE_MINUTES
    return found


def every_fifth_minute(month: int) -> Iterator[datetime]:
    at = datetime(2026, month, 1, 5, tzinfo=UTC)
    after = datetime(2026 + month // 12, month % 12 + 1, 1, 5, tzinfo=UTC)
    while at < after:
        yield at
        at += FIVE_MINUTES


@pytest.mark.parametrize("month", range(1, 13))
def test_every_fifth_minute_of_2026_agrees_with_the_table(month: int) -> None:
    wrong = [at for at in every_fifth_minute(month) if HOURS.state(at) != the_table()[at]]

    assert wrong == []


@settings(deadline=None)
@given(st.integers(0, 365 * 24 * 60 - 1), st.sampled_from([UTC, QUEBEC]))
def test_any_minute_in_any_zone_agrees_with_the_table(minute: int, zone: tzinfo) -> None:
    at = datetime(2026, 1, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
    expected = the_table()[at - timedelta(minutes=at.minute % 5)]

    assert HOURS.state(at.astimezone(zone)) == expected


@pytest.mark.parametrize(
    ("wall", "is_open", "until"),
    [
        # Monday
        ("2026-07-06 00:00", False, "2026-07-06 08:30"),
        ("2026-07-06 08:29", False, "2026-07-06 08:30"),
        ("2026-07-06 08:30", True, "2026-07-06 12:00"),
        ("2026-07-06 11:59", True, "2026-07-06 12:00"),
        ("2026-07-06 12:00", False, "2026-07-06 13:00"),
        ("2026-07-06 13:00", True, "2026-07-06 16:30"),
        ("2026-07-06 16:30", False, "2026-07-07 08:30"),
        # Wednesday opens later
        ("2026-07-08 08:30", False, "2026-07-08 10:00"),
        ("2026-07-08 10:00", True, "2026-07-08 12:00"),
        # over the weekend
        ("2026-07-10 16:30", False, "2026-07-13 08:30"),
        ("2026-07-11 10:00", False, "2026-07-13 08:30"),
        # 24 June and 1 July 2026 are Wednesdays: closed all day
        ("2026-06-23 16:30", False, "2026-06-25 08:30"),
        ("2026-06-24 10:30", False, "2026-06-25 08:30"),
        ("2026-07-01 14:00", False, "2026-07-02 08:30"),
        # Christmas to Monday, the New Year to Monday
        ("2026-12-23 16:30", False, "2026-12-28 08:30"),
        ("2026-12-30 16:30", False, "2027-01-04 08:30"),
        # the nights the clocks change
        ("2026-03-06 16:30", False, "2026-03-09 08:30"),
        ("2026-10-30 16:30", False, "2026-11-02 08:30"),
    ],
)
def test_the_wall_clock_of_quebec_says_who_answers_and_until_when(wall: str, is_open: bool, until: str) -> None:
    at = datetime.fromisoformat(wall).replace(tzinfo=QUEBEC)
    change = datetime.fromisoformat(until).replace(tzinfo=QUEBEC)

    assert HOURS.state(at) == State(is_open, change.astimezone(UTC))


SUNDAYS = Hours((*[()] * 6, ((time(0, 30), time(1, 30)), (time(3), time(4)))))


@pytest.mark.parametrize(
    ("at", "is_open", "until"),
    [
        # 8 March 2026: 1:59 EST is followed by 3:00 EDT.
        ("2026-03-08T06:29Z", True, "2026-03-08T06:30Z"),
        ("2026-03-08T06:30Z", False, "2026-03-08T07:00Z"),
        ("2026-03-08T07:00Z", True, "2026-03-08T08:00Z"),
        # 1 November 2026: 1:00–1:59 comes twice; 1:30 is the first of the two.
        ("2026-11-01T04:30Z", True, "2026-11-01T05:30Z"),
        ("2026-11-01T05:30Z", False, "2026-11-01T08:00Z"),
        ("2026-11-01T06:10Z", False, "2026-11-01T08:00Z"),
        ("2026-11-01T08:00Z", True, "2026-11-01T09:00Z"),
    ],
)
def test_the_nights_the_clocks_change_are_counted_in_real_time(at: str, is_open: bool, until: str) -> None:
    instant = datetime.fromisoformat(at)

    for zone in (UTC, QUEBEC):
        assert SUNDAYS.state(instant.astimezone(zone)) == State(is_open, datetime.fromisoformat(until))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds
def test_a_schedule_that_never_opens_says_so(at: datetime) -> None:
    assert NEVER.state(at) == State(False, None)


def test_the_hours_are_those_of_the_notice() -> None:
    usual, wednesday = (MORNING, AFTERNOON), (LATE_MORNING, AFTERNOON)

    assert HOURS.week == (usual, usual, wednesday, usual, usual, (), ())


@pytest.mark.parametrize(
    ("day", "intervals"),
    [
        (date(2026, 7, 6), (MORNING, AFTERNOON)),
        (date(2026, 7, 8), (LATE_MORNING, AFTERNOON)),
        (date(2026, 7, 11), ()),
        (date(2026, 7, 1), ()),
        (date(2026, 6, 24), ()),
    ],
)
def test_a_day_has_its_weekdays_hours_unless_it_is_a_holiday(day: date, intervals: tuple[Interval, ...]) -> None:
    assert HOURS.on(day) == intervals


def test_weekdays_with_the_same_hours_are_told_together() -> None:
    assert HOURS.groups() == [
        DayGroup((1, 2, 4, 5), (MORNING, AFTERNOON)),
        DayGroup((3,), (LATE_MORNING, AFTERNOON)),
        DayGroup((6, 7), ()),
    ]
    assert NEVER.groups() == [DayGroup((1, 2, 3, 4, 5, 6, 7), ())]


@given(st.tuples(*[st.sampled_from([(), (MORNING,), (AFTERNOON,), (MORNING, AFTERNOON)])] * 7))
def test_every_weekday_stands_in_one_group_with_its_own_hours(week: tuple[tuple[Interval, ...], ...]) -> None:
    groups = Hours(week).groups()

    assert sorted(day for group in groups for day in group.days) == [1, 2, 3, 4, 5, 6, 7]
    assert all(week[day - 1] == group.intervals for group in groups for day in group.days)
    assert len({group.intervals for group in groups}) == len(groups)


@pytest.mark.parametrize(
    ("today", "days", "expected"),
    [
        ("2026-06-01", ANNOUNCED_DAYS, "2026-06-24 2026-07-01"),
        ("2026-06-24", 7, "2026-06-24 2026-07-01"),  # both ends count
        ("2026-06-25", 5, ""),
        ("2026-07-02", 30, ""),
        # 26 December 2026 and 2 January 2027 are Saturdays: closed anyway, so not announced
        ("2026-12-20", 20, "2026-12-24 2026-12-25 2026-12-31 2027-01-01"),
        (
            "2027-12-20",
            376,
            "2027-12-24 2027-12-31 2028-04-14 2028-04-17 2028-05-22 2028-09-04 2028-10-09 2028-12-25 2028-12-26",
        ),
    ],
)
def test_the_next_closures_are_the_holidays_that_close_a_weekday(today: str, days: int, expected: str) -> None:
    found = [str(day) for day, _ in closures(date.fromisoformat(today), days)]

    assert found == expected.split()


def test_a_closure_has_its_name() -> None:
    ((_, name),) = closures(date(2026, 6, 24), 0)

    assert (name.fr, name.en) == ("fête nationale du Québec", "Québec National Holiday")
