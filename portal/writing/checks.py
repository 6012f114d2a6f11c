"""The check list before a notice is published: what a careful colleague would say of it; it forbids nothing. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import islice
from urllib.parse import SplitResult, urlsplit

from portal.core.languages import LANGUAGES, Language, Sentence
from portal.notices.rules import Draft
from portal.text.markdown import html, plain
from portal.text.reading import prose

#: A title is read in a list, in a feed reader, on a telephone.
LONG_TITLE = 80
LONGEST_SHOWN = 60
#: Pages of the portal that are asked for: each takes some milliseconds.
MOST_LINKS = 100
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
#: A link whose address no page may hold has lost it.
_LINK = re.compile(r'<a(?: href="(?P<address>[^"]*)")?[^>]*>(?P<words>.*?)</a>', re.DOTALL)
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[a-z][\w-]{1,62}\.?", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@,;]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?[0-9][0-9().\- ]{6,20}")
#: What people write in the place of a word of the portal (product.md §5), and that word.
WORDS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        r"noms? d[’']usagers?": "nom d’utilisateur",
        r"e-?mails?|mails?|couriels?|courrels?": "courriel",
        r"(?:poste|courrier)s? certifiée?s?|courriers? recommandes?": "courrier recommandé",
        r"flux RSS": "fil RSS",
        r"clients?|clientes?|clienteles?|clientelles?": "clientèle",
        r"mots? de passe provisoires?": "mot de passe temporaire",
        r"dates? de (?:reception|récéption)": "date de réception",
        r"dates? de traitements": "date de traitement",
        r"heures? (?:d[’']affaires?|de bureau)": "heures d’ouverture",
    },
    "en": {
        r"usernames?|user ids?": "user name",
        r"emails?": "e-mail",
        r"certified mail": "registered mail",
        r"authorizing persons?|authorisers?|authorizers?": "authorising person",
        r"dates? received|dates? of receipt|reception dates?": "received date",
        r"treatment dates?|dates? of processing": "processing date",
        r"provisional passwords?": "temporary password",
        r"(?:business|office) hours": "opening hours",
        r"clienteles?|clientèles?": "audience",
    },
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at before publishing, in the text of a language; None is the notice as a whole."""

    language: Language | None
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Site:
    """The portal that a notice is for: its address, without a final /, and whether a path of it answers."""

    address: str
    answers: Callable[[str], bool]


def remarks(draft: Draft, site: Site) -> list[Remark]:
    """Return what to look at. Of a link that leaves the portal, the shape alone: no other site is asked."""
    found = []
    if not draft.title.en:
        sentence = Sentence("there is no English text: the English page will show the French one")
        found.append(Remark(None, sentence))
    for language in LANGUAGES:
        if draft.title.exactly(language):
            found += [Remark(language, sentence) for sentence in _remarks(draft, language, site)]
    return found


def _remarks(draft: Draft, language: Language, site: Site) -> Iterator[Sentence]:
    title, body, promise = (text.exactly(language) for text in (draft.title, draft.body, draft.promise))
    if len(title) > LONG_TITLE:
        length = len(title)
        yield Sentence(
            "the title has %(length)s characters: a list shows about %(most)s", length=length, most=LONG_TITLE
        )
    shown = html(body)
    for heading in _headings_too_low(shown):
        yield Sentence("the heading “%(heading)s” skips a level", heading=heading)
    yield from _links(shown, site)
    words = " ".join(prose("\n".join((title, body, promise))))
    for other, right in WORDS[language].items():
        if found := re.search(rf"\b(?:{other})\b", words, re.IGNORECASE):
            yield Sentence("“%(word)s”: the portal says “%(right)s”", word=found[0], right=right)


def _headings_too_low(shown: str) -> Iterator[str]:
    before = 1  # the page has a title above
    for level, words in _HEADING.findall(shown):
        if int(level) > before + 1:
            yield plain(words)[:LONGEST_SHOWN]
        before = int(level)


def _links(shown: str, site: Site) -> Iterator[Sentence]:
    """Yield what is wrong with the links of a text, each told once, as far as one can tell."""
    links = dict.fromkeys((unescape(found["address"] or ""), found["words"]) for found in _LINK.finditer(shown))
    addresses = dict.fromkeys(address for address, _words in links if address)
    for address, words in links:
        if not address:
            told = plain(words)[:LONGEST_SHOWN]
            yield Sentence("“%(words)s” is a link without an address that a page may hold", words=told)
    ours = dict.fromkeys(path for address in addresses if (path := _path(address, site)))
    for path in islice(ours, MOST_LINKS):
        if not site.answers(path):
            yield Sentence("the link %(address)s leads nowhere", address=path)
    if len(ours) > MOST_LINKS:
        yield Sentence(
            "there are more than %(most)s links to pages of the portal: the others were not tried", most=MOST_LINKS
        )
    for address in addresses:
        if not _path(address, site) and not _has_shape(address):
            yield Sentence("the address %(address)s cannot be right", address=address)


def _path(address: str, site: Site) -> str:
    """Return the path of an address of the portal, or nothing for one of another site."""
    path = address.removeprefix(site.address)
    return path if path.startswith(("/", "#")) and not path.startswith("//") else ""


def _has_shape(address: str) -> bool:
    """Say whether an address that leaves the portal looks like one."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return bool(_MAILBOX.fullmatch(parts.path))
        if parts.scheme == "tel":
            return bool(_TELEPHONE.fullmatch(parts.path))
        return _has_host(parts)
    except ValueError:
        return False


def _has_host(parts: SplitResult) -> bool:
    # Raises ValueError for a port that is none. Relative addresses are of no site: a feed reader reads them elsewhere.
    return parts.port != 0 and parts.scheme in ("", "http", "https") and bool(_HOST.fullmatch(parts.hostname or ""))
