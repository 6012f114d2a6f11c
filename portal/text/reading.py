"""In which of our two languages a text is plainly written: so that two texts are not swapped unseen. Pure."""

import re
from collections.abc import Iterator

from portal.core.languages import LANGUAGES, Language

#: Words that hold a sentence together, and are no words of the other language.
_FRENCH = """au aux avec ce ces cette dans de des du elle en est et il la le les leur nos notre nous ou par pas pour
que qui sa se ses son sont sur un une vos votre vous"""
_ENGLISH = """and are at be by for from has have if in is it its not of our that the their this to we when which
will with you your as"""
WORDS: dict[Language, frozenset[str]] = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
_ELIDED = ("l", "d", "qu")
#: A text with fewer such words than this is too short to judge; in plain French, a quarter of the words are such.
FEWEST = 8
#: How many times more of one language than of the other make it plain.
PLAINLY = 4
#: What holds one of these is an address: it is in no language, and no more are code and the end of a link.
_SIGNS = "/@="
_TOKEN = re.compile(r"\S+")
_OPENING = re.compile(r"`|\]\(")
_WORD = re.compile(r"[a-zà-ÿ]+")


def language_read(text: str) -> Language | None:
    """Return the language that a text is plainly written in, or None where it is not plain."""
    words = _WORD.findall(" ".join(prose(text.lower())))
    found = {language: sum(word in WORDS[language] for word in words) for language in LANGUAGES}
    for language in LANGUAGES:
        others = sum(found.values()) - found[language]
        if found[language] >= FEWEST and found[language] >= PLAINLY * others:
            return language
    return None


def are_swapped(french: str, english: str) -> bool:
    """Say whether two texts plainly stand in each other's place: each has more words of the other language."""
    return _lean(french) < 0 < _lean(english)


def _lean(text: str) -> int:
    """Return by how many signs a text is more French than English: an accent and an elision are one, too."""
    words = _WORD.findall(" ".join(prose(text.lower())))
    french = sum(word in WORDS["fr"] or word in _ELIDED or not word.isascii() for word in words)
    return french - sum(word in WORDS["en"] for word in words)


def prose(text: str) -> Iterator[str]:
    """Give the parts of a text that stand between its code, its addresses and the ends of its links.

    One regular expression says the same (tests/text/test_reading.py), but reads on from each sign to the end: 33 s for
    50,000 letters without a space, 24 s for as long a row of links without an end. This takes 0.1 s at most.
    """
    end = 0
    for start, resumed in _without_words(text):
        yield text[end:start]
        end = resumed
    yield text[end:]


def _without_words(text: str) -> Iterator[tuple[int, int]]:
    closing = {"`": "`", "](": ")"}
    last = {opening: text.rfind(sign) for opening, sign in closing.items()}
    at = 0
    for token in _TOKEN.finditer(text):
        at = max(at, token.start())
        sign = token.start() + max(map(token[0].rfind, _SIGNS))
        while opening := _OPENING.search(text, at, token.end()):
            is_closed = opening.end() <= last[opening[0]]
            if at <= sign and not (is_closed and opening.start() == at):
                break  # an address begins here, and the opening is a part of it
            at = opening.end()
            if is_closed:
                at = text.index(closing[opening[0]], at) + 1
                yield opening.start(), at
        if at <= sign:
            yield at, token.end()
            at = token.end()
