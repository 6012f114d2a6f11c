"""What a strict validator finds wrong in a feed: the rules of each format, as far as they can be written down.

RSS 2.0 with the rules of the W3C feed validator, Atom after RFC 4287, JSON Feed 1.1 after its schema. An empty list is
a sound feed.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import jsonschema_rs

from portal.feeds.rules import Format
from tests.site.typed import SCHEMES, faults as faults_of_html

ATOM, DC = "{http://www.w3.org/2005/Atom}", "{http://purl.org/dc/elements/1.1/}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
MEDIA = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
#: RFC 4151.
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
#: RFC 3339, always with an offset.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
#: What the W3C validator takes for HTML, or for an entity, in what must be plain text.
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|<!--|&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
#: Markup that was escaped once too often shows as tags to a person.
TWICE = re.compile(r"&lt;/?(p|ul|ol|li|h[2-6]|strong|em|table|td|th|tr|blockquote|a href)\b")
ONCE_IN_A_CHANNEL = ("title", "link", "description", "language", "lastBuildDate", "generator", "ttl", "docs")
ONCE_IN_AN_ITEM = ("title", "link", "description", "guid", "pubDate", f"{DC}creator", f"{ATOM}updated")
LANGUAGES = {"fr": "fr-CA", "en": "en-CA"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A feed that was asked for: its absolute address and its language."""

    address: str
    kind: Format
    language: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item, the same in the three formats."""

    guid: str
    title: str
    link: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as read: its entries, its links by their relation, whether it is an archive."""

    entries: list[Entry]
    links: dict[str, str]
    is_archive: bool
    updated: datetime | None


def read(document: bytes, kind: Format) -> Document:
    """Read a feed strictly; the first error of syntax raises."""
    return {"rss": _read_rss, "atom": _read_atom, "json": _read_json}[kind](document)


def _read_rss(document: bytes) -> Document:
    channel = ElementTree.fromstring(document)[0]
    entries = [
        Entry(
            guid=item.findtext("guid", ""),
            title=item.findtext("title", ""),
            link=item.findtext("link", ""),
            html=item.findtext("description", ""),
            published=parsedate_to_datetime(item.findtext("pubDate", "")),
            updated=datetime.fromisoformat(item.findtext(f"{ATOM}updated", "")),
            categories=tuple(category.text or "" for category in item.findall("category")),
        )
        for item in channel.findall("item")
    ]
    updated = parsedate_to_datetime(channel.findtext("lastBuildDate", ""))
    return Document(entries, _links(channel), channel.find(ARCHIVE) is not None, updated)


def _read_atom(document: bytes) -> Document:
    feed = ElementTree.fromstring(document)
    entries = [
        Entry(
            guid=entry.findtext(f"{ATOM}id", ""),
            title=entry.findtext(f"{ATOM}title", ""),
            link=_links(entry).get("alternate", ""),
            html=entry.findtext(f"{ATOM}content", ""),
            published=datetime.fromisoformat(entry.findtext(f"{ATOM}published", "")),
            updated=datetime.fromisoformat(entry.findtext(f"{ATOM}updated", "")),
            categories=tuple(category.get("label", "") for category in entry.findall(f"{ATOM}category")),
        )
        for entry in feed.findall(f"{ATOM}entry")
    ]
    updated = datetime.fromisoformat(feed.findtext(f"{ATOM}updated", ""))
    return Document(entries, _links(feed), feed.find(ARCHIVE) is not None, updated)


def _links(element: ElementTree.Element) -> dict[str, str]:
    return {link.get("rel", "alternate"): link.get("href", "") for link in element.findall(f"{ATOM}link")}


def _read_json(document: bytes) -> Document:
    feed = json.loads(document)
    entries = [
        Entry(
            guid=item["id"],
            title=item["title"],
            link=item["url"],
            html=item["content_html"],
            published=datetime.fromisoformat(item["date_published"]),
            updated=datetime.fromisoformat(item["date_modified"]),
            categories=tuple(item.get("tags", ())),
        )
        for item in feed["items"]
    ]
    links = {"self": feed["feed_url"], **({"prev-archive": feed["next_url"]} if "next_url" in feed else {})}
    return Document(entries, links, is_archive=False, updated=None)


def faults(document: bytes, asked: Asked) -> list[str]:
    """Return what is wrong in a feed, each fault in a few words."""
    own: dict[Format, Callable[[bytes, Asked], Iterator[str]]] = {"rss": _rss, "atom": _atom, "json": _json}
    # What breaks the rules of its own format may be unreadable.
    return list(own[asked.kind](document, asked)) or list(_any(read(document, asked.kind), asked))


def _any(feed: Document, asked: Asked) -> Iterator[str]:
    if feed.links.get("self") != asked.address:
        yield f"self: {feed.links.get('self')}"
    yield from (f"not absolute: {link}" for link in feed.links.values() if not _is_absolute(link))
    guids = Counter(entry.guid for entry in feed.entries)
    yield from (f"twice: {guid}" for guid, times in guids.items() if times > 1)
    dates = [entry.published for entry in feed.entries]
    if dates != sorted(dates, reverse=True):
        yield "not the newest first"
    if feed.updated and feed.entries and feed.updated != max(entry.updated for entry in feed.entries):
        yield f"updated: {feed.updated}"
    for entry in feed.entries:
        yield from (f"{entry.guid}: {fault}" for fault in _entry(entry, asked))


def _entry(entry: Entry, asked: Asked) -> Iterator[str]:
    if not TAG.fullmatch(entry.guid):
        yield "the guid is no tag"
    if not entry.title.strip() or MARKUP.search(entry.title):
        yield f"title: {entry.title}"
    if not _is_absolute(entry.link) or urlsplit(entry.link).netloc != urlsplit(asked.address).netloc:
        yield f"link: {entry.link}"
    if not entry.html.strip() or TWICE.search(entry.html):
        yield f"content: {entry.html[:60]}"
    yield from faults_of_html(entry.html, SCHEMES)
    if entry.published > entry.updated:
        yield f"updated {entry.updated} before it was published, {entry.published}"
    if len(set(entry.categories)) != len(entry.categories) or not all(map(str.strip, entry.categories)):
        yield f"categories: {entry.categories}"


def _is_absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not re.search(r"[\s<>\"{}|\\^`]", address)


def _rss(document: bytes, asked: Asked) -> Iterator[str]:
    rss = ElementTree.fromstring(document)
    if (rss.tag, rss.get("version"), [child.tag for child in rss]) != ("rss", "2.0", ["channel"]):
        yield "the root is no RSS 2.0"
    channel = rss[0]
    yield from _once(channel, ONCE_IN_A_CHANNEL, {"item", f"{ATOM}link", ARCHIVE})
    if channel.findtext("language") != LANGUAGES[asked.language]:
        yield f"language: {channel.findtext('language')}"
    if MARKUP.search(channel.findtext("title", "") + channel.findtext("description", "")):
        yield "markup in the channel"
    yield from _rfc_822(channel.findtext("lastBuildDate", ""))
    yield from _alternates(channel)
    for link in channel.findall(f"{ATOM}link"):
        if link.get("rel") == "self" and link.get("type") != MEDIA["rss"]:
            yield f"type of {link.attrib}"
    for item in channel.findall("item"):
        yield from _once(item, ONCE_IN_AN_ITEM, {"category"})
        yield from _rfc_822(item.findtext("pubDate", ""))
        if [guid.get("isPermaLink") for guid in item.findall("guid")] != ["false"]:
            yield "a guid that is no address says so"


def _rfc_822(text: str) -> Iterator[str]:
    # Written again, it must be the same: so its day of the week is right, and its zone is a number.
    if format_datetime(parsedate_to_datetime(text)) != text:
        yield f"date: {text}"


def _once(element: ElementTree.Element, once: tuple[str, ...], many: set[str]) -> Iterator[str]:
    """Give what does not stand in an element exactly once, and what has no place there."""
    found = Counter(child.tag for child in element)
    yield from (f"{element.tag}: {found[name]} × {name}" for name in once if found[name] != 1)
    yield from (f"{element.tag}: {name}?" for name in set(found) - set(once) - many)


def _atom(document: bytes, asked: Asked) -> Iterator[str]:
    feed = ElementTree.fromstring(document)
    if feed.tag != f"{ATOM}feed" or feed.get("{http://www.w3.org/XML/1998/namespace}lang") != LANGUAGES[asked.language]:
        yield f"the root: {feed.tag} {feed.attrib}"
    once = tuple(f"{ATOM}{name}" for name in ("id", "title", "updated", "author", "generator", "subtitle"))
    yield from _once(feed, once, {f"{ATOM}entry", f"{ATOM}link", ARCHIVE})
    if not TAG.fullmatch(feed.findtext(f"{ATOM}id", "")):
        yield "the id of the feed is no tag"
    if not feed.findtext(f"{ATOM}author/{ATOM}name", "").strip():
        yield "no author"
    yield from _alternates(feed)
    for link in feed.findall(f"{ATOM}link"):
        if link.get("rel") == "self" and link.get("type") != MEDIA["atom"]:
            yield f"type of {link.attrib}"
    for entry in feed.findall(f"{ATOM}entry"):
        yield from _atom_entry(entry)
    for element in feed.iter():
        yield from _atom_words(element)


def _atom_entry(entry: ElementTree.Element) -> Iterator[str]:
    once = tuple(f"{ATOM}{name}" for name in ("id", "title", "updated", "published", "content", "link"))
    yield from _once(entry, once, {f"{ATOM}category"})
    yield from _alternates(entry)
    content = entry.find(f"{ATOM}content")
    if content is None or content.attrib != {"type": "html"} or len(content):
        yield "the content is no escaped HTML"


def _atom_words(element: ElementTree.Element) -> Iterator[str]:
    if element.tag in (f"{ATOM}updated", f"{ATOM}published") and not INSTANT.fullmatch(element.text or ""):
        yield f"date: {element.text}"
    if element.tag == f"{ATOM}title" and (element.get("type", "text") != "text" or len(element)):
        yield "a title is plain text"


def _alternates(element: ElementTree.Element) -> Iterator[str]:
    # RFC 4287 §4.1.1 and §4.1.2: no two alternates of the same type and language.
    links = [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    kinds = Counter((link.get("type"), link.get("hreflang")) for link in links)
    yield from (f"{times} alternates of {kind}" for kind, times in kinds.items() if times > 1)


@cache
def _schema() -> jsonschema_rs.Validator:
    schema = json.loads(Path(__file__).with_name("jsonfeed-1.1.schema.json").read_text("utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _json(document: bytes, asked: Asked) -> Iterator[str]:
    feed = json.loads(document)
    yield from (f"{error.instance_path}: {error.message}" for error in _schema().iter_errors(feed))
    if feed.get("language") != LANGUAGES[asked.language]:
        yield f"language: {feed.get('language')}"
    if feed.get("next_url") == feed.get("feed_url"):
        yield "the next document is itself"
    yield from (f"date: {item[name]}" for item in feed["items"] for name in _DATES if not INSTANT.fullmatch(item[name]))


_DATES = ("date_published", "date_modified")
