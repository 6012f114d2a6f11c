"""How a badge is drawn: boxes of colour side by side, each as wide as its words. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portal.core.tables import CONTROL

Tone = Literal["name", "plain", "good", "late", "mark"]
#: Each under white letters: 7:1 or more (WCAG 1.4.6).
FILLS: dict[Tone, str] = {
    "name": "#3b4753",
    "plain": "#0b3d78",
    "good": "#0c5a32",
    "late": "#803600",
    "mark": "#5c4500",
}
HEIGHT = 20
FONT_SIZE = 11
#: Pixels between words and the edges of their box.
PADDING = 6
#: A longer name ends in … : the badge must fit on a telephone (320 px) beside a date.
MOST_NAME = 190.0
#: Verdana, the widest font that badges are read in, in thousandths of its size; any other is fitted by `textLength`.
_WIDTHS = {
    **dict.fromkeys("il'’", 274),
    **dict.fromkeys("jf \u00a0.,", 364),
    **dict.fromkeys("tIr!", 427),
    **dict.fromkeys('()[]-/:;|J"·', 459),
    **dict.fromkeys("csz?L", 557),
    **dict.fromkeys("FkvxyeaPo", 607),
    **dict.fromkeys("YTbdgpqEhnu0123456789$*_–«»", 640),
    **dict.fromkeys("ASVBZXRKC", 698),
    **dict.fromkeys("&UNH", 751),
    **dict.fromkeys("DGOQ", 787),
    **dict.fromkeys("w#+<=>~…", 818),
    **dict.fromkeys("M", 843),
}
#: A letter of another script is as wide as it is high.
_UNKNOWN = 1000
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a badge, in pixels from its left: its words are `length` wide, in the middle of the box."""

    words: str
    fill: str
    x: float
    width: float
    length: float

    @property
    def middle(self) -> float:
        """Return where the middle of the words stands."""
        return round(self.x + self.width / 2, 1)


def boxes(parts: Sequence[tuple[str, Tone]]) -> list[Box]:
    """Return the boxes of a badge from left to right: its name, shortened where it is long, then its facts."""
    placed: list[Box] = []
    x = 0.0
    for words, tone in parts:
        shown = shortened(words, MOST_NAME) if tone == "name" else legible(words)
        length = width(shown)
        box = Box(shown, FILLS[tone], x, round(length + 2 * PADDING, 1), length)
        placed.append(box)
        x = round(x + box.width, 1)
    return placed


def shortened(words: str, most: float) -> str:
    """Return words no wider than `most` pixels, their end replaced by … where they are."""
    words = legible(words)
    if width(words) <= most:
        return words
    kept = words
    while kept and width(kept + ELLIPSIS) > most:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def width(words: str) -> float:
    """Return how wide words are, in pixels: an accent takes no room."""
    letters = [letter for letter in unicodedata.normalize("NFD", words) if not unicodedata.combining(letter)]
    return round(sum(_WIDTHS.get(letter, _UNKNOWN) for letter in letters) * FONT_SIZE / 1000, 1)


def legible(words: str) -> str:
    """Return words that XML can hold on one line: its white space as spaces, and no control character."""
    return " ".join(part for part in CONTROL.sub(" ", words).split(" ") if part)
