"""Histories made up for the tests of the forecast, and a way to ask about them."""

import random
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from trace import Trace

from portal.forecast.rules import Interval, Point, Reason, Refusal, forecast

#: A Monday.
START = date(2019, 1, 7)
LAG = timedelta(400)


def a_row(moves: Sequence[int], every_days: int = 7, start: date = START) -> list[Point]:
    """Return editions `every_days` apart; the date moves by so many days from each to the next."""
    points = [Point(start, start - LAG)]
    for number, move in enumerate(moves, 1):
        points.append(Point(start + number * every_days * timedelta(1), points[-1].received_on + timedelta(move)))
    return points


def ask(points: Sequence[Point], weeks: float, later: int = 0) -> Interval | Refusal:
    """Ask for a date so many weeks after the row's own, `later` days after its last edition."""
    last = points[-1]
    return forecast(points, last.received_on + timedelta(7 * weeks), last.as_of + timedelta(later))


def reason(answer: Interval | Refusal) -> Reason | None:
    return answer.reason if isinstance(answer, Refusal) else None


def steps(points: Sequence[Point]) -> int:
    """Count the lines that Python runs to answer: the work itself, however busy the machine."""
    ask(points, 12)  # the table of working days is made once
    lines = Trace(trace=False)
    before = sys.gettrace()  # that of coverage, which runfunc drops
    try:
        lines.runfunc(ask, points, 12)
    finally:
        sys.settrace(before)
    return sum(lines.results().counts.values())


_CHANCE = random.Random(7)
#: Four years of weekly moves around a week.
WEEKLY = [7 + _CHANCE.choice([-5, -4, -2, -1, 0, 1, 2, 4, 5]) for _ in range(208)]
