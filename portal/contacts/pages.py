"""The contact page: the number, and whether someone answers now."""

from dataclasses import dataclass

from flask import Blueprint, Response

from portal.contacts import records
from portal.contacts.records import Contact
from portal.contacts.rules import ANNOUNCED_DAYS, State, closures
from portal.store.database import session
from portal.web.locale import route
from portal.web.public import now, page, render, today, valid_until

blueprint = Blueprint("contacts", __name__)


@dataclass(frozen=True, slots=True)
class Now:
    """The lines, their hours, and whether someone answers at this instant."""

    contact: Contact
    state: State


def contact_now() -> Now:
    """Return the block that stands on every page; the page is valid until the next opening or closing."""
    contact = records.contact(session())
    state = contact.hours.state(now())
    valid_until(state.until)
    return Now(contact, state)


@route(blueprint, fr="/contact/", en="/contact/")
@page("contacts")
def contact() -> Response:
    """Telephones, today's hours, the week, the next closures."""
    coming = closures(today(), ANNOUNCED_DAYS)
    return render("contacts/contact.html", today=today(), closures=coming)
