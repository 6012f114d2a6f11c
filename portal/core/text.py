"""What is made of a text that a person typed: safe HTML, an address, an excerpt, the words to find it by."""

import re
import textwrap
import unicodedata
from functools import lru_cache
from html import unescape
from threading import Lock

import nh3
import snowballstemmer
from markdown_it import MarkdownIt

from portal.core.languages import Language

LONGEST_SLUG = 80
#: What search engines show of a page; more is cut.
LONGEST_EXCERPT = 155

#: NFKD takes accents off their letters, but leaves these two letters whole.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ACCENTS = re.compile("[\u0300-\u036f]")


def slug(title: str) -> str:
    """Return lower-case ASCII words joined by hyphens: `identifiants-par-courriel`."""
    words = _WORD.findall(folded(title))
    return "-".join(words)[:LONGEST_SLUG].strip("-") or "-"


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
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def html(body: str) -> str:
    """Return the safe HTML of a Markdown body: CommonMark and tables, no raw HTML, no images."""
    tokens = _markdown.parse(body)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + (token.markup in ('#', '=')), 6)}"
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        rendered, tags=TAGS | TABLE_TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener"
    ).strip()


def excerpt(text: str) -> str:
    """Return the first words of a notice's HTML as plain text, for search engines; nothing if it holds none."""
    words = unescape(nh3.clean(text.replace("><", "> <"), tags=set()))
    found = textwrap.shorten(words, LONGEST_EXCERPT, placeholder="\u00a0…", break_on_hyphens=False)
    return "" if found.strip() == "…" else found  # one endless word says nothing


#: A stemmer keeps its word while it works: one thread at a time.
_one_word = Lock()
_STEMMERS = {"fr": snowballstemmer.stemmer("french"), "en": snowballstemmer.stemmer("english")}
_WORD = re.compile(r"[a-z0-9]+")


def folded(text: str) -> str:
    """Return a text in lower case, without accents: `œuvre` and `OEUVRE` are one."""
    spelled = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return _ACCENTS.sub("", spelled)


def stems(text: str, language: Language) -> list[str]:
    """Return the words of a text as a search compares them, in order: folded, then without their endings.

    Folded first, so that a word typed without its accents has the same stem as the one with them.
    """
    return [_stem(word, language) for word in _WORD.findall(folded(text))]


@lru_cache(maxsize=20_000)
def _stem(word: str, language: Language) -> str:
    with _one_word:
        return _STEMMERS[language].stemWord(word)
