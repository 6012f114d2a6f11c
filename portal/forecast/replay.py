"""What a row's forecast is now, and how the same forecast did at its own past origins."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil, exp, floor, inf, log
from typing import NamedTuple

from portal.forecast.passages import Origin, Origins

#: "8 times out of 10": one miss in ten on each side.
LEVEL = 0.8
TAIL = (1 - LEVEL) / 2
#: An origin learns from the two hundred before it, four years of weekly editions: older ones tell of another office.
MEMORY = 208
#: With fewer known durations in that memory, a tenth of them is nobody.
FEWEST_DURATIONS = 10
#: The durations known and the sway of the row's moves weigh the same where the memory holds twenty times the distance:
#: a far date has few durations that do not overlap, and a tenth of those is chance.
EVEN = 20
#: A normal spread holds 8 in 10 within this many standard deviations …
DEVIATIONS = 1.28
#: … and different stretches of work hang together somewhat: an office short of hands stays so. What is left to learn
#: of that, the record learns. Chosen on simulated offices other than those reported, as EVEN and STEP were.
TOGETHER = 1.3
#: Below this, two shares are the same: sums of fractions are not exact.
EXACT = 1e-9
#: No end is nearer to the middle than this, as a logarithm: a row without any sway is not known for ever.
LEAST_SPREAD = 0.01
#: As a logarithm, longer than any table of working days: a row that leaps over centuries must not overflow.
LONGEST = 20.0
#: The first half-year of a row has no pace to start from.
SETTLING = 182
#: Past forecasts judged: one every four weeks, the forty latest; so many keep the whole under 5 ms.
JUDGED = 40
EVERY_DAYS = 28
#: How many of the last judged are told apart from the rest: as few as tell a break from bad luck.
LATEST = 5
#: How much an end of the interval is stretched after a miss (and, nine times less, shrunk after none): the step of
#: adaptive conformal inference (Gibbs and Candès, 2021), on a scale so that it also reaches beyond what was ever seen.
STEP = 0.02
#: The stretch to start from, since a spread is never known exactly.
FIRST_STRETCH = 0.05
#: Editions further apart than a week fall on a day of their month, give or take a week-end: two days on each side.
WEEKLY = 7
SLACK = 2


@dataclass(frozen=True, slots=True)
class Replay:
    """An interval from `first` to `last` (ordinals; a Monday and a Sunday) and its record: `hits` of `tries`.

    `latest` says of the last few judged, in order, whether they came true.
    """

    first: int
    last: int
    hits: int
    tries: int
    latest: tuple[bool, ...]


class Spread(NamedTuple):
    """Where the middle of durations lies, and how far its two ends are from it, as logarithms over the expectation."""

    before: float
    middle: float
    after: float


@dataclass(frozen=True, slots=True)
class _Forecast:
    """A past forecast not judged yet: its interval and the day that came."""

    first: int
    last: int
    reached: int


@dataclass(slots=True)
class _Record:
    """What has been learnt by the day of an origin. An end is judged once its day is over, whatever came before.

    To judge quick outcomes as they come would count them sooner than slow ones, and make every interval too early.
    """

    early: float = FIRST_STRETCH
    late: float = FIRST_STRETCH
    hits: int = 0
    tries: int = 0
    outcomes: list[bool] = field(default_factory=list)
    begins: list[_Forecast] = field(default_factory=list)
    ends: list[_Forecast] = field(default_factory=list)

    def add(self, made: _Forecast) -> None:
        """Keep a forecast until the days of its two ends are over."""
        self.begins.append(made)
        self.ends.append(made)

    def judge(self, day: int) -> None:
        """Judge every end that lies before `day`, and stretch or shrink what comes next."""
        for made in [made for made in self.begins if made.first <= day]:
            self.begins.remove(made)
            self.early += STEP * ((made.reached < made.first) - TAIL)
        for made in [made for made in self.ends if made.last < day]:
            self.ends.remove(made)
            self.late += STEP * ((made.reached > made.last) - TAIL)
            self.tries += 1
            self.outcomes.append(made.first <= made.reached <= made.last)
            self.hits += self.outcomes[-1]


def replay(row: Origins) -> Replay | None:
    """Return the present interval of a row and its record, or None when its history is too short for the distance."""
    record = _Record()
    latest: _Forecast | None = None
    past = _Past(row.found)
    for n in _judged(row.found):
        record.judge(row.found[n].day)
        spread = _spread(past, n)
        latest = _interval(row, row.found[n], spread, record) if spread else None
        if latest:
            record.add(latest)
    return (
        None
        if latest is None
        else Replay(latest.first, latest.last, record.hits, record.tries, tuple(record.outcomes[-LATEST:]))
    )


def _judged(found: Sequence[Origin]) -> Iterator[int]:
    """Say which origins are forecast from, in order; the last one is the present."""
    last = len(found) - 1
    between = (found[-1].day - found[0].day) / max(last, 1)
    step = max(round(EVERY_DAYS / max(between, 1)), 1)
    chosen = [n for n in range(last, -1, -step) if found[n].day >= found[0].day + SETTLING]
    return reversed(chosen[: JUDGED + 1])


class _Past:
    """The durations of a row's origins, and which of them were known when."""

    def __init__(self, found: Sequence[Origin]) -> None:
        self.found = found
        self._ratios = [origin.ratio for origin in found]
        # Up to which day the durations of all origins until this one are known: never falls, so it can be searched.
        self._known = list(accumulate((origin.reached for origin in found), max))

    def durations(self, now: int) -> tuple[list[float], list[float]]:
        """Return durations as logarithms over their expectation, as known at origin `now`, shortest first.

        The second list is of distances not covered yet: longer than this.
        """
        day, worked = self.found[now].day, self.found[now].worked
        first = max(now - MEMORY, 0)
        some_open = bisect_right(self._known, day, first, now)
        rest = self.found[some_open:now]
        known = self._ratios[first:some_open] + [one.ratio for one in rest if one.reached <= day]
        opened = [one for one in rest if one.reached > day and one.worked < worked]
        return sorted(known), sorted([log((worked - one.worked) / one.expected) for one in opened])


def _spread(past: _Past, now: int) -> Spread | None:
    """Return the spread of durations as known at origin `now`, or None when too few are known.

    Two sources: the durations themselves, which know everything that happened to the row, and the row's sway
    carried over the distance, known from many more moves. The more often the history holds the distance, the more the
    first counts.
    """
    known, opened = past.durations(now)
    if len(known) < FEWEST_DURATIONS:
        return None
    low, middle, high = quantiles(known, opened)
    origin = past.found[now]
    passages = (origin.worked - past.found[max(now - MEMORY, 0)].worked) / origin.expected
    weight = passages / (passages + EVEN)
    sway = max(TOGETHER * DEVIATIONS * origin.sway, LEAST_SPREAD)
    before, after = max(middle - low, LEAST_SPREAD), max(high - middle, LEAST_SPREAD)
    return Spread(before**weight * sway ** (1 - weight), weight * middle, after**weight * sway ** (1 - weight))


def quantiles(known: Sequence[float], opened: Sequence[float]) -> Iterator[float]:
    """Say the tenth, the half and the ninth tenth of durations, some of them still open (Kaplan and Meier, 1958).

    Where none is known to be that long, the longest of all stands for it. Between two open ones the share of those
    that last beyond falls in even steps, so that only the open ones are walked through.
    """
    wanted = [TAIL, 0.5, 1 - TAIL]
    beyond = 1.0
    passed, left = 0, len(known) + len(opened)
    for bound in [*opened, inf]:
        ended = bisect_right(known, bound) - passed
        while wanted and 0 < (step := ceil(left * (1 - wanted[-1] / beyond) - EXACT)) <= ended:
            yield known[passed + step - 1]
            wanted.pop()
        if not wanted:
            return
        beyond *= (left - ended) / max(left, 1)
        passed += ended
        left -= ended + 1
    yield from [max(known[-1], opened[-1])] * len(wanted)


def _interval(row: Origins, origin: Origin, spread: Spread, record: _Record) -> _Forecast:
    """Return the interval as displayed, its two ends stretched as the record has taught."""

    def ahead(ratio: float) -> int:
        return row.calendar.day(origin.worked + origin.expected * exp(min(ratio, LONGEST))) - origin.day

    low = ahead(spread.middle - spread.before * exp(record.early))
    high = ahead(spread.middle + spread.after * exp(record.late))
    return _Forecast(*whole_weeks(origin.day, low, ahead(spread.middle), high, row.rhythm), origin.reached)


def whole_weeks(day: int, low: float, middle: float, high: float, rhythm: float) -> tuple[int, int]:
    """Return the first and the last day displayed (ordinals), for an interval `low` to `high` days after `day`.

    Only an edition can say that a date is reached: the weeks shown are those of the editions expected within the
    interval, `rhythm` days apart, at least the one nearest to the middle. To round both ends outward instead would
    hold more than 8 in 10 at short distances. A week begins on Monday, or on `day` itself.
    """
    is_rare = rhythm > WEEKLY
    first, last = max(ceil(low / rhythm), is_rare), floor(high / rhythm)
    if last < first:
        first = last = max(round(middle / rhythm), is_rare)
    slack = SLACK if is_rare else 0
    start, end = day + round(first * rhythm) - slack, day + round(last * rhythm) + slack
    return max(start - (start - 1) % 7, day), end + 6 - (end - 1) % 7
