"""What holds of any schedule at any instant, one that never opens and one that always does among them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from portal.hours.files import read_week
from portal.hours.rules import (
    ALWAYS_CLOSED,
    END_OF_DAY,
    Days,
    Interval,
    Schedule,
    SpecialDay,
    Week,
    in_order,
    wall,
)
from tests.hours.schedules import ALWAYS, OFFICE, STORM, a_schedule
from tests.makers import in_quebec

instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 — bounds


@given(instants)
def test_an_office_that_never_opens_says_so(at: datetime) -> None:
    never = a_schedule(ALWAYS_CLOSED)
    assert (never.is_open(at), never.next_change(at)) == (False, None)
    assert never.state(at).reopens is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — bounds
def test_an_office_that_always_answers_never_changes(at: datetime) -> None:
    always = a_schedule(ALWAYS, observes_holidays=False)
    assert (always.is_open(at), always.next_change(at)) == (True, None)


def test_who_always_answers_but_on_holidays_closes_at_their_midnights() -> None:
    schedule = a_schedule(ALWAYS)
    assert schedule.next_change(in_quebec("2026-06-20 10:00")) == in_quebec("2026-06-24 00:00")
    assert schedule.next_change(in_quebec("2026-06-24 10:00")) == in_quebec("2026-06-25 00:00")


def test_hours_that_touch_at_midnight_are_one() -> None:
    schedule = a_schedule(read_week("Fr 20:00-24:00; Sa 00:00-04:00"))
    assert schedule.next_change(in_quebec("2026-07-10 21:00")) == in_quebec("2026-07-11 04:00")
    assert schedule.next_change(in_quebec("2026-07-11 00:00")) == in_quebec("2026-07-11 04:00")


def test_the_last_closing_there_is_is_found() -> None:
    schedule = a_schedule(weeks=in_order([Week(OFFICE), Week(ALWAYS_CLOSED, date(2026, 7, 7))]))
    assert schedule.next_change(in_quebec("2026-07-06 13:30")) == in_quebec("2026-07-06 16:30")
    assert schedule.next_change(in_quebec("2026-07-06 16:30")) is None


minutes = st.integers(0, END_OF_DAY)


@st.composite
def hours(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Up to three intervals of a day, in order, which may touch."""
    ends = sorted(draw(st.lists(minutes, min_size=0, max_size=6, unique=True)))
    return tuple(Interval(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False))


schedules = st.builds(
    lambda weeks, special, observes: Schedule(
        "any",
        in_order(
            [Week(weeks[0]), *(Week(w, date(2026, 3, 5) + timedelta(days=9 * n)) for n, w in enumerate(weeks[1:]))]
        ),
        {date(2026, 3, 1) + timedelta(days=n): SpecialDay(hours, STORM) for n, hours in special.items()},
        observes_holidays=observes,
    ),
    st.lists(st.tuples(*[hours()] * 7), min_size=1, max_size=3),
    st.dictionaries(st.integers(0, 40), hours(), max_size=4),
    st.booleans(),
)
#: Around the night of 8 March, when clocks change, or that of 1 November.
days = st.one_of(st.dates(date(2026, 2, 25), date(2026, 4, 10)), st.dates(date(2026, 10, 29), date(2026, 11, 3)))


@given(schedules, days, st.integers(0, END_OF_DAY - 1))
def test_the_next_change_is_the_first_minute_at_which_the_answer_differs(
    schedule: Schedule, day: date, minute: int
) -> None:
    at = wall(day, minute).astimezone(UTC)
    change = schedule.next_change(at)
    step, is_open = timedelta(minutes=1), schedule.is_open(at)
    last = change or at + timedelta(days=3)
    while (at := at + step) < min(last, wall(day + timedelta(days=3), 0)):
        assert schedule.is_open(at) is is_open, at
    if change and at == change:
        assert schedule.is_open(change) is not is_open


@given(schedules, days, st.integers(0, END_OF_DAY - 1))
def test_the_state_says_the_same_as_its_parts(schedule: Schedule, day: date, minute: int) -> None:
    at = wall(day, minute)
    state = schedule.state(at)
    assert (state.is_open, state.until) == (schedule.is_open(at), schedule.next_change(at))
    assert state.today == schedule.today(day)
    assert state.then == (schedule.next_change(state.until) if state.until else None)
    assert state.since is None or state.since <= at


@given(st.tuples(*[hours()] * 7))
def test_every_weekday_stands_in_one_group_with_its_own_hours(week: Days) -> None:
    groups = Week(week).groups()
    assert sorted(day for group in groups for day in group.days) == [1, 2, 3, 4, 5, 6, 7]
    assert all(week[day - 1] == group.intervals for group in groups for day in group.days)
    assert len({group.intervals for group in groups}) == len(groups)
