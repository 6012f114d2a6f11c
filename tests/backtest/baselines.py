"""The two forecasts to beat: the last rate carried on, and a plain bootstrap of moves.

Both see what an edition's reader saw, no more. Days are ordinals; what they return is in days after the origin.
"""

import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from statistics import mean
from typing import NamedTuple

from portal.forecast.rules import Point

#: The last rate is that of a quarter, as our own recent pace is; with less, single moves make it jump.
LAST = 91
#: An interval from fewer past errors is no interval: half the forecast is taken on each side.
FEWEST_ERRORS = 10
PATHS = 200
#: A path that has not arrived after so many steps is ended there: its row goes backward.
LONGEST_PATH = 500
SLOWEST = 0.02


class Span(NamedTuple):
    """An interval before it is rounded to weeks, in days after the origin."""

    low: float
    middle: float
    high: float

    def scaled(self, factor: float) -> "Span":
        """Return the interval made wider or narrower about its middle.

        Each side counts as half a week at least: nothing times any factor would stay nothing.
        """
        before, after = max(self.middle - self.low, 3.5), max(self.high - self.middle, 3.5)
        return Span(max(self.middle - before * factor, 0), self.middle, self.middle + after * factor)


def reached_on(points: Sequence[Point], after: int, received_on: date) -> date | None:
    """Return the first as-of day after edition `after` with `received_on` published or passed, or None."""
    return next((point.as_of for point in points[after + 1 :] if point.received_on >= received_on), None)


class LastRate:
    """The rate of the last quarter carried on; its interval comes from its own past errors for the same distance."""

    def __init__(self, points: Sequence[Point], distance: int, origins: Sequence[int]) -> None:
        self._days = [point.as_of.toordinal() for point in points]
        self._received = [point.received_on.toordinal() for point in points]
        self._distance = distance
        self._errors: list[tuple[int, float]] = []
        for i in origins:
            reached = reached_on(points, i, date.fromordinal(self._received[i] + distance))
            if reached is not None:
                took = reached.toordinal() - self._days[i]
                self._errors.append((reached.toordinal(), took - self._middle(i)))

    def span(self, origin: int) -> Span:
        """Return the interval at edition `origin`."""
        middle = self._middle(origin)
        known = sorted(error for day, error in self._errors if day <= self._days[origin])
        if len(known) < FEWEST_ERRORS:
            return Span(middle / 2, middle, middle * 1.5)
        # Not lower than nothing: an edition cannot come before the one that is its origin.
        return Span(max(middle + _part(known, 0.1), 0), max(middle + _part(known, 0.5), 0), middle + _part(known, 0.9))

    def _middle(self, i: int) -> float:
        quarter_ago = bisect_left(self._days, self._days[i] - LAST)
        rate = (self._received[i] - self._received[quarter_ago]) / max(self._days[i] - self._days[quarter_ago], 1)
        if rate <= 0:
            rate = (self._received[i] - self._received[0]) / max(self._days[i] - self._days[0], 1)
        return self._distance / max(rate, SLOWEST)


def bootstrap(points: Sequence[Point], distance: int, seed: int) -> Span:
    """Draw past moves at random, stands included, until they add up to `distance`; `points` end at the origin."""
    chance = random.Random(seed)
    # Daily editions are thinned to weekly ones, as in the forecast: the moves of a week hang together.
    kept = [points[-1]]
    for point in reversed(points):
        if (kept[-1].as_of - point.as_of).days >= 7:
            kept.append(point)
    pairs = list(zip(kept[1:], kept, strict=False))
    moves = [(later.received_on - earlier.received_on).days for earlier, later in pairs]
    step = mean((later.as_of - earlier.as_of).days for earlier, later in pairs)
    taken = sorted(_path(moves, distance, chance) * step for _ in range(PATHS))
    return Span(_part(taken, 0.1), _part(taken, 0.5), _part(taken, 0.9))


def _path(moves: Sequence[int], distance: int, chance: random.Random) -> int:
    gone = 0
    for steps in range(1, LONGEST_PATH):
        gone += moves[int(chance.random() * len(moves))]
        if gone >= distance:
            return steps
    return LONGEST_PATH


def _part(values: Sequence[float], part: float) -> float:
    return values[min(int(part * len(values)), len(values) - 1)]
