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
    ReferenceMalformed,
    ReferenceMistyped,
)
from portal.core.numbers import is_form_number, normal_reference
from portal.status.rules import STAGES, Imported

COLUMNS = frozenset({"reference", "received_on", "stage", "changed_on"})
OPTIONS = frozenset({"form"})


def read_requests(content: bytes, today: date, progress: Callable[[], object]) -> tuple[Imported, ...]:
    """Return the requests of a file; `progress` is called once a line. Raises FileRefused with every fault.

    No message quotes a reference: it is the requester's, and messages end up in logs.
    """
    lines, problems = tables.read(content, COLUMNS, OPTIONS, is_private=True)
    found: list[Imported] = []
    first_line: dict[str, int] = {}
    for line in lines:
        reference = _reference(line, first_line, problems)
        days = [_day(line, column, today, problems) for column in ("received_on", "changed_on")]
        stage = next((known for known in STAGES if known == line["stage"]), None)
        if stage is None:
            problems.append(Problem(line.number, f"the stage is one of {', '.join(STAGES)}"))
        if line["form"] and not is_form_number(line["form"]):
            problems.append(Problem(line.number, "the form is a number of four digits"))
        if stage and reference and days[0] and days[1]:
            if days[1] < days[0]:
                problems.append(Problem(line.number, "changed_on is before received_on"))
            found.append(Imported(reference, days[0], line["form"], stage, days[1]))
        progress()
    if not lines and not problems:
        problems.append(Problem(0, "there is no line under the heading"))
    if problems:
        raise FileRefused(*problems)
    return tuple(found)


def _reference(line: tables.Line, first_line: dict[str, int], problems: list[Problem]) -> str | None:
    try:
        reference = normal_reference(line["reference"])
    except ReferenceMalformed:
        problems.append(Problem(line.number, "the reference is not ten symbols and a check symbol"))
        return None
    except ReferenceMistyped:
        problems.append(Problem(line.number, "the reference is mistyped: its check symbol does not agree"))
        return None
    first = first_line.setdefault(reference, line.number)
    if first != line.number:
        problems.append(Problem(line.number, f"the reference stands already on line {first}"))
    return reference


def _day(line: tables.Line, column: str, today: date, problems: list[Problem]) -> date | None:
    try:
        return parse_day(line[column], today=today)
    except NotADate as error:
        # Its words quote the cell: where a column has slipped, that is a reference. A day has eight digits.
        is_day = sum(symbol.isalnum() for symbol in line[column]) <= len("20210722")
        sentence = str(error) if is_day else "this is not a date; write it YYYY-MM-DD"
        problems.append(Problem(line.number, f"{column}: {sentence}"))
    except (DateTooOld, DateInFuture) as error:
        problems.append(Problem(line.number, f"{column}: {error}"))
    return None
