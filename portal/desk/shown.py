"""What is not published yet, as the public will see it: the very page."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from flask import Response, current_app, g, request
from flask_babel import refresh
from werkzeug.exceptions import HTTPException

from portal.core.errors import PortalError
from portal.web.door.headers import is_desk


@contextmanager
def public_request(path: str, at: datetime) -> Generator[None]:
    """Be, for a while, in a public request for a path at an aware instant, within the change under way."""
    known = cast("dict[str, Any]", vars(g._get_current_object()))  # the application's, which the other request shares
    before = dict(known)
    try:
        with current_app.test_request_context(path, base_url=current_app.config["PUBLIC_URL"]):
            for take in current_app.url_value_preprocessors[None]:
                take(request.endpoint, request.view_args)
            refresh()  # it remembers the language of the page around
            g.now, g.is_trial = at, True
            yield
    finally:
        known.clear()
        known.update(before)
        refresh()


def asked() -> Response:
    """Return the answer to the public request under way. Raises HTTPException and PortalError."""
    return current_app.make_response(current_app.dispatch_request())


def public_page(path: str, at: datetime) -> Response:
    """Return the answer of a public address at an aware instant, within the change under way.

    Raises HTTPException and PortalError.
    """
    with public_request(path, at):
        return asked()


def answers(path: str) -> bool:
    """Say whether a path of the portal leads a reader anywhere now; the desk is for staff alone."""
    path = path.partition("#")[0]
    if not path or is_desk(path):
        return False
    try:
        return public_page(path, g.now).status_code < 400
    except (HTTPException, PortalError):
        return False
