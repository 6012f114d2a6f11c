"""What is asked for, in a dozen words: a count by path would be as long as what strangers type.

Imports neither Flask nor SQLAlchemy: the door asks at each request.
"""

from functools import lru_cache
from typing import Literal

from portal.web.door.headers import EMBEDDED, HEALTH, INTERFACE, is_desk

Kind = Literal["page", "lookup", "feed", "calendar", "api", "file", "embed", "static", "desk", "health"]
STATIC = "/static/"
#: The pages where a request is looked up by its reference: never kept, and the slowest of what visitors do.
LOOKUP = frozenset({"/fr/suivi/", "/en/status/"})
#: By what follows the last dot of an address; a page for people has none (a law of the site).
ENDINGS: dict[str, Kind] = {"rss": "feed", "atom": "feed", "json": "feed", "ics": "calendar"}


#: What is remembered by its text takes no longer text than an address of ours has.
LONGEST_PATH = 200


def kind_of(path: str) -> Kind:
    """Return what an address asks for, whether or not there is anything at it."""
    return _kind_of_short(path) if len(path) <= LONGEST_PATH else _kind(path)


def _kind(path: str) -> Kind:
    if path.startswith(STATIC):
        return "static"
    if path.startswith(INTERFACE):
        return "api"
    if path.startswith(EMBEDDED):
        return "embed"
    name = path[path.rfind("/") + 1 :]
    if "." in name and not is_desk(path):
        return ENDINGS.get(name[name.rfind(".") + 1 :], "file")
    return _kind_of_page(path)


def _kind_of_page(path: str) -> Kind:
    if path in LOOKUP:
        return "lookup"
    if path in HEALTH:
        return "health"
    return "desk" if is_desk(path) else "page"


# 0.1 µs, in place of 1.3.
_kind_of_short = lru_cache(maxsize=2_048)(_kind)
