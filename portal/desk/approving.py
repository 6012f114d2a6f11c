"""The second person, where the setting asks for one: what somebody sends waits until a colleague sends the same."""

from collections.abc import Mapping

from flask import current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from portal.approvals import records
from portal.approvals.rules import Fields, Prepared
from portal.desk.access import UPLOADS
from portal.staff.sessions import person
from portal.store.changes import recorded_change
from portal.store.database import session

#: The field that names what a colleague prepared.
APPROVAL = "approval"
#: How the name of a field ends that is never kept.
SECRETS = ("csrf_token", "password")


def held() -> AnyResponse | None:
    """Keep what was sent until a second person sends it, and say so; None where it may be done now.

    It is asked last, when all that was sent is right and the password given.
    """
    if not current_app.config["SECOND_PERSON"]:
        return None
    if APPROVAL in request.form:
        return None if approved() else _gone()
    with recorded_change("drafts", action="approvals.keep", actor=person().name, at=g.now) as change:
        number = records.keep(change, _act(), _item(), sent_fields(), person().number, g.now)
    flash(_("Nothing is done yet: this waits for a second person."), "success")
    return redirect(url_for("approvals.show", number=number), 303)


def sent_number() -> str:
    """Return the number of what this request approves, as it was sent; a body that is too large is not read for it."""
    try:
        return "" if request.endpoint in UPLOADS else request.form.get(APPROVAL, "")
    except RequestEntityTooLarge:
        return ""


def approved() -> Prepared | None:
    """Return what a colleague prepared and this request does to the letter, or None."""
    number = sent_number()
    found = records.waiting_one(session(), int(number)) if number.isascii() and number.isdigit() else None
    if found and found.person != person().number and found.is_same(_act(), _item(), sent_fields()):
        return found
    return None


def sent_fields() -> Fields:
    """Return what is sent, without the token, the password and the number of what it approves."""
    fields = request.form.items(multi=True)
    return [(name, text) for name, text in fields if name != APPROVAL and not name.endswith(SECRETS)]


def _gone() -> AnyResponse:
    flash(_("This does not wait as it is any more: it was done, refused or changed. Nothing was done now."), "error")
    return redirect(url_for("desk.home"), 303)


def _act() -> str:
    return str(request.endpoint)


def _item() -> Mapping[str, str]:
    values = request.view_args or {}
    return {name: str(value) for name, value in values.items() if name != "language"}
