"""Lists of what anybody would try first: one a line, after lines that begin with a number sign. Pure."""

from portal.staff.rules import folded


def read_guesses(text: str) -> frozenset[str]:
    """Return the lines of a list, folded."""
    return frozenset(folded(line) for line in text.splitlines() if line and not line.startswith("#"))
