"""The contact page: the number, and whether someone answers now; the same as files for calendars and address books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _

from portal.contacts import cards, records
from portal.contacts.rules import UNKNOWN, UNKNOWN_NAME, Answering, Phone, answering, by_schedule, line_of
from portal.core.calendar import instant
from portal.core.formats import listed
from portal.feeds.calendars import MEDIA_TYPE
from portal.hours import calendars
from portal.hours.rules import ANNOUNCED_DAYS
from portal.store.database import session
from portal.web.locale import address_in, language, query_arguments, route
from portal.web.public import (
    absolute,
    as_file,
    data,
    known_arguments,
    last_change,
    now,
    page,
    render,
    revision_of,
    today,
    turns_on,
    valid_until,
)
from portal.web.shared import shared

blueprint = Blueprint("contacts", __name__)


@dataclass(frozen=True, slots=True)
class Now:
    """Every line, and together those that share their hours; the words are right until the instant `until`."""

    phones: Sequence[Phone]
    groups: Sequence[Answering]
    until: datetime


def contact_now() -> Now:
    """Return the block that stands on every page, which is valid until the next opening or closing, or midnight."""
    return shared().value(("contacts",), "contact_now", _contact_now)


def _contact_now() -> Now:
    phones = records.phones(session(), today())
    groups = answering(phones, now())
    # “Opens tomorrow” is another day after midnight.
    turns = [group.state.until for group in groups if group.state.until]
    until = min([*turns, instant(today() + timedelta(days=1))])
    valid_until(until)
    return Now(phones, groups, until)


@route(blueprint, fr="/contact/", en="/contact/")
@page("contacts", arguments=("region",), few=True)
def contact() -> Response:
    """Telephones by region, today's hours, the week, announced changes, the next closures, other ways to reach us."""
    given = known_arguments("region")
    query_arguments(given)
    lines = contact_now().phones
    region = given.get("region")
    chosen = None if region is None else line_of(lines, region)
    regions = [(phone.key, phone.region) for phone in lines] + [(UNKNOWN, UNKNOWN_NAME)]
    groups = [group for group in contact_now().groups if chosen is None or chosen in group.phones]
    days = {"today": today(), "tomorrow": today() + timedelta(days=1), "last": today() + timedelta(days=ANNOUNCED_DAYS)}
    return render("contacts/contact.html", groups=groups, regions=regions, region=region, chosen=chosen, **days)


def office() -> cards.Document:
    """Return what search engines read of the lines: the same in both languages but for its words."""
    address = absolute(address_in("fr", "contacts.contact")) + "#office"
    return cards.office(_publisher(address), contact_now().phones)


def _publisher(address: str) -> cards.Publisher:
    page = absolute(url_for("contacts.contact"))
    return cards.Publisher(_("Québec health-insurance agency"), address, page, language(), today())


@route(blueprint, fr="/contact/<line>.vcf", en="/contact/<line>.vcf")
@data("contacts")
def card(line: str) -> Response:
    """One line as a card for an address book (vCard 4)."""
    phone = next((found for found in records.phones(session(), today()) if found.key == line), None) or abort(404)
    turns_on([week.first_day for week in phone.schedule.weeks if week.first_day])
    by = _publisher(absolute(url_for("contacts.card", line=line)))
    return as_file(cards.card(by, phone, last_change(), _), "text/vcard; charset=utf-8", f"contact-{line}.vcf")


@route(blueprint, fr="/contact/fermetures.ics", en="/contact/closures.ics")
@data("contacts")
def closures() -> Response:
    """The days on which nobody answers, or at other hours, as a calendar to subscribe to."""
    title = _("Closures and changed hours of the telephone lines")
    return _calendar("contacts.closures", title, "fermetures" if language() == "fr" else "closures", with_hours=False)


@route(blueprint, fr="/contact/heures.ics", en="/contact/hours.ics")
@data("contacts")
def hours() -> Response:
    """The same, with the hours of each day."""
    title = _("Opening hours of the telephone lines")
    return _calendar("contacts.hours", title, "heures" if language() == "fr" else "hours", with_hours=True)


def _calendar(endpoint: str, title: str, name: str, *, with_hours: bool) -> Response:
    groups = by_schedule(records.phones(session(), today()))
    schedules = [(_name_of(lines) if len(groups) > 1 else "", schedule) for schedule, lines in groups]
    year = today().year
    turns_on([date(year, 1, 1), date(year + 1, 1, 1)])
    head = calendars.Head(
        title,
        address=absolute(url_for(endpoint)),
        page=absolute(url_for("contacts.contact")),
        language=language(),
        first=date(year, 1, 1),
        last=date(year + 1, 12, 31),
        revision=revision_of("contacts"),
        at=last_change(),
    )
    return as_file(calendars.calendar(head, schedules, _, with_hours=with_hours), MEDIA_TYPE, f"{name}.ics")


def _name_of(lines: Sequence[Phone]) -> str:
    return listed([phone.region.in_(language()) for phone in lines], language())
