"""Is someone answering now, until when, and what are the hours: pure rules on the wall clock of Québec.

Of an hour of the wall clock that comes twice the first is meant; one that is skipped is the instant at which the clock
resumes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, groupby, pairwise
from typing import NamedTuple

from portal.core.calendar import QUEBEC, day_of, holidays, instant
from portal.core.formats import DAYS_OF_WEEK
from portal.core.languages import NO_TEXT, Bilingual

MINUTES_OF_HOUR = 60
END_OF_DAY = 24 * MINUTES_OF_HOUR
#: How far after the last announced day the next opening is looked for: a season of the same weeks and holidays without
#: one is for ever. Each day of a schedule that never opens costs 4 µs.
HORIZON_DAYS = 120
#: How far ahead closures are announced.
ANNOUNCED_DAYS = 60
#: A break that holds noon and lies between these hours is the noon break.
NOON, NOON_BREAK = time(12), (time(11), time(14))
#: From this day (month, day) on, staff are reminded to confirm the holidays of the next year.
REMINDED_FROM = (11, 1)


class Interval(NamedTuple):
    """Hours during which someone answers, in minutes of the wall clock since midnight; at `closes` nobody does."""

    opens: int
    closes: int


Intervals = tuple[Interval, ...]
#: The hours of the seven days of a week, Monday first.
Days = tuple[Intervals, ...]
CLOSED: Intervals = ()
ALL_DAY: Intervals = (Interval(0, END_OF_DAY),)
ONE_DAY = timedelta(days=1)
ALWAYS_CLOSED: Days = (CLOSED,) * DAYS_OF_WEEK


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Consecutive or separate weekdays (ISO, Monday is 1) that share the same hours."""

    days: tuple[int, ...]
    intervals: Intervals


@dataclass(frozen=True, slots=True)
class Week:
    """The weekly hours that hold from a day in Québec to another, both included; None where there is no bound."""

    days: Days
    first_day: date | None = None
    last_day: date | None = None

    def groups(self) -> Sequence[DayGroup]:
        """Return the weekdays grouped by equal hours (none: closed), in the order of the week's first day of each."""
        found: dict[Intervals, list[int]] = {}
        for number, intervals in enumerate(self.days, start=1):
            found.setdefault(intervals, []).append(number)
        return [DayGroup(tuple(days), intervals) for intervals, days in found.items()]


@dataclass(frozen=True, slots=True)
class HoursChange:
    """A change of the weekly hours to come: `on` is the first day in Québec on which they differ from the present ones.

    `until` is the last day of the new hours, where the present ones come back after them, else None. `is_return` says
    that the present hours were for a while, and the new ones are those that held before.
    """

    on: date
    until: date | None
    is_return: bool


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """Other hours than the week's on one day, none when closed, and why; `is_confirmed` is False for a proposal."""

    intervals: Intervals
    why: Bilingual
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of one day in Québec; `usual` are its week's, and `special` what holds instead, if anything does."""

    day: date
    usual: Intervals
    special: SpecialDay | None = None

    @property
    def intervals(self) -> Intervals:
        """Return the hours of the day."""
        return self.special.intervals if self.special else self.usual

    @property
    def why(self) -> Bilingual:
        """Return why the hours are not the usual ones, or an empty text where they are."""
        return self.special.why if self.special and self.is_changed else NO_TEXT

    @property
    def is_changed(self) -> bool:
        """Say whether the day has other hours than its week's."""
        return self.intervals != self.usual

    @property
    def is_confirmed(self) -> bool:
        """Say whether staff confirmed these hours."""
        return self.special is None or self.special.is_confirmed


@dataclass(frozen=True, slots=True)
class State:
    """Whether someone answers at an instant of the day `today`.

    `until` and `then` are the next two changes, `since` the last closing of the same day: aware instants, or None.
    """

    is_open: bool
    today: Day
    until: datetime | None
    then: datetime | None = None
    since: datetime | None = None

    @property
    def reopens(self) -> datetime | None:
        """Return when someone answers again, where that is today, after a break under way or to come."""
        begins, ends = (self.until, self.then) if self.is_open else (self.since, self.until)
        is_break = begins is not None and ends is not None and day_of(begins) == day_of(ends) == self.today.day
        return ends if is_break else None

    @property
    def change_day(self) -> date | None:
        """Return the day of the next change; a closing at midnight belongs to the day that it ends."""
        return self.until and day_of(self.until - self.is_open * timedelta.resolution)

    @property
    def is_noon_break(self) -> bool:
        """Say whether the break, under way or the next to come, is that of noon."""
        begins, ends = self.until if self.is_open else self.since, self.reopens
        if begins is None or ends is None:
            return False
        first, last = begins.astimezone(QUEBEC).time(), ends.astimezone(QUEBEC).time()
        return NOON_BREAK[0] <= first <= NOON < last <= NOON_BREAK[1]


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days on which the public administration is closed: as confirmed by staff, else as the rule proposes them."""

    confirmed: Mapping[int, Mapping[date, Bilingual]] = field(default_factory=dict)

    def of(self, year: int) -> Mapping[date, Bilingual]:
        """Return the holidays of a year with their names, in order."""
        found = self.confirmed.get(year)
        return holidays(year) if found is None else found

    def is_confirmed(self, year: int) -> bool:
        """Say whether staff confirmed the holidays of a year."""
        return year in self.confirmed

    def on(self, day: date) -> SpecialDay | None:
        """Return the holiday of a day in Québec, or None."""
        name = self.of(day.year).get(day)
        return SpecialDay(CLOSED, name, self.is_confirmed(day.year)) if name else None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When someone answers: the weeks in order, each until the next begins; what holds instead on special days.

    One that does not observe holidays is open on them too. The first week holds before its first day as well.
    """

    key: str
    weeks: tuple[Week, ...]
    special_days: Mapping[date, SpecialDay] = field(default_factory=dict)
    holidays: Holidays = field(default_factory=Holidays)
    observes_holidays: bool = True
    #: The days that `_turns` worked out: a page asks of the same few again and again.
    _found: dict[date, tuple[datetime, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def week(self, day: date) -> Week:
        """Return the weekly hours that hold on a day in Québec."""
        return next((week for week in reversed(self.weeks) if (week.first_day or day) <= day), self.weeks[0])

    def coming_weeks(self, day: date) -> Sequence[Week]:
        """Return the weekly hours that begin after `day`, in order: with those of that day they leave no gap."""
        return [week for week in self.weeks if week.first_day and week.first_day > day]

    def next_hours_change(self, day: date) -> HoursChange | None:
        """Return the next change of the weekly hours after `day`, or None where none is announced."""
        now, coming = self.week(day), self.coming_weeks(day)
        if not coming:
            return None
        new, before = coming[0], self.week(now.first_day - ONE_DAY) if now.first_day else None
        starts = (new.first_day + timedelta(days=ahead) for ahead in range(DAYS_OF_WEEK) if new.first_day)
        on = next(start for start in starts if new.days[start.weekday()] != now.days[start.weekday()])
        comes_back = len(coming) > 1 and coming[1].days == now.days
        is_return = before is not None and before.days == new.days
        return HoursChange(on, new.last_day if comes_back else None, is_return)

    def today(self, day: date) -> Day:
        """Return the hours of a day in Québec: a special day before a holiday before the week."""
        special = self.special_days.get(day)
        if special is None and self.observes_holidays:
            special = self.holidays.on(day)
        return Day(day, self.week(day).days[day.weekday()], special)

    def is_open(self, at: datetime) -> bool:
        """Say whether someone answers at an aware instant."""
        return bisect_right(self._turns(day_of(at)), at) % 2 == 1

    def next_change(self, at: datetime) -> datetime | None:
        """Return the first instant (UTC) after an aware one at which someone begins or ceases to answer.

        None where there is none: nobody ever answers, or someone always does.
        """
        return next(self._changes(at), None)

    def state(self, at: datetime) -> State:
        """Return whether someone answers at an aware instant, and what changes next."""
        today, changes = self.today(day_of(at)), self._changes(at)
        closed = [closes for closes in self._turns(today.day)[1::2] if closes <= at]
        until, then = next(changes, None), next(changes, None)
        return State(self.is_open(at), today, until, then, closed[-1] if closed else None)

    def changed_days(self, day: date, days: int = ANNOUNCED_DAYS) -> Sequence[Day]:
        """Return the days from `day` on, within so many days, that have other hours than their week's."""
        found = (self.today(day + timedelta(days=ahead)) for ahead in range(days + 1))
        return [one for one in found if one.is_changed]

    def upcoming_closures(self, day: date, days: int = ANNOUNCED_DAYS) -> Sequence[Day]:
        """Return those of these days on which nobody answers."""
        return [one for one in self.changed_days(day, days) if not one.intervals]

    def _changes(self, at: datetime) -> Iterator[datetime]:
        first = day_of(at)
        last = max([first, *self.special_days, *(week.first_day for week in self.weeks if week.first_day)])
        days = (last - first).days + HORIZON_DAYS
        turns = chain.from_iterable(self._turns(first + timedelta(days=ahead)) for ahead in range(days))
        # Whether someone answers on after the last midnight was not looked at.
        end = _utc(first + timedelta(days=days), 0)
        # An opening at the instant of a closing is no change: at a midnight in between, or in an hour that is skipped.
        return (turn for turn, same in groupby(turns) if at < turn < end and len(list(same)) % 2)

    def _turns(self, day: date) -> tuple[datetime, ...]:
        """Return the instants (UTC) of a day at which someone begins to answer and ceases to, by turns."""
        if day not in self._found:
            self._found[day] = tuple(_utc(day, minute) for hours in self.today(day).intervals for minute in hours)
        return self._found[day]


def wall(day: date, minute: int) -> datetime:
    """Return the aware instant of a minute of a day in Québec; the last, 1,440, is the midnight after it."""
    days, rest = divmod(minute, END_OF_DAY)
    at = instant(day + timedelta(days=days), time(*divmod(rest, MINUTES_OF_HOUR)))
    # Before and after a skipped hour the clock differs; so it does in an hour that comes twice, but that exists.
    if at.utcoffset() != at.replace(fold=1).utcoffset() and at.astimezone(UTC).astimezone(QUEBEC).time() != at.time():
        return wall(day, minute + 1)
    return at


def clock(minute: int) -> str:
    """Return a minute of a day as `08:30`; the last is `24:00`."""
    return "{:02}:{:02}".format(*divmod(minute, MINUTES_OF_HOUR))


@lru_cache(maxsize=4096)
def _utc(day: date, minute: int) -> datetime:
    # In UTC: two aware instants of one zone compare by wall clock, which repeats an hour each autumn.
    return wall(day, minute).astimezone(UTC)


def in_order(kept: Sequence[Week]) -> tuple[Week, ...]:
    """Return the weeks that hold one after the other, without a gap, each with its first and its last day.

    Of those kept, one without a last day holds until another such begins; one with a last day holds before these, from
    its first day to its last. What is the same as before is no other week, and one of fewer days than seven changes
    these alone; without any, nobody answers.
    """
    lasting = [week for week in kept if week.last_day is None] or [Week(ALWAYS_CLOSED)]
    lasting.sort(key=_first_day)
    passing = [week for week in kept if week.last_day]
    cuts = {date.min, *map(_first_day, lasting[1:]), *map(_first_day, passing)}
    cuts |= {week.last_day + ONE_DAY for week in passing if week.last_day}
    found: list[tuple[date, Days]] = []
    for day in sorted(cuts):
        held = [week for week in passing if _first_day(week) <= day <= (week.last_day or day)]
        days = (held or [lasting[0], *(week for week in lasting if _first_day(week) <= day)])[-1].days
        if not found or found[-1][1] != days:
            found.append((day, days))
    told = _on_their_own_days(found)
    ends = [first - ONE_DAY for first, _days in told[1:]]
    return tuple(
        Week(days, None if first == date.min else first, last)
        for (first, days), last in zip(told, [*ends, None], strict=True)
    )


def _on_their_own_days(found: Sequence[tuple[date, Days]]) -> Sequence[tuple[date, Days]]:
    """Return weeks by their first days; one too short to have every weekday keeps, on the others, those before it."""
    told = [found[0]]
    for (day, days), (end, _days) in pairwise([*found[1:], (date.max, ALWAYS_CLOSED)]):
        own = {(day + timedelta(days=ahead)).weekday() for ahead in range(min((end - day).days, DAYS_OF_WEEK))}
        mixed = tuple(days[number] if number in own else told[-1][1][number] for number in range(DAYS_OF_WEEK))
        if mixed != told[-1][1]:
            told.append((day, mixed))
    return told


def _first_day(week: Week) -> date:
    return week.first_day or date.min


def unconfirmed_years(found: Holidays, today: date) -> Sequence[int]:
    """Return the years whose holidays staff should have confirmed: that of `today`, from 1 November the next too."""
    years = [today.year, today.year + 1] if (today.month, today.day) >= REMINDED_FROM else [today.year]
    return [year for year in years if not found.is_confirmed(year)]
