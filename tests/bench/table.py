"""The one table: a line for each thing measured, and whether it keeps its bar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEAD = ("part", "what", "on", "portal", "beside it", "ratio", "bar", "")


@dataclass(frozen=True, slots=True)
class Bar:
    """What was asked, as it was asked, and whether it is kept."""

    asked: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured, on which installation; the portal's figure and the one it is compared with, in words."""

    what: str
    on: str
    figure: str
    beside: str = ""
    ratio: str = ""
    bar: Bar | None = None

    def cells(self, part: str) -> tuple[str, ...]:
        """Return its cells under the HEAD."""
        asked, found = (self.bar.asked, "met" if self.bar.is_met else "**missed**") if self.bar else ("", "")
        return part, self.what, self.on, self.figure, self.beside, self.ratio, asked, found


def at_least(found: float, least: float, unit: str = "") -> Bar:
    """Return a bar that a greater figure keeps."""
    return Bar(f"≥ {least:,g}{unit}", found >= least)


def at_most(found: float, most: float, unit: str = "") -> Bar:
    """Return a bar that a smaller figure keeps."""
    return Bar(f"≤ {most:,g}{unit}", found <= most)


def head() -> Iterator[str]:
    """Give the first two lines of the table, in Markdown."""
    yield _row(HEAD)
    yield _row("---:" if name in ("portal", "ratio") else "---" for name in HEAD)


def rows(part: str, lines: Iterable[Line]) -> Iterator[str]:
    """Give the lines of a part, in Markdown."""
    for line in lines:
        yield _row(line.cells(part))


def summary(lines: Iterable[Line]) -> str:
    """Return how many bars are kept, and by name those that are not."""
    barred = [line for line in lines if line.bar]
    missed = [f"{line.what} ({line.on})" for line in barred if line.bar and not line.bar.is_met]
    words = f"{len(barred) - len(missed)} of {len(barred)} bars are met."
    return f"{words} Missed: {'; '.join(missed)}." if missed else words


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
