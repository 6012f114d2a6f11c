"""Reading a CSV file that a person made: every shape Excel gives, every fault with its line."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, strategies as st

from portal.core import tables
from portal.core.errors import FileRefused, Problem
from portal.core.tables import FORMULA, LONGEST_CELL, Line, day, decoded, read, written

REQUIRED = frozenset({"row", "received_on"})
OPTIONAL = frozenset({"meaning"})

UNREADABLE = "the line cannot be read as CSV: a quotation mark is amiss, or a cell longer than 2000 characters"
NOT_UTF8 = "the file is not in UTF-8; save it again as “CSV UTF-8”"
CONTROL = "there is a control character; delete it and type the text again"
#: Embeddings, overrides and isolates, which turn the direction of writing (Unicode TR9): a text that they disguise.
TURNING = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]


def cells(content: bytes) -> list[dict[str, str]]:
    lines, problems = read(content, REQUIRED, OPTIONAL)
    assert problems == []
    return [line.cells for line in lines]


def refusal(content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as caught:
        read(content, REQUIRED, OPTIONAL)
    return caught.value.problems


ONE_ROW = [{"row": "accès", "received_on": "2021-07-22"}]


@pytest.mark.parametrize(
    "text",
    [
        "row,received_on\naccès,2021-07-22\n",
        "row;received_on\naccès;2021-07-22\n",
        "row\treceived_on\naccès\t2021-07-22\n",
        "row,received_on\r\naccès,2021-07-22\r\n",
        "row,received_on\raccès,2021-07-22\r",
        "\ufeffrow,received_on\naccès,2021-07-22",
        "\ufeffrow;received_on\r\naccès;2021-07-22",
        '"row","received_on"\n"accès","2021-07-22"\n',
        " Row , RECEIVED_ON \n  accès ,\t2021-07-22 \n",
        "received_on,row\n2021-07-22,accès\n",
        "row,received_on\n\n,\n  , \naccès,2021-07-22\n\n\n",
    ],
)
def test_every_shape_of_one_row_reads_the_same(text: str) -> None:
    assert cells(text.encode()) == ONE_ROW


def test_the_separator_is_that_of_the_heading_and_the_others_are_text() -> None:
    assert cells(b"row;received_on\na,b;2021-07-22\tc\n") == [{"row": "a,b", "received_on": "2021-07-22\tc"}]


def test_a_quoted_cell_holds_separators_quotes_and_ends_of_lines() -> None:
    assert cells(b'row,received_on\n"a, ""b""\nc",2021-07-22\n') == [{"row": 'a, "b"\nc', "received_on": "2021-07-22"}]


def test_each_line_knows_its_number_in_the_file() -> None:
    lines, problems = read(b"row,received_on\n\na,1\n\nb,2\n", REQUIRED)

    assert [(line.number, line["row"]) for line in lines] == [(3, "a"), (5, "b")]
    assert problems == []


def test_a_cell_left_out_is_empty() -> None:
    lines, problems = read(b"row,received_on,meaning\na\n", REQUIRED, OPTIONAL)

    assert problems == []
    assert [(line["row"], line["received_on"], line["meaning"]) for line in lines] == [("a", "", "")]


def test_a_column_that_the_file_does_not_have_is_empty() -> None:
    assert Line(2, {"row": "a"})["meaning"] == ""


def test_a_heading_alone_has_no_lines_and_no_faults() -> None:
    assert read(b"row,received_on\n", REQUIRED) == ([], [])


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n \t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content) == (Problem(0, "the file is empty"),)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("row,received_on\naccès,2021-07-22\n".encode("latin-1"), 2),
        ("clé,received_on\n".encode("latin-1"), 1),
        ("row,received_on\nb,1\n\nœuvre,2\n".encode("cp1252"), 4),
        ("row,received_on\n".encode("utf-16"), 1),
        (b"\xef\xbb\xbfrow,received_on\n\xe9,2021-07-22\n", 2),  # a BOM, then Latin-1 at the start of a line
        (b"row,received_on\na,\xed\xa0\x80\n", 2),  # half of a surrogate pair
    ],
)
def test_another_encoding_is_refused_with_its_line_and_the_way_to_save(content: bytes, line: int) -> None:
    assert refusal(content) == (Problem(line, NOT_UTF8),)


@pytest.mark.parametrize(
    "symbol",
    [
        *map(chr, range(0x09)),
        "\x0b",
        "\x0c",
        *map(chr, range(0x0E, 0x20)),
        "\x7f",
        "\x80",
        "\x85",
        "\x9f",
        "\ufffe",
        "\uffff",
        *TURNING,
    ],
)
def test_a_control_character_is_refused_with_its_line(symbol: str) -> None:
    assert tables.CONTROL.search(symbol)
    assert refusal(f"row,received_on\na,1\nb{symbol}c,2\n".encode()) == (Problem(3, CONTROL),)


@pytest.mark.parametrize("symbol", ["\t", "\r", "\n", " ", "~", "\u00a0", "é", "’", "\u2028", "\u202f", "\ufffd", "😀"])
def test_what_a_feed_may_hold_is_no_control_character(symbol: str) -> None:
    assert not tables.CONTROL.search(symbol)


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_is_read_whole_or_refused(text: str) -> None:
    try:
        found = decoded(text.encode())
    except FileRefused:
        assert tables.CONTROL.search(text)
    else:
        assert found == text.removeprefix("\ufeff")
        assert not tables.CONTROL.search(text)


@pytest.mark.parametrize(
    ("heading", "sentences"),
    [
        ("row", ["the column “received_on” is missing"]),
        ("meaning", ["the column “received_on” is missing", "the column “row” is missing"]),
        ("row,received_on,row", ["the column “row” stands twice"]),
        (
            "row,received_on,date",
            ["the column “date” is unknown; the columns are meaning, received_on, row"],
        ),
        ("row,received_on,", ["the column “” is unknown; the columns are meaning, received_on, row"]),
        (
            "row,x,x",
            [
                "the column “received_on” is missing",
                "the column “x” is unknown; the columns are meaning, received_on, row",
                "the column “x” stands twice",
            ],
        ),
        (
            "row,received_on," + "y" * 1_000,
            [f"the column “{'y' * 40}” is unknown; the columns are meaning, received_on, row"],
        ),
    ],
)
def test_wrong_columns_are_all_told_on_the_first_line(heading: str, sentences: list[str]) -> None:
    assert refusal(f"{heading}\na,b\n".encode()) == tuple(Problem(1, sentence) for sentence in sentences)


def test_the_heading_of_a_private_file_is_told_by_number_and_never_quoted() -> None:
    with pytest.raises(FileRefused) as caught:
        read(b"row,secret,secret,other\na,b,c,d\n", REQUIRED, OPTIONAL, is_private=True)
    assert caught.value.problems == (
        Problem(1, "the column number 2 is unknown; the columns are meaning, received_on, row"),
        Problem(1, "the column number 2 stands twice"),
        Problem(1, "the column number 4 is unknown; the columns are meaning, received_on, row"),
        Problem(1, "the column “received_on” is missing"),
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a,b,c", "there are 3 cells for 2 columns"),
        (",,,", "there are 4 cells for 2 columns"),
        ("x" * (LONGEST_CELL + 1) + ",b", "a cell is longer than 2000 characters"),
        ('"a"b,c', UNREADABLE),
        ("x" * 200_000 + ",b", UNREADABLE),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_those_before_it_are_kept(line: str, sentence: str) -> None:
    lines, problems = read(f"row,received_on\nfirst,1\n{line}\n".encode(), REQUIRED)

    assert [found["row"] for found in lines] == ["first"]
    assert problems == [Problem(3, sentence)]


def test_lines_after_a_faulty_one_are_still_read() -> None:
    lines, problems = read(b"row,received_on\na,b,c\nlast,1\n", REQUIRED)

    assert [found["row"] for found in lines] == ["last"]
    assert problems == [Problem(2, "there are 3 cells for 2 columns")]


def test_a_cell_of_the_longest_length_is_read() -> None:
    assert cells(f"row,received_on\n{'x' * LONGEST_CELL},1\n".encode())[0]["row"] == "x" * LONGEST_CELL


def test_a_quote_that_never_closes_is_told() -> None:
    lines, problems = read(b'row,received_on\n"a,1\nb,2\n', REQUIRED)

    assert lines == []
    assert problems == [Problem(3, UNREADABLE)]


def test_a_heading_with_broken_quoting_is_told() -> None:
    assert read(b'"row"x,received_on\na,1\n', REQUIRED) == ([], [Problem(1, UNREADABLE)])


refused = ["\ufffe", "\uffff", *TURNING]
printable = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=refused))


@given(st.lists(st.tuples(printable, printable)), st.sampled_from(",;\t"), st.sampled_from(["", "\ufeff"]))
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[tuple[str, str]], separator: str, bom: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator)
    writer.writerow(["row", "received_on"])
    writer.writerows(rows)

    lines, problems = read((bom + written.getvalue()).encode(), REQUIRED)

    stripped = [(one.strip(), two.strip()) for one, two in rows]
    assert problems == []
    assert [(line["row"], line["received_on"]) for line in lines] == [pair for pair in stripped if any(pair)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    try:
        lines, problems = read(b"row,received_on\n" + content, REQUIRED)
    except FileRefused as refused:
        problems = list(refused.problems)
        lines = []
        assert problems
    assert all(set(line.cells) <= REQUIRED and any(line.cells.values()) for line in lines)
    assert all(problem.sentence for problem in problems)


def test_a_written_file_is_flat_and_keeps_what_json_says() -> None:
    document = {
        "row": "new",
        "label": {"fr": "Accès", "en": ""},
        "forms": ("4058", "4123"),
        "days": -3,
        "is_stale": False,
        "note": 'un, "deux"\r\ntrois',
        "last_day": None,
    }
    columns = ["row", "label_fr", "label_en", "forms", "days", "is_stale", "note", "last_day"]
    heading = "row,label_fr,label_en,forms,days,is_stale,note,last_day"
    assert written(columns, [document, {"row": "b2b", "is_stale": True}]).decode().split("\r\n") == [
        heading,
        'new,Accès,,4058 4123,-3,false,"un, ""deux""',
        'trois",',
        "b2b,,,,,true,,",
        "",
    ]
    assert written(columns, []).decode() == heading + "\r\n"


@pytest.mark.parametrize("start", FORMULA)
def test_no_text_is_a_formula_to_a_spreadsheet(start: str) -> None:
    file = written(["note_fr", "forms"], [{"note": {"fr": f"{start}1+1"}, "forms": [f"{start}2"]}])
    [cells] = csv.DictReader(io.StringIO(file.decode(), newline=""))
    assert cells == {"note_fr": f"'{start}1+1", "forms": f"'{start}2"}


def test_a_name_that_has_no_column_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="note_fr"):
        written(["row"], [{"row": "new", "note": {"fr": ""}}])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=3))
def test_what_is_written_is_read_back(cells: list[str]) -> None:
    file = written(["cell"], [{"cell": cell} for cell in cells])
    found = [line["cell"] for line in csv.DictReader(io.StringIO(file.decode(), newline=""))]
    assert [text.removeprefix("'") for text in found] == [text.removeprefix("'") for text in cells]


NOT_A_DATE = "is not a date; write it YYYY-MM-DD, for example 2021-07-22"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", None),
        ("2021-07-22", date(2021, 7, 22)),
        ("1990-01-01", date(1990, 1, 1)),
        ("2100-12-31", date(2100, 12, 31)),
    ],
)
def test_a_cell_of_a_day_is_read(text: str, found: date | None) -> None:
    problems: list[Problem] = []

    assert day(Line(3, {"first_day": text}), "first_day", problems) == found
    assert day(Line(3, {}), "first_day", problems) is None, "a column left out is an empty cell"
    assert problems == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1989-12-31", "1989-12-31 is before 1990"),
        ("2101-01-01", "2101-01-01 is after 2100"),
        ("9999-12-31", "9999-12-31 is after 2100"),
        ("2021-02-30", f"“2021-02-30” {NOT_A_DATE}"),
        ("٢٠٢١-٠٧-٢٢", f"“٢٠٢١-٠٧-٢٢” {NOT_A_DATE}"),
        ("x" * 2_000, f"“{'x' * 40}” {NOT_A_DATE}"),
    ],
)
def test_a_cell_that_is_no_day_or_one_too_far_is_told_with_its_line(text: str, sentence: str) -> None:
    problems: list[Problem] = [Problem(2, "an earlier one")]

    assert day(Line(3, {"first_day": text}), "first_day", problems) is None
    assert problems == [Problem(2, "an earlier one"), Problem(3, f"first_day: {sentence}")]
