"""The addresses by which programs write; what is behind them is imported when the first of them is asked for.

The people of the desk come with it, and their sign-in: half a second and 40 MB that a worker of pages is spared.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint
from werkzeug.utils import import_string

#: By the module of `acts`, the path of each write below /api/v1 and the view that answers it.
WRITES = {
    "contact": {
        "/contact/hours": "hours",
        "/contact/exceptions": "exceptions",
        "/contact/holidays": "holidays",
        "/contact/phones": "phones",
    },
    "dates": {
        "/editions/publish": "publish",
        "/editions/scheduled/<int:number>/cancel": "cancel",
        "/editions/<int:number>/undo": "undo",
    },
    "delivery": {
        "/delivery-rules/cover": "cover",
        "/delivery-rules/end": "end",
    },
    "notices": {
        "/notices/publish": "keep",
        "/notices/<key>/withdraw": "withdraw",
    },
    "requests": {
        "/requests/import": "import_requests",
        "/requests/open": "look",
        "/requests/stage": "move",
        "/requests/correct": "correct",
    },
}


def blueprints() -> Iterator[Blueprint]:
    """Give the blueprint of each module."""
    for module, paths in WRITES.items():
        blueprint = Blueprint(f"backoffice_{module}", __name__, url_prefix="/api/v1")
        for path, view in paths.items():
            blueprint.post(path, endpoint=view)(_lazily(f"portal.backoffice.acts.{module}:{view}"))
        yield blueprint


def _lazily(name: str) -> Callable[..., Any]:
    """Return a view that imports another one when it is asked."""

    def answer(**values: object) -> Any:
        return import_string(name)(**values)

    return answer
