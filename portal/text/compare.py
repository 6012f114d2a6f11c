"""What changed between two texts, so that a person can read it: paragraph by paragraph, word by word. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from portal.text.markdown import html, plain

Kind = Literal["same", "removed", "added"]
#: Paragraphs that share less of the shorter one are told as one that went and one that came.
ALIKE = 0.5
#: Comparing takes a time that grows with the pairs of equal words (or paragraphs), more than in proportion: so many may
#: be met by one comparison, and by all those of a page; past them, what differs is told whole.
MOST_PAIRS = 20_000
MOST_PAIRS_OF_PAGE = 60_000
_END_OF_LINE = re.compile(r"</(?:p|h[2-6]|li|td|th|pre)>|<hr>|<br>")
_LINK = re.compile(r'<a href="(?P<address>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph, and whether they stand in both texts, in the old one alone or in the new one alone."""

    kind: Kind
    words: str


Paragraph = Sequence[Piece]


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a Markdown body as plain text; a link is followed by its address, which may change."""
    with_addresses = _LINK.sub(r"\g<text> (\g<address>)", html(body))
    return [words for part in _END_OF_LINE.split(with_addresses) if (words := plain(part))]


def compared(old: Sequence[str], new: Sequence[str]) -> list[Paragraph]:
    """Return the paragraphs of two texts, each in pieces: those of both, those that went, those that came."""
    budget = Budget()
    if not budget.allows(old, new):
        return [*_told("removed", old), *_told("added", new)]
    found: list[Paragraph] = []
    for verb, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            found += _told("same", old[start:end])
        else:
            for before, after in zip_longest(old[start:end], new[new_start:new_end], fillvalue=""):
                found += _pair(before, after, budget)
    return found


class Budget:
    """What the comparisons of one page may still cost."""

    def __init__(self) -> None:
        self._left = MOST_PAIRS_OF_PAGE

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Say whether two sequences may be compared, and count it if so."""
        after = Counter(new)
        pairs = sum(count * after[one] for one, count in Counter(old).items())
        is_allowed = pairs <= min(MOST_PAIRS, self._left)
        self._left -= pairs if is_allowed else 0
        return is_allowed


def _told(kind: Kind, paragraphs: Sequence[str]) -> list[Paragraph]:
    return [[Piece(kind, words)] for words in paragraphs]


def has_changed(paragraph: Paragraph) -> bool:
    """Say whether a paragraph is not the same in both texts."""
    return any(piece.kind != "same" for piece in paragraph)


def _pair(before: str, after: str, budget: Budget) -> list[Paragraph]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if old and new and budget.allows(old, new):
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if _shared(matcher) >= ALIKE * min(len(old), len(new)):
            return [list(_pieces(matcher, old, new))]
    return [*_told("removed", [before] if before else []), *_told("added", [after] if after else [])]


def _shared(matcher: SequenceMatcher[str]) -> int:
    return sum(block.size for block in matcher.get_matching_blocks())


def _pieces(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for verb, start, end, new_start, new_end in matcher.get_opcodes():
        if verb == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        for kind, words in (("removed", old[start:end]), ("added", new[new_start:new_end])):
            if words:
                yield Piece(kind, "".join(words))
