"""Texts typed by anyone, as notices: published by the command, then looked for wherever a notice is told."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import count
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portal.core.errors import FileRefused
from portal.core.tables import decoded
from portal.feeds.rules import FORMATS, Format, without_markup
from tests.makers import PUBLIC_URL, Office, a_notice

#: What the body of a notice may be made of, told here again so that a slip of the renderer's own list is seen.
ELEMENTS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "h5", "h6", "blockquote", "code", "pre"}
ELEMENTS |= {"hr", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {("a", "href"), ("a", "rel"), ("ol", "start"), ("th", "scope")}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
#: In a page a link may be a path; in a feed it is a whole address.
ANY_LINK = SCHEMES | {""}
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = {"fr": "/fr/avis/fil", "en": "/en/notices/feed"}
#: How many notices the newest document of a feed holds.
A_FEED = 50


def sendable(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def is_one_line(text: str) -> bool:
    """Say whether a text can stand on a line of a notice's file."""
    try:
        read = decoded(sendable(text))
    except FileRefused:
        return False
    return bool(read.strip()) and len(read.splitlines()) == 1 and len(read) <= 150


def dangers(page: str) -> list[str]:
    """What no typed text may bring into a page: elements, event attributes and addresses that run or fetch."""
    document = LexborHTMLParser(page)
    found = [
        str(element.tag)
        for element in document.css(
            "script:not([src], [type='application/ld+json']), iframe, object, embed, img, main svg:not(.p-icon), style"
        )
    ]
    for element in document.css("*"):
        attributes = element.attributes
        for name, value in attributes.items():
            if (element.tag, name, attributes.get("rel")) == ("link", "href", "icon"):  # ours: a data: address
                continue
            if name.startswith("on") or (name in ("href", "src") and _scheme(value or "") in _RUN):
                found.append(f"{element.tag} {name}={value}")
    return found + _faults([element for element in document.css(".p-prose *") if not _is_box(element)], ANY_LINK)


def _is_box(element: LexborNode) -> bool:
    # The page's own, around a table; a typed text can bring no div.
    attributes = dict(element.attributes)
    name = attributes.pop("aria-label", "") or ""
    ours = {"class": "p-scroll", "role": "region", "tabindex": "0"}
    return element.tag == "div" and attributes == ours and bool(re.fullmatch(r"Tableau \d+|Table \d+", name))


#: Schemes that run or carry something.
_RUN = {"javascript", "vbscript", "data", "blob", "file"}


def _scheme(address: str) -> str:
    # Browsers take the blanks off the beginning of an address, and tabs and line ends out of it (URL standard, §4.4).
    bare = re.sub(r"^[\x00-\x20]+|[\t\r\n]", "", address)
    found = re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*(?=:)", bare)
    return found[0].lower() if found else ""


@cache  # the same text stands in three formats
def faults(fragment: str, schemes: frozenset[str]) -> list[str]:
    """What the HTML of a body holds that it may not, outside a page."""
    elements = LexborHTMLParser(fragment).css("*")
    return _faults([element for element in elements if element.tag not in ("html", "head", "body")], schemes)


def _faults(elements: Iterable[LexborNode], schemes: Collection[str]) -> list[str]:
    found = []
    for element in elements:
        if element.tag not in ELEMENTS:
            found.append(f"<{element.tag}>")
        for name, value in element.attributes.items():
            is_wrong_link = name == "href" and _scheme(value or "") not in schemes
            if (element.tag, name) not in ATTRIBUTES or is_wrong_link:
                found.append(f"<{element.tag} {name}={value}>")
    return found


def items(document: bytes, kind: Format) -> Iterator[tuple[str, str]]:
    """Give the title and the HTML of each item of a feed, read strictly."""
    if kind == "json":
        for item in json.loads(document)["items"]:
            yield item["title"], item["content_html"]
    elif kind == "rss":
        for item in ElementTree.fromstring(document).iter("item"):
            yield item.findtext("title", ""), item.findtext("description", "")
    else:
        for entry in ElementTree.fromstring(document).iter(f"{ATOM}entry"):
            yield entry.findtext(f"{ATOM}title", ""), entry.findtext(f"{ATOM}content", "")


def publish_and_look(office: Office, texts: Sequence[str]) -> int:
    """Publish every text as titles and bodies in both languages, look at all that is told; return how many passed.

    Two a notice, the other way round in English, so that what swallows the rest of a page swallows nothing once. If
    the two are refused, each is tried alone.
    """
    number, kept = count(1), 0
    for start in range(0, len(texts), 2 * A_FEED):
        some = texts[start : start + 2 * A_FEED]
        for pair in (some[place : place + 2] for place in range(0, len(some), 2)):
            taken = len(pair) if _publish(office, f"typed-{next(number)}", pair) else 0
            for text in pair if not taken else ():
                taken += _publish(office, f"typed-{next(number)}", [text])
            kept += taken
        _look(office)
    return kept


def _publish(office: Office, key: str, texts: Sequence[str]) -> bool:
    bodies = [text for text in texts if text.strip() and not text.startswith("---")] or ["Texte"]
    titles = [text for text in texts if is_one_line(text)] or ["Titre"]
    file = a_notice(
        key=key,
        title_fr=titles[0],
        title_en=titles[-1],
        body_fr="\n\n".join(bodies),
        body_en="\n\n".join(reversed(bodies)),
    )
    ended = office.portal("notices", "publish", office.file(sendable(file), "notice.md"))
    assert ended.exit_code == 0 or "line " in ended.output, ended.output
    return ended.exit_code == 0


def _look(office: Office) -> None:
    notices = office.get("/api/v1/notices").get_json()["notices"]
    for notice in notices:
        for language, text in notice["html"].items():
            assert faults(text, ANY_LINK) == [], notice
            path = notice["address"][language].removeprefix(PUBLIC_URL)
            page = office.get(path)
            assert page.status_code == 200, path
            assert dangers(page.text) == [], notice["title"]
    for language, path in FEEDS.items():
        for kind in FORMATS:
            told = list(items(office.get(f"{path}.{kind}").data, kind))
            assert [title for title, _ in told] == [without_markup(notice["title"][language]) for notice in notices], (
                kind
            )
            for title, text in told:
                assert faults(text, SCHEMES) == [], (kind, title)
    for path in ("/fr/avis/", "/en/notices/", "/fr/", "/en/"):
        assert dangers(office.get(path).text) == [], path
    ElementTree.fromstring(office.get("/sitemap.xml").data)
