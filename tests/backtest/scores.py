"""Replay a row edition by edition, and score what was said against what came."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import fmean, median

from portal.forecast.passages import rhythm
from portal.forecast.replay import whole_weeks
from portal.forecast.rules import Interval, Point, Reason, Refusal, forecast
from tests.backtest.baselines import LastRate, Span, bootstrap, reached_on

#: Distances asked for, in weeks of received dates.
HORIZONS = (2, 6, 12, 26)
#: Weeks between two origins of one row; the baselines learn from one every four weeks, as the forecast does.
EVERY_WEEKS = 8
LEARN_DAYS = 28
LEVEL = 0.8


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one row on one past day: what was said, and what came.

    `reached` is None when the date was not reached by `end`, the row's last edition.
    """

    horizon: int
    as_of: date
    said: Interval | Refusal
    reached: date | None
    end: date
    baselines: tuple[Span, Span]
    rhythm: float

    @property
    def is_judged(self) -> bool:
        """Say whether the interval closed before the data end.

        Decided by what was said, never by what came: to judge the open ones that were reached would count quick
        outcomes only. A date not reached when its interval closes is a miss, whenever it comes.
        """
        return isinstance(self.said, Interval) and self.said.latest <= self.end


def cases(
    points: Sequence[Point], margin_days: int, every_weeks: int = EVERY_WEEKS, since: date = date.min
) -> Iterator[Case]:
    """Ask for each horizon at origins `every_weeks` apart, from `since` on, none in the last `margin_days`."""
    end = points[-1].as_of
    every = rhythm([point.as_of.toordinal() for point in points])
    origins = _apart(points, 7 * every_weeks)
    for horizon in HORIZONS:
        distance = 7 * horizon
        last_rate = LastRate(points, distance, _apart(points, LEARN_DAYS))
        for i in origins:
            as_of, received_on = points[i].as_of, points[i].received_on + timedelta(distance)
            # Nobody holds a received date still to come.
            if since <= as_of >= received_on and as_of <= end - timedelta(margin_days):
                said = forecast(points[: i + 1], received_on, as_of)
                spans = (Span(0, 0, 0), Span(0, 0, 0))
                if isinstance(said, Interval):
                    spans = (last_rate.span(i), bootstrap(points[: i + 1], distance, seed=i))
                yield Case(horizon, as_of, said, reached_on(points, i, received_on), end, spans, every)


def _apart(points: Sequence[Point], days: int) -> list[int]:
    kept = [0]
    for i, point in enumerate(points):
        if (point.as_of - points[kept[-1]].as_of).days >= days:
            kept.append(i)
    return kept


@dataclass(frozen=True, slots=True)
class Shown:
    """An interval as displayed, and what came."""

    earliest: date
    latest: date
    reached: date | None
    end: date

    @property
    def is_hit(self) -> bool:
        """Say whether it came true; one still open at the end of the data, which only a baseline can be, is let by."""
        if self.reached is None:
            return self.latest > self.end
        return self.earliest <= self.reached <= self.latest

    @property
    def weeks(self) -> float:
        """Return the width in weeks."""
        return ((self.latest - self.earliest).days + 1) / 7

    @property
    def pinball(self) -> float:
        """Return the pinball loss of the two ends, in days: their mean, at 0.1 and at 0.9.

        What was not reached is taken to come on the day after the data end: too soon, and the same for all three.
        """
        came = self.reached or self.end + timedelta(1)
        before, after = (came - self.earliest).days, (came - self.latest).days
        return (max(0.1 * before, -0.9 * before) + max(0.9 * after, -0.1 * after)) / 2


class Score:
    """The scores of a set of intervals."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self._shown = shown

    def __len__(self) -> int:
        return len(self._shown)

    @cached_property
    def coverage(self) -> float:
        """Return the share that came true."""
        return fmean(one.is_hit for one in self._shown)

    @cached_property
    def too_early(self) -> float:
        """Return the share reached before its interval began; other misses came after its end."""
        return fmean(one.reached is not None and one.reached < one.earliest for one in self._shown)

    @cached_property
    def width(self) -> tuple[float, float]:
        """Return the median and the mean width in weeks."""
        weeks = [one.weeks for one in self._shown]
        return median(weeks), fmean(weeks)

    @cached_property
    def pinball(self) -> float:
        """Return the mean pinball loss, in days."""
        return fmean(one.pinball for one in self._shown)


def judged(found: Sequence[Case]) -> list[Case]:
    """Return the cases that can be judged."""
    return [case for case in found if case.is_judged]


def ours(found: Sequence[Case]) -> Score:
    """Return the scores of the forecast."""
    said = [(case, case.said) for case in judged(found) if isinstance(case.said, Interval)]
    return Score([Shown(one.earliest, one.latest, case.reached, case.end) for case, one in said])


def baseline(found: Sequence[Case], which: int, factor: float = 1) -> Score:
    """Return the scores of a baseline on the same cases, its intervals made `factor` times as wide."""
    spans = [(case, case.baselines[which]) for case in judged(found)]
    return Score([_shown(case, span if factor == 1 else span.scaled(factor)) for case, span in spans])


def _shown(case: Case, span: Span) -> Shown:
    first, last = whole_weeks(case.as_of.toordinal(), span.low, span.middle, span.high, case.rhythm)
    return Shown(date.fromordinal(first), date.fromordinal(last), case.reached, case.end)


def at_equal_coverage(found: Sequence[Case], which: int) -> Score:
    """Return the scores of a baseline as wide as it takes to come true as often as the forecast does."""
    wanted = ours(found).coverage
    return _narrowest(lambda factor: baseline(found, which, factor), wanted)


def _narrowest(score: Callable[[float], Score], wanted: float) -> Score:
    """Halve the range of factors until its ends are near enough to give the same weeks."""
    low, high = 0.0, 64.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (low, middle) if score(middle).coverage >= wanted else (middle, high)
    return score(high)


def refusals(found: Sequence[Case]) -> Counter[Reason]:
    """Return how many cases were refused, by reason."""
    return Counter(case.said.reason for case in found if isinstance(case.said, Refusal))
