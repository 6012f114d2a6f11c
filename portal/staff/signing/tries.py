"""How often someone may try to sign in: by client, by account, and never so that a stranger can lock a person out.

A browser in which somebody has signed in before keeps a mark of it, and its tries count apart from those of strangers
(OWASP: “Slow Down Online Guessing Attacks with Device Cookies”).
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, request, session as browser
from flask.wrappers import Response
from flask_security import user_authenticated
from limits import parse_many

from portal.config import Key
from portal.core.errors import AddressMalformed
from portal.staff.records import StaffRow
from portal.staff.rules import sign_in_address
from portal.staff.sessions import cookie_name
from portal.staff.signing.keys import derived
from portal.web.door.headers import DESK
from portal.web.limits import client, count_try

View = Callable[..., Any]
MARK = "portal_desk_known"
KNOWN_FOR = timedelta(days=90)
#: A password or a code is typed wrong a few times; a guesser needs millions.
PER_CLIENT = parse_many("10 per minute; 60 per hour")
PER_ACCOUNT = parse_many("10 per 15 minutes; 50 per day")
#: The views that try something, each with what it tries it for.
GUESSABLE = (
    "login",
    "two_factor_token_validation",
    "mf_recovery",
    "wan_signin_response",
    "verify",
    "change_password",
    "reset_password",
)


def attach(app: Flask) -> None:
    """Count the tries of the views that sign in."""
    for endpoint in GUESSABLE:
        name = f"security.{endpoint}"
        app.view_functions[name] = _counted(app.view_functions[name])
    user_authenticated.connect(_remember, app)
    app.after_request(_give_mark)


def _counted(view: View) -> View:
    @wraps(view)
    def answer(**values: object) -> object:
        if request.method == "POST":
            count_try(PER_CLIENT, str(request.endpoint), client())
            if whose := _whose():
                count_try(PER_ACCOUNT, str(request.endpoint), whose)
        return view(**values)

    return answer


def _whose() -> str:
    """Return whose account is tried: the same whether there is such an account or not."""
    if request.endpoint != "security.login":  # whoever comes so far knows the password
        return browser.get("tf_user_id") or browser.get("_user_id") or ""
    try:  # as accounts are known by: one address can be spelled in many ways
        account = sign_in_address(request.form.get("email", ""))
    except AddressMalformed:
        return ""
    name, _, signature = request.cookies.get(_mark(), "").partition(".")
    signatures = [_signature(key, name, account) for key in current_app.config["KEYS"]]
    is_known = any(hmac.compare_digest(signature.encode(), known.encode()) for known in signatures)
    return f"{account} {name if is_known else ''}"


def _signature(key: Key, name: str, account: str) -> str:
    return hmac.digest(derived(key, "marks").encode(), f"{name} {account}".encode(), "sha256").hex()


def _mark() -> str:
    return cookie_name(MARK, is_secure=current_app.config["SESSION_COOKIE_SECURE"])


def _remember(app: Flask, user: StaffRow, **told: object) -> None:
    name = secrets.token_urlsafe(12)
    g.known_mark = f"{name}.{_signature(current_app.config['KEYS'][0], name, user.email)}"


def _give_mark(response: Response) -> Response:
    if mark := g.get("known_mark"):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(_mark(), mark, KNOWN_FOR, path=DESK, secure=secure, httponly=True, samesite="Lax")
    return response
