"""Notices: whom they are for, what makes one publishable, how its text becomes safe HTML."""

import re
import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Literal, get_args

import nh3
from markdown_it import MarkdownIt

from portal.core.languages import Bilingual, Language

#: The audiences, the same keys in both languages (product.md §2).
Audience = Literal["professionals", "dispensers", "institutions", "developers", "rehabilitation"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
AUDIENCE_NAMES: dict[Audience, Bilingual] = {
    "professionals": Bilingual("Professionnels de la santé", "Health professionals"),
    "dispensers": Bilingual("Dispensateurs de services assurés", "Dispensers of insured services"),
    "institutions": Bilingual("Établissements du réseau de la santé", "Institutions of the health network"),
    "developers": Bilingual("Développeurs de logiciels", "Software developers"),
    "rehabilitation": Bilingual("Établissements de réadaptation", "Rehabilitation institutions"),
}

LONGEST_TITLE = 150
LONGEST_BODY = 50_000
LONGEST_SLUG = 80
PER_PAGE = 10
#: What search engines show of a page; more is cut.
LONGEST_EXCERPT = 155


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as its file gives it. `published_at` is aware; an empty `en` means French only."""

    key: str
    published_at: datetime
    audiences: tuple[Audience, ...]
    title: Bilingual
    body: Bilingual


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as visitors read it. `html` is safe; instants are aware; `id` and `key` never change."""

    id: int
    key: str
    published_at: datetime
    updated_at: datetime
    audiences: tuple[Audience, ...]
    title: Bilingual
    html: Bilingual

    def slug(self, language: Language) -> str:
        """Return the readable end of its address; the number before it is what finds the notice."""
        return slug(self.title.in_(language))

    def is_in(self, language: Language) -> bool:
        """Say whether the notice exists in `language`; every notice exists in French."""
        return language == "fr" or bool(self.html.en)


#: NFKD takes accents off their letters, but leaves these two letters whole.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ACCENTS = re.compile("[\u0300-\u036f]")


def slug(title: str) -> str:
    """Return lower-case ASCII words joined by hyphens: `identifiants-par-courriel`."""
    spelled = unicodedata.normalize("NFKD", title.lower().translate(_LIGATURES))
    words = re.findall(r"[a-z0-9]+", _ACCENTS.sub("", spelled))
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


def names_form(text: str, form_number: str) -> bool:
    """Say whether a text names a form; the end of a telephone number, `418 780-4208`, does not."""
    return re.search(rf"(?<!\d)(?<!\d{{3}}[\s.\-\u2010\u2011]){form_number}(?!\d)", text) is not None
