"""How often a client may ask, and from where a form may be sent. A limit that cannot be counted refuses."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from math import ceil
from threading import Lock
from typing import Any, NoReturn

from flask import Flask, abort, current_app, g, request
from flask_limiter import Limiter, RequestLimit
from limits import parse
from werkzeug.exceptions import TooManyRequests

View = Callable[..., Any]


def client() -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
        # A socket that takes both writes an IPv4 address as ::ffff:192.0.2.1: all of them are in one network.
        address = getattr(address, "ipv4_mapped", None) or address
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _refuse(breached: RequestLimit) -> NoReturn:
    # Without this the answer would not say when to come back (RFC 6585 §4).
    raise TooManyRequests(retry_after=max(ceil(breached.reset_at - g.now.timestamp()), 1))


limiter = Limiter(
    key_func=client, storage_uri="memory://", strategy="moving-window", swallow_errors=False, on_breach=_refuse
)


def attach(app: Flask) -> None:
    """Give `app` its limits, counted in this process."""
    limiter.init_app(app)


_one_try = Lock()


def may_tell(rate: str, key: str, *, is_right: bool) -> bool:
    """Say whether a right try may be told: `key` must not have used up its `rate` of wrong ones (`5 per hour`).

    Counts the try when it may not. One at a time: guesses sent together must not all pass before any is counted.
    """
    with _one_try:
        is_told = is_right & limiter.limiter.test(parse(rate), key)
        if not is_told:
            limiter.limiter.hit(parse(rate), key)
    return is_told


def own_forms_only(view: View) -> View:
    """Refuse a POST that another site makes a visitor's browser send: no session means no token, so the origin tells.

    A browser says where a POST comes from (Sec-Fetch-Site, or Origin on older ones); a client that says neither is
    no browser, and holds no visitor's trust to abuse.
    """

    @wraps(view)
    def answer(**values: object) -> object:
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site not in (None, "same-origin", "none"):
            abort(403)
        if site is None and origin not in (None, current_app.config["PUBLIC_URL"]):
            abort(403)
        return view(**values)

    return answer
