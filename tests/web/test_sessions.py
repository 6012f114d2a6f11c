"""Public pages have no session: code that touches one fails loudly, and no answer sets a cookie."""

import copy
import logging
from collections.abc import Callable

import pytest
from flask import Flask, flash, session

from portal.app import create_app
from tests.makers import Office

TOUCHES: dict[str, Callable[[], object]] = {
    "read": lambda: session["user"],
    "get": lambda: session.get("user"),
    "look": lambda: "user" in session,
    "list": lambda: list(session),
    "items": lambda: dict(session.items()),
    "keys": lambda: session.keys(),
    "values": lambda: session.values(),
    "length": lambda: len(session),
    "truth": lambda: bool(session),
    "copy": lambda: copy.copy(session).get("user"),
    "write": lambda: session.__setitem__("user", "a"),
    "update": lambda: session.update(user="a"),
    "set default": lambda: session.setdefault("user", "a"),
    "delete": lambda: session.pop("user", None),
    "clear": lambda: session.clear(),
    "make permanent": lambda: setattr(session, "permanent", True),
    "flash": lambda: flash("kept"),
}


@pytest.fixture
def app(office: Office) -> Flask:
    return create_app(office.config)


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_page_that_touches_the_session_fails_loudly(app: Flask, touch: str, caplog: pytest.LogCaptureFixture) -> None:
    app.add_url_rule("/touch", view_func=lambda: str(TOUCHES[touch]()), endpoint="touch")
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/touch", base_url="http://portal.test")
    assert answer.status_code == 500
    assert "session" in caplog.text
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_leaves_it_alone_sets_no_cookie_and_reads_none(app: Flask) -> None:
    answer = app.test_client().get("/fr/dates/", base_url="http://portal.test", headers={"Cookie": "session=anything"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
