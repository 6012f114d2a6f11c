"""What changed between two texts, so that a person can read it: paragraph by paragraph, word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from portal.text.markdown import html, plain

Kind = Literal["same", "removed", "added"]
#: Paragraphs with less in common are told as one that went and one that came.
ALIKE = 0.4
#: Comparing words takes a time that grows with the square of their number.
MOST_WORDS = 1_500
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
    found: list[Paragraph] = []
    for verb, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            found += [[Piece("same", words)] for words in old[start:end]]
        else:
            for before, after in zip_longest(old[start:end], new[new_start:new_end], fillvalue=""):
                found += _pair(before, after)
    return found


def has_changed(paragraph: Paragraph) -> bool:
    """Say whether a paragraph is not the same in both texts."""
    return any(piece.kind != "same" for piece in paragraph)


def _pair(before: str, after: str) -> Iterator[Paragraph]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if old and new and max(len(old), len(new)) <= MOST_WORDS and matcher.ratio() >= ALIKE:
        yield list(_pieces(matcher, old, new))
        return
    for kind, words in (("removed", before), ("added", after)):
        if words:
            yield [Piece(kind, words)]


def _pieces(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for verb, start, end, new_start, new_end in matcher.get_opcodes():
        if verb == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        for kind, words in (("removed", old[start:end]), ("added", new[new_start:new_end])):
            if words:
                yield Piece(kind, "".join(words))
