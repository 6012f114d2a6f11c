"""A visitor who looks at every page they open: each failure says its remedy."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from babel.messages.pofile import read_po
from justhtml import JustHTML
from werkzeug.test import TestResponse

from portal.assets import TRANSLATIONS
from tests.makers import PUBLIC_URL, Office

#: Words of a sentence long enough to be no accident when it stands on a French page.
TELLING_WORDS = 3
NBSP = "\u00a0"
FRENCH_SPACING = re.compile(r"(?<![\u00a0\u202f\d/])[:»](?=\s|$)|«(?!\u00a0)| [;!?]|\d h(?=\b)|\d\u00a0h \d")
STRAIGHT_APOSTROPHE = re.compile(r"\w'\w")


@dataclass(frozen=True)
class Visit:
    """A page a visitor opened: its answer and its parsed document."""

    response: TestResponse
    document: JustHTML

    @classmethod
    def of(cls, response: TestResponse) -> "Visit":
        """Return the visit of an answer, whatever it is."""
        return cls(response, JustHTML(response.text, strict=True, sanitize=False))

    @property
    def words(self) -> str:
        """The words of the main part, each space as one."""
        return " ".join(self.one("main").to_text(separator="", strip=False).split())

    @property
    def spoken(self) -> str:
        """The same with no-break spaces as spaces, to compare sentences."""
        return " ".join(self.words.replace(NBSP, " ").split())

    def all(self, selector: str) -> list:
        return self.document.query(selector)

    def one(self, selector: str):
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements are {selector}; there must be one"
        return found[0]


def visit(office: Office, path: str, *, status: int = 200, is_kept: bool = True) -> Visit:
    """Open a page and look at it as every visitor would. `is_kept`: the page may be kept by a cache."""
    return inspect(office, office.get(path), path, status=status, is_kept=is_kept and status == 200)


def inspect(office: Office, response: TestResponse, path: str, *, status: int = 200, is_kept: bool = False) -> Visit:
    """Look at an answer as every visitor would."""
    assert response.status_code == status, f"{path}: {response.status}"
    visit = Visit.of(response)
    language = "en" if path.startswith("/en/") else "fr"
    check_headers(response, is_kept=is_kept)
    check_frame(visit, language)
    check_elements(visit)
    if language == "fr":
        check_french(visit)
    if status == 200:
        check_twin(office, visit, language)
    elif status >= 400 and status != 422:
        assert not visit.all("link[rel='canonical'], link[hreflang], meta[property='og:url']"), (
            "a refusal has no address"
        )
    return visit


def check_headers(response: TestResponse, *, is_kept: bool) -> None:
    """A public page belongs to everyone: no cookie, and an ETag where it may be kept."""
    assert "Set-Cookie" not in response.headers, "a public page sets no cookie: find who touched the session"
    assert "cookie" not in response.headers.get("Vary", "").lower(), "Vary: Cookie makes a page private"
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    if is_kept:
        assert re.fullmatch(r'"[\w-]+"', response.headers["ETag"]), (
            "a kept page has a strong ETag: declare it with @page"
        )
        assert response.headers["Cache-Control"].startswith("public, max-age=")
    else:
        assert response.headers["Cache-Control"] == "no-store", "what is not kept says no-store"


def check_frame(visit: Visit, language: str) -> None:
    """The language of the path, one heading, and a title that begins with it."""
    assert visit.one("html").attrs["lang"] == f"{language}-CA", "lang is the language of the path"
    heading, title = said(visit.one("h1")), said(visit.one("title"))
    if visit.response.status_code == 422:
        word = "Erreur : " if language == "fr" else "Error: "
        assert title.startswith(word), f"the title of a form with errors begins with “{word}”"
        title = title.removeprefix(word)
    assert heading, "the h1 is empty"
    assert title.startswith(heading), f"the title “{title}” must begin with the h1 “{heading}”"
    description = visit.one("meta[name='description']").attrs["content"]
    assert 20 < len(description) <= 200, f"a description is one sentence, not “{description}”: give the block its words"
    data = visit.all("script[type='application/ld+json']")
    for script in data:
        assert json.loads(script.to_text())["@context"] == "https://schema.org"
    assert not visit.all("style, [style], [onclick], [onload]"), "inline style or script: the CSP refuses it"
    assert len(visit.all("script:not([src])")) == len(data), "inline script: the CSP refuses it"


def said(element) -> str:
    """The words of an element, each space as one."""
    return " ".join(element.to_text(separator="", strip=False).replace(NBSP, " ").split())


def check_elements(visit: Visit) -> None:
    """Unique ids, labelled fields, tables that say what they hold."""
    ids = [element.attrs["id"] for element in visit.all("[id]")]
    assert len(ids) == len(set(ids)), f"an id stands twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    labelled = {label.attrs["for"] for label in visit.all("label[for]")}
    for entry in visit.all("input, select, textarea"):
        if entry.attrs.get("type") == "hidden":  # carries what was answered before; nobody fills it in
            continue
        assert entry.attrs.get("id") in labelled, f"the field {entry.attrs} has no label"
    for reference in visit.all("[aria-describedby], [aria-labelledby]"):
        for name in ("aria-describedby", "aria-labelledby"):
            assert set((reference.attrs.get(name) or "").split()) <= set(ids), f"{name} names no element"
    for table in visit.all("main table:not(.p-prose table)"):
        assert table.query("caption"), "a table needs a caption"
    for header in visit.all("th"):
        assert header.attrs.get("scope"), "a th needs a scope"


def check_french(visit: Visit) -> None:
    """French typography, and no English sentence left."""
    for part in visit.all("title, p, li, th, td, h1, h2, h3, label, caption, dt, dd"):
        if part.attrs.get("lang"):
            continue
        text = part.to_text(separator="", strip=False)
        assert not STRAIGHT_APOSTROPHE.search(text), f"use ’ in: {text}"
        found = FRENCH_SPACING.search(text)
        assert found is None, f"French spacing at “{found.group()}” in: {text!r}"
    words = " ".join(visit.one("body").to_text(separator="", strip=False).split())
    for sentence in english_sentences():
        assert sentence not in words, f"untranslated: {sentence}"


@lru_cache(maxsize=1)
def english_sentences() -> list[str]:
    """The sentences of the catalogue that hold no variable."""
    with (TRANSLATIONS / "messages.pot").open("rb") as file:
        ids = [message.id for message in read_po(file) if isinstance(message.id, str) and message.id]
    return [text for text in ids if len(text.split()) > TELLING_WORDS and "%" not in text]


def check_twin(office: Office, visit: Visit, language: str) -> None:
    """The page exists in the other language, answers, and leads back here."""
    other = "fr" if language == "en" else "en"
    alternates = {tag.attrs["hreflang"]: tag.attrs["href"] for tag in visit.all("link[hreflang]")}
    if alternates:
        path = alternates[f"{other}-CA"].removeprefix(PUBLIC_URL)
        assert alternates["x-default"] == alternates["fr-CA"]
    else:  # what it shows is in French only: no search engine is told of an English version
        path = visit.one("header .p-language").attrs["href"]
        assert visit.one("link[rel=canonical]").attrs["href"].startswith(f"{PUBLIC_URL}/fr/")
    twin = office.get(path)
    assert twin.status_code == 200, f"the twin {path} answers {twin.status}"
    if not visit.all("main.p-embed"):  # whoever shows it in a frame has chosen its language
        link = visit.one("header .p-language")
        assert (link.attrs["href"], link.attrs["lang"]) == (path, f"{other}-CA")
