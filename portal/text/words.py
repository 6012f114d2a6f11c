"""The words of a text: as an address writes them, and as a search compares them. Pure."""

import re
import unicodedata
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from portal.core.languages import Language

LONGEST_SLUG = 80
#: NFKD takes accents off their letters, but leaves these two letters whole.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_ACCENTS = re.compile("[\u0300-\u036f]")


#: A stemmer keeps its word while it works: one thread at a time.
_one_word = Lock()
_SPOKEN = {"fr": "french", "en": "english"}
_WORD = re.compile(r"[a-z0-9]+")
#: No honest word is longer; its beginning tells it from the others.
LONGEST_WORD = 40
#: Endings that a stemmer which never saw the accents, or the other gender, would tell apart: `fermée` and `fermé`,
#: `nouvelle` and `nouveau`, `première` and `premier`; and in English `authorize` and `authorise`.
_BEFORE = {
    "fr": (
        (re.compile(r"ees?$"), "e"),
        (re.compile(r"ises?$"), "is"),
        (re.compile(r"ieres?$"), "ier"),
        (re.compile(r"(?<=[lp])euses?$"), "eur"),
        (re.compile(r"ails?$"), "al"),
        (re.compile(r"(?<=.)eaux?$"), "el"),
        (re.compile(r"(?<=..[^s])s$"), ""),
    ),
    "en": ((re.compile(r"iz(?=[aei])"), "is"),),
}
#: `active` and `actif`, `publique` and `public`, `longue` and `long`, `jeux` and `jeu`.
_AFTER = {
    "fr": (
        (re.compile(r"v$"), "f"),
        (re.compile(r"qu$"), "c"),
        (re.compile(r"gu$"), "g"),
        (re.compile(r"(?<=..[^s])[sx]$"), ""),
    ),
    "en": (),
}


def folded(text: str) -> str:
    """Return a text in lower case, without accents: `œuvre` and `OEUVRE` are one."""
    spelled = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return _ACCENTS.sub("", spelled)


def slug(title: str) -> str:
    """Return lower-case ASCII words joined by hyphens: `identifiants-par-courriel`."""
    words = _WORD.findall(folded(title))
    return "-".join(words)[:LONGEST_SLUG].strip("-") or "-"


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, folded, in order: `l’accès` is two, `e-mail` is one."""
    return _WORD.findall(folded(text).replace("e-mail", "email"))


def stems(text: str, language: Language) -> list[str]:
    """Return the words of a text as a search compares them, in order: folded, then without their endings.

    Folded first, so that a word typed without its accents has the same stem as the one with them. The search keeps
    what this gives (portal/search): another rule here needs a migration that fills its table anew.
    """
    return [stem(word, language) for word in words(text)]


def stem(word: str, language: Language) -> str:
    """Return a folded word without its ending."""
    return _stem(word[:LONGEST_WORD], language)


@lru_cache(maxsize=20_000)
def _stem(word: str, language: Language) -> str:
    for ending, other in _BEFORE[language]:
        word = ending.sub(other, word)
    with _one_word:
        word = _stemmer(language).stemWord(word)
    for ending, other in _AFTER[language]:
        word = ending.sub(other, word)
    return word


@cache
def _stemmer(language: Language) -> Any:
    # Here, because it imports those of thirty languages, and the first visitor of a worker seldom searches.
    import snowballstemmer

    return snowballstemmer.stemmer(_SPOKEN[language])
