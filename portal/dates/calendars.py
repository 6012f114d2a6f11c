"""The next update of a row as a calendar file (RFC 5545): one whole day, for the visitor's own calendar. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.languages import Language
from portal.feeds.calendars import calendar_of, event_of

Gettext = Callable[..., str]


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
    key = f"dates-{reminder.row_key}-{reminder.day}"
    event = event_of(key, title, words, reminder.address, at=reminder.at, language=reminder.language)
    event.add("dtstart", reminder.day)
    whole = calendar_of(reminder.language)
    whole.add_component(event)
    return whole.to_ical()
