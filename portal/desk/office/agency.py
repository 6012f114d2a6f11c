"""The way to the provider of the agency’s accounts, and back."""

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from portal.staff import agency
from portal.staff.agency import NotVouched, ProviderSilent
from portal.staff.signing.tries import PER_CLIENT
from portal.web.failures import RETRY_SECONDS, refused
from portal.web.limits import client, count_try
from portal.web.locale import has_failed, route
from portal.web.public import render

blueprint = Blueprint("agency", __name__)


@blueprint.before_request
def count() -> None:
    """Count the try, where there is such a way. Answers 404, 429."""
    if current_app.config["PROVIDER"] is None:
        abort(404)
    count_try(PER_CLIENT, str(request.endpoint), client())


@route(blueprint, fr="/session/agence", en="/session/agency", under="/desk", methods=("POST",))
def start() -> AnyResponse:
    """Lead there by a page: the policy of the desk lets a form lead to the desk alone, its redirects too."""
    try:
        address = agency.begin(url_for("agency.finish"), request.args.get("next", ""))
    except ProviderSilent:
        return _refused(ServiceUnavailable(retry_after=RETRY_SECONDS))
    has_failed()  # it has no twin: what it shows was asked for once
    return render("staff/away.html", address=address)


@route(blueprint, fr="/session/agence", en="/session/agency", under="/desk")
def finish() -> AnyResponse:
    """Take what the provider says of whoever comes back."""
    try:
        found = agency.come_back()
    except NotVouched:
        return _refused(Forbidden())
    return redirect(found.way or url_for("desk.home"))


def _refused(error: HTTPException) -> AnyResponse:
    return refused(
        error, _("Your agency account did not open the desk. Begin again, or ask an administrator of the desk.")
    )
