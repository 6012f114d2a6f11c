"""The file of requests that the back office gives. Pure: bytes → values."""

from collections.abc import Callable
from datetime import date

from portal.core import tables
from portal.core.calendar import parse_day
from portal.core.errors import (
    DateInFuture,
    DateTooOld,
    FileRefused,
    NotADate,
    Problem,
    Problems,
    ReferenceMalformed,
    ReferenceMistyped,
)
from portal.core.languages import Sentence
from portal.core.numbers import is_form_number, normal_reference
from portal.status.rules import STAGES, Imported, Request

#: What the portal's own pages and programs take of the back office, in bytes; the command takes more.
LARGEST_FILE = 20_000_000
COLUMNS = frozenset({"reference", "received_on", "stage", "changed_on"})
OPTIONS = frozenset({"form", "authoriser_reference"})
WHICH = {
    "reference": Sentence("the reference"),
    "authoriser_reference": Sentence("the reference of the authorising person"),
}


def read_requests(content: bytes, today: date, progress: Callable[[], object]) -> tuple[Imported, ...]:
    """Return the requests of a file; `progress` is called once a line. Raises FileRefused with its first faults.

    No message quotes a reference: it is the requester's, and messages end up in logs.
    """
    problems = Problems()
    found: list[Imported] = []
    first_line: dict[str, int] = {}
    for line in tables.each_line(content, COLUMNS, OPTIONS, problems, is_private=True):
        request, references = _request(line, today, problems), _references(line, first_line, problems)
        if request and references:
            found.append(Imported(line.number, *references, request))
        progress()
    if not found and not problems:
        problems.append(tables.NO_LINE)
    if problems:
        raise FileRefused(*problems, more=problems.more)
    return tuple(found)


def _request(line: tables.Line, today: date, problems: list[Problem]) -> Request | None:
    received_on, changed_on = (_day(line, column, today, problems) for column in ("received_on", "changed_on"))
    stage = next((known for known in STAGES if known == line["stage"]), None)
    if stage is None:
        problems.append(Problem(line.number, Sentence("the stage is one of %(known)s", known=STAGES)))
    if line["form"] and not is_form_number(line["form"]):
        problems.append(Problem(line.number, Sentence("the form is a number of four digits")))
    if not (stage and received_on and changed_on):
        return None
    if changed_on < received_on:
        problems.append(Problem(line.number, Sentence("changed_on is before received_on")))
    return Request(received_on, line["form"], stage, changed_on)


def _references(line: tables.Line, first_line: dict[str, int], problems: list[Problem]) -> tuple[str, str] | None:
    """Return the reference of a line and the one of the authorising person, empty where both have the same."""
    own = _reference(line, "reference", first_line, problems)
    other = _reference(line, "authoriser_reference", first_line, problems) if line["authoriser_reference"] else ""
    if own is not None and own == other:
        problems.append(Problem(line.number, Sentence("its two references are the same")))
    return None if own is None or other is None else (own, other)


def _reference(line: tables.Line, column: str, first_line: dict[str, int], problems: list[Problem]) -> str | None:
    which = WHICH[column]
    try:
        reference = normal_reference(line[column])
    except ReferenceMalformed:
        sentence = Sentence("%(reference)s is not ten symbols and a check symbol", reference=which)
        problems.append(Problem(line.number, sentence))
        return None
    except ReferenceMistyped:
        sentence = Sentence("%(reference)s is mistyped: its check symbol does not agree", reference=which)
        problems.append(Problem(line.number, sentence))
        return None
    first = first_line.setdefault(reference, line.number)
    if first != line.number:
        sentence = Sentence("%(reference)s stands already on line %(line)s", reference=which, line=first)
        problems.append(Problem(line.number, sentence))
    return reference


def _day(line: tables.Line, column: str, today: date, problems: list[Problem]) -> date | None:
    try:
        return parse_day(line[column], today=today)
    except NotADate as error:
        # Its words quote the cell: where a column has slipped, that is a name or a reference.
        is_quoted = _looks_like_a_day(line[column])
        why = error.sentence if is_quoted else Sentence("this is not a date; write it YYYY-MM-DD")
        problems.append(line.problem(column, why))
    except (DateTooOld, DateInFuture) as error:
        problems.append(line.problem(column, error.sentence))
    return None


def _looks_like_a_day(cell: str) -> bool:
    # No more digits than 20210722 has: ten are a telephone number.
    return set(cell) <= set("0123456789-/") and sum(symbol.isdigit() for symbol in cell) <= len("20210722")
