"""The people of the desk, for administrators: who may do what, an invitation, an end."""

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token
from werkzeug.wrappers import Response as AnyResponse

from portal.approvals.records import settle
from portal.core.errors import AddressMalformed
from portal.core.tables import CONTROL
from portal.desk.approving import approved, held
from portal.staff import keeping, records
from portal.staff.keeping import AccountDisabled, AccountTaken
from portal.staff.records import LONGEST_NAME, StaffRow, person_of
from portal.staff.rules import INVITATION_HOURS, ROLE_NAMES, ROLES, LastAdministrator, sign_in_address
from portal.staff.sessions import is_fresh, is_sure, person
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.web.locale import route
from portal.web.public import absolute, render

blueprint = Blueprint("people", __name__)


@route(blueprint, fr="/personnes/", en="/people/", under="/desk")
def index() -> AnyResponse:
    """Everyone, with their roles; and somebody to add."""
    return _page()


@route(blueprint, fr="/personnes/ajouter", en="/people/add", under="/desk", methods=("POST",))
def add() -> AnyResponse:
    """Add a person, and show the invitation that they are to be given."""
    name = " ".join(CONTROL.sub(" ", request.form.get("name", "")).split())[:LONGEST_NAME]
    if not name or not _roles():
        return _page(_("Give a name, and one role at least."))
    if not is_sure(request.form.get("password", "")):
        return _page(_("This is not your password."))
    try:
        email = sign_in_address(request.form.get("email", ""))
        if waits := held():
            return waits
        prepared = approved()
        with recorded_change("staff", action="staff.add", actor=person().name, at=g.now) as change:
            number = keeping.add_person(change, email, name, _roles(), g.now).id
            settle(change, prepared)
    except AddressMalformed:
        return _page(_("Enter the e-mail address that the person signs in with."))
    except AccountTaken:
        return _page(_("Somebody has, or had, an account with that address or that name."))
    return _one(number, invitation=_invitation(number))


@route(blueprint, fr="/personnes/<int:number>/", en="/people/<int:number>/", under="/desk")
def show(number: int) -> AnyResponse:
    """One person."""
    return _one(number)


@route(blueprint, fr="/personnes/<int:number>/garder", en="/people/<int:number>/keep", under="/desk", methods=("POST",))
def keep(number: int) -> AnyResponse:
    """Change what a person may do, let them in or out, forget their second factors, or invite them anew."""
    _row(number)
    if not is_sure(request.form.get("password", "")):
        return _one(number, error=_("This is not your password."))
    act = request.form.get("act", "")
    if act == "roles" and not _roles():
        return _one(number, error=_("Give one role at least."))
    if act != "disable" and (waits := held()):  # whoever must be kept out is kept out at once
        return waits
    prepared = approved()
    try:
        with recorded_change("staff", action=f"staff.{act or 'roles'}"[:40], actor=person().name, at=g.now) as change:
            _do(change, number, act)
            settle(change, prepared)
    except LastAdministrator:
        return _one(number, error=_("Nobody else is an administrator: name another one first."))
    except AccountDisabled:
        return _one(number, error=_("This account is disabled: enable it first."))
    if act == "invite":
        return _one(number, invitation=_invitation(number))
    flash(_("Saved."), "success")
    return redirect(url_for("people.show", number=number), 303)


def _do(change: Change, number: int, act: str) -> None:
    """Do what was pressed. Raises LastAdministrator, AccountDisabled."""
    if act in ("enable", "disable"):
        keeping.keep_active(change, number, g.now, is_active=act == "enable")
    elif act == "invite":
        keeping.invite(change, number, g.now)
    elif act == "factors":
        keeping.reset_factors(change, number, g.now)
    elif act == "roles" and _roles():
        keeping.keep_roles(change, number, _roles())


def _roles() -> list:
    return [role for role in ROLES if role in request.form.getlist("role")]


def _row(number: int) -> StaffRow:
    return session().get(StaffRow, number) or abort(404)


def _invitation(number: int) -> str:
    """Return the address at which a person chooses a password; it is good once, for INVITATION_HOURS."""
    return absolute(url_for("security.reset_password", token=generate_reset_password_token(_row(number))))


def _page(error: str = "") -> AnyResponse:
    response = render(
        "staff/people.html",
        people=records.people(session()),
        roles=ROLE_NAMES,
        error=error,
        needs_password=not is_fresh(),
    )
    response.status_code = 422 if error else 200
    return response


def _one(number: int, *, error: str = "", invitation: str = "") -> AnyResponse:
    row = _row(number)
    response = render(
        "staff/person.html",
        one=person_of(row),
        row=row,
        roles=ROLE_NAMES,
        sittings=records.sittings(session(), number, g.now),
        error=error,
        invitation=invitation,
        hours=INVITATION_HOURS,
        needs_password=not is_fresh(),
    )
    response.status_code = 422 if error else 200
    return response
