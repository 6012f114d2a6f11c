"""The file of dates that staff publish, and what they copy from a spreadsheet. Pure: bytes → values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core import tables
from portal.core.errors import FileRefused, Problem
from portal.core.languages import Sentence
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
            problems.append(Problem(line.number, Sentence("the meaning is one of %(known)s", known=MEANINGS)))
        received_on = tables.day(line, "received_on", problems)
        next_update_on = tables.day(line, "next_update_on", problems)
        proposals.append(Proposal(line.number, line["row"], received_on, meaning, next_update_on))
    if not lines and not problems:
        problems.append(tables.NO_LINE)
    if problems:
        raise FileRefused(*problems)
    return tuple(proposals)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a line of a spreadsheet says of a row, as it stands there."""

    line: int
    row: str
    date: str
    meaning: str
    next: str


def read_pasted(content: bytes, names: Mapping[str, str], keys: Sequence[str]) -> tuple[list[Pasted], list[Problem]]:
    """Return what lines copied from a spreadsheet, or a CSV file, say of the rows, and what is wrong by line.

    With or without a heading; a row stands by its key or its label, which `names` leads to its key, folded. One column
    is one of dates, for the rows `keys` in their order. Raises FileRefused when nothing can be read.
    """
    text = tables.decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not any(sign in first for sign in ",;\t"):
        return _column(text, keys)
    has_heading = first.replace('"', "").casefold().startswith("row")
    if not has_heading:
        sign = max("\t;,", key=first.count)
        text = sign.join(("row", "received_on", "meaning", "next_update_on")) + "\n" + text
    lines, problems = tables.read(text.encode(), DATE_COLUMNS, DATE_OPTIONS)
    above = 0 if has_heading else 1
    problems = [Problem(one.line - above, one.sentence) for one in problems]
    found: dict[str, Pasted] = {}
    for line in lines:
        number, key = line.number - above, names.get(line["row"].casefold())
        if key is None:
            problems.append(Problem(number, Sentence("no row of the table is called “%(row)s”", row=line["row"][:40])))
        elif key in found:
            sentence = Sentence("this row stands already on line %(first)s", first=found[key].line)
            problems.append(Problem(number, sentence))
        else:
            found[key] = Pasted(number, key, line["received_on"], line["meaning"], line["next_update_on"])
    return list(found.values()), problems


def _column(text: str, keys: Sequence[str]) -> tuple[list[Pasted], list[Problem]]:
    dates = [line.strip() for line in text.rstrip().splitlines()]
    if not any(dates):
        raise FileRefused(Problem(0, Sentence("there is nothing in it")))
    found = [
        Pasted(number, key, day, "", "") for number, (key, day) in enumerate(zip(keys, dates, strict=False), 1) if day
    ]
    if len(dates) > len(keys):
        sentence = Sentence("there are more dates (%(dates)s) than rows (%(rows)s)", dates=len(dates), rows=len(keys))
        return found, [Problem(len(keys) + 1, sentence)]
    return found, []
