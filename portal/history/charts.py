"""The drawing of a row's history: a step line, its axes and its marks, as numbers for an SVG. Pure.

Coordinates are user units of a view of WIDTH × HEIGHT, x to the right and y downwards, to one decimal: 130 points weigh
about 1 kB. A row without a date leaves a gap in its line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.history.rules import Said

WIDTH, HEIGHT = 640, 280
#: Kept free of lines: above for the label of the highest tick, below for those of the days, half a mark at the sides.
TOP, BOTTOM, SIDE = 30, 34, 10
MOST_TICKS = 4
#: Between two ticks of days, as months; where even one is too much, as days.
MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600)
DAYS = (1, 2, 7, 14)
NUMBERS = tuple(leading * 10**power for power in range(5) for leading in (1, 2, 5))
#: A label nearer to a side than this begins or ends there, or it would be cut.
NEAR = 60
#: From this many days on, ticks of days stand at the first of a month.
LONG = 56

Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and of what. `anchor` says how the label of a day is put there."""

    at: float
    value: date | int
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A step line, `path` as SVG writes it; its last point; its backward moves; the ticks of both axes."""

    path: str
    last: tuple[float, float]
    backward: Sequence[tuple[float, float]]
    days: Sequence[Tick]
    values: Sequence[Tick]


def dates_chart(history: Sequence[Said]) -> Chart | None:
    """Draw the received date against the day of publication; None where no entry has a date."""
    values = [said.step.received_on.toordinal() if said.step.received_on else None for said in history]
    return _chart(history, values, lambda low, high: [day.toordinal() for day in _days(_day(low), _day(high))], _day)


def delays_chart(history: Sequence[Said]) -> Chart | None:
    """Draw the delay in working days against the day of publication, from zero up; None where no entry has a date."""
    delays = _chart(history, [said.delay for said in history], lambda low, high: _numbers(high), int)
    # A mark points down; where the date goes back, the delay goes up.
    return delays and replace(delays, backward=())


def _chart(
    history: Sequence[Said],
    values: Sequence[int | None],
    ticks: Callable[[int, int], Sequence[int]],
    shown: Callable[[int], date | int],
) -> Chart | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    first, last = history[0].day, history[-1].day
    x = _scale(first.toordinal(), last.toordinal(), SIDE, WIDTH - SIDE)
    chosen = ticks(min(known), max(known))
    y = _scale(min(*known, *chosen), max(*known, *chosen), HEIGHT - BOTTOM, TOP)
    points = [
        (x(said.day.toordinal()), None if value is None else y(value))
        for said, value in zip(history, values, strict=True)
    ]
    drawn = [(across, up) for across, up in points if up is not None]
    back = [
        (x(said.day.toordinal()), y(value))
        for said, value in zip(history, values, strict=True)
        if said.step.is_backwards and value is not None
    ]
    days = [Tick(x(day.toordinal()), day, _anchor(x(day.toordinal()))) for day in _days(first, last)]
    return Chart(_steps(points), drawn[-1], back, days, [Tick(y(value), shown(value), "start") for value in chosen])


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    if high <= low:  # one day, or one value: in the middle
        return lambda value: round((start + end) / 2, 1)
    return lambda value: round(start + (value - low) * (end - start) / (high - low), 1)


def _steps(points: Sequence[tuple[float, float | None]]) -> str:
    # A published date holds until the next edition: across, then up or down.
    words: list[str] = []
    before: float | None = None
    for across, up in points:
        if before is not None:
            words.append(f"H{across:g}")
        if up is not None and up != before:
            words.append(f"V{up:g}" if before is not None else f"M{across:g} {up:g}")
        before = up
    return "".join(words)


def _anchor(at: float) -> str:
    if at < NEAR:
        return "start"
    return "end" if at > WIDTH - NEAR else "middle"


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def _days(first: date, last: date) -> list[date]:
    """Return at most MOST_TICKS days from `first` to `last`, evenly apart: days, or first days of months."""
    if (last - first).days < LONG:
        return next(found for step in DAYS if len(found := _every(first, last, step)) <= MOST_TICKS or step == DAYS[-1])
    return next(
        found for step in MONTHS if len(found := _months(first, last, step)) <= MOST_TICKS or step == MONTHS[-1]
    )


def _every(first: date, last: date, step: int) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(0, (last - first).days + 1, step)]


def _months(first: date, last: date, step: int) -> list[date]:
    # Counted from the year 0, so that a step of three months is a quarter and one of twelve a year.
    months = range(
        -(-(first.year * 12 + first.month - 1 + (first.day > 1)) // step) * step, last.year * 12 + last.month, step
    )
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _numbers(high: int) -> list[int]:
    """Return evenly spaced whole numbers from 0 to the first one that reaches `high`."""
    step = next(step for step in NUMBERS if -(-high // step) < MOST_TICKS)
    return list(range(0, max(high, 1) + step, step))
