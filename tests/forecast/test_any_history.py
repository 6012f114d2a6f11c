"""What must hold for every history, however odd."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings, strategies as st

from portal.forecast.rules import FEWEST_MOVES, WIDEST_WEEKS, Interval, Point, Refusal, forecast
from tests.forecast.made import LAG, START, a_row, ask


@st.composite
def histories(draw: st.DrawFn) -> list[Point]:
    """Make a row with stands, backward moves, gaps and two points of one day; mostly long enough for an answer."""
    every = draw(st.sampled_from([1, 7, 7, 30]))
    chance = random.Random(draw(st.integers(0, 10_000)))
    back, still = draw(st.sampled_from([0, 0, 0.1])), draw(st.sampled_from([0, 0.2, 0.6]))
    points = [Point(START, START - LAG)]
    for _ in range(draw(st.integers(0, 260))):
        wait = every * chance.choice([1] * 20 + [0, 4])
        step = 0 if chance.random() < still else round(chance.gauss(wait, wait / 2 + 1))
        step = -abs(step) if chance.random() < back else max(step, 0)
        points.append(Point(points[-1].as_of + timedelta(wait), points[-1].received_on + timedelta(step)))
    return points


@settings(deadline=None, max_examples=150)
@given(histories(), st.integers(1, 300), st.integers(-30, 60))
def test_an_answer_is_whole_and_never_in_the_past(points: list[Point], days: int, later: int) -> None:
    last = points[-1]
    today = last.as_of + timedelta(later)
    received_on = last.received_on + timedelta(days)

    answer = forecast(points, received_on, today)

    assert answer == forecast(tuple(points), received_on, today)
    by_day = list({point.as_of: point.received_on for point in points}.values())
    moves = sum(old != new for old, new in pairwise(by_day))
    if isinstance(answer, Refusal):
        assert answer.moves == moves
        assert (answer.reason == "few_moves") == (moves < FEWEST_MOVES)
        return
    assert moves >= FEWEST_MOVES
    assert max(today, last.as_of) <= answer.earliest <= answer.latest
    assert answer.earliest.weekday() == 0 or answer.earliest == max(today, last.as_of)
    assert answer.latest.weekday() == 6
    assert (answer.latest - answer.earliest).days < 7 * WIDEST_WEEKS
    assert 5 <= answer.tries <= 40
    assert 0 <= answer.hits <= answer.tries


_DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
_ANY = st.builds(Point, _DAYS, _DAYS)


def shuffled(points: Sequence[Point], chance: random.Random) -> list[Point]:
    return chance.sample(points, len(points))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(_ANY, max_size=60)
    | st.builds(
        lambda row, wild, chance: shuffled(row + wild, chance),
        histories(),
        st.lists(_ANY, max_size=3),
        st.randoms(use_true_random=False),
    ),
    _DAYS,
    _DAYS,
)
def test_no_history_however_odd_raises(points: list[Point], received_on: date, today: date) -> None:
    assert isinstance(forecast(points, received_on, today), Interval | Refusal)


@settings(deadline=None, max_examples=30)
@given(histories(), st.integers(-10, 300), st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(points: list[Point], days: int, chance: random.Random) -> None:
    single = list({point.as_of: point for point in points}.values())
    last = points[-1]
    wanted = last.received_on + timedelta(days)

    assert forecast(shuffled(single, chance), wanted, last.as_of) == forecast(points, wanted, last.as_of)


def test_a_row_that_leaps_over_a_century_and_back_does_not_raise() -> None:
    steady = a_row([7] * 200)
    for far in (30, 90, 120, 150, 199):
        for day in (date(1960, 1, 1), date(2100, 12, 31)):
            points = [*steady[:far], Point(steady[far].as_of, day), *steady[far + 1 :]]
            for weeks in (1, 8, 60):
                assert isinstance(ask(points, weeks), Interval | Refusal)
