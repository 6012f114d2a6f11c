"""CSV: reading a file that a person made, every error told with its line in plain words; and writing one.

Excel in French writes `;` and often Latin-1 or a BOM: the separator is found, a BOM is taken off, and a file that
is not UTF-8 is refused with the way to save it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.calendar import parse_day
from portal.core.errors import FileRefused, PortalError, Problem
from portal.core.languages import Sentence

LONGEST_CELL = 2_000
NO_LINE = Problem(0, Sentence("there is no line under the heading"))
NOT_UTF8 = Sentence("the file is not in UTF-8; save it again as “CSV UTF-8”")
UNREADABLE = Sentence(
    "the line cannot be read as CSV: a quotation mark is amiss, or a cell longer than %(most)s characters",
    most=LONGEST_CELL,
)
#: A text that begins so is a formula to a spreadsheet, and could call a program (OWASP, “CSV Injection”).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What may not stand in a text: most controls are illegal in a feed (XML 1.0 §2.2); those that turn the direction of
#: writing disguise a text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: `number` is the line in the file, `cells` the trimmed text under each column."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, column: str, why: str) -> Problem:
        """Return what is wrong with a cell."""
        return Problem.of_field(self.number, column, why)


def decoded(content: bytes, refusal: Sentence = NOT_UTF8) -> str:
    """Return the text of a file in UTF-8, with or without a BOM; `refusal` says how to save a file that is not.

    Raises FileRefused for another encoding and for control characters.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Not `content`: the codec counts from after the BOM.
        line = error.object[: error.start].count(b"\n") + 1
        raise FileRefused(Problem(line, refusal)) from None
    # Not splitlines(): it also cuts at, and so hides, form feeds and other controls.
    for number, row in enumerate(text.split("\n"), start=1):
        if CONTROL.search(row):
            sentence = Sentence("there is a control character; delete it and type the text again")
            raise FileRefused(Problem(number, sentence))
    return text


def read(
    content: bytes, required: frozenset[str], optional: frozenset[str] = frozenset(), *, is_private: bool = False
) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a CSV file that can be read, and what is wrong with the others.

    Blank lines are passed over. Raises FileRefused when nothing can be read: an empty file, another encoding, columns
    that are unknown, missing or given twice. With `is_private`, no message quotes the file: without its heading, the
    first line would be taken for the names of the columns.
    """
    problems: list[Problem] = []
    return list(each_line(content, required, optional, problems, is_private=is_private)), problems


def each_line(
    content: bytes, required: frozenset[str], optional: frozenset[str], problems: list[Problem], *, is_private: bool
) -> Iterator[Line]:
    """Yield what `read` returns, one line at a time: a hundred thousand together take 60 MB."""
    text = decoded(content)
    if not text.strip():
        raise FileRefused(Problem(0, Sentence("the file is empty")))
    heading = text.splitlines()[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip().lower() for cell in next(reader)]
        _check_columns(columns, required, optional, is_private)
        for row in reader:
            if sentence := _fault(row, columns):
                problems.append(Problem(reader.line_num, sentence))
            elif any(cell.strip() for cell in row):
                cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
                yield Line(reader.line_num, cells)
    except csv.Error:
        problems.append(Problem(reader.line_num, UNREADABLE))


def _check_columns(columns: list[str], required: frozenset[str], optional: frozenset[str], is_private: bool) -> None:
    known = sorted(required | optional)
    said = {name: Sentence("the column “%(name)s”", name=name[:40]) for name in {*columns, *required}}
    if is_private:
        unknown = (name for name in columns if name not in known)
        said |= {name: Sentence("the column number %(number)s", number=columns.index(name) + 1) for name in unknown}
    sentences = [Sentence("%(column)s is missing", column=said[name]) for name in sorted(required - set(columns))]
    twice = {name for name in columns if columns.count(name) > 1}
    sentences += [Sentence("%(column)s stands twice", column=said[name]) for name in sorted(twice)]
    sentences += [
        Sentence("%(column)s is unknown; the columns are %(known)s", column=said[name], known=known)
        for name in sorted(set(columns) - set(known))
    ]
    if sentences:
        raise FileRefused(*(Problem(1, sentence) for sentence in sentences))


def _fault(row: list[str], columns: list[str]) -> Sentence | None:
    if len(row) > len(columns):
        return Sentence("there are %(cells)s cells for %(columns)s columns", cells=len(row), columns=len(columns))
    if any(len(cell) > LONGEST_CELL for cell in row):
        return Sentence("a cell is longer than %(most)s characters", most=LONGEST_CELL)
    return None


def day(line: Line, column: str, problems: list[Problem]) -> date | None:
    """Return the day of a cell, or None for an empty one; what is no day, or is too far, is added to `problems`."""
    if not line[column]:
        return None
    try:
        return parse_day(line[column])
    except PortalError as error:
        problems.append(line.problem(column, error.sentence))
        return None


def written(columns: Sequence[str], documents: Iterable[Mapping[str, object]]) -> bytes:
    """Return a CSV file (RFC 4180: UTF-8, commas, CRLF, a heading) of documents as the JSON interface gives them.

    A text in two languages fills two columns, `label_fr` and `label_en`; the values of a list are parted by spaces;
    null is an empty cell; true and false are these words. A text that a spreadsheet would take for a formula gets an
    apostrophe before it. Raises ValueError for a document with another column than `columns`.
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(dict(_cells(document)) for document in documents)
    return file.getvalue().encode()


def _cells(document: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}_{part}", _cell(text)) for part, text in value.items())
        else:
            yield name, _cell(value)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    # A number stays one: only a text could be a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
