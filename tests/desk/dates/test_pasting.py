"""Lines of a spreadsheet and CSV files: tried on the page before publishing, or told line by line and not taken."""

import pytest

from tests.desk.dates.clerks import ASK, CHECK, PUBLISH, Clerk

TWO_ROWS = (
    "October 30, 2026 November 13, 2026 +10 working days Testing of business-to-business exchanges (B2B) August 7, 2026"
)


@pytest.mark.parametrize(
    "text",
    [
        "access-new\t2026-11-13\nb2b-test\t2026-08-14\n",
        "access-new;2026-11-13\r\nb2b-test;2026-08-14\r\n",
        "access-new, 11-13\n\n\nb2b-test, 08-14",
        "New access to the online services\t2026/11/13\nTesting of business-to-business exchanges (B2B)\t2026-08-14",
        "NOUVEL ACCÈS AUX SERVICES EN LIGNE\t2026-11-13\nEssais d’échanges interentreprises (B2B)\t2026-08-14",
        "row,received_on\naccess-new,2026-11-13\nb2b-test,2026-08-14\n",
        "Row;Received_on;Meaning;Next_update_on\naccess-new;2026-11-13;;\nb2b-test;2026-08-14;received_on;2027-01-15\n",
        "2026-11-13\n\n\n\n\n\n2026-08-14\n",
    ],
)
def test_lines_of_a_spreadsheet_are_tried_without_a_trace(paul: Clerk, text: str) -> None:
    paul.opens()
    before = paul.office.dump()
    paul.sends(CHECK, pasted=text)
    assert TWO_ROWS in paul.words(".d-changes")
    assert paul.office.dump() == before


def test_a_file_is_tried_then_published(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, file="\ufeffrow;received_on\r\naccess-new;2026-11-13\r\n".encode())
    assert "November 13, 2026" in paul.words(".d-changes")
    paul.sends(PUBLISH, status=303)
    assert "November 13, 2026" in paul.opens("/desk/en/dates/editions/107")


def test_what_was_typed_stands_beside_what_was_pasted_and_the_paste_wins(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, date_access_new="11-02", date_access_change="11-12", pasted="access-new\t11-13\n")
    words = paul.words(".d-changes")
    assert "November 13, 2026" in words
    assert "November 12, 2026" in words


def test_a_pasted_meaning_is_said_in_words_or_by_its_key(paul: Clerk) -> None:
    paul.opens()
    paul.sends(CHECK, pasted="access-new\t\tsuspended\naccess-change\t\tUp to date\n")
    assert "New access to the online services October 30, 2026 Suspended" in paul.words(".d-changes")
    assert "Change to online services access November 6, 2026 Up to date" in paul.words(".d-changes")


FAULTS = [
    ("access-new\t11-13\nnobody\t11-13\n", ["Line 2: No row of the table is called “nobody”."]),
    ("access-new\t11-13\n\naccess-new\t11-14\n", ["Line 3: This row stands already on line 1."]),
    ("row,received_on\naccess-new,x\n", ["Line 2: New access to the online services – “x” is no date"]),
    (
        "access-new\t2026-11-21\n",
        ["Line 1: New access to the online services – The received date", "is after the as-of"],
    ),
    ("access-new\t11-13\tclosed\n", ["Line 1: New access to the online services – “closed” is nothing that a row can"]),
    ("access-new\t11-13\t\t2026-11-01\n", ["Line 1:", "is not after the as-of day"]),
    ("access-new\t1\t2\t3\t4\n", ["Line 1: There are 5 cells for 4 columns."]),
    ("row,date\naccess-new,11-13\n", ["Line 1: The column “received_on” is missing.", "The column “date” is unknown"]),
    ("\n".join(["11-13"] * 12), ["Line 12: There are more dates (12) than rows (11)."]),
    ('access-new,"11-13\n', ["Line 1: The line cannot be read as CSV"]),
    ("directives-renewal\t11-13\n", ["Line 1: No row of the table is called “directives-renewal”."]),
]


@pytest.mark.parametrize(("text", "sentences"), FAULTS)
@pytest.mark.parametrize("path", [CHECK, PUBLISH])
def test_each_fault_is_told_by_its_line_and_nothing_is_taken(
    paul: Clerk, path: str, text: str, sentences: list[str]
) -> None:
    paul.opens()
    words = paul.is_refused(path, pasted=text, date_b2b_new="11-02")
    for sentence in sentences:
        assert sentence in words
    values = {field.attrs["name"]: field.attrs.get("value", "") for field in paul.all("input[name^='date-']")}
    assert {name: value for name, value in values.items() if value} == {"date-b2b-new": "11-02"}
    assert paul.all("#pasted")[0].to_text(strip=False).strip() == text.strip(), "the lines stay to be mended"


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(paul: Clerk) -> None:
    paul.opens()
    words = paul.is_refused(CHECK, pasted="b2b-new\tx\nnobody\t11-13\naccess-new\ty\n")
    assert words.index("Line 1:") < words.index("Line 2:") < words.index("Line 3:")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("accès;2026-11-13".encode("latin-1"), "Line 1: The file is not in UTF-8"),
        (b"access-new\t11-13\nb2b-new\t11\x07-13\n", "Line 2: There is a control character"),
        (b"\xff\xfe\x00a", "Line 1: The file is not in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_way_out(paul: Clerk, content: bytes, sentence: str) -> None:
    paul.opens()
    assert sentence in paul.is_refused(CHECK, file=content)


def test_a_file_too_large_is_refused(paul: Clerk) -> None:
    paul.opens()
    before = paul.office.dump()
    paul.sends(CHECK, status=413, file=b"access-new;2026-11-13\n" * 5_000)
    assert paul.office.dump() == before


def test_a_paste_into_the_table_fills_the_rows_that_it_names(paul: Clerk) -> None:
    paul.opens()
    told = paul.sends(ASK, pasted="access-new\t11-13\nb2b-test\tx\nnobody\t11-13\n", **{"from": "b2b-new"}).get_json()
    fields = {key: row["fields"]["date"] for key, row in told["rows"].items() if row["fields"]["date"]}
    assert fields == {"access-new": "11-13", "b2b-test": "x"}
    assert told["rows"]["b2b-test"]["errors"]
    assert told["told"] == ["Line 3: No row of the table is called “nobody”."]


def test_a_column_pasted_into_a_row_fills_the_table_from_there_down(paul: Clerk) -> None:
    paul.opens()
    told = paul.sends(ASK, pasted="11-02\n\n08-14\n", **{"from": "b2b-new"}).get_json()
    fields = {key: row["fields"]["date"] for key, row in told["rows"].items() if row["fields"]["date"]}
    assert fields == {"b2b-new": "11-02", "b2b-test": "08-14"}
    assert told["told"] == []


def test_a_column_longer_than_the_table_is_told(paul: Clerk) -> None:
    paul.opens()
    told = paul.sends(ASK, pasted="09-26\n09-27\n", **{"from": "directives"}).get_json()
    assert told["rows"]["directives"]["fields"]["date"] == "09-26"
    assert told["told"] == ["Line 2: There are more dates (2) than rows (1)."]
