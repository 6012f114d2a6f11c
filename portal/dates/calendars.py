"""The next update of a row as a calendar file (RFC 5545): one whole day, for the visitor's own calendar. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from portal.core.languages import TAGS, Language
from portal.feeds.rules import TAG

Gettext = Callable[..., str]
#: Who says so, in names that never change (RFC 4151: `tag:authority,year:…`).
AUTHORITY = TAG.removeprefix("tag:").partition(",")[0]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a calendar file says of a row: `day` is a day in Québec, `address` the absolute one of the row's page.

    `at` is the aware instant of the table's last change: a file asked twice is the same to the byte.
    """

    row_key: str
    label: str
    day: date
    address: str
    at: datetime
    language: Language
    is_demonstration: bool


def calendar(reminder: Reminder, gettext: Gettext) -> bytes:
    """Return the calendar file of a reminder: one event that takes no time of the day and has no guests."""
    title = gettext("%(label)s: next update", label=reminder.label)
    if reminder.is_demonstration:
        title = gettext("[Demonstration] %(title)s", title=title)
    words = gettext("The next update of this processing date is planned for this day. See it here:")
    spoken = {"LANGUAGE": TAGS[reminder.language]}
    event = Event()
    event.add("uid", f"dates-{reminder.row_key}-{reminder.day}-{reminder.language}@{AUTHORITY}")
    event.add("dtstamp", reminder.at.astimezone(UTC))
    event.add("dtstart", reminder.day)
    event.add("summary", title, parameters=spoken)
    event.add("description", f"{words} {reminder.address}", parameters=spoken)
    event.add("url", reminder.address)
    event.add("transp", "TRANSPARENT")
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", f"-//{AUTHORITY}//portail//{reminder.language.upper()}")
    whole.add_component(event)
    return whole.to_ical()
