"""In which of our two languages a text is plainly written: so that two texts are not swapped unseen. Pure."""

import re

from portal.core.languages import LANGUAGES, Language

#: Words that hold a sentence together, and are no words of the other language.
_FRENCH = """au aux avec ce ces cette dans de des du elle en est et il la le les leur nos notre nous ou par pas pour
que qui sa se ses son sont sur un une vos votre vous"""
_ENGLISH = """and are at be by for from has have if in is it its not of our that the their this to we when which
will with you your"""
WORDS: dict[Language, frozenset[str]] = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
#: A text with fewer such words than this is too short to judge; in plain French, a quarter of the words are such.
FEWEST = 8
#: How many times more of one language than of the other make it plain.
PLAINLY = 4
#: Code, and what holds a sign of an address, is in no language.
_NO_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)|\S*[/@=]\S*")
_WORD = re.compile(r"[a-zà-ÿ]+")


def language_read(text: str) -> Language | None:
    """Return the language that a text is plainly written in, or None where it is not plain."""
    words = _WORD.findall(_NO_WORDS.sub(" ", text.lower()))
    found = {language: sum(word in WORDS[language] for word in words) for language in LANGUAGES}
    for language in LANGUAGES:
        others = sum(found.values()) - found[language]
        if found[language] >= FEWEST and found[language] >= PLAINLY * others:
            return language
    return None
