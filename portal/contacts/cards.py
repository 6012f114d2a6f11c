"""The lines for other software: cards for address books (vCard 4, RFC 6350), contact points (schema.org). Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from icalendar import Component, vText, vUri

from portal.contacts.rules import AGENCY_SITE, Phone, by_schedule
from portal.core import formats
from portal.core.calendar import QUEBEC
from portal.core.languages import Language
from portal.feeds.calendars import product
from portal.feeds.rules import guid
from portal.hours.rules import ANNOUNCED_DAYS, END_OF_DAY, Interval, Intervals, Schedule, Week, clock

Gettext = Callable[..., str]
Document = dict[str, Any]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: How schema.org says that a day is closed: it opens and closes at once.
NEVER: Intervals = (Interval(0, 0),)


class Card(Component):
    """A vCard; its version comes first (RFC 6350 §6.7.9). Lines are folded and texts escaped as in a calendar."""

    name = "VCARD"
    canonical_order = ("VERSION", "PRODID", "UID", "KIND", "FN")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who says it: the agency's name, the addresses of this document and of the contact page, both absolute.

    `today` is a day in Québec.
    """

    agency: str
    address: str
    page: str
    language: Language
    today: date


def card(by: Publisher, phone: Phone, at: datetime, gettext: Gettext) -> bytes:
    """Return the card of a line: its number, its hours of today’s week, and where to see whether it answers.

    `at` is the aware instant of the last change. In both languages it is the card of one line, under one name.
    """
    found = Card()
    found.add("version", "4.0")
    found.add("prodid", product(by.language))
    found.add("uid", vUri(uuid5(NAMESPACE_URL, guid("lines", phone.key)).urn))
    found.add("kind", "org")
    found.add("fn", vText(f"{by.agency} – {phone.region.in_(by.language)}"))
    found.add("org", vText(by.agency))
    found.add("tel", *_tel(phone))
    found.add("url", vUri(by.page))
    found.add("source", vUri(by.address))
    found.add("tz", vText(QUEBEC.key))
    words = {"hours": "\n".join(_hours(phone.schedule.week(by.today), by.language)) or "–", "address": by.page}
    note = gettext("Opening hours, Québec time:\n%(hours)s\nClosures and today’s hours: %(address)s", **words)
    found.add("note", vText(note))
    found.add("rev", f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return found.to_ical()


def _tel(phone: Phone) -> tuple[object, dict[str, Any]]:
    kind = {"TYPE": ["work", "voice"]}
    if phone.number.startswith("+"):
        return vUri(f"tel:{phone.number}"), {"VALUE": "uri", **kind}
    return vText(phone.number), kind  # a short number is no whole `tel:` address (RFC 3966 §5.1.5)


def _hours(week: Week, language: Language) -> Iterable[str]:
    for group in week.groups():
        if group.intervals:
            days, hours = formats.weekdays(group.days, language), formats.hours(group.intervals, language)
            yield f"{days}{formats.NBSP if language == 'fr' else ''}: {hours}"


def office(by: Publisher, phones: Sequence[Phone]) -> Document:
    """Return the agency’s lines and hours in the words of schema.org (GovernmentOffice, JSON-LD)."""
    document: Document = {
        "@context": "https://schema.org",
        "@type": "GovernmentOffice",
        "@id": by.address,
        "name": by.agency,
        "url": AGENCY_SITE,
        "areaServed": "Québec",
    }
    hours = {
        schedule.key: (usual_hours(schedule, by.today), special_hours(schedule, by.today))
        for schedule, _lines in by_schedule(phones)
    }
    for usual, special in list(hours.values())[:1]:  # the office’s own are those of its first line
        document["openingHoursSpecification"] = usual
        document["specialOpeningHoursSpecification"] = special
    document["contactPoint"] = [_contact_point(by, phone, *hours[phone.schedule.key]) for phone in phones]
    return document


def _contact_point(by: Publisher, phone: Phone, usual: list[Document], special: list[Document]) -> Document:
    point: Document = {
        "@type": "ContactPoint",
        "contactType": "customer service",
        "name": phone.region.in_(by.language),
        "telephone": phone.number.replace(";ext=", ", ext. "),
        "hoursAvailable": usual + special,
    }
    return point | ({"contactOption": "https://schema.org/TollFree"} if phone.is_toll_free else {})


def usual_hours(schedule: Schedule, today: date) -> list[Document]:
    """Return the weekly hours that hold today, and those that are announced."""
    weeks = [schedule.week(today), *schedule.coming_weeks(today)]
    return [
        _hours_of(interval, week.first_day, week.last_day, {"dayOfWeek": [WEEKDAYS[day - 1] for day in group.days]})
        for week in weeks
        for group in week.groups()
        for interval in group.intervals
    ]


def special_hours(schedule: Schedule, today: date) -> list[Document]:
    """Return the days to come that have other hours, or none."""
    return [
        _hours_of(interval, day.day, day.day)
        for day in schedule.changed_days(today, ANNOUNCED_DAYS)
        for interval in day.intervals or NEVER
    ]


def _hours_of(interval: Interval, first: date | None, last: date | None, days: Document | None = None) -> Document:
    opens, closes = (clock(min(minute, END_OF_DAY - 1)) for minute in interval)  # 24:00 is no time of theirs
    document: Document = {"@type": "OpeningHoursSpecification", **(days or {}), "opens": opens, "closes": closes}
    bounds = {"validFrom": first and str(first), "validThrough": last and str(last)}
    return document | {name: day for name, day in bounds.items() if day}
