"""How long a row took to advance by a distance, from each of its past editions.

Days are ordinals (`date.toordinal`), for speed: a page asks for ten years of daily editions in a few milliseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import log
from typing import NamedTuple

from portal.core.calendar import is_working_day

#: Origins are a week apart or more: daily editions say nearly the same thing as the day before, seven times as slowly.
APART = 6
#: The recent pace is that of the last quarter …
RECENT = 91
#: … drawn towards the pace of the last three years as if a second quarter of that had been seen. On simulated offices
#: other than those reported, half or twice as much of either changed the width of intervals by less than 5 %.
LONG = 1096
WORKING_DAYS_OF_A_QUARTER = 63
#: A row is never taken to be slower than this share of its long pace, nor its long pace to be nil or backward.
SLOWEST_SHARE = 0.2
SLOWEST_LONG = 0.05
#: How far the table of working days goes beyond the last day known, in years: longer than any interval shown.
AHEAD = 3


class Origin(NamedTuple):
    """A past edition, seen as the origin of a forecast for one distance.

    `day` is its as-of day; `reached` the first as-of day on which the row had advanced by the distance, or None if it
    has not yet; `worked` the working days up to `day`; `expected` the working days that the distance takes at the pace
    known on `day`; `ratio` the logarithm of those it did take over those expected, or None.
    """

    day: int
    reached: int | None
    worked: int
    expected: float
    ratio: float | None


class Origins(NamedTuple):
    """The origins of a row for one distance in order, the present one last, and the table that counts their days."""

    found: Sequence[Origin]
    calendar: "WorkingDays"


class WorkingDays(NamedTuple):
    """A table of working days: `counts[n]` of them lie in the n days from `first` on."""

    first: int
    counts: tuple[int, ...]

    def until(self, day: int) -> int:
        """Return how many working days of the table come before `day`."""
        return self.counts[day - self.first]

    def day(self, count: float) -> int:
        """Return the first day before which `count` working days have gone, at most the last day of the table."""
        return self.first + min(bisect_left(self.counts, count), len(self.counts) - 1)


@lru_cache(maxsize=32)
def working_days(first_year: int, last_year: int) -> WorkingDays:
    """Return the table of the working days in Québec from one year to another, both included."""
    first, end = date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal()
    counts = [0]
    for day in range(first, end):
        counts.append(counts[-1] + is_working_day(date.fromordinal(day)))
    return WorkingDays(first, tuple(counts))


def origins(days: Sequence[int], received: Sequence[int], distance: int) -> Origins:
    """Return the origins of a row, for advancing by `distance` calendar days of received dates.

    `days` are the as-of days, each later than the one before, and `received` the received dates published on them.
    """
    last_year = date.fromordinal(max(days[-1], max(received) + distance)).year
    calendar = working_days(date.fromordinal(min(min(received), days[0])).year, last_year + AHEAD)
    kept = _passages(days, received, distance)
    # Requests arrive, and are processed, on working days: both ends of a ratio are counted in them.
    worked = [calendar.until(days[i]) for i, _ in kept]
    arrived = [calendar.until(received[i]) for i, _ in kept]
    found = []
    recent = long = 0
    for n, (i, reached) in enumerate(kept):
        recent = _first_since(days[i] - RECENT, recent, kept, days)
        long = _first_since(days[i] - LONG, long, kept, days)
        pace = _pace(worked, arrived, n, recent, long)
        expected = max(calendar.until(received[i] + distance) - arrived[n], 1) / pace
        ratio = None if reached is None else log(max(calendar.until(reached) - worked[n], 1) / expected)
        found.append(Origin(days[i], reached, worked[n], expected, ratio))
    return Origins(found, calendar)


def _first_since(day: int, start: int, kept: Sequence[tuple[int, int | None]], days: Sequence[int]) -> int:
    while days[kept[start][0]] < day:
        start += 1
    return start


def _pace(worked: Sequence[int], arrived: Sequence[int], now: int, recent: int, long: int) -> float:
    """Return how many working days of arrivals the row gets through in a working day, as known at `now`."""
    usual = max((arrived[now] - arrived[long]) / max(worked[now] - worked[long], 1), SLOWEST_LONG)
    advance = arrived[now] - arrived[recent] + usual * WORKING_DAYS_OF_A_QUARTER
    return max(advance / (worked[now] - worked[recent] + WORKING_DAYS_OF_A_QUARTER), SLOWEST_SHARE * usual)


def _passages(days: Sequence[int], received: Sequence[int], distance: int) -> list[tuple[int, int | None]]:
    """Return the editions kept as origins, in order, each with the day on which the row had advanced by `distance`.

    One walk from the last edition back. `records` are the editions that publish a later date than all before them,
    seen from the present one: nearest last. `heights` are their dates, negated so that they can be searched.
    """
    kept: list[tuple[int, int | None]] = []
    records: list[int] = []
    heights: list[int] = []
    wanted = days[-1]
    for i in range(len(days) - 1, -1, -1):
        while heights and -heights[-1] <= received[i]:
            heights.pop()
            records.pop()
        heights.append(-received[i])
        records.append(days[i])
        if days[i] <= wanted:
            found = bisect_right(heights, -(received[i] + distance))
            kept.append((i, records[found - 1] if found else None))
            wanted = days[i] - APART
    kept.reverse()
    return kept
