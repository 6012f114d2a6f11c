"""When a date not yet reached will be: what is answered, what is refused, and what must hold for every history."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from portal.forecast.passages import NEVER, origins, working_days
from portal.forecast.replay import Replay, quantiles, whole_weeks
from portal.forecast.rules import FEWEST_MOVES, WIDEST_WEEKS, Interval, Point, Reason, Refusal, doubt, forecast
from tests.forecast.made import LAG, START, WEEKLY, a_row, ask, reason, steps


@pytest.mark.parametrize(
    ("moves", "weeks", "earliest", "latest"),
    [
        # 208 weeks end on Monday 2 January 2023. A week a week, never anything else: the very week, by working days.
        ([7] * 208, 2, date(2023, 1, 16), date(2023, 1, 22)),
        ([7] * 208, 12, date(2023, 3, 27), date(2023, 4, 2)),
        # Twice as fast, half as long.
        ([14] * 208, 12, date(2023, 2, 13), date(2023, 2, 19)),
    ],
)
def test_a_row_that_never_varies_is_forecast_to_the_week(
    moves: Sequence[int], weeks: int, earliest: date, latest: date
) -> None:
    answer = ask(a_row(moves), weeks)

    assert isinstance(answer, Interval)
    assert abs((answer.earliest - earliest).days) <= 7
    assert abs((answer.latest - latest).days) <= 7
    assert (answer.latest - answer.earliest).days <= 20
    assert answer.hits >= 0.8 * answer.tries


@pytest.mark.parametrize("weeks", [2, 6, 12, 26])
@pytest.mark.parametrize("pace", [0.5, 1, 2])
@pytest.mark.parametrize("every_days", [1, 7])
def test_a_row_that_never_varies_is_right_eight_times_out_of_ten(every_days: int, pace: float, weeks: int) -> None:
    gone = [int(every_days * pace * number) for number in range(1456 // every_days + 1)]
    points = a_row([later - earlier for earlier, later in pairwise(gone)], every_days)

    answer = ask(points, weeks)

    assert isinstance(answer, Interval)
    assert answer.hits >= 0.8 * answer.tries


@pytest.mark.parametrize("weeks", [2, 6, 12, 26])
def test_an_interval_begins_on_a_monday_ends_on_a_sunday_and_carries_its_record(weeks: int) -> None:
    answer = ask(a_row(WEEKLY), weeks)

    assert isinstance(answer, Interval)
    assert (answer.earliest.weekday(), answer.latest.weekday()) == (0, 6)
    assert (answer.latest - answer.earliest).days < 7 * WIDEST_WEEKS
    assert 5 <= answer.hits <= answer.tries <= 40
    assert answer == ask(a_row(WEEKLY), weeks)


def test_an_interval_widens_with_the_distance_and_with_the_sway_of_the_row() -> None:
    def weeks_wide(moves: Sequence[int], weeks: int) -> int:
        answer = ask(a_row(moves), weeks)
        assert isinstance(answer, Interval)
        return (answer.latest - answer.earliest).days

    rough = [7 + 3 * (move - 7) for move in WEEKLY]

    assert weeks_wide(WEEKLY, 2) <= weeks_wide(WEEKLY, 12) <= weeks_wide(rough, 12)
    assert weeks_wide(rough, 2) < weeks_wide(rough, 26)


@pytest.mark.parametrize(
    ("points", "moves"),
    [
        ([], 0),
        ([Point(START, START - LAG)], 0),
        (a_row([7]), 1),
        (a_row([0] * 300), 0),
        # Nineteen moves among many editions are nineteen moves, and the backward ones count.
        (a_row([7] * (FEWEST_MOVES - 1)), 19),
        (a_row([7, 0, 0, 0] * 19), 19),
        (a_row([7, 7, -7] * 6 + [7]), 19),
    ],
)
def test_a_row_with_fewer_than_twenty_moves_is_refused(points: list[Point], moves: int) -> None:
    assert forecast(points, START, START + timedelta(4000)) == Refusal("few_moves", moves)


def test_at_twenty_moves_the_row_is_looked_at() -> None:
    monthly = a_row([31] * (FEWEST_MOVES - 1), every_days=30)
    assert reason(ask(monthly, 2)) == "few_moves"

    answer = ask(a_row([31] * FEWEST_MOVES, every_days=30), 2)
    assert isinstance(answer, Interval)
    assert answer.tries >= 5


@pytest.mark.parametrize(
    ("points", "later", "expected"),
    [
        # It moves each week: two weeks without are usual enough, three are not.
        (a_row([*WEEKLY, 0, 0]), 0, None),
        (a_row([*WEEKLY, 0, 0, 0]), 0, "stands_still"),
        # The table itself is late: the row stands still as well.
        (a_row(WEEKLY), 14, None),
        (a_row(WEEKLY), 15, "stands_still"),
        # A row that moves every four weeks may wait for eight.
        (a_row([0, 0, 0, 28] * 60 + [0] * 4), 0, None),
        (a_row([0, 0, 0, 28] * 60 + [0] * 9), 0, "stands_still"),
    ],
)
def test_a_row_that_stands_still_by_its_own_habit_is_refused(
    points: list[Point], later: int, expected: Reason | None
) -> None:
    assert reason(ask(points, 12, later)) == expected


def test_an_interval_that_passed_without_an_edition_is_refused() -> None:
    # It moves every four weeks, so that it does not stand still yet, but was due long ago.
    points = a_row([0, 0, 0, 28] * 60)

    assert reason(ask(points, 1, later=0)) is None
    assert reason(ask(points, 1, later=55)) == "stands_still"


@pytest.mark.parametrize(
    ("points", "weeks"),
    [
        # The row has advanced 208 weeks; 26 weeks of it in its first half-year, which has no forecast to judge.
        (a_row(WEEKLY), 80),
        (a_row([7] * 25), 2),
        (a_row([7] * 60), 20),
        # Daily, for three months: many moves, no past forecast.
        (a_row([1] * 90, every_days=1), 1),
    ],
)
def test_a_distance_that_the_history_hardly_holds_is_refused(points: list[Point], weeks: int) -> None:
    assert reason(ask(points, weeks)) == "too_far"


def test_a_row_without_habit_gets_no_interval_so_wide_that_it_says_nothing() -> None:
    chance = random.Random(2)
    wild = a_row([chance.choice([0, 0, 0, 0, 1, 120, -60]) for _ in range(400)])

    assert reason(ask(wild, 20)) == "too_wide"


def test_a_row_that_was_mostly_forecast_wrong_is_refused() -> None:
    # Ever slower: each forecast comes too early, and no past duration tells the next.
    slowing = [max(round(40 * 0.98**week), 1) for week in range(160)]

    assert reason(ask(a_row(slowing), 12)) == "often_wrong"


@pytest.mark.parametrize(
    ("since", "expected"),
    # Six months at a quarter of its pace, and at four times; one week of it is not told from chance yet.
    [([2] * 26, "new_pace"), ([28] * 26, "new_pace"), ([2], None), ([7] * 26, None)],
)
def test_a_row_that_moves_at_a_new_pace_is_refused(since: list[int], expected: Reason | None) -> None:
    assert reason(ask(a_row([*WEEKLY, *since]), 6)) == expected


@pytest.mark.parametrize(
    ("hits", "tries", "latest", "expected"),
    [
        (32, 40, (True, True, False, True, True), None),
        (32, 40, (False, True, False, False, True), None),
        (32, 40, (False, True, False, False, False), "often_wrong"),
        (19, 40, (True, True, True, True, True), "often_wrong"),
        (20, 40, (True, True, True, True, True), None),
        (4, 9, (True, True, False, False, False), None),
        (4, 4, (True, True, True, True), "too_far"),
    ],
)
def test_a_record_that_is_poor_on_the_whole_or_of_late_is_a_refusal(
    hits: int, tries: int, latest: tuple[bool, ...], expected: Reason | None
) -> None:
    found = Replay(START.toordinal(), START.toordinal() + 13, hits, tries, latest)

    assert doubt(found, START.toordinal()) == expected


def test_a_date_that_goes_back_and_forth_is_reached_when_it_passes_for_the_first_time() -> None:
    days = [START.toordinal() + 7 * week for week in range(6)]
    received = [day - 400 for day in (days[0], days[1], days[0], days[3], days[2], days[3])]

    found = origins(days, received, 14).found

    assert [origin.reached for origin in found] == [days[3], days[3], days[3], NEVER, NEVER, NEVER]


def test_two_points_of_one_day_count_as_the_later_one() -> None:
    points = a_row(WEEKLY)
    doubled = [one for point in points for one in (Point(point.as_of, point.received_on - timedelta(30)), point)]

    assert ask(doubled, 6) == ask(points, 6)


def test_months_without_a_date_make_a_gap_not_a_fault() -> None:
    points = [point for point in a_row(WEEKLY) if point.as_of.month not in (7, 8)]

    answer = ask(points, 6)

    assert isinstance(answer, Interval)
    assert answer.earliest >= points[-1].as_of


def test_a_monthly_row_is_told_in_the_weeks_of_its_editions() -> None:
    answer = ask(a_row([30, 33, 27, 31, 29] * 16, every_days=30), 4)

    assert isinstance(answer, Interval)
    assert (answer.latest - answer.earliest).days <= 13


@pytest.mark.parametrize(
    ("low", "middle", "high", "rhythm", "first", "last"),
    [
        # From Wednesday 11 January 2023. The weeks whose Wednesday lies in the interval.
        (8, 12, 20, 7, date(2023, 1, 23), date(2023, 1, 29)),
        (7, 12, 21, 7, date(2023, 1, 16), date(2023, 2, 5)),
        # No Wednesday in it: the week of the middle.
        (8, 9, 13, 7, date(2023, 1, 16), date(2023, 1, 22)),
        # This week begins today.
        (0, 1, 2, 7, date(2023, 1, 11), date(2023, 1, 15)),
        # Editions a month apart: the weeks around the second one, never this one.
        (40, 55, 75, 30.4, date(2023, 3, 6), date(2023, 3, 19)),
        (1, 2, 9, 30.4, date(2023, 2, 6), date(2023, 2, 12)),
    ],
)
def test_an_interval_is_shown_in_the_weeks_of_the_editions_expected_in_it(
    low: float, middle: float, high: float, rhythm: float, first: date, last: date
) -> None:
    day = date(2023, 1, 11).toordinal()

    shown = whole_weeks(day, low, middle, high, rhythm)

    assert tuple(map(date.fromordinal, shown)) == (first, last)


def test_working_days_are_counted_and_found_again() -> None:
    table = working_days(2026, 2026)
    monday = date(2026, 6, 22).toordinal()

    # 24 June is a holiday: Monday, Tuesday, Thursday, Friday.
    assert table.until(monday + 7) - table.until(monday) == 4
    assert table.day(table.until(monday) + 2.5) == monday + 4
    assert table.day(10_000) == date(2027, 1, 1).toordinal()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.integers(-40, 40).map(lambda tenths: tenths / 10), min_size=1, max_size=40).map(sorted),
    st.lists(st.integers(-40, 40).map(lambda tenths: tenths / 10), max_size=40).map(sorted),
)
def test_durations_still_open_are_counted_as_kaplan_and_meier_do(known: list[float], opened: list[float]) -> None:
    # Their estimate, event by event; an event comes before an open duration of the same length.
    wanted, expected, beyond, left = [0.1, 0.5, 0.9], [], 1.0, len(known) + len(opened)
    both = sorted([(ratio, False) for ratio in known] + [(ratio, True) for ratio in opened])
    for ratio, is_open in both:
        beyond -= 0 if is_open else beyond / left
        left -= 1
        while not is_open and wanted and beyond <= wanted[-1] + 1e-9:
            expected.append(ratio)
            wanted.pop()
    expected += [both[-1][0]] * len(wanted)

    assert list(quantiles(known, opened)) == expected


def test_twice_the_history_takes_less_than_twice_the_steps() -> None:
    five_years, ten_years = (
        steps(a_row([1 if day % 9 else 2 for day in range(365 * years)], every_days=1)) for years in (5, 10)
    )

    assert five_years < ten_years < 2 * five_years


@pytest.mark.parametrize(("share", "most_wrong"), [(0.5, 14), (0.3, 12)])
def test_a_break_of_pace_is_soon_refused(share: float, most_wrong: int) -> None:
    before = WEEKLY
    after = [round(share * move) for move in WEEKLY[:80]]
    points = a_row([*before, *after])
    wrong = 0
    for week in range(20):
        known = points[: len(before) + 2 + week]
        for weeks in (2, 6):
            wanted = known[-1].received_on + timedelta(7 * weeks)
            reached = next(point.as_of for point in points if point.received_on >= wanted)
            answer = ask(known, weeks)
            wrong += isinstance(answer, Interval) and not answer.earliest <= reached <= answer.latest

    # Of forty: what is shown before chance is ruled out cannot be taken back.
    assert wrong <= most_wrong
