"""What was published: one edition as it is now, and taking it back."""

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core.errors import CannotUndo
from portal.desk.approving import approved, held
from portal.desk.dates.sent import Sent, form
from portal.editions import records as editions
from portal.editions.rules import Edition
from portal.publication import dates
from portal.publication.acts import By
from portal.staff.sessions import confirm, is_fresh, person
from portal.store.database import session
from portal.web.locale import in_words, route
from portal.web.public import render

blueprint = Blueprint("desk_editions", __name__)


@route(blueprint, fr="/dates/editions/<int:number>", en="/dates/editions/<int:number>", under="/desk")
def show(number: int) -> AnyResponse:
    """One edition: what it says, and the way to take it back."""
    return _page(_found(number), form({}))


@route(
    blueprint,
    fr="/dates/editions/<int:number>/annuler",
    en="/dates/editions/<int:number>/undo",
    under="/desk",
    methods=("POST",),
)
def undo(number: int) -> AnyResponse:
    """Take an edition back by a new one, once however often the button is pressed."""
    edition, sent = _found(number), form(request.form)
    if edition.undone_by:
        return _undone(edition)
    _tell_missing(edition, sent)
    if sent.errors:
        return _page(edition, sent)
    if _puts_back(number) and (waits := held()):
        return waits
    try:
        dates.undo(current_app, number, sent.signature, By(person().name, prepared=approved()))
    except CannotUndo as refused:
        edition = _found(number)
        return _undone(edition) if edition.undone_by else _page(edition, sent, in_words(refused.args[0]))
    return _undone(_found(number))


def _undone(edition: Edition) -> AnyResponse:
    flash(_("Edition %(number)s was taken back.", number=edition.number), "success")
    return redirect(url_for("desk_editions.show", number=edition.undone_by), 303)


def _tell_missing(edition: Edition, sent: Sent) -> None:
    """Tell by its field what is still missing before an edition may be taken back; the password is tried last."""
    if not sent.words["reason"]:
        sent.errors["reason"] = _("Say why, for the audit log.")
    if sent.errors or is_fresh() or not _puts_back(edition.number):
        return
    password = request.form.get("password", "")
    if not password:
        sent.errors["password"] = _("A date goes back: give your password.")
    elif not confirm(password):
        sent.errors["password"] = _("This is not your password.")


def _puts_back(number: int) -> bool:
    """Say whether a date goes back when an edition is taken back."""
    return any(entry.step.is_forwards for entry in editions.entries(session(), number))


def _found(number: int) -> Edition:
    return editions.edition(session(), number) or abort(404)


def _page(edition: Edition, sent: Sent, error: str = "") -> AnyResponse:
    entries = editions.entries(session(), edition.number)
    faults = [*sent.errors.items(), *([("", error)] if error else [])]
    response = render(
        "desk/dates/edition.html",
        edition=edition,
        entries=entries,
        sent=sent,
        form={"errors": faults},
        needs_password=not is_fresh() and _puts_back(edition.number),
    )
    response.status_code = 422 if faults else 200
    return response
