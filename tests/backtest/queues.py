"""Simulated office queues: requests arrive, an office works through them in order, and publishes where it is.

Each family is one thing that happens to an office. Everything follows from the seed: the same seed, the same row.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from typing import Literal

from portal.core.calendar import is_working_day
from portal.forecast.rules import Point

Frequency = Literal["daily", "weekly", "monthly"]
#: Most offices publish once a week; one row in four does so daily, one in four monthly.
FREQUENCIES: tuple[Frequency, ...] = ("weekly", "daily", "weekly", "monthly")
ONE_DAY = timedelta(days=1)
#: First day of every simulated office, and how many years it is watched.
OPENING = date(2014, 1, 6)
YEARS = 9
ARRIVALS = 60.0


@dataclass(frozen=True, slots=True)
class Office:
    """What one office is like. `backlog_weeks` is its delay on the first day.

    `pace` is what it can do over what arrives; `pull` how strongly it brings in help when the delay grows, and sends it
    away when the delay falls, per year of delay; `wobble` how far its daily strength strays (a slow drift, as a share).
    """

    backlog_weeks: int
    pace: float = 1.0
    pull: float = 0.0
    wobble: float = 0.12
    stops: bool = False
    closes: bool = False
    halves: bool = False


FAMILIES: dict[str, Office] = {
    "steady": Office(backlog_weeks=40, pull=0.5),
    "backlog growing": Office(backlog_weeks=30, pace=0.85),
    "backlog being cleared": Office(backlog_weeks=150, pace=1.25),
    "stoppage": Office(backlog_weeks=40, pull=0.5, stops=True),
    "holiday gap": Office(backlog_weeks=40, pull=0.5, closes=True),
}

#: Not among the families of the bar, as nothing in their history announces it: the pace is halved on one day, for good.
HALVED = "pace halved"
BROKEN = Office(backlog_weeks=40, pull=0.5, halves=True)


def broken_on(seed: int) -> date:
    """Return the day on which the pace of a row is halved, in its sixth year."""
    return OPENING + timedelta(365 * 5 + random.Random(f"broken {seed}").randrange(365))


def simulated_row(family: str, seed: int) -> tuple[Point, ...]:
    """Return every edition of one row of `family`, in order."""
    chance = random.Random(f"{family} {seed}")
    office = FAMILIES.get(family, BROKEN)
    office = replace(
        office,
        backlog_weeks=round(office.backlog_weeks * chance.uniform(0.7, 1.4)),
        pace=office.pace * chance.uniform(0.95, 1.05) if office.pace != 1 else 1.0,
    )
    said = _days(office, chance, broken_on(seed) if office.halves else None)
    return tuple(_editions(said, FREQUENCIES[seed % len(FREQUENCIES)]))


def _editions(said: Iterator[Point], frequency: Frequency) -> Iterator[Point]:
    last: date | None = None
    for point in said:
        day = point.as_of
        period = {"daily": day, "weekly": day - day.weekday() * ONE_DAY, "monthly": day.replace(day=1)}[frequency]
        if period != last:
            last = period
            yield point


def _days(office: Office, chance: random.Random, broken: date | None) -> Iterator[Point]:
    """Work through the queue, and say at the end of each working day the received date it has come to."""
    arrived = _arrivals(office, chance)
    stopped = _stoppages(office, chance)
    day = OPENING
    drift = 0.0
    received_on, left = next(arrived)
    while day < OPENING + 365 * YEARS * ONE_DAY:
        if is_working_day(day):
            # A slow drift: half of it is forgotten in seven weeks or so.
            drift = 0.98 * drift + chance.gauss(0, office.wobble * 0.2)
            delay_years = (day - received_on).days / 365 - office.backlog_weeks / 52
            strength = office.pace * exp(drift + chance.gauss(0, 0.15)) * (1 + office.pull * delay_years)
            if broken and day >= broken:
                strength /= 2
            done = ARRIVALS * max(strength, 0.2) * _presence(office, day) * (day not in stopped)
            while done >= left and received_on < day:
                done -= left
                received_on, left = next(arrived)
            left = max(left - done, 0.0)
            yield Point(day, received_on)
        day += ONE_DAY


def _arrivals(office: Office, chance: random.Random) -> Iterator[tuple[date, float]]:
    """Say for each working day, in order, how many requests were received on it."""
    day = OPENING - 7 * office.backlog_weeks * ONE_DAY
    drift = 0.0
    while True:
        if is_working_day(day):
            drift = 0.95 * drift + chance.gauss(0, 0.04)
            mean = ARRIVALS * exp(drift) * _presence(office, day)
            yield day, max(chance.gauss(mean, mean**0.5), 1.0)
        day += ONE_DAY


def _presence(office: Office, day: date) -> float:
    """Return the share of the staff, and of those who write to it, not on holiday."""
    if not office.closes:
        return 1.0
    if (day.month, day.day) >= (12, 18) or (day.month, day.day) <= (1, 7):
        return 0.03
    return 0.5 if day.month == 7 and day.day > 7 else 1.0


def _stoppages(office: Office, chance: random.Random) -> frozenset[date]:
    """Return the days on which nobody works: some weeks, every year or two."""
    days: set[date] = set()
    day = OPENING
    while office.stops and day < OPENING + 365 * YEARS * ONE_DAY:
        day += round(chance.expovariate(1 / 400)) * ONE_DAY
        weeks = chance.randint(4, 12)
        days.update(day + ahead * ONE_DAY for ahead in range(7 * weeks))
        day += 7 * weeks * ONE_DAY
    return frozenset(days)
