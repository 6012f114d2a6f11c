"""The history of a row: what each edition said of it, how far behind it was, and how to draw it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.core.calendar import day_of, working_days_between
from portal.core.languages import Bilingual
from portal.editions.rules import Step
from portal.forecast.rules import Point


@dataclass(frozen=True, slots=True)
class Reached:
    """What the editions said of one received date, by their as-of days.

    `passed_on`: since when every edition has said a later date; None when the newest does not. `last_on`: the last
    edition that had reached it, the newest or not; None when none ever did.
    """

    passed_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one edition said of a row. `published_at` is aware; `is_withdrawn` when it was taken back, or takes back."""

    edition: int
    as_of: date
    published_at: datetime
    why: Bilingual
    is_withdrawn: bool
    step: Step

    @property
    def day(self) -> date:
        """Return the day of publication in Québec."""
        return day_of(self.published_at)

    @property
    def delay(self) -> int | None:
        """Return the working days from the received date to the as-of day, or None for a row without a date."""
        received_on = self.step.received_on
        return None if received_on is None else working_days_between(received_on, self.as_of)


def points(history: Sequence[Said]) -> list[Point]:
    """Return what a forecast learns from: the dates of the entries that stand, oldest first."""
    return [
        Point(said.as_of, said.step.received_on)
        for said in history
        if said.step.received_on is not None and not said.is_withdrawn
    ]


def thinned(history: Sequence[Said], most: int) -> list[Said]:
    """Return the entries that stand, few enough to read: each of them, or the last of each week, or of each month.

    A backward move is never left out. Each step then runs from the entry that stands before it in the list.
    """
    standing = [said for said in history if not said.is_withdrawn]
    if len(standing) <= most:
        return standing
    by_week = _last_of_each(standing, lambda said: said.day.isocalendar()[:2])
    return by_week if len(by_week) <= most else _last_of_each(standing, lambda said: (said.day.year, said.day.month))


def _last_of_each(history: Sequence[Said], period: Callable[[Said], object]) -> list[Said]:
    after = [*history[1:], None]
    kept = [
        said
        for said, following in zip(history, after, strict=True)
        if said.step.is_backwards or following is None or period(following) != period(said)
    ]
    before = [kept[0].step.old_meaning, *(said.step.meaning for said in kept)]
    dates = [kept[0].step.old_received_on, *(said.step.received_on for said in kept)]
    return [
        replace(said, step=Step(meaning, day, said.step.meaning, said.step.received_on))
        for said, meaning, day in zip(kept, before, dates, strict=False)
    ]
