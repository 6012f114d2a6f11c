"""The portal with one page more, which takes 200 ms in the application, behind each of its doors."""

import time
from importlib import import_module
from typing import Any

from flask import Flask

import portal.app
from portal.config import Config

SLOW = "/fr/lent/"
SECONDS = 0.2
_made = portal.app.create_app


def _create_app(config: Config) -> Flask:
    application = _made(config)
    application.add_url_rule(SLOW, "slow", _slow)
    return application


def _slow() -> tuple[str, dict[str, str]]:
    time.sleep(SECONDS)
    return "lent", {"Cache-Control": "no-store"}


# The door imports the application by its name, when it is first needed.
vars(portal.app)["create_app"] = _create_app


def __getattr__(name: str) -> Any:
    """Return a door by the name of its interface."""
    if name not in ("rsgi", "wsgi"):
        raise AttributeError(name)
    return import_module(f"portal.{name}").application
