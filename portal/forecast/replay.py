"""What a row's forecast is now, and how the same forecast did at its own past origins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, exp, floor, log
from typing import NamedTuple

from portal.forecast.passages import Origin, Origins, WorkingDays

#: "8 times out of 10": one miss in ten on each side.
LEVEL = 0.8
TAIL = (1 - LEVEL) / 2
#: An origin learns from those of the three years before it: older ones tell of another office.
MEMORY = 156
#: With fewer known durations in that memory, a tenth of them is nobody.
FEWEST_DURATIONS = 10
#: The first half-year of a row has no pace to start from.
SETTLING = 182
#: Past forecasts judged: one every four weeks, the forty latest; so many keep the whole under 5 ms.
JUDGED = 40
EVERY_DAYS = 28
#: How much an end of the interval is stretched after a miss (and, nine times less, shrunk after none): the step of
#: adaptive conformal inference (Gibbs and Candès, 2021), on a scale so that it also reaches beyond what was ever seen.
STEP = 0.05
#: The stretch to start from: durations of neighbouring origins overlap, so their spread is that of a small sample.
FIRST_STRETCH = 0.1


@dataclass(frozen=True, slots=True)
class Replay:
    """An interval from `first` to `last` (ordinals; a Monday and a Sunday) and its record: `hits` of `tries`."""

    first: int
    last: int
    hits: int
    tries: int


class Spread(NamedTuple):
    """The tenth, fifth and ninth tenths of the logarithms of durations over their expectation."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class _Forecast:
    """A past forecast not judged yet: its interval and the day that came."""

    first: int
    last: int
    reached: int | None


@dataclass(slots=True)
class _Record:
    """What has been learnt by the day of an origin. An end is judged once its day is over, whatever came before.

    To judge quick outcomes as they come would count them sooner than slow ones, and make every interval too early.
    """

    early: float = FIRST_STRETCH
    late: float = FIRST_STRETCH
    hits: int = 0
    tries: int = 0
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
            self.early += STEP * ((made.reached is not None and made.reached < made.first) - TAIL)
        for made in [made for made in self.ends if made.last < day]:
            self.ends.remove(made)
            is_late = made.reached is None or made.reached > made.last
            self.late += STEP * (is_late - TAIL)
            self.tries += 1
            self.hits += not is_late and made.reached is not None and made.reached >= made.first


def replay(row: Origins) -> Replay | None:
    """Return the present interval of a row and its record, or None when its history is too short for the distance."""
    record = _Record()
    latest: _Forecast | None = None
    for n in _judged(row.found):
        record.judge(row.found[n].day)
        spread = _spread(row.found, n)
        latest = _interval(row.found[n], spread, record, row.calendar) if spread else None
        if latest:
            record.add(latest)
    return latest and Replay(latest.first, latest.last, record.hits, record.tries)


def _judged(found: Sequence[Origin]) -> Iterator[int]:
    """Say which origins are forecast from, in order; the last one is the present."""
    last = len(found) - 1
    settled = found[0].day + SETTLING
    between = (found[-1].day - found[0].day) / max(last, 1)
    step = max(round(EVERY_DAYS / max(between, 1)), 1)
    chosen = [n for n in range(last, -1, -step) if found[n].day >= settled]
    return reversed(chosen[: JUDGED + 1])


def _spread(found: Sequence[Origin], now: int) -> Spread | None:
    """Return the spread of the durations known at origin `now`, or None when there are too few.

    Kaplan and Meier (1958): an origin whose date is not reached yet counts as "longer than this" until then.
    """
    today = found[now]
    known: list[tuple[float, bool]] = []
    for past in found[max(now - MEMORY, 0) : now]:
        if past.ratio is not None and past.reached is not None and past.reached <= today.day:
            known.append((past.ratio, False))
        elif past.worked < today.worked:
            known.append((log((today.worked - past.worked) / past.expected), True))
    known.sort()
    if sum(not is_open for _, is_open in known) < FEWEST_DURATIONS:
        return None
    return Spread(*_quantiles(known))


def _quantiles(known: Sequence[tuple[float, bool]]) -> Iterator[float]:
    """Say the three quantiles of durations, some of them still open; the longest of all where none is that long."""
    wanted = [1 - TAIL, 0.5, TAIL]
    beyond = 1.0
    for passed, (ratio, is_open) in enumerate(known):
        if not is_open:
            beyond *= 1 - 1 / (len(known) - passed)
        while wanted and beyond <= wanted[0] + 1e-9:
            yield ratio
            wanted.pop(0)
    for _ in wanted:
        yield known[-1][0]


def _interval(origin: Origin, spread: Spread, record: _Record, calendar: WorkingDays) -> _Forecast:
    """Return the interval as displayed, its two ends stretched as the record has taught."""

    def ahead(ratio: float) -> int:
        return calendar.day(origin.worked + origin.expected * exp(ratio)) - origin.day

    low = ahead(spread.middle - (spread.middle - spread.low) * exp(record.early))
    high = ahead(spread.middle + (spread.high - spread.middle) * exp(record.late))
    return _Forecast(*whole_weeks(origin.day, low, ahead(spread.middle), high), origin.reached)


def whole_weeks(day: int, low: float, middle: float, high: float) -> tuple[int, int]:
    """Return the first and the last day displayed (ordinals), for an interval `low` to `high` days after `day`.

    A week is shown when the weekday of the edition of `day` lies in the interval in that week. To round both ends
    outward would hold more than 8 in 10 at short distances. At least the week of the middle is shown.
    """
    first, last = ceil(low / 7), floor(high / 7)
    if last < first:
        first = last = round(middle / 7)
    monday = day - (day - 1) % 7
    return max(monday + 7 * first, day), monday + 7 * last + 6
