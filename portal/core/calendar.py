"""Days in Québec: working days, holidays of the public administration, midnight.

Every function is given its day; none asks the clock.
"""

import re
from collections.abc import Callable, Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from portal.core.errors import (
    FIRST_YEAR,
    LAST_YEAR,
    DateInFuture,
    DateTooFar,
    DateTooOld,
    HourSkipped,
    NotADate,
    NotAnInstant,
)
from portal.core.languages import Bilingual

#: A day is a day in Québec (product.md §2), whatever the server's own clock says.
QUEBEC = ZoneInfo("America/Toronto")
#: Longest text worth reading as a date: anything longer is refused unread.
ISO_LENGTH = len("2021-07-22")
_INSTANT = re.compile(r"(\S{10})[ T]([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def day_of(at: datetime) -> date:
    """Return the day in Québec of an aware instant."""
    return at.astimezone(QUEBEC).date()


def instant(day: date, at: time = time.min) -> datetime:
    """Return the aware instant of a wall-clock time in Québec; midnight unless told."""
    return datetime.combine(day, at, tzinfo=QUEBEC)


def parse_day(text: str, *, today: date | None = None) -> date:
    """Read a day written YYYY-MM-DD.

    With `today`, the day must have been reached. Raises NotADate, DateTooOld (before 1990), DateInFuture and, without
    `today`, DateTooFar (after 2100).
    """
    text = text.strip()
    # Only ASCII digits: `date.fromisoformat` alone would take 2021W29 or other shapes.
    if len(text) != ISO_LENGTH or not text.isascii() or text[4] + text[7] != "--":
        raise NotADate(text)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotADate(text) from None
    if day.year < FIRST_YEAR:
        raise DateTooOld(day)
    if today is not None and day > today:
        raise DateInFuture(day)
    if day.year > LAST_YEAR:
        raise DateTooFar(day)
    return day


def parse_instant(text: str) -> datetime:
    """Read a day and an hour in Québec, written YYYY-MM-DD HH:MM (a T may stand between); return the instant, in UTC.

    Of an hour that an autumn night has twice, it is the first. Raises NotAnInstant, what `parse_day` raises, and
    HourSkipped.
    """
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        raise NotAnInstant
    day, hour = parse_day(found[1]), time(int(found[2]), int(found[3]))
    # In UTC: of two instants of one zone, Python compares the clocks (PEP 495).
    at = instant(day, hour).astimezone(UTC)
    if at.astimezone(QUEBEC).time() != hour:
        raise HourSkipped(day, hour)
    return at


def _monday_before(day: date) -> date:
    return day - timedelta(days=day.weekday() or 7)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


@lru_cache(maxsize=64)
def holidays(year: int) -> dict[date, Bilingual]:
    """Return the thirteen days of `year` on which the public administration is closed, in order (product.md §2).

    So the rule proposes: staff confirm each year, with days added or removed, and what they confirmed is stored.
    """
    sunday = easter(year)
    return {
        date(year, 1, 1): Bilingual("jour de l’An", "New Year’s Day"),
        date(year, 1, 2): Bilingual("lendemain du jour de l’An", "Day after New Year’s Day"),
        sunday - timedelta(days=2): Bilingual("Vendredi saint", "Good Friday"),
        sunday + timedelta(days=1): Bilingual("lundi de Pâques", "Easter Monday"),
        _monday_before(date(year, 5, 25)): Bilingual("Journée nationale des patriotes", "National Patriots’ Day"),
        date(year, 6, 24): Bilingual("fête nationale du Québec", "Québec National Holiday"),
        date(year, 7, 1): Bilingual("fête du Canada", "Canada Day"),
        _first_monday(year, 9): Bilingual("fête du Travail", "Labour Day"),
        _first_monday(year, 10) + timedelta(days=7): Bilingual("Action de grâces", "Thanksgiving"),
        date(year, 12, 24): Bilingual("veille de Noël", "Christmas Eve"),
        date(year, 12, 25): Bilingual("Noël", "Christmas Day"),
        date(year, 12, 26): Bilingual("lendemain de Noël", "Day after Christmas"),
        date(year, 12, 31): Bilingual("veille du jour de l’An", "New Year’s Eve"),
    }


def is_working_day(day: date, holidays_of: Callable[[int], Container[date]] = holidays) -> bool:
    """Say whether the public administration works on `day`; `holidays_of` gives the holidays of a year."""
    return day.weekday() < 5 and day not in holidays_of(day.year)


def add_working_days(day: date, count: int, holidays_of: Callable[[int], Container[date]] = holidays) -> date:
    """Return the day that comes `count` working days after `day` (`count` ≥ 0; `day` itself does not count).

    `holidays_of` gives the holidays of a year: as confirmed, or as the rule proposes them.
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays_of)
    return day


def working_days_between(first: date, last: date) -> int:
    """Return how many working days come after `first` until `last`, `last` included; negative when it is before.

    Holidays are those that the rule proposes, so that a delay of the past stays what it was said to be.
    Counted by weeks, then by the holidays of each year: a delay of years costs no more than one of days.
    """
    if last < first:
        return -working_days_between(last, first)
    return _working_days_until(last) - _working_days_until(first)


@lru_cache(maxsize=16_384)
def _working_days_until(day: date) -> int:
    # From Monday 1 January of the year 1, the first day of Python's calendar, to `day` included.
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5) - _holidays_until_year(day.year) - sum(h <= day for h in _on_weekdays(day.year))


@lru_cache(maxsize=256)
def _on_weekdays(year: int) -> tuple[date, ...]:
    return tuple(day for day in holidays(year) if day.weekday() < 5)


@lru_cache(maxsize=256)
def _holidays_until_year(year: int) -> int:
    # Easter is known from 1583 on, and no date of ours is before the portal's first year.
    return sum(len(_on_weekdays(before)) for before in range(FIRST_YEAR, year))
