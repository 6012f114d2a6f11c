"""The file of dates that staff publish. Pure: bytes → values."""

from portal.core import tables
from portal.core.errors import FileRefused, Problem
from portal.editions.rules import Proposal
from portal.rows.rules import MEANINGS, Meaning

DATE_COLUMNS = frozenset({"row", "received_on"})
DATE_OPTIONS = frozenset({"meaning", "next_update_on"})


def read_dates(content: bytes) -> tuple[Proposal, ...]:
    """Return what a file `row,received_on[,meaning,next_update_on]` says. Raises FileRefused with every fault."""
    lines, problems = tables.read(content, DATE_COLUMNS, DATE_OPTIONS)
    proposals = []
    for line in lines:
        meaning: Meaning | None = next((known for known in MEANINGS if known == line["meaning"]), None)
        if line["meaning"] and not meaning:
            problems.append(Problem(line.number, f"the meaning is one of {', '.join(MEANINGS)}"))
        received_on = tables.day(line, "received_on", problems)
        next_update_on = tables.day(line, "next_update_on", problems)
        proposals.append(Proposal(line.number, line["row"], received_on, meaning, next_update_on))
    if not lines and not problems:
        problems.append(Problem(0, "there is no line under the heading"))
    if problems:
        raise FileRefused(*problems)
    return tuple(proposals)
