"""Where the documents of the site lead: the addresses in a page, a feed, a list, a calendar, a table, a style.

Only what is an address of the site itself is of use (`own`). Templates of addresses (`{row}`) lead nowhere.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from urllib.parse import urljoin, urlsplit

#: The attributes of HTML that hold an address, as far as our pages have any.
ADDRESSES = frozenset({"href", "src", "poster", "data", "cite"})
_ABSOLUTE = re.compile(r"https?://[^\s\"'<>\\`|^]+")
_STYLE = re.compile(r"(?:url\(|@import\s)\s*[\"']?([^\"')]+)")
_HEADER = re.compile(r"<([^>]+)>")
_FOLDED = re.compile(r"\r?\n[ \t]")
#: What ends a sentence ends no address.
_AFTER = ".,;:!?)»"


class _Page(HTMLParser):
    """Gathers the addresses of a page: those of its attributes, and those that stand in its words to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses of one element."""
        named = {name: value or "" for name, value in attrs}
        for name, value in named.items():
            if name in ADDRESSES or (name == "action" and named.get("method", "get").lower() == "get"):
                self.links.append(value)
            elif name == "srcset":
                self.links += [part.split()[0] for part in value.split(",") if part.strip()]
            else:
                self.links += _in_text(value)

    def handle_data(self, data: str) -> None:
        """Take the addresses of some words, code to copy and linked data among them."""
        self.links += _in_text(data)


def _in_text(text: str) -> list[str]:
    return [found.rstrip(_AFTER) for found in _ABSOLUTE.findall(text)]


def _of_page(text: str) -> Iterator[str]:
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.links


def _of_xml(text: str) -> Iterator[str]:
    # The HTML of a feed's item is escaped twice.
    yield from _in_text(unescape(unescape(text)))


def _of_json(text: str) -> Iterator[str]:
    document = json.loads(text)
    for value in _strings(document):
        yield from _in_text(unescape(value))
    if isinstance(document, Mapping):
        yield from _of_data(document)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _of_data(document: Mapping[str, Any]) -> Iterator[str]:
    """Give what the documents of the interface lead to without naming it: their later pages, each edition."""
    yield from (path for path, acts in document.get("paths", {}).items() if "get" in acts)
    if {"total", "page", "per_page"} <= document.keys() and document["page"] * document["per_page"] < document["total"]:
        yield f"?page={document['page'] + 1}"
    yield from (f"editions/{edition['edition']}" for edition in document.get("editions", ()))


def _of_manifest(text: str) -> Iterator[str]:
    yield from (value for value in _strings(json.loads(text)) if value.startswith("/"))


def _of_calendar(text: str) -> Iterator[str]:
    yield from _in_text(_FOLDED.sub("", text))


def _of_table(text: str) -> Iterator[str]:
    for row in csv.reader(StringIO(text)):
        for cell in row:
            yield from _in_text(cell)


def _of_style(text: str) -> Iterator[str]:
    yield from _STYLE.findall(text)


def _of_text(text: str) -> Iterator[str]:
    yield from _in_text(text)


READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "text/html": _of_page,
    "application/rss+xml": _of_xml,
    "application/atom+xml": _of_xml,
    "application/feed+json": _of_json,
    "application/xml": _of_xml,
    "application/opensearchdescription+xml": _of_xml,
    "text/x-opml": _of_xml,
    "image/svg+xml": _of_xml,
    "application/json": _of_json,
    "application/manifest+json": _of_manifest,
    "text/calendar": _of_calendar,
    "text/vcard": _of_calendar,
    "text/csv": _of_table,
    "text/css": _of_style,
    "text/plain": _of_text,
}


def links(body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    """Give the addresses in an answer as they stand there; `headers` by their names in small letters."""
    yield from _HEADER.findall(headers.get("link", ""))
    if "location" in headers:
        yield headers["location"]
    if reader := READERS.get(headers.get("content-type", "").partition(";")[0].strip().lower()):
        yield from reader(body.decode())


def own(link: str, address: str, public_url: str) -> str | None:
    """Return where a link leads that stands in what `address` answers, without a place in it; None outside the site."""
    if "{" in link or "%7B" in link:  # a template
        return None
    try:
        whole = urlsplit(urljoin(public_url + address, link.strip()))
    except ValueError:  # what a notice wrote may be no address at all
        return None
    if f"{whole.scheme}://{whole.netloc}".lower() != public_url:
        return None
    return (whole.path or "/") + (f"?{whole.query}" if whole.query else "")
