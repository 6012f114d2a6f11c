"""The routes of the desk, read from its map: no new one escapes the laws."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.core.languages import LANGUAGES
from portal.desk.app import create_desk
from tests.makers import Office

#: What a route's arguments are; a law cares little whether there is such a thing.
EXAMPLES = {"int:number": "1", "key": "rss-feeds", "token": "token", "any(csv,xlsx):kind": "csv"}
_ARGUMENT = re.compile(r"<([^>]+)>")
_LANGUAGE = "<any(fr, en):language>"


@dataclass(frozen=True)
class Route:
    """An address of the desk, and one way to ask for it."""

    endpoint: str
    method: str
    path: str


def routes(office: Office) -> Iterator[Route]:
    """Yield every address of the desk with each of its methods, in both languages."""
    for rule in create_desk(office.config).url_map.iter_rules():
        if not rule.rule.startswith("/desk/"):
            continue
        written = [rule.rule.replace(_LANGUAGE, language) for language in LANGUAGES if _LANGUAGE in rule.rule]
        for path in written or [rule.rule]:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield Route(rule.endpoint, method, _ARGUMENT.sub(lambda found: EXAMPLES[found[1]], path))
