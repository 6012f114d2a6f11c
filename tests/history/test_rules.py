"""The history of a row: what it teaches, since when a date is passed, and how it is made short enough to read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from portal.core.languages import NO_TEXT
from portal.editions.rules import Step
from portal.forecast.rules import Point
from portal.history.rules import Reached, Said, points, reached, thinned
from tests.makers import AS_OF, ONE_DAY, D


def a_history(received: Sequence[date | None], days: Sequence[date]) -> list[Said]:
    """A row published on those days with those received dates; None is a suspension."""
    before: date | None = None
    found: list[Said] = []
    for number, (received_on, day) in enumerate(zip(received, days, strict=True), start=1):
        old = None if not found else "received_on" if before else "suspended"
        step = Step(old, before, "received_on" if received_on else "suspended", received_on)
        found.append(Said(number, day, datetime.combine(day, time(14), UTC), day, NO_TEXT, False, step))
        before = received_on
    return found


def weeks(count: int, first: date = AS_OF) -> list[date]:
    return [first + timedelta(weeks=week) for week in range(count)]


@pytest.mark.parametrize(
    ("received_on", "as_of", "delay"),
    [
        (D, AS_OF, 15),
        (AS_OF, AS_OF, 0),
        (date(2026, 1, 30), AS_OF, 1),  # from Friday to Monday
        (date(2026, 4, 2), date(2026, 4, 7), 1),  # Good Friday and Easter Monday
        (date(2025, 12, 23), date(2026, 1, 5), 3),  # 29 and 30 December, then 5 January
        (None, AS_OF, None),
    ],
)
def test_the_delay_is_in_working_days(received_on: date | None, as_of: date, delay: int | None) -> None:
    assert a_history([received_on], [as_of])[0].delay == delay


def test_a_forecast_learns_from_the_dates_that_stand() -> None:
    one, two, three, four = a_history([D, None, D + ONE_DAY, D], weeks(4))

    learnt = points([one, two, replace(three, is_withdrawn=True), four])

    assert learnt == [Point(AS_OF, D), Point(AS_OF + timedelta(weeks=3), D)]


DAY = [D + timedelta(days=ahead) for ahead in range(10)]


@pytest.mark.parametrize(
    ("received", "asked", "passed", "last"),
    [
        ([], 3, None, None),
        ([1, 2, 3], 0, 0, 2),
        ([1, 2, 3], 1, 1, 2),
        ([1, 2, 3], 2, 2, 2),
        ([1, 2, 3], 3, None, 2),
        ([1, 2, 3], 4, None, None),
        # Passed, gone back behind it, and passed again: the present run counts.
        ([1, 5, 2, 4, 6], 3, 3, 4),
        # Passed once, and gone back for good.
        ([1, 5, 2], 3, None, 1),
        ([1, 5, 3], 3, None, 2),
        ([5, 5, 5], 3, 0, 2),
    ],
)
def test_a_date_is_passed_since_the_first_edition_of_the_run_that_lasts(
    received: list[int], asked: int, passed: int | None, last: int | None
) -> None:
    days = weeks(len(received))
    said = [Point(day, DAY[number]) for day, number in zip(days, received, strict=True)]

    expected = Reached(None if passed is None else days[passed], None if last is None else days[last])

    assert reached(said, DAY[asked]) == expected


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(0, 9))
def test_what_is_passed_was_reached_and_a_later_date_is_passed_no_sooner(received: list[int], asked: int) -> None:
    said = [Point(day, DAY[number]) for day, number in zip(weeks(len(received)), received, strict=True)]
    found = reached(said, DAY[asked])

    assert (found.last_on is not None) == any(number >= asked for number in received)
    assert (found.passed_on is not None) == bool(received and received[-1] > asked)
    if found.passed_on:
        assert found.last_on == said[-1].as_of
        assert all(point.received_on > DAY[asked] for point in said if point.as_of >= found.passed_on)
        assert all(reached(said, day).passed_on is not None for day in DAY[:asked])


def numbers(history: Sequence[Said]) -> list[int]:
    return [said.edition for said in history]


@pytest.mark.parametrize(
    ("most", "kept"),
    [
        (30, list(range(1, 31))),
        # The last of each of five weeks: 2 February is a Monday.
        (29, [7, 14, 21, 28, 30]),
        (5, [7, 14, 21, 28, 30]),
        (4, [27, 30]),  # of each month, for 28 February is the 27th day
        (2, [27, 30]),
        (1, [30]),  # of the quarter
    ],
)
def test_a_month_of_days_is_thinned_by_weeks_then_months_then_quarters(most: int, kept: list[int]) -> None:
    days = [AS_OF + timedelta(days=day) for day in range(30)]
    history = a_history([D + timedelta(days=day) for day in range(30)], days)

    assert numbers(thinned(history, most)) == kept


def test_the_deepest_moves_back_are_kept_where_there_is_room() -> None:
    received = [D + timedelta(days=day) for day in range(14)]
    received[2] = received[1] - timedelta(days=7)
    received[9] = received[8] - timedelta(days=28)
    history = a_history(received, [AS_OF + timedelta(days=day) for day in range(14)])

    assert [said.step.is_backwards for said in history].count(True) == 2
    assert numbers(thinned(history, 2)) == [7, 14]
    assert numbers(thinned(history, 3)) == [7, 10, 14]
    assert numbers(thinned(history, 4)) == [3, 7, 10, 14]


def test_what_was_taken_back_is_left_out() -> None:
    one, two, three = a_history([D, D + ONE_DAY, D], weeks(3))

    assert thinned([one, replace(two, is_withdrawn=True), replace(three, is_withdrawn=True)], 3) == [one]
    assert thinned([], 3) == []
    assert thinned([replace(one, is_withdrawn=True)], 3) == []


histories = st.lists(
    st.tuples(st.none() | st.dates(date(2025, 1, 1), date(2025, 6, 30)), st.integers(0, 9), st.booleans()),
    max_size=60,
)


def made_of(entries: Sequence[tuple[date | None, int, bool]]) -> list[Said]:
    """A row's history of received dates, each so many days after the one before, and withdrawn or not."""
    days = [AS_OF + timedelta(days=sum(gap for _date, gap, _gone in entries[: n + 1])) for n in range(len(entries))]
    history = a_history([received_on for received_on, _gap, _gone in entries], days)
    return [replace(said, is_withdrawn=gone) for said, (_date, _gap, gone) in zip(history, entries, strict=True)]


@given(histories, st.integers(4, 70))
def test_a_thinned_history_is_no_longer_than_asked_and_its_steps_run_on(
    entries: list[tuple[date | None, int, bool]], most: int
) -> None:
    standing = [said for said in made_of(entries) if not said.is_withdrawn]
    said = {one.edition: (one.step.meaning, one.step.received_on) for one in standing}

    found = thinned(made_of(entries), most)

    # Sixty entries of at most nine days lie in three calendar years at most.
    assert found == standing if len(standing) <= most else len(found) <= most
    assert numbers(found) == sorted(set(numbers(found)) & set(said))
    assert numbers(found[-1:]) == numbers(standing[-1:]), "the last one is kept"
    assert all((one.step.meaning, one.step.received_on) == said[one.edition] for one in found)
    if len(standing) > most:
        for before, after in pairwise(found):
            assert (after.step.old_meaning, after.step.old_received_on) == said[before.edition]
