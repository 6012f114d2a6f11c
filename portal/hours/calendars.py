"""Closures and opening hours as a calendar to subscribe to (RFC 5545, RFC 7986). Pure.

Weekly hours are events that repeat; a day with other hours is taken out of them, and told by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Event, Timezone

from portal.core import formats
from portal.core.calendar import QUEBEC, instant
from portal.core.languages import Language
from portal.feeds.calendars import calendar_of, event_of
from portal.hours.rules import MINUTES_OF_HOUR, Day, Interval, Schedule, Week, wall

Gettext = Callable[..., str]
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: In minutes: clocks change at two in the morning.
CLOCKS_CHANGE_BEFORE = 3 * 60
#: Clients ask again that often; a closure of today may be announced this morning.
REFRESH = timedelta(hours=1)
#: The year of the first sequence numbers.
EPOCH_YEAR = 2021
#: Daylight time in Québec since 2007, which tests hold to the tz database. Not `icalendar.Timezone.from_tzinfo`: its
#: onset of daylight time is an hour late (7.3: the wall clock after the change, where RFC 5545 §3.6.5 wants it before).
TIME_ZONE = """\
BEGIN:VTIMEZONE
TZID:America/Toronto
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What a calendar tells, and how: of the days from `first` to `last`, as they stand since the change number
    `revision`, at the aware instant `at`. `address` is its own and `page` that of the contact page, both absolute.
    """

    title: str
    address: str
    page: str
    language: Language
    first: date
    last: date
    revision: int
    at: datetime

    @property
    def sequence(self) -> int:
        """Return a number that grows with each change, and with each year, when the days told move on."""
        return self.revision + self.first.year - EPOCH_YEAR


def calendar(head: Head, schedules: Sequence[tuple[str, Schedule]], gettext: Gettext, *, with_hours: bool) -> bytes:
    """Return the closures, and with `with_hours` the hours, of schedules, each after the name of its lines.

    The name is empty where there is only one schedule.
    """
    whole = calendar_of(head.language)
    for name in ("name", "x-wr-calname"):
        whole.add(name, head.title)
    whole.add("x-wr-timezone", QUEBEC.key)
    whole.add("url", head.page)
    whole.add("source", head.address, parameters={"VALUE": "URI"})
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT1H")
    whole.add("last-modified", head.at.astimezone(UTC))
    whole.add_component(Timezone.from_ical(TIME_ZONE))
    for name, schedule in schedules:
        for event in _events(head, schedule, name, gettext, with_hours):
            event.add("sequence", head.sequence)
            event.add("last-modified", head.at.astimezone(UTC))
            whole.add_component(event)
    return whole.to_ical()


def _events(head: Head, schedule: Schedule, name: str, gettext: Gettext, with_hours: bool) -> Iterator[Event]:
    changed = schedule.changed_days(head.first, (head.last - head.first).days)
    for day in changed:
        yield _whole_day(head, schedule, day, name, gettext)
    if not with_hours:
        return
    title = _named(gettext("Telephone lines open"), name)
    words = gettext("Someone answers the telephone at these hours. Check that this still holds:")
    for opening in _openings(head, schedule, changed):
        key = f"hours-{schedule.key}-{opening.key}"
        event = event_of(key, title, words, head.page, at=head.at, language=head.language)
        _place(event, opening)
        yield event


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours on the first of some days, again on the others; on those between that are `left_out`, other hours hold."""

    key: str
    interval: Interval
    days: Sequence[date]
    left_out: Sequence[date] = ()


def _openings(head: Head, schedule: Schedule, changed: Sequence[Day]) -> Iterator[Opening]:
    other_hours = {day.day for day in changed}
    for week in schedule.weeks:
        begins = "always" if week.first_day is None else str(week.first_day)
        held = _days(max(head.first, week.first_day or head.first), min(head.last, week.last_day or head.last))
        for interval, weekdays in _by_interval(week).items():
            days = [day for day in held if day.weekday() in weekdays]
            moved = [day for day in days if day not in other_hours and _is_moved(day, interval)]
            usual = [day for day in days if day not in other_hours and day not in moved]
            if usual:
                key = "-".join([begins, *(WEEKDAYS[number] for number in weekdays), str(interval.opens)])
                left_out = [day for day in days if day not in usual and usual[0] < day < usual[-1]]
                yield Opening(key, interval, usual, left_out)
            for day in moved:
                if wall(day, interval.opens) < wall(day, interval.closes):  # else all of it is skipped
                    yield Opening(f"{day}-{interval.opens}", interval, [day])
    for day in changed:
        for interval in day.intervals:
            yield Opening(f"{day.day}-{interval.opens}", interval, [day.day])


def _is_moved(day: date, interval: Interval) -> bool:
    """Say whether clocks change during an interval or just before it: clients differ on such a repetition."""
    if interval.opens >= CLOCKS_CHANGE_BEFORE:
        return False
    opens, closes = (wall(day, minute).astimezone(UTC) for minute in interval)
    return (closes - opens) != timedelta(minutes=interval.closes - interval.opens)


def _by_interval(week: Week) -> Mapping[Interval, Sequence[int]]:
    found: dict[Interval, list[int]] = {}
    for weekday, intervals in enumerate(week.days):
        for interval in intervals:
            found.setdefault(interval, []).append(weekday)
    return found


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _place(event: Event, opening: Opening) -> None:
    first, last = opening.days[0], opening.days[-1]
    times = [wall(first, minute) for minute in opening.interval]
    if first == last:
        times = [at.astimezone(UTC) for at in times]  # no client can be wrong by an hour
    for name, at in zip(("dtstart", "dtend"), times, strict=True):
        event.add(name, at)
    if first == last:
        return
    weekdays = sorted({day.weekday() for day in opening.days})
    until = wall(last, opening.interval.opens).astimezone(UTC)  # with a time zone, an end is in UTC (RFC 5545 §3.3.10)
    event.add("rrule", {"freq": "weekly", "byday": [WEEKDAYS[number] for number in weekdays], "until": until})
    if opening.left_out:
        # As the repetition has it, even where clocks skip that hour: not the instant at which they resume.
        at = time(*divmod(opening.interval.opens, MINUTES_OF_HOUR))
        event.add("exdate", [instant(day, at) for day in opening.left_out])


def _whole_day(head: Head, schedule: Schedule, day: Day, name: str, gettext: Gettext) -> Event:
    why = day.why.in_(head.language)
    if day.intervals:
        hours = formats.hours(day.intervals, head.language)
        title = gettext("Other hours: %(hours)s (%(why)s)", hours=hours, why=why)
    else:
        title = gettext("Closed: %(why)s", why=why)
    title = _named(title, name)
    if not day.is_confirmed:
        title = gettext("%(title)s (to be confirmed)", title=title)  # few clients show that an event is tentative
    words = gettext("On this day the telephone lines have other hours than usual. Check that this still holds:")
    key = f"day-{schedule.key}-{day.day}"
    event = event_of(key, title, words, head.page, at=head.at, language=head.language)
    event.add("dtstart", day.day)
    event.add("status", "CONFIRMED" if day.is_confirmed else "TENTATIVE")
    return event


def _named(title: str, name: str) -> str:
    return f"{title} – {name}" if name else title
