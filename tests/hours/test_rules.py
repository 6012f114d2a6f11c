"""Is someone answering, until when, and what are the hours: weeks, special days, holidays, the nights clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest

from portal.core.calendar import QUEBEC, holidays
from portal.core.languages import Bilingual
from portal.hours.files import read_hours, read_week
from portal.hours.rules import (
    ALWAYS_CLOSED,
    ANNOUNCED_DAYS,
    CLOSED,
    Day,
    DayGroup,
    Days,
    Holidays,
    HoursChange,
    Interval,
    Schedule,
    SpecialDay,
    Week,
    in_order,
    unconfirmed_years,
    wall,
)
from tests.hours.schedules import ALWAYS, OFFICE, STORM, a_schedule, special
from tests.makers import in_quebec


@pytest.mark.parametrize(
    ("at", "is_open", "until"),
    [
        # Monday
        ("2026-07-06 00:00", False, "2026-07-06 08:30"),
        ("2026-07-06 08:29:59", False, "2026-07-06 08:30"),
        ("2026-07-06 08:30", True, "2026-07-06 12:00"),
        ("2026-07-06 11:59:59", True, "2026-07-06 12:00"),
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
@pytest.mark.parametrize("zone", [UTC, QUEBEC])
def test_the_wall_clock_of_quebec_says_who_answers_and_until_when(
    at: str, is_open: bool, until: str, zone: tzinfo
) -> None:
    instant = in_quebec(at).astimezone(zone)
    schedule = a_schedule()
    assert (schedule.is_open(instant), schedule.next_change(instant)) == (is_open, in_quebec(until))
    state = schedule.state(instant)
    assert (state.is_open, state.until) == (is_open, in_quebec(until))


SUNDAYS = read_week("Su 00:30-01:30, 03:00-04:00")
ACROSS = read_week("Su 01:30-02:30, 02:45-03:30")


@pytest.mark.parametrize(
    ("week", "at", "is_open", "until"),
    [
        # 8 March 2026: 1:59 EST is followed by 3:00 EDT.
        (SUNDAYS, "2026-03-08T06:29Z", True, "2026-03-08T06:30Z"),
        (SUNDAYS, "2026-03-08T06:30Z", False, "2026-03-08T07:00Z"),
        (SUNDAYS, "2026-03-08T07:00Z", True, "2026-03-08T08:00Z"),
        # 2:30 and 2:45 do not exist: both are the instant at which the clock resumes, 3:00; the intervals touch.
        (ACROSS, "2026-03-08T06:30Z", True, "2026-03-08T07:30Z"),
        (ACROSS, "2026-03-08T07:29Z", True, "2026-03-08T07:30Z"),
        # 1 November 2026: 1:00–1:59 comes twice; 1:30 is the first of the two.
        (SUNDAYS, "2026-11-01T04:30Z", True, "2026-11-01T05:30Z"),
        (SUNDAYS, "2026-11-01T05:30Z", False, "2026-11-01T08:00Z"),
        (SUNDAYS, "2026-11-01T06:10Z", False, "2026-11-01T08:00Z"),
        (SUNDAYS, "2026-11-01T08:00Z", True, "2026-11-01T09:00Z"),
        # an interval that holds the repeated hour lasts an hour more
        (read_week("Su 00:00-03:00"), "2026-11-01T04:00Z", True, "2026-11-01T08:00Z"),
        (read_week("Su 00:00-03:00"), "2026-11-01T06:30Z", True, "2026-11-01T08:00Z"),
        (read_week("Su 00:00-03:00"), "2026-03-08T05:00Z", True, "2026-03-08T07:00Z"),
        # and so does a whole day, to a midnight at which nothing changes
        (read_week("Sa-Su 00:00-24:00"), "2026-10-31T12:00Z", True, "2026-11-02T05:00Z"),
        (read_week("Sa-Su 00:00-24:00"), "2026-03-08T12:00Z", True, "2026-03-09T04:00Z"),
    ],
)
def test_the_nights_the_clocks_change_are_counted_in_real_time(week: Days, at: str, is_open: bool, until: str) -> None:
    schedule, instant = a_schedule(week), datetime.fromisoformat(at)
    for zone in (UTC, QUEBEC):
        local = instant.astimezone(zone)
        assert (schedule.is_open(local), schedule.next_change(local)) == (is_open, datetime.fromisoformat(until))


@pytest.mark.parametrize(
    ("changes", "at", "is_open", "until"),
    [
        # an exception comes before the week, and before a holiday
        ({"special_days": special(on_07_06="closed")}, "2026-07-06 09:00", False, "2026-07-07 08:30"),
        ({"special_days": special(on_07_06="10-11")}, "2026-07-06 10:59", True, "2026-07-06 11:00"),
        ({"special_days": special(on_06_24="10-11")}, "2026-06-24 10:30", True, "2026-06-24 11:00"),
        ({"special_days": special(on_06_24="closed")}, "2026-06-24 10:30", False, "2026-06-25 08:30"),
        ({"special_days": special(on_07_11="9-10")}, "2026-07-10 16:30", False, "2026-07-11 09:00"),
        # holidays close only who observes them
        ({"observes_holidays": False}, "2026-06-24 10:30", True, "2026-06-24 12:00"),
        # as confirmed: 24 June worked, 25 June not; another year as the rule proposes
        ({"holidays": Holidays({2026: {date(2026, 6, 25): STORM}})}, "2026-06-24 10:30", True, "2026-06-24 12:00"),
        ({"holidays": Holidays({2026: {date(2026, 6, 25): STORM}})}, "2026-06-24 16:30", False, "2026-06-26 08:30"),
        ({"holidays": Holidays({2025: {}})}, "2026-06-24 10:30", False, "2026-06-25 08:30"),
        # a year of which every holiday was taken away
        ({"holidays": Holidays({2026: {}})}, "2026-06-24 10:30", True, "2026-06-24 12:00"),
    ],
)
def test_special_days_and_holidays_change_the_hours(
    changes: dict[str, object], at: str, is_open: bool, until: str
) -> None:
    schedule, instant = replace(a_schedule(), **changes), in_quebec(at)  # type: ignore[arg-type]  # its fields
    assert (schedule.is_open(instant), schedule.next_change(instant)) == (is_open, in_quebec(until))


MORNINGS = read_week("Mo-Fr 08:00-12:00")
SUMMER = in_order([Week(MORNINGS, date(2026, 6, 22), date(2026, 8, 30)), Week(OFFICE)])


@pytest.mark.parametrize(
    ("at", "is_open", "until"),
    [
        ("2026-06-19 16:30", False, "2026-06-22 08:00"),
        ("2026-06-22 12:00", False, "2026-06-23 08:00"),
        ("2026-08-28 11:00", True, "2026-08-28 12:00"),
        ("2026-08-28 12:00", False, "2026-08-31 08:30"),
        ("2026-09-02 08:30", False, "2026-09-02 10:00"),
    ],
)
def test_weeks_hold_from_their_first_day_to_the_eve_of_the_next(at: str, is_open: bool, until: str) -> None:
    schedule, instant = a_schedule(weeks=SUMMER), in_quebec(at)
    assert (schedule.is_open(instant), schedule.next_change(instant)) == (is_open, in_quebec(until))


def test_weeks_know_their_first_and_last_days() -> None:
    bounds = [(week.first_day, week.last_day) for week in SUMMER]
    first, last = date(2026, 6, 22), date(2026, 8, 30)
    assert bounds == [(None, date(2026, 6, 21)), (first, last), (date(2026, 8, 31), None)]


def test_the_weeks_that_are_told_leave_no_gap() -> None:
    schedule = a_schedule(weeks=SUMMER)
    for week in SUMMER:
        day = week.first_day or date(2026, 1, 1)
        told = [schedule.week(day), *schedule.coming_weeks(day)]
        assert all(a.last_day and b.first_day == a.last_day + timedelta(days=1) for a, b in pairwise(told))
        assert told[-1].last_day is None


def test_what_lasts_shows_again_after_what_passes_whenever_it_was_kept() -> None:
    lasting = [Week(OFFICE), Week(ALWAYS, date(2026, 5, 4)), Week(MORNINGS, date(2026, 7, 6))]
    passing = [
        Week(ALWAYS_CLOSED, date(2026, 6, 22), date(2026, 8, 30)),
        Week(OFFICE, date(2026, 5, 1), date(2026, 5, 3)),
    ]
    found = in_order([*passing, *reversed(lasting)])
    # Early May for a while is as before, and so no week of its own.
    assert [(week.first_day, week.days) for week in found] == [
        (None, OFFICE),
        (date(2026, 5, 4), ALWAYS),
        (date(2026, 6, 22), ALWAYS_CLOSED),
        (date(2026, 8, 31), MORNINGS),
    ]


def test_hours_for_a_while_come_before_those_that_begin_with_them() -> None:
    found = in_order(
        [Week(ALWAYS, date(2026, 6, 22)), Week(OFFICE), Week(MORNINGS, date(2026, 6, 22), date(2026, 6, 30))]
    )
    assert [week.days for week in found] == [OFFICE, MORNINGS, ALWAYS]


def test_without_any_hours_nobody_answers() -> None:
    assert in_order([]) == (Week(ALWAYS_CLOSED),)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # announced, with its end; 22 June is a Monday
        ("2026-06-01", HoursChange(date(2026, 6, 22), date(2026, 8, 30), is_return=False)),
        # under way: those of before come back, on a Monday
        ("2026-06-22", HoursChange(date(2026, 8, 31), None, is_return=True)),
        ("2026-08-31", None),
    ],
)
def test_the_next_change_of_hours_is_told(day: str, expected: HoursChange | None) -> None:
    assert a_schedule(weeks=SUMMER).next_hours_change(date.fromisoformat(day)) == expected


def test_a_change_comes_on_the_first_day_that_differs() -> None:
    weeks = in_order([Week(OFFICE), Week(MORNINGS, date(2026, 7, 4)), Week(ALWAYS, date(2026, 9, 1))])  # a Saturday
    change = a_schedule(weeks=weeks).next_hours_change(date(2026, 6, 1))
    assert change == HoursChange(date(2026, 7, 6), None, is_return=False)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        # Tuesday to Friday: what the week says of its Monday is nobody's hours.
        ("2026-07-07", "2026-07-10", None),
        # Monday to Friday: Monday alone differs.
        ("2026-07-06", "2026-07-10", HoursChange(date(2026, 7, 6), date(2026, 7, 10), is_return=False)),
    ],
)
def test_hours_of_a_few_days_change_these_days_alone(first: str, last: str, expected: HoursChange | None) -> None:
    days = (MORNINGS[0], *OFFICE[1:])
    kept = [Week(OFFICE), Week(days, date.fromisoformat(first), date.fromisoformat(last))]
    schedule = a_schedule(weeks=in_order(kept))
    assert schedule.next_hours_change(date(2026, 7, 1)) == expected
    # Then the usual Mondays come again.
    assert schedule.week(date(2026, 7, 13)).days == OFFICE


def test_hours_for_a_while_stay_whole_where_lasting_ones_change_under_them() -> None:
    # From a Monday; what lasts changes on the Wednesday, two days later, and holds once the summer is over.
    summer = Week(MORNINGS, date(2026, 6, 22), date(2026, 8, 30))
    weeks = in_order([Week(OFFICE), summer, Week(ALWAYS, date(2026, 6, 24))])
    assert weeks == (Week(OFFICE, None, date(2026, 6, 21)), summer, Week(ALWAYS, date(2026, 8, 31)))


def test_a_schedule_whose_hours_all_begin_later_has_the_first_of_them_meanwhile() -> None:
    schedule = a_schedule(weeks=in_order([Week(OFFICE, date(2026, 6, 22))]))
    assert schedule.week(date(2026, 1, 1)).days == OFFICE


@pytest.mark.parametrize(
    ("week", "at", "reopens", "is_noon_break"),
    [
        (OFFICE, "2026-07-06 08:00", None, False),
        (OFFICE, "2026-07-06 09:00", "13:00", True),
        (OFFICE, "2026-07-06 12:30", "13:00", True),
        (OFFICE, "2026-07-06 14:00", None, False),
        (OFFICE, "2026-07-06 17:00", None, False),
        (read_week("Mo 8-10, 15-16"), "2026-07-06 09:00", "15:00", False),
        (read_week("Mo 8-10, 15-16"), "2026-07-06 11:00", "15:00", False),
        (read_week("Mo 8-11, 14-16"), "2026-07-06 11:00", "14:00", True),
        (read_week("Mo 8-10:59, 14-16"), "2026-07-06 11:00", "14:00", False),
        (read_week("Mo 8-11, 14:01-16"), "2026-07-06 11:00", "14:01", False),
        (read_week("Mo 8-11, 12-16"), "2026-07-06 11:20", "12:00", False),  # over before noon is
        (read_week("Mo 8-10, 11-12, 13-16"), "2026-07-06 09:00", "11:00", False),
        (read_week("Mo 8-10, 11-12, 13-16"), "2026-07-06 10:00", "11:00", False),
        (read_week("Mo 8-10, 11-12, 13-16"), "2026-07-06 11:30", "13:00", True),
        (read_week("Mo 8-10, 11-12, 13-16"), "2026-07-06 12:30", "13:00", True),
    ],
)
def test_a_break_is_told_before_and_during(week: Days, at: str, reopens: str | None, is_noon_break: bool) -> None:
    state = a_schedule(week).state(in_quebec(at))
    assert state.reopens == (in_quebec(f"2026-07-06 {reopens}") if reopens else None)
    assert state.is_noon_break is is_noon_break


@pytest.mark.parametrize(
    ("week", "at", "day"),
    [
        (OFFICE, "2026-07-06 09:00", "2026-07-06"),
        (OFFICE, "2026-07-06 17:00", "2026-07-07"),
        (OFFICE, "2026-07-10 17:00", "2026-07-13"),
        (read_week("Mo 20:00-24:00"), "2026-07-06 21:00", "2026-07-06"),  # a closing at midnight
        (read_week("Tu 00:00-04:00"), "2026-07-06 21:00", "2026-07-07"),  # an opening at midnight
    ],
)
def test_a_change_belongs_to_its_day(week: Days, at: str, day: str) -> None:
    assert a_schedule(week).state(in_quebec(at)).change_day == date.fromisoformat(day)


def test_who_never_changes_has_no_day_of_change() -> None:
    assert a_schedule(ALWAYS_CLOSED).state(in_quebec("2026-07-06 21:00")).change_day is None


def test_a_day_says_its_hours_and_why_they_are_not_the_usual_ones() -> None:
    schedule = a_schedule(special_days=special(on_07_06="10-11", on_07_11="closed"))
    other, plain, closed = (schedule.today(date(2026, 7, day)) for day in (6, 7, 11))
    assert (other.intervals, other.why, other.is_changed) == ((Interval(600, 660),), STORM, True)
    assert (plain.intervals, plain.why, plain.is_changed) == (OFFICE[1], Bilingual("", ""), False)
    # A Saturday is closed anyway: there is nothing to say.
    assert (closed.intervals, closed.why, closed.is_changed) == (CLOSED, Bilingual("", ""), False)


@pytest.mark.parametrize(
    ("today", "ahead", "expected"),
    [
        ("2026-06-01", ANNOUNCED_DAYS, "2026-06-24 2026-07-01"),
        ("2026-06-24", 7, "2026-06-24 2026-07-01"),  # both ends count
        ("2026-06-25", 5, ""),
        ("2026-07-02", 30, ""),
        # 26 December 2026 and 2 January 2027 are Saturdays: closed anyway, so not announced
        ("2026-12-20", 20, "2026-12-24 2026-12-25 2026-12-31 2027-01-01"),
        ("2027-12-20", 30, "2027-12-24 2027-12-31"),
    ],
)
def test_the_next_closures_are_the_days_that_would_have_been_open(today: str, ahead: int, expected: str) -> None:
    found = a_schedule().upcoming_closures(date.fromisoformat(today), ahead)
    assert [str(day.day) for day in found] == expected.split()
    assert not any(day.is_confirmed for day in found)


def test_other_hours_are_announced_and_are_no_closure() -> None:
    schedule = a_schedule(special_days=special(on_06_23="8:30-12", on_06_26="closed"))
    changed = schedule.changed_days(date(2026, 6, 22), 7)
    assert [str(day.day) for day in changed] == ["2026-06-23", "2026-06-24", "2026-06-26"]
    assert [str(day.day) for day in schedule.upcoming_closures(date(2026, 6, 22), 7)] == ["2026-06-24", "2026-06-26"]


def test_a_closure_has_its_name_and_says_whether_it_is_confirmed() -> None:
    confirmed = a_schedule(holidays=Holidays({2026: holidays(2026)}))
    for schedule, is_confirmed in ((a_schedule(), False), (confirmed, True)):
        (closure,) = schedule.upcoming_closures(date(2026, 6, 24), 0)
        assert (closure.why.fr, closure.why.en) == ("fête nationale du Québec", "Québec National Holiday")
        assert closure.is_confirmed is is_confirmed


def test_weekdays_with_the_same_hours_are_told_together() -> None:
    usual, wednesday = OFFICE[0], OFFICE[2]
    assert Week(OFFICE).groups() == [DayGroup((1, 2, 4, 5), usual), DayGroup((3,), wednesday), DayGroup((6, 7), ())]
    assert Week(ALWAYS_CLOSED).groups() == [DayGroup((1, 2, 3, 4, 5, 6, 7), ())]


@pytest.mark.parametrize(
    ("today", "confirmed", "expected"),
    [
        ("2026-10-31", {2026}, []),
        ("2026-11-01", {2026}, [2027]),
        ("2026-12-31", {2026, 2027}, []),
        ("2026-01-01", set(), [2026]),
        ("2026-11-02", set(), [2026, 2027]),
    ],
)
def test_the_holidays_of_a_year_must_be_confirmed_by_the_first_of_november(
    today: str, confirmed: set[int], expected: list[int]
) -> None:
    found = Holidays({year: {} for year in confirmed})
    assert unconfirmed_years(found, date.fromisoformat(today)) == expected


def test_a_day_of_no_special_hours_is_confirmed() -> None:
    assert Day(date(2026, 7, 6), OFFICE[0]).is_confirmed


#: A Monday, a year later.
FAR = date(2027, 7, 5)
OPEN_AGAIN = in_order([Week(OFFICE), Week(ALWAYS_CLOSED, date(2026, 1, 1), FAR - timedelta(days=1))])


@pytest.mark.parametrize(
    "schedule",
    [
        a_schedule(ALWAYS_CLOSED, special_days={FAR: SpecialDay(read_hours("8:30-9"), STORM)}),
        replace(a_schedule(), weeks=OPEN_AGAIN),
    ],
)
def test_an_opening_that_is_announced_is_found_however_far_it_is(schedule: Schedule) -> None:
    assert schedule.next_change(in_quebec("2026-07-06 12:00")) == wall(FAR, 510)


def test_a_schedule_that_never_opens_has_no_next_change() -> None:
    schedule = a_schedule(ALWAYS_CLOSED, special_days={FAR: SpecialDay(read_hours("8:30-9"), STORM)})
    assert schedule.next_change(wall(FAR, 540)) is None
