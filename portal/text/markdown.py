"""What becomes of the Markdown that a person typed: safe HTML, plain words. Pure."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from html import escape, unescape
from itertools import count

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, image as image_rule
from markdown_it.token import Token

from portal.core import formats

#: What search engines show of a page; more is cut.
LONGEST_EXCERPT = 155

#: What a body may hold. The page has its own h1, so a body's headings begin at h2.
TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "s",
    "ul",
    "ol",
    "li",
    "a",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "code",
    "pre",
    "hr",
}
TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}
#: Under `*`, what every element may have: unless told, nh3 lets `title` and `lang` pass.
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}, "th": {"scope"}, "*": set[str]()}
#: A no-break space is no such space: it is part of what was typed.
_BREAKING_SPACES = re.compile(r"[ \t\r\n]+")
SCHEMES = {"http", "https", "mailto", "tel"}
#: A link that leaves the portal: the look of a page marks it, and the other site gets no hold on the window.
_LEAVES = re.compile(r"https?:|//", re.IGNORECASE)
EXTERNAL = "external noopener"
#: A telephone of North America as people type it: `418 780-4208`, `(418) 780-4208`, `1-888-330-3023`; never a part of
#: a longer number.
_PHONE = re.compile(
    r"(?<![\w+./\-\u2011])(?<!\d[ \u00a0\u202f])(?:\+?1[ \u00a0\u202f.\-\u2011]?)?"
    r"(?:\(([2-9][0-9]{2})\)[ \u00a0\u202f]?|([2-9][0-9]{2})[ \u00a0\u202f.\-\u2011])"
    r"([2-9][0-9]{2})[ \u00a0\u202f.\-\u2011]([0-9]{4})(?![\-\u2011.]?\w)"
)

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def html(body: str) -> str:
    """Return the safe HTML of a Markdown body: CommonMark and tables, no raw HTML, no images."""
    tokens = _markdown.parse(body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + (token.markup in ('#', '=')), 6)}"
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
        if token.children:
            token.children = list(_linked(token.children))
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    # Raw HTML is off: the only `rel` that comes here is ours.
    return nh3.clean(
        rendered, tags=TAGS | TABLE_TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None
    ).strip()


def with_tables_in_boxes(text: str, name: str) -> str:
    """Return a notice's HTML for a page, each table in a box of its own that scrolls where the window is narrow.

    `name` is what a table is called in the language of the text; each box says it with its number. A box that scrolls
    must be reached with the keyboard and have a name (WCAG 2.1.1 and 4.1.2); the HTML that feeds carry needs none.
    """
    numbers = count(1)
    box = '<div class="p-scroll" role="region" aria-label="{} {}" tabindex="0"><table>'
    opened = re.sub("<table>", lambda _found: box.format(escape(name), next(numbers)), text)
    return opened.replace("</table>", "</table></div>")


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    """Give the tokens of a line of text with its links marked and its telephones as links."""
    is_in_link = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            is_in_link = token.type == "link_open"
            if _LEAVES.match(str(token.attrs.get("href", ""))):
                token.attrs["rel"] = EXTERNAL
        if token.type == "text" and not is_in_link:
            yield from _phones(token.content)
        else:
            yield token


def _phones(text: str) -> Iterator[Token]:
    end = 0
    for found in _PHONE.finditer(text):
        number = "+1" + "".join(filter(None, found.groups()))
        yield Token("text", "", 0, content=text[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": f"tel:{number}"})
        yield Token("text", "", 0, content=formats.phone(number))
        yield Token("link_close", "a", -1)
        end = found.end()
    yield Token("text", "", 0, content=text[end:])


def _image_with_its_line(state: StateInline, silent: bool) -> bool:
    start = state.pos
    found = image_rule(state, silent)
    if found and not silent:  # the rule is asked at each sign, and lines are counted for images alone
        state.tokens[-1].meta["line"] = state.src.count("\n", 0, start)
    return found


_with_images = MarkdownIt("commonmark", {"html": False}).enable("table")
_with_images.inline.ruler.at("image", _image_with_its_line)


def images(body: str) -> list[int]:
    """Return the lines of a Markdown body, counted from 1, on which an image begins; a page could not show it."""
    if "![" not in body:
        return []
    return [
        token.map[0] + child.meta["line"] + 1
        for token in _with_images.parse(body)
        if token.map
        for child in token.children or ()
        if child.type == "image"
    ]


def excerpt(text: str) -> str:
    """Return the first words of a notice's HTML as plain text, for search engines; nothing if it holds none."""
    found = textwrap.shorten(plain(text), LONGEST_EXCERPT, placeholder="\u00a0…", break_on_hyphens=False)
    return "" if found.strip() == "…" else found  # one endless word says nothing


def plain(text: str) -> str:
    """Return the words of a notice's HTML as plain text on one line; a no-break space stays one."""
    bare = unescape(nh3.clean(text.replace("><", "> <"), tags=set()))
    return _BREAKING_SPACES.sub(" ", bare).strip(" ")
