"""How long a row took to advance by a distance, from each of its past editions.

Days are ordinals (`date.toordinal`), for speed: a page asks for ten years of daily editions in a few milliseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import inf, log, sqrt
from typing import NamedTuple

from portal.core.calendar import is_working_day

#: Origins are a week apart or more: daily editions say nearly the same thing as the day before, seven times as slowly.
APART = 6
#: The recent pace is that of the last quarter …
RECENT = 91
#: … drawn towards the pace of the last three years as if a year (in working days) of that had been seen besides. Half
#: as much, or five years, changes the mean width on simulated offices by less than a twentieth.
LONG = 1096
DRAWN = 250
#: The sway of a row is measured on its advance in half the time that the distance would take at an even pace, and in
#: four weeks at least: shorter stretches of work hang together, longer ones are too few to know.
STRETCH = 2
SHORTEST_STRETCH = 28
#: Editions more than this apart have a rhythm of their own; one and a half times the usual is a gap, not a rhythm.
RARE = 10
GAP = 1.5
#: A row is never taken to be slower than this share of its long pace, nor its long pace to be nil or backward.
SLOWEST_SHARE = 0.2
SLOWEST_LONG = 0.05
#: How far the table of working days goes beyond the last day known, in years: longer than any interval shown.
AHEAD = 3
#: Later than any day.
NEVER = date.max.toordinal() + 1


class Origin(NamedTuple):
    """A past edition, seen as the origin of a forecast for one distance.

    `day` is its as-of day; `reached` the first as-of day on which the row had advanced by the distance, or NEVER if it
    has not yet; `worked` the working days up to `day`; `expected` the working days that the distance takes at the pace
    known on `day`; `ratio` the logarithm of those it did take over those expected, or infinity; `sway` the standard
    deviation of that logarithm, if the advances of different stretches of work had nothing to do with each other.
    """

    day: int
    reached: int
    worked: int
    expected: float
    ratio: float
    sway: float


class Origins(NamedTuple):
    """The origins of a row for one distance in order, the present one last.

    `calendar` counts their days; `rhythm` is the usual number of days between two editions, 7 for frequent ones.
    `surprise` says by how many of its own standard deviations the last quarter's advance is off the long pace.
    """

    found: Sequence[Origin]
    calendar: "WorkingDays"
    rhythm: float
    surprise: float


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
    kept, reached = _passages(days, received, distance)
    kept_days = [days[i] for i in kept]
    # Requests arrive, and are processed, on working days: both ends of a ratio are counted in them.
    first, counts = calendar
    worked = [counts[day - first] for day in kept_days]
    arrived = [counts[received[i] - first] for i in kept]
    paces = _paces(kept_days, worked, arrived, max(SHORTEST_STRETCH, distance // STRETCH))
    found = []
    surprise = 0.0
    for n, pace in enumerate(paces):
        surprise = pace.surprise
        expected = max(counts[received[kept[n]] + distance - first] - arrived[n], 1) / pace.recent
        took = inf if reached[n] == NEVER else max(counts[reached[n] - first] - worked[n], 1)
        sway = sqrt(pace.variance / expected) / pace.recent
        found.append(Origin(kept_days[n], reached[n], worked[n], expected, log(took / expected), sway))
    return Origins(found, calendar, rhythm(kept_days), surprise)


def rhythm(days: Sequence[int]) -> float:
    """Return the usual number of days between two editions, gaps left out; 7 for more frequent ones."""
    between = sorted(later - earlier for earlier, later in pairwise(days))
    usual = [gap for gap in between if gap <= GAP * between[len(between) // 2]]
    mean = sum(usual) / len(usual)
    return mean if mean > RARE else 7


class _Pace(NamedTuple):
    """How many working days of arrivals a row gets through in a working day, and how far its advance strays."""

    recent: float
    variance: float
    surprise: float


def _paces(days: Sequence[int], worked: Sequence[int], arrived: Sequence[int], stretch: int) -> Iterator[_Pace]:
    """Say the pace at each origin, as known then; how far it strays is measured on `stretch` calendar days."""
    strayed = lumps = 0.0
    starts = zip(*(_starts(days, back) for back in (RECENT, LONG, stretch)), strict=True)
    for n, (recent, long, before) in enumerate(starts):
        usual = max((arrived[n] - arrived[long]) / max(worked[n] - worked[long], 1), SLOWEST_LONG)
        advance = arrived[n] - arrived[recent] + usual * DRAWN
        pace = max(advance / (worked[n] - worked[recent] + DRAWN), SLOWEST_SHARE * usual)
        elapsed = worked[n] - worked[before]
        strayed += (arrived[n] - arrived[before] - usual * elapsed) ** 2 / max(elapsed, 1)
        variance = strayed / (n + 1)
        quarter = worked[n] - worked[recent]
        off = abs(arrived[n] - arrived[recent] - usual * quarter)
        # Where editions are rare, a quarter holds one move more or one less without anything having changed.
        lumps += (arrived[n] - arrived[max(n - 1, 0)]) ** 2
        yield _Pace(pace, variance, off / sqrt(variance * quarter + lumps / (n + 1) + 1))


def _starts(days: Sequence[int], back: int) -> Iterator[int]:
    """Say for each origin which is the first one at most `back` days before it."""
    start = 0
    for day in days:
        while days[start] < day - back:
            start += 1
        yield start


def _passages(days: Sequence[int], received: Sequence[int], distance: int) -> tuple[list[int], list[int]]:
    """Return which editions are kept as origins, in order, and the days on which the row had advanced by `distance`.

    One walk from the last edition back. `records` are the editions that publish a later date than all before them,
    seen from the present one: nearest last. `heights` are their dates, negated so that they can be searched.
    """
    kept: list[int] = []
    reached: list[int] = []
    records: list[int] = []
    heights: list[int] = []
    wanted = days[-1]
    for i in range(len(days) - 1, -1, -1):
        height = -received[i]
        while heights and heights[-1] >= height:
            heights.pop()
            records.pop()
        heights.append(height)
        records.append(days[i])
        if days[i] <= wanted:
            found = bisect_right(heights, height - distance)
            kept.append(i)
            reached.append(records[found - 1] if found else NEVER)
            wanted = days[i] - APART
    return kept[::-1], reached[::-1]
