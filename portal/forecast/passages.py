"""How long a row took to advance by a distance, from each of its past editions.

Days are ordinals (`date.toordinal`), for speed: a page asks for ten years of daily editions in a few milliseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import fsum, inf, log, sqrt
from operator import mul
from typing import NamedTuple

from portal.core.calendar import is_working_day
from portal.forecast.signals import Outcome, Signs, corrections

#: Origins are a week apart or more: daily editions say nearly the same thing as the day before, seven times as slowly.
APART = 6
#: Enough for all that is judged and remembered in the replay: what lies before tells of another office.
MOST_ORIGINS = 400
#: The recent pace is that of the last quarter …
RECENT = 91
#: … drawn towards the pace of the last three years as if a year (in working days) of that had been seen besides. Half
#: as much, or five years, changes the mean width on simulated offices by less than a twentieth.
LONG = 1096
DRAWN = 250
#: The latest pace is that of four weeks, with so many working days of the expected pace added.
LATEST = 28
DRAWN_LATEST = 2
WORKING_YEAR = 250
#: A break of the pace is looked for in the last weeks, months and quarter, against the same stretches of four years.
SURPRISING = (14, 28, 56, 91)
REMEMBERED = 208
#: Working days: holidays alone make the most regular row stray by as much.
LEAST_STRAYED = 2
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
    `surprise` says by how many of its own standard deviations the latest advances are off the long pace.
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
    calendar = _calendar(min(min(received), days[0]), max(days[-1], max(received) + distance))
    kept, reached = _passages(days, received, distance)
    kept_days = [days[i] for i in kept]
    # Requests arrive, and are processed, on working days: both ends of a ratio are counted in them.
    first, counts = calendar
    worked = [counts[day - first] for day in kept_days]
    arrived = [counts[received[i] - first] for i in kept]
    paces = list(_paces(kept_days, worked, arrived, max(SHORTEST_STRETCH, distance // STRETCH)))
    plain = [
        max(counts[received[i] + distance - first] - done, 1) / pace.recent
        for i, done, pace in zip(kept, arrived, paces, strict=True)
    ]
    took = [
        inf if day == NEVER else max(counts[day - first] - since, 1) for day, since in zip(reached, worked, strict=True)
    ]
    outcomes = [
        Outcome(day, log(lasted / expected)) for day, lasted, expected in zip(reached, took, plain, strict=True)
    ]
    overlap = max(plain[-1] * (len(worked) - 1) / max(worked[-1] - worked[0], 1), 1)
    found = []
    for n, (factor, left) in enumerate(corrections(kept_days, [pace.signs for pace in paces], outcomes, overlap)):
        pace, expected = paces[n], plain[n] * factor
        sway = left * sqrt(pace.variance / expected) / pace.recent
        found.append(Origin(kept_days[n], reached[n], worked[n], expected, log(took[n] / expected), sway))
    return Origins(found, calendar, rhythm(kept_days), _surprise(kept_days, worked, arrived, paces[-1].usual))


def _calendar(first: int, last: int) -> WorkingDays:
    return working_days(date.fromordinal(first).year, date.fromordinal(last).year + AHEAD)


def _surprise(days: Sequence[int], worked: Sequence[int], arrived: Sequence[int], usual: float) -> float:
    """Say how far the latest advances are off the long pace, in standard deviations; the most of several stretches."""
    strayed = [done - usual * since for done, since in zip(arrived[-REMEMBERED:], worked[-REMEMBERED:], strict=True)]
    between = (days[-1] - days[0]) / max(len(days) - 1, 1)
    # A row that moves by lumps has one more or one less in a stretch without anything having changed.
    lumps = [later - earlier for earlier, later in pairwise(strayed)]
    least = fsum(map(mul, lumps, lumps)) / max(len(lumps), 1) + LEAST_STRAYED**2
    most = 0.0
    for back in SURPRISING:
        steps = max(round(back / max(between, 1)), 1)
        off = [later - earlier for earlier, later in zip(strayed, strayed[steps:], strict=False)]
        if past := off[:-steps]:
            most = max(most, abs(off[-1]) / sqrt(fsum(map(mul, past, past)) / len(past) + least))
    return most


def rhythm(days: Sequence[int]) -> float:
    """Return the usual number of days between two editions, gaps left out; 7 for more frequent ones."""
    between = sorted(later - earlier for earlier, later in pairwise(days))
    usual = [gap for gap in between if gap <= GAP * between[len(between) // 2]]
    mean = sum(usual) / len(usual)
    return mean if mean > RARE else 7


class _Pace(NamedTuple):
    """How many working days of arrivals a row gets through in a working day, and how far its advance strays."""

    recent: float
    usual: float
    variance: float
    signs: Signs


def _paces(days: Sequence[int], worked: Sequence[int], arrived: Sequence[int], stretch: int) -> Iterator[_Pace]:
    """Say the pace at each origin, as known then; how far it strays is measured on `stretch` calendar days."""
    strayed, habit = 0.0, (worked[0] - arrived[0]) / WORKING_YEAR
    starts = zip(*(_starts(days, back) for back in (LATEST, RECENT, LONG, stretch)), strict=True)
    for n, (latest, recent, long, before) in enumerate(starts):
        worked_now, arrived_now = worked[n], arrived[n]
        usual = max((arrived_now - arrived[long]) / (worked_now - worked[long] or 1), SLOWEST_LONG)
        advance = arrived_now - arrived[recent] + usual * DRAWN
        pace = max(advance / (worked_now - worked[recent] + DRAWN), SLOWEST_SHARE * usual)
        elapsed = worked_now - worked[before]
        strayed += (arrived_now - arrived[before] - usual * elapsed) ** 2 / (elapsed or 1)
        # A few days at the expected pace are added: one edition without a move is no pace of nil.
        now = (arrived_now - arrived[latest] + pace * DRAWN_LATEST) / (worked_now - worked[latest] + DRAWN_LATEST)
        delay = (worked_now - arrived_now) / WORKING_YEAR
        # A delay that grows or falls at the long pace, as in a row that never varies, is no sign of anything.
        habit += (1 - usual) * (worked_now - worked[n - 1]) / WORKING_YEAR if n else 0
        habit += (delay - habit) * max(1 / (n + 1), (days[n] - days[n - 1]) / LONG)
        yield _Pace(pace, usual, strayed / (n + 1), Signs(log(max(now / pace, SLOWEST_SHARE)), delay - habit))


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
            if len(kept) == MOST_ORIGINS:
                break
    return kept[::-1], reached[::-1]
