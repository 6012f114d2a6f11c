"""The history of a row: what each edition said of it, how far behind it was, and how to draw it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise, takewhile

from portal.core.calendar import working_days_between
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
    """What one edition said of a row. `is_withdrawn` when it was taken back, or takes another back.

    `published_at` is aware; `day` is the day in Québec then, kept because ten years of them are asked for often.
    """

    edition: int
    as_of: date
    published_at: datetime
    day: date
    why: Bilingual
    is_withdrawn: bool
    step: Step

    @property
    def delay(self) -> int | None:
        """Return the working days from the received date to the as-of day, or None for a row without a date."""
        received_on = self.step.received_on
        return None if received_on is None else working_days_between(received_on, self.as_of)


#: Spans of time, of each of which the last entry may stand for all.
SPANS: tuple[Callable[[date], tuple[int, ...]], ...] = (
    lambda day: day.isocalendar()[:2],
    lambda day: (day.year, day.month),
    lambda day: (day.year, (day.month - 1) // 3),
    lambda day: (day.year,),
)


def points(history: Sequence[Said]) -> list[Point]:
    """Return what a forecast learns from: the dates of the entries that stand, oldest first."""
    return [
        Point(said.as_of, said.step.received_on)
        for said in history
        if said.step.received_on is not None and not said.is_withdrawn
    ]


def reached(points: Sequence[Point], received_on: date) -> Reached:
    """Return what the editions that stand said of one received date; `points` are theirs, oldest first."""
    passed_on = None
    for point in takewhile(lambda point: point.received_on > received_on, reversed(points)):
        passed_on = point.as_of
    last_on = next((point.as_of for point in reversed(points) if point.received_on >= received_on), None)
    return Reached(passed_on, last_on)


def thinned(history: Sequence[Said], most: int) -> list[Said]:
    """Return at most `most` entries that stand: all, or the last of each week, month, quarter or year.

    Where there is room left, the deepest moves back are kept too. Each step then runs from the entry before it in the
    list.
    """
    standing = [said for said in history if not said.is_withdrawn]
    if len(standing) <= most:
        return standing
    last = next(
        kept for span in SPANS if len(kept := {span(said.day): said for said in standing}) <= most or span is SPANS[-1]
    )
    kept = {said.edition for said in last.values()}
    back = sorted((said.step.working_days, said.edition) for said in standing if said.step.is_backwards)
    kept.update(edition for _days, edition in back[: max(most - len(kept), 0)])
    return _rejoined([said for said in standing if said.edition in kept])


def _rejoined(history: Sequence[Said]) -> list[Said]:
    """Return entries whose steps follow one another, the first as it was."""
    joined = list(history[:1])
    for before, said in pairwise(history):
        step = Step(before.step.meaning, before.step.received_on, said.step.meaning, said.step.received_on)
        joined.append(replace(said, step=step))
    return joined
