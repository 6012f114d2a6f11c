"""What may be searched for: words within limits, and which forms they name. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass

from portal.core.errors import NothingToSearch, SearchTooLong
from portal.core.formats import NBSP
from portal.core.languages import LANGUAGES, Language
from portal.core.tables import CONTROL
from portal.notices.rules import LONGEST_TITLE
from portal.text.words import stem, stems, words

#: So that the title of any notice, pasted whole, finds it.
LONGEST_QUERY = LONGEST_TITLE
MOST_WORDS = 30
#: Where no notice holds every word, those that hold one of so many: the longest ones say the most.
MOST_ALTERNATIVES = 5
PER_PAGE = 10
#: The best that are shown, ten pages of them: whoever wants more adds a word.
MOST_FOUND = 100
#: What is read of a body for its passage, and what is shown, in characters.
LONGEST_READ = 6_000
LONGEST_PASSAGE = 180
#: What is shown before the first word found.
LONGEST_BEFORE = 60

#: Words that nearly every text holds, folded: whoever pastes a sentence does not look for them.
_EMPTY_WORDS: Mapping[Language, frozenset[str]] = {
    "fr": frozenset(
        words(
            "a au aux avec c ce ces cet cette d dans de des du elle elles en est et il ils j je l la le les leur leurs "
            "lui m me mes mon n ne nos notre nous on ont ou par pas pour qu que quel quelle qui s sa se ses si son "
            "sont sous sur t ta te tes ton tu un une vos votre vous y"
        )
    ),
    "en": frozenset(
        words(
            "a an and are as at be been but by can do does for from has have he her his how i if in is it its me my no "
            "not of on or our s she so t that the their them there they this to was we were what when where which who "
            "will with you your"
        )
    ),
}
#: The word that stands before every number: alone, it names no form.
_FORM_WORDS: Mapping[Language, frozenset[str]] = {
    "fr": frozenset(stems("formulaire numéro no", "fr")),
    "en": frozenset(stems("form number no", "en")),
}
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor looks for: `words` as typed, folded, each once; `stems` of those that say something."""

    words: tuple[str, ...]
    stems: Mapping[Language, Sequence[str]]

    def alternatives(self, language: Language) -> Sequence[str]:
        """Return the stems that say the most, in their order: one of them may be enough."""
        longest = sorted(self.stems[language], key=len, reverse=True)[:MOST_ALTERNATIVES]
        return [one for one in self.stems[language] if one in longest]

    def names_form(self, number: str, label: str, language: Language) -> bool:
        """Say whether it names a form: by its number, or by words that all stand in the `label` of its row."""
        wanted = set(self.stems[language]) - _FORM_WORDS[language]
        return number in self.words or (bool(wanted) and wanted <= set(stems(label, language)))


def spaced(typed: str) -> str:
    """Return a typed text on one line: its words, one space between them, no control character."""
    return " ".join(CONTROL.sub(" ", typed).split())


def query(typed: str) -> Query:
    """Return what a typed text looks for. Raises SearchTooLong, and NothingToSearch where it holds no word."""
    if len(typed) > LONGEST_QUERY:
        raise SearchTooLong(LONGEST_QUERY, MOST_WORDS)
    asked = tuple(dict.fromkeys(words(typed)))
    if not asked:
        raise NothingToSearch
    if len(asked) > MOST_WORDS:
        raise SearchTooLong(LONGEST_QUERY, MOST_WORDS)
    return Query(asked, {language: _telling(asked, language) for language in LANGUAGES})


def _telling(asked: Sequence[str], language: Language) -> Sequence[str]:
    telling = [word for word in asked if word not in _EMPTY_WORDS[language]]
    return tuple(dict.fromkeys(stem(word, language) for word in telling or asked))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a passage, and whether they were looked for."""

    words: str
    is_found: bool


def passage(text: str, wanted: AbstractSet[str], language: Language) -> Sequence[Piece]:
    """Return the part of a plain text around its first word whose stem is `wanted`; nothing where there is none."""
    text = unicodedata.normalize("NFC", text[:LONGEST_READ])
    first = next((word for word in _WORD.finditer(text) if _is_wanted(word[0], wanted, language)), None)
    if first is None:
        return ()
    start = 0
    if first.start() > LONGEST_BEFORE:
        space = text.find(" ", first.start() - LONGEST_BEFORE, first.start())
        start = space + 1 if space >= 0 else first.start()
    end = len(text)
    if end > start + LONGEST_PASSAGE:
        end = max(text.rfind(" ", first.end(), start + LONGEST_PASSAGE), first.end())
    pieces = list(_pieces(text[start:end], wanted, language))
    before = [Piece(f"…{NBSP}", is_found=False)] if start else []
    after = [Piece(f"{NBSP}…", is_found=False)] if end < len(text) else []
    return [*before, *pieces, *after]


def _is_wanted(word: str, wanted: AbstractSet[str], language: Language) -> bool:
    return not wanted.isdisjoint(stems(word, language))


def _pieces(text: str, wanted: AbstractSet[str], language: Language) -> Iterator[Piece]:
    end = 0
    for word in _WORD.finditer(text):
        if _is_wanted(word[0], wanted, language):
            if between := text[end : word.start()]:
                yield Piece(between, is_found=False)
            yield Piece(word[0], is_found=True)
            end = word.end()
    if rest := text[end:]:
        yield Piece(rest, is_found=False)
