"""Is someone answering now, until when, and what are the hours: pure rules on the wall clock of Québec."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from portal.core.calendar import day_of, holidays, instant
from portal.core.languages import Bilingual

#: How far the next opening is looked for; a schedule without any interval has none.
HORIZON_DAYS = 60
#: Where one writes to the agency, and its site for professionals (product.md §2).
WEB_FORM = "https://www.ramq.gouv.qc.ca/courriel"
AGENCY_SITE = "https://www.ramq.gouv.qc.ca/professionnels"
#: How far ahead closures are announced.
ANNOUNCED_DAYS = 60


@dataclass(frozen=True, slots=True)
class Phone:
    """A line by region; `number` in E.164."""

    key: str
    region: Bilingual
    number: str


Interval = tuple[time, time]


@dataclass(frozen=True, slots=True)
class State:
    """Whether someone answers at an instant. `until` is the aware instant of the next change, or None if never."""

    is_open: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Consecutive or separate weekdays (ISO, Monday is 1) that share the same hours."""

    days: tuple[int, ...]
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours: for each ISO weekday 1 to 7, its intervals in order. Closed on holidays."""

    week: tuple[tuple[Interval, ...], ...]

    def on(self, day: date) -> tuple[Interval, ...]:
        """Return the intervals of a day in Québec; none on a holiday."""
        return () if day in holidays(day.year) else self.week[day.weekday()]

    def state(self, at: datetime) -> State:
        """Return whether someone answers at an aware instant, and until when."""
        for opens, closes in self._spans(day_of(at)):
            if at < opens:
                return State(False, opens)
            if at < closes:
                return State(True, closes)
        return State(False, None)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        # In UTC: two aware instants of one zone compare by wall clock, which repeats an hour each autumn.
        for ahead in range(HORIZON_DAYS):
            current = day + timedelta(days=ahead)
            for opens, closes in self.on(current):
                yield instant(current, opens).astimezone(UTC), instant(current, closes).astimezone(UTC)

    def groups(self) -> Sequence[DayGroup]:
        """Return the weekdays grouped by equal hours (none: closed), in the order of the week's first day of each."""
        found: dict[tuple[Interval, ...], list[int]] = {}
        for number, intervals in enumerate(self.week, start=1):
            found.setdefault(intervals, []).append(number)
        return [DayGroup(tuple(days), intervals) for intervals, days in found.items()]


def closures(today: date, days: int) -> Sequence[tuple[date, Bilingual]]:
    """Return the holidays from `today` on, within that many days, that fall on a weekday."""
    last = today + timedelta(days=days)
    years = range(today.year, last.year + 1)
    all_days = [pair for year in years for pair in holidays(year).items()]
    return [(day, name) for day, name in all_days if today <= day <= last and day.weekday() < 5]
