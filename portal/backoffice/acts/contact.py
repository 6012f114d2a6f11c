"""Hours and telephones by a program: the weekly hours, special days, the holidays of a year, the lines."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from portal.backoffice.answers import Call, need_no_second_person, writes
from portal.backoffice.documents import Document
from portal.contacts import keeping as lines
from portal.contacts.files import read_phone
from portal.core.errors import FIRST_YEAR, LAST_YEAR, CannotChange, HoursMalformed, PhoneMalformed
from portal.core.languages import Bilingual
from portal.hours import keeping, records
from portal.hours.files import read_hours, read_week
from portal.hours.rules import CLOSED, SpecialDay, Week
from portal.store.changes import Change
from portal.store.database import session
from portal.web.public import now, today

#: Days that one call may close: longer is a change of hours, or a slip.
MOST_DAYS = 92
MOST_HOLIDAYS = 60
LONGEST_KEY = 40
Read = TypeVar("Read")


@writes("contact.change")
def hours(call: Call) -> Mapping[str, object]:
    """Change the weekly hours from a day on, for good or until a day; a `week` of null takes such a change back."""
    sent = call.document
    first_day, last_day, typed = sent.needed_day("first_day"), sent.day("last_day"), sent.line_or_null("week")
    schedule, expected = _schedule(sent), sent.number("expected")
    days = _read(sent, "week", read_week, typed)
    sent.end()

    def act(change: Change) -> None:
        if days is None:
            _take_back(change, schedule, first_day, last_day)
        else:
            keeping.keep_week(change, schedule, Week(days, first_day, last_day), today())

    return {"is_change": call.changes("contacts", "contact.hours", act, expected)}


@writes("contact.change")
def exceptions(call: Call) -> Mapping[str, object]:
    """Close some days or give them other `hours`, and say why; null gives them the usual ones again."""
    sent = call.document
    days, typed, why = _days(sent), sent.line_or_null("hours"), sent.both("why")
    schedule, expected = sent.line("schedule", longest=LONGEST_KEY) or None, sent.number("expected")
    found = CLOSED if typed == "closed" else _read(sent, "hours", read_hours, typed)
    sent.end()

    def act(change: Change) -> None:
        if found is None:
            keeping.remove_special_days(change, days, schedule)
        else:
            keeping.keep_special_days(change, days, SpecialDay(found, why), schedule, today())

    return {"is_change": call.changes("contacts", "contact.exception", act, expected)}


@writes("contact.change")
def holidays(call: Call) -> Mapping[str, object]:
    """Confirm the holidays of a year: all of them, each with its name in both languages."""
    sent = call.document
    year, expected = sent.number("year"), sent.number("expected")
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        sent.tell("year", f"give a year from {FIRST_YEAR} to {LAST_YEAR}")
    days = [_holiday(one, year) for one in sent.parts("days", most=MOST_HOLIDAYS)]
    found = dict(days)
    if len(found) < len(days):
        sent.tell("days", "a day stands twice")
    sent.end()

    def act(change: Change) -> None:
        keeping.confirm_holidays(change, year or FIRST_YEAR, dict(sorted(found.items())), now())

    return {"is_change": call.changes("contacts", "contact.holidays", act, expected)}


@writes("contact.change")
def phones(call: Call) -> Mapping[str, object]:
    """Change a line by its key, or add one; a `number` of null takes it away."""
    sent = call.document
    key, typed = sent.line("line", longest=LONGEST_KEY, is_required=True), sent.line_or_null("number")
    region, schedule = sent.both("region"), sent.line("schedule", longest=LONGEST_KEY) or None
    expected, number = sent.number("expected"), _read(sent, "number", read_phone, typed)
    sent.end()
    need_no_second_person("a telephone line")

    def act(change: Change) -> None:
        if number is None:
            lines.remove_phone(change, key)
        else:
            lines.keep_phone(change, key, number, region, schedule)

    return {"is_change": call.changes("contacts", "contact.phone", act, expected)}


def _take_back(change: Change, schedule: str, first_day: date, last_day: date | None) -> None:
    """Take back the hours of these very days. Raises CannotChange where there are none, or others go first."""
    keeping.check_schedule(list(records.weeks(change.session)), schedule)
    begin = [week for week in records.weeks(change.session)[schedule] if week.first_day == first_day]
    if last_day not in [week.last_day for week in begin]:
        raise CannotChange("no hours of these very days are kept: give the first day and the last, if any")
    if last_day is None and len(begin) > 1:
        raise CannotChange("hours for a while begin on that day too: take those back before")
    keeping.remove_week(change, schedule, first_day)


def _read(sent: Document, name: str, read: Callable[[str], Read], typed: str) -> Read | None:
    """Return what `read` reads of a field, None where there is none; tell what it refuses."""
    try:
        return read(typed) if typed else None
    except (HoursMalformed, PhoneMalformed) as error:
        sent.tell(name, error.sentence)
        return None


def _schedule(sent: Document) -> str:
    """Return the key of a schedule, which may be left out where there is but one."""
    typed, known = sent.line("schedule", longest=LONGEST_KEY), list(records.weeks(session()))
    if not typed and len(known) != 1:
        sent.tell("schedule", f"say whose hours they are; there are {', '.join(sorted(known)) or 'none yet'}")
    return typed or next(iter(known), "")


def _days(sent: Document) -> Sequence[date]:
    first = sent.needed_day("first_day")
    last = sent.day("last_day") or first
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        sent.tell("last_day", f"give 1 to {MOST_DAYS} days; for longer, change the weekly hours, with a last day")
        return [first]
    return [first + timedelta(days=ahead) for ahead in range(count)]


def _holiday(one: Document, year: int | None) -> tuple[date, Bilingual]:
    day, name = one.needed_day("day"), one.both("name")
    if day.year != year:
        one.tell("day", f"this is no day of {year}")
    if not name:
        one.tell("name", "give the day its name in both languages")
    return day, name
