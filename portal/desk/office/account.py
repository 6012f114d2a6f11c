"""One's own account: second factors, open sessions, and an end to any of them."""

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.staff import records
from portal.staff.sessions import account, end_own_sessions, person, sitting
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.locale import route
from portal.web.public import render

blueprint = Blueprint("account", __name__)


@route(blueprint, fr="/compte/", en="/account/", under="/desk")
def show() -> AnyResponse:
    """What one signs in with, and where one is signed in."""
    found = records.sittings(session(), person().number, g.now)
    return render("staff/account.html", account=account(), sittings=found, here=sitting())


@route(blueprint, fr="/compte/sessions", en="/account/sessions", under="/desk", methods=("POST",))
def end() -> AnyResponse:
    """End one session, or all but this one."""
    with recorded_change("staff", action="staff.sessions", actor=person().name, at=g.now) as change:
        end_own_sessions(change, request.form.get("session", ""))
    flash(_("The session is over."), "success")
    return redirect(url_for("account.show"))
