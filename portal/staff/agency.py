"""Signing in with an account of the agency: what its provider is asked, what it must answer, and who is let in.

By Authlib, an extra that a portal without a provider does without. The provider looks after the second factor.
"""

import logging
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, session as browser
from flask_security import login_user

from portal.config import Provider
from portal.core.errors import AddressMalformed, PortalError
from portal.staff.records import StaffRow
from portal.staff.rules import sign_in_address
from portal.staff.sessions import account
from portal.staff.signing.steps import STEPS_WITHIN
from portal.store.changes import recorded_change
from portal.web.public import absolute

logger = logging.getLogger(__name__)
CLIENT = "portal.agency"
#: Whoever asks at the provider's waits with the person: after so many seconds without a word it is taken for silent.
PATIENCE_SECONDS = 3
#: By how many seconds the clocks of two servers may differ.
LEEWAY_SECONDS = 60
#: In the cookie: what was asked, and as Authlib keeps it.
ASKED, STATE = "agency", "_state_agency_"


class ProviderSilent(PortalError):
    """The provider cannot be asked now."""


class NotVouched(PortalError):
    """The provider vouches for nobody who may come in; nobody is told which of the many reasons it was."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, and when they last proved it there, in seconds since 1970: 0 if it does not say.

    `way` is the page to which they were on their way, empty for the first one.
    """

    email: str
    proved_at: float
    way: str


def attach(app: Flask, provider: Provider | None) -> None:
    """Give the desk its provider, if there is one."""
    app.config["PROVIDER"] = provider
    if provider:
        logging.getLogger("authlib").setLevel(logging.INFO)  # below that, it writes what proves who began


def begin(back: str, way: str) -> str:
    """Return the address to which somebody is sent, to come back to the path `back`, and from there to `way`.

    Their browser keeps what was asked. Whoever is at the desk must prove anew who they are. Raises ProviderSilent.
    """
    _forget()
    here = account()
    proof = {"prompt": "login", "max_age": "0"} if here else {}
    try:
        client = _client()
        asked = client.create_authorization_url(absolute(back), **proof)
    except Exception as error:  # whatever a provider answers: its library raises of many kinds
        _note(error)
        raise ProviderSilent from None
    address = asked.pop("url")
    client.save_authorize_data(redirect_uri=absolute(back), **asked)
    browser[ASKED] = {"at": g.now.timestamp(), "way": way, "whose": here.id if here else None}
    return address


def come_back() -> Vouched:
    """Let in whoever the provider vouches for, or take it as proof of whoever is at the desk. Raises NotVouched."""
    asked, here = browser.get(ASKED), account()
    if asked is None:
        raise NotVouched
    try:
        told = _told()
    finally:
        _forget()  # it is good once, whatever it was
    is_late = g.now.timestamp() - asked["at"] >= STEPS_WITHIN.total_seconds()
    if is_late or asked["whose"] != (here.id if here else None):
        raise NotVouched
    found = _vouched(told, asked["way"])
    if here:
        _prove(here, found, asked["at"])
    else:
        _let_in(found)
    browser["fs_paa"] = found.proved_at
    return found


def _told() -> dict[str, Any]:
    provider: Provider = current_app.config["PROVIDER"]
    expected = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    try:
        return _client().authorize_access_token(claims_options=expected, leeway=LEEWAY_SECONDS)["userinfo"]
    except Exception as error:  # whatever a provider answers: its library raises of many kinds
        _note(error)
        raise NotVouched from None


def _vouched(told: dict[str, Any], way: str) -> Vouched:
    if told.get("email_verified") is not True:
        raise NotVouched
    try:
        email = sign_in_address(str(told.get("email", "")))
    except AddressMalformed:
        raise NotVouched from None
    return Vouched(email, min(told.get("auth_time") or 0, g.now.timestamp()), way)


def _let_in(found: Vouched) -> None:
    with recorded_change("staff", action="staff.agency", actor="nobody yet", at=g.now) as change:
        row = current_app.extensions["security"].datastore.find_user(email=found.email)
        if row is None:
            raise NotVouched
        g.staff_change = change
        login_user(cast("StaffRow", row), remember=False, authn_via=["agency"])


def _prove(here: StaffRow, found: Vouched, since: float) -> None:
    if found.email != here.email or not found.proved_at >= since - LEEWAY_SECONDS:
        raise NotVouched


def _forget() -> None:
    for key in [key for key in browser if key == ASKED or key.startswith(STATE)]:
        del browser[key]


def _client() -> Any:
    """Return what asks the provider, and remembers where and how."""
    known = current_app.extensions
    if CLIENT not in known:
        from authlib.integrations.flask_client import OAuth  # of the extra, which may not be installed

        provider: Provider = current_app.config["PROVIDER"]
        known[CLIENT] = OAuth(current_app).register(
            "agency",
            client_id=provider.client_id,
            client_secret=provider.secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
            },
        )
    return known[CLIENT]


def _note(error: Exception) -> None:
    # Its kind alone: what it says may hold a code or a token.
    logger.warning("the provider of the agency’s accounts did not vouch: %s", type(error).__name__)
