"""The addresses of the pages, with an example of each argument: one place for every test that visits them all."""

import re
from collections.abc import Iterator
from pathlib import Path

from portal.core.languages import Language, language_of

#: Every route; tests/site/test_laws.py holds it equal to the route map, so no page escapes who reads it.
ADDRESSES = Path(__file__).parent / "site" / "addresses.txt"
#: What a route's arguments are on the demonstration site; 1 is the notice in both languages of July 2021, and the first
#: edition of the table.
EXAMPLES = {"row": "access-new", "audience": "developers", "int:number": "1", "int:year": "2026", "form": "4058"}
EXAMPLES |= {
    "group": "selat",
    "int:changed": "3",
    "int:old": "1",
    "int:new": "2",
    "any(rss,atom,json):kind": "json",
    "int:archive": "1",
    "line": "montreal",
}
SLUGS = {
    "fr": "mot-de-passe-temporaire-transmis-par-courriel-a-compter-du-22-juillet-2021",
    "en": "temporary-passwords-sent-by-e-mail-as-of-july-22-2021",
}
_ARGUMENT = re.compile(r"<([^>]+)>")


def address(route: str) -> str:
    """Return the address of a route, each argument replaced by its example."""
    examples = {**EXAMPLES, "slug": SLUGS[language_of(route)]}
    unknown = set(_ARGUMENT.findall(route)) - set(examples)
    assert not unknown, f"{route}: give an example of {sorted(unknown)} in tests/addresses.py"
    return _ARGUMENT.sub(lambda found: examples[found[1]], route)


def is_page(route: str) -> bool:
    """Say whether a route is a page for people: in a language, and no file such as a feed or a manifest."""
    return route.startswith(("/fr/", "/en/")) and "." not in route.rpartition("/")[2]


def routes() -> Iterator[tuple[str, str]]:
    """Yield the endpoint and the route of all that can be asked for: pages, feeds, data and files."""
    for line in ADDRESSES.read_text("utf-8").splitlines():
        methods, route, endpoint = line.split()
        if "GET" in methods:
            yield endpoint, route


def pages() -> Iterator[tuple[str, Language, str]]:
    """Yield the endpoint, the language and the address of each page that can be asked for."""
    for endpoint, route in routes():
        if is_page(route):
            yield endpoint, language_of(route), address(route)
