"""A calendar file (RFC 5545): its head, and events that clients know again. Pure."""

from datetime import UTC, datetime

from icalendar import Calendar, Event

from portal.core.languages import TAGS, Language
from portal.feeds.rules import TAG

#: Who says so, in names that never change (RFC 4151: `tag:authority,year:…`).
AUTHORITY = TAG.removeprefix("tag:").partition(",")[0]
MEDIA_TYPE = "text/calendar; charset=utf-8"


def product(language: Language) -> str:
    """Return what made a calendar or a card, as both say it (ISO 9070)."""
    return f"-//{AUTHORITY}//portail//{language.upper()}"


def calendar_of(language: Language) -> Calendar:
    """Return a calendar in one language, still without events."""
    whole = Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", product(language))
    return whole


def event_of(key: str, title: str, words: str, address: str, *, at: datetime, language: Language) -> Event:
    """Return an event that takes no time of its reader's and has no guests; its caller says when it is.

    `key` never changes and names it among all of ours; `at` is the aware instant of the last change of what it says,
    so that a file asked twice is the same to the byte; `address` is the absolute one of the page that says more.
    """
    spoken = {"LANGUAGE": TAGS[language]}
    event = Event()
    event.add("uid", f"{key}-{language}@{AUTHORITY}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("summary", title, parameters=spoken)
    event.add("description", f"{words} {address}", parameters=spoken)
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event
