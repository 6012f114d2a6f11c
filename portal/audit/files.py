"""The audit log as a file: CSV, or a workbook. Whatever a cell holds, no spreadsheet runs it. Pure."""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Literal, get_args

import xlsxwriter

from portal.core.calendar import QUEBEC
from portal.core.chain import Entry
from portal.core.errors import PortalError
from portal.core.tables import CONTROL, written as csv_written

Kind = Literal["csv", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Each column, with its width in characters.
COLUMNS = {
    "number": 8,
    "at": 34,
    "person": 28,
    "action": 22,
    "subject": 10,
    "revision": 8,
    "details": 80,
    "follows": 66,
    "hash": 66,
}
#: What a sheet of a workbook holds at most, beside its heading (Excel’s limit).
MOST_LINES = 1_048_575
#: What a cell holds at most, in units of UTF-16 (Excel’s limit).
LONGEST_CELL = 32_767
#: A workbook says when it was made; that of the same lines is the same, byte for byte.
MADE_AT = datetime(1980, 1, 1)  # noqa: DTZ001 — of no zone: XlsxWriter takes it for UTC


class KindUnknown(PortalError):
    """The name of a file does not say which kind it is to be."""

    def __init__(self) -> None:
        super().__init__("the name of the file says what it is to be: it ends in .csv or .xlsx")


class TooManyLines(PortalError):
    """There are more lines than a workbook holds."""

    def __init__(self, count: int) -> None:
        super().__init__(f"there are {count} lines, and a workbook holds {MOST_LINES}: ask for fewer days, or for CSV")


def kind_of(name: str) -> Kind:
    """Return the kind of file that a name ends in. Raises KindUnknown."""
    for kind in KINDS:
        if name.lower().endswith(f".{kind}"):
            return kind
    raise KindUnknown


def check_fits(kind: Kind, count: int) -> None:
    """Check that a file can hold so many lines. Raises TooManyLines."""
    if kind == "xlsx" and count > MOST_LINES:
        raise TooManyLines(count)


def written(kind: Kind, entries: Iterable[Entry]) -> bytes:
    """Return lines as a file; instants are those of Québec (ISO 8601), details are JSON.

    Controls are written as JSON escapes them. A workbook cuts a cell at Excel’s limit, and ends it by “…” then. On a
    disk that is full it raises OSError, or the FileCreateError that XlsxWriter makes of it.
    """
    documents = map(_document, entries)
    return csv_written(list(COLUMNS), documents) if kind == "csv" else _workbook(documents)


def _document(entry: Entry) -> dict[str, int | str]:
    at = entry.at.astimezone(QUEBEC).isoformat(timespec="microseconds")
    details = json.dumps(entry.details, ensure_ascii=False)
    values = (entry.number, at, entry.actor, entry.action, entry.subject, entry.revision, details)
    cells = zip(COLUMNS, (*values, entry.follows, entry.hash), strict=True)
    return {name: value if isinstance(value, int) else _plain(value) for name, value in cells}


def _plain(text: str) -> str:
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _workbook(documents: Iterator[dict[str, int | str]]) -> bytes:
    file = io.BytesIO()
    with (
        TemporaryDirectory() as folder,  # of its own, so that nothing of the log is left there whatever happens
        xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book,
    ):
        book.set_properties({"created": MADE_AT})
        _fill(book, documents)
    return file.getvalue()


def _fill(book: xlsxwriter.Workbook, documents: Iterator[dict[str, int | str]]) -> None:
    # As if an apostrophe had been typed before it: a text stays one even when its cell is edited.
    text = book.add_format({"quote_prefix": True})
    sheet = book.add_worksheet("journal")
    sheet.freeze_panes(1, 0)
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name)
    for row, document in enumerate(documents, start=1):
        for column, value in enumerate(document.values()):
            if isinstance(value, int):
                sheet.write_number(row, column, value)
            else:
                # Never by `write`, which would take “=…” for a formula and “http…” for a link.
                sheet.write_string(row, column, _cut(value), text)


def _cut(value: str) -> str:
    units = value.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return value
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
