"""The steps of signing in, in their order; and what is asked again before the factors of a person change."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, flash, g, redirect, request, session as browser, url_for
from flask_login import current_user
from flask_security.utils import get_message
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as AnyResponse

from portal.staff.sessions import is_fresh

View = Callable[..., Any]
#: In the cookie of whoever has given the password and nothing else: whose account it is, and when.
WHOSE, SINCE = "tf_user_id", "password_at"
#: Whoever has left after the password begins again.
STEPS_WITHIN = timedelta(minutes=15)
#: The steps after the password.
STEPS = (
    "two_factor_setup",
    "two_factor_token_validation",
    "tf_select",
    "mf_recovery",
    "wan_signin",
    "wan_signin_response",
)
#: What ends the change of a factor, each with where it began. What is signed in the address is bound to nobody: without
#: the password, whoever sits down at an open desk would put in a factor of their own.
CHANGES = {"two_factor_setup_validate": "two_factor_setup", "wan_register_response": "wan_register"}
#: A page of the desk, as our own links write it: no dots to climb with, no second slash, nothing that browsers mend.
_WAY_BACK = re.compile(r"/desk(/[A-Za-z0-9_~-][A-Za-z0-9_~.:-]*)*/?(\?[!-\[\]-~]*)?")


def attach(app: Flask) -> None:
    """Hold the views of Flask-Security to their order; to be done before their changes are recorded."""
    app.before_request(_take_own_forms)
    views = app.view_functions
    views["security.login"] = _noting_when(views["security.login"])
    for step in STEPS:
        views[f"security.{step}"] = _in_order(views[f"security.{step}"])
    for endpoint, beginning in CHANGES.items():
        views[f"security.{endpoint}"] = _fresh_only(views[f"security.{endpoint}"], f"security.{beginning}")
    # Where an invitation that is over leads: nobody invites themselves.
    views["security.forgot_password"] = _to_sign_in


def _take_own_forms() -> None:
    """Refuse what no page of ours sends, and forget a way back that leads elsewhere. Answers 400."""
    if request.is_json:
        abort(400)
    for name in ("args", "form"):
        given: ImmutableMultiDict[str, str] = getattr(request, name)
        if not all(_WAY_BACK.fullmatch(way) for way in given.getlist("next")):
            kept = [(key, value) for key, value in given.items(multi=True) if key != "next"]
            setattr(request, name, ImmutableMultiDict(kept))


def _noting_when(view: View) -> View:
    @wraps(view)
    def answer(**values: object) -> object:
        response = view(**values)
        if WHOSE in browser:
            browser[SINCE] = g.now.timestamp()
        return response

    return answer


def _in_order(view: View) -> View:
    @wraps(view)
    def answer(**values: object) -> object:
        if current_user.is_authenticated and request.endpoint != "security.two_factor_setup":
            return redirect(url_for("desk.home"))
        if WHOSE in browser and not _may_go_on():
            del browser[WHOSE]
        return view(**values)

    return answer


def _may_go_on() -> bool:
    if g.now.timestamp() - browser.get(SINCE, 0) >= STEPS_WITHIN.total_seconds():
        return False
    if browser.get("tf_state") not in ("setup_from_login", "validating_profile"):
        return True
    # A first factor: someone else who had the password may have begun before the person did.
    account = current_app.extensions["security"].datastore.find_user(fs_uniquifier=browser[WHOSE])
    return account is not None and not (account.tf_totp_secret or account.webauthn)


def _fresh_only(view: View, beginning: str) -> View:
    @wraps(view)
    def answer(**values: object) -> object:
        if is_fresh():
            return view(**values)
        flash(*get_message("REAUTHENTICATION_REQUIRED"))
        return redirect(url_for("security.verify", next=url_for(beginning)))

    return answer


def _to_sign_in() -> AnyResponse:
    return redirect(url_for("security.login"))
