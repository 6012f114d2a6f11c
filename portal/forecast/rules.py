"""When a date not yet reached will be, 8 times out of 10, from the row's own history; or why that cannot be said.

README.md beside this file tells the method in plain words and holds the measured record; `make backtest` makes it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from portal.forecast.passages import origins
from portal.forecast.replay import Replay, replay

#: Why a row gets no forecast: fewer than FEWEST_MOVES; no move for long by its own habit; so far ahead that the row's
#: history is too short to judge; too many of its past forecasts missed; it
#: moves at quite another pace than its history; an interval wider than WIDEST_WEEKS.
Reason = Literal["few_moves", "stands_still", "too_far", "often_wrong", "new_pace", "too_wide"]
REASONS: tuple[Reason, ...] = get_args(Reason)

#: With fewer moves, one of them says more about chance than about the row (asked for by the agency).
FEWEST_MOVES = 20
#: A row stands still when it has waited twice as long as nine of its ten past waits: in the simulated offices that
#: happens in stoppages and nearly never outside. A week is the least wait counted, for rows published daily.
HABIT = 0.9
TIMES_ITS_HABIT = 2
LEAST_WAIT = 7
#: A distance is too far when the row has not advanced three times as much since its first edition.
TIMES_THE_DISTANCE = 3
#: With fewer past forecasts judged, the record beside the interval says nothing.
FEWEST_TRIES = 5
#: A row whose past forecasts came true less than half of the time is not understood; ten of them tell that from chance.
LOWEST_HIT_RATE = 0.5
TRIES_THAT_TELL = 10
#: Of its last five judged, one at most came true: whatever the whole record says, something has changed.
FEWEST_LATEST_HITS = 2
#: So many standard deviations of its own between its latest weeks and the long pace are no longer chance: an office
#: that has just slowed down is refused at once, not when its forecasts have missed.
MOST_SURPRISE = 2.6
#: Half a year: nobody plans with less precision than that.
WIDEST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Point:
    """What one edition said of a row: the received date being processed, as of a day (both days in Québec)."""

    as_of: date
    received_on: date


@dataclass(frozen=True, slots=True)
class Interval:
    """When a date will be reached, 8 times out of 10: from `earliest` to `latest`, both included.

    Whole weeks as displayed: `earliest` is a Monday, or today in the present week; `latest` is a Sunday. Of `tries`
    past forecasts of this row for the same distance, made in the same way and closed since, `hits` came true.
    """

    earliest: date
    latest: date
    hits: int
    tries: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no forecast, and how many times the row has moved (`moves`, backward moves included)."""

    reason: Reason
    moves: int


def forecast(points: Sequence[Point], received_on: date, today: date) -> Interval | Refusal:
    """Say between which days a row will reach `received_on`: publish that date or a later one for the first time.

    `points` are the row's editions, in any order; of two with one as-of day, the later in `points` counts. A
    `received_on` no later than that of the last edition counts as the day after it. `today` is a day in Québec; a day
    before the last as-of day counts as that day. Pure and deterministic. Raises nothing for days of the years 1900 to
    2200: what cannot be said is a Refusal.
    """
    editions = {point.as_of.toordinal(): point.received_on.toordinal() for point in points}
    days = sorted(editions)
    received = [editions[day] for day in days]
    moved = [day for day, old, new in zip(days[1:], received, received[1:], strict=False) if old != new]
    if len(moved) < FEWEST_MOVES:
        return Refusal("few_moves", len(moved))
    now = max(today.toordinal(), days[-1])
    if _stands_still(moved, now):
        return Refusal("stands_still", len(moved))
    distance = max(received_on.toordinal() - received[-1], 1)
    if max(received) - received[0] < TIMES_THE_DISTANCE * distance:
        return Refusal("too_far", len(moved))
    row = origins(days, received, distance)
    if row.surprise > MOST_SURPRISE:
        return Refusal("new_pace", len(moved))
    found = replay(row)
    reason = doubt(found, now)
    if found is None or reason:
        return Refusal(reason or "too_far", len(moved))
    earliest = date.fromordinal(max(found.first, now))
    return Interval(earliest, date.fromordinal(found.last), found.hits, found.tries)


def _stands_still(moved: Sequence[int], now: int) -> bool:
    """Say whether the row has waited for its next move for much longer than it is used to."""
    waits = sorted(later - earlier for earlier, later in pairwise(moved))
    habit = max(waits[int(HABIT * len(waits))], LEAST_WAIT)
    return now - moved[-1] > TIMES_ITS_HABIT * habit


def doubt(found: Replay | None, now: int) -> Reason | None:
    """Say why an interval must not be shown, or None when it may."""
    if found is None or found.tries < FEWEST_TRIES:
        return "too_far"
    if found.tries >= TRIES_THAT_TELL and found.hits < LOWEST_HIT_RATE * found.tries:
        return "often_wrong"
    if sum(found.latest) < FEWEST_LATEST_HITS:
        return "often_wrong"
    if found.last - found.first + 1 > 7 * WIDEST_WEEKS:
        return "too_wide"
    # The interval has passed while no edition came: the table is late, and so is all that follows from it.
    return "stands_still" if found.last < now else None
