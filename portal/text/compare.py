"""What changed between two texts, so that a person can read it: paragraph by paragraph, word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Literal

from portal.text.markdown import plain
from portal.text.runs import Budget, Run, runs

Kind = Literal["same", "removed", "added"]
#: Paragraphs that share less of the shorter one are told as one that went and one that came.
ALIKE = 0.5
_END_OF_LINE = re.compile(r"</(?:p|h[2-6]|li|td|th|pre)>|<hr>|<br>")
#: No notice holds a control character: it stands for the end of a line while the tags are taken away, all at once.
_END = "\x1e"
#: Of a telephone, the text says the address.
_LINK = re.compile(r'<a href="(?!tel:)(?P<address>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a paragraph, and whether they stand in both texts, in the old one alone or in the new one alone."""

    kind: Kind
    words: str


Paragraph = Sequence[Piece]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a notice's HTML as plain text; a link is followed by its address, which may change."""
    with_addresses = _LINK.sub(r"\g<text> (\g<address>)", text)
    lines = plain(_END_OF_LINE.sub(rf"{_END}\g<0>", with_addresses)).split(_END)
    return [words for line in lines if (words := line.strip(" "))]


def lines(title: str, html: str, promise: str) -> list[str]:
    """Return all that a notice says in one language, to be compared; what is empty says nothing."""
    return [words for words in (title, *paragraphs(html), promise) if words]


def compared(old: Sequence[str], new: Sequence[str]) -> list[Paragraph]:
    """Return the paragraphs of two texts, each in pieces: those of both, those that went, those that came.

    Whatever two bodies of the longest size hold, this and `paragraphs` of both take 0.3 s of CPU at most.
    """
    budget = Budget()
    found: list[Paragraph] = []
    for before, after, same in _parts(old, new, runs(old, new, budget)):
        for pair in zip_longest(before, after, fillvalue=""):
            found += _pair(*pair, budget)
        found += _told("same", same)
    return found


def _parts(
    old: Sequence[str], new: Sequence[str], same: Sequence[Run]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Give what went, what came, and what is the same after them, again and again until the end of both."""
    for last, run in pairwise([Run(0, 0, 0), *same, Run(len(old), len(new), 0)]):
        here = old[run.old : run.old + run.size]
        yield old[last.old + last.size : run.old], new[last.new + last.size : run.new], here


def _told(kind: Kind, paragraphs: Sequence[str]) -> list[Paragraph]:
    return [[Piece(kind, words)] for words in paragraphs]


def has_changed(paragraph: Paragraph) -> bool:
    """Say whether a paragraph is not the same in both texts."""
    return any(piece.kind != "same" for piece in paragraph)


def _pair(before: str, after: str, budget: Budget) -> list[Paragraph]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    same = runs(old, new, budget)
    if same and sum(run.size for run in same) >= ALIKE * min(len(old), len(new)):
        return [list(_pieces(old, new, same))]
    return [*_told("removed", [before] if before else []), *_told("added", [after] if after else [])]


def _pieces(old: Sequence[str], new: Sequence[str], same: Sequence[Run]) -> Iterator[Piece]:
    for parts in _parts(old, new, same):
        kinds: tuple[Kind, ...] = ("removed", "added", "same")
        for kind, words in zip(kinds, parts, strict=True):
            if words:
                yield Piece(kind, "".join(words))
