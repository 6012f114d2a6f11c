"""What is copied from a spreadsheet, beside what tests/desk/dates/test_pasting.py tells at the desk."""

import pytest

from portal.core.errors import FileRefused
from portal.editions.files import Pasted, read_pasted

KEYS = ("access-new", "b2b-new")
NAMES = {"access-new": "access-new", "nouvel accès": "access-new", "b2b-new": "b2b-new"}


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \r\n \n"])
def test_a_paste_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_pasted(text.encode(), {}, KEYS)
    assert [problem.sentence for problem in refused.value.problems] == ["there is nothing in it"]


def test_a_cell_left_empty_in_a_column_is_a_row_left_as_it_is() -> None:
    found, problems = read_pasted(b"\n2026-11-05\n", {}, KEYS)
    assert [(one.line, one.row, one.date) for one in found] == [(2, "b2b-new", "2026-11-05")]
    assert problems == []


def test_more_dates_than_rows_are_told_on_the_first_line_too_many() -> None:
    found, problems = read_pasted(b"11-05\n11-06\n11-07\n11-08\n", {}, KEYS)
    assert [(one.row, one.date) for one in found] == [("access-new", "11-05"), ("b2b-new", "11-06")]
    assert [(one.line, one.sentence) for one in problems] == [(3, "there are more dates (4) than rows (2)")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("access-new\t11-13\n", Pasted(1, "access-new", "11-13", "", "")),
        ("NOUVEL ACCÈS;11-13;received_on;2027-01-15", Pasted(1, "access-new", "11-13", "received_on", "2027-01-15")),
        ("b2b-new, , Suspended", Pasted(1, "b2b-new", "", "Suspended", "")),
        ('"Row";Received_on\r\nb2b-new;11-13\r\n', Pasted(2, "b2b-new", "11-13", "", "")),
    ],
)
def test_a_row_stands_by_its_key_or_its_label_with_or_without_a_heading(text: str, expected: Pasted) -> None:
    assert read_pasted(text.encode(), NAMES, KEYS) == ([expected], [])


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (f"b2b-new,11-13\n{'x' * 41},11-13", 2, f"no row of the table is called “{'x' * 40}”"),
        ("b2b-new,11-13\n\nb2b-new,11-14", 3, "this row stands already on line 1"),
        ("row,received_on\nb2b-new,11-13\nb2b-new,11-14", 3, "this row stands already on line 2"),
        ("b2b-new,11-13\nb2b-new,1,2,3,4", 2, "there are 5 cells for 4 columns"),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_line_as_it_was_pasted(text: str, line: int, sentence: str) -> None:
    found, problems = read_pasted(text.encode(), NAMES, KEYS)
    assert [(one.row, one.date) for one in found] == [("b2b-new", "11-13")]
    assert [(one.line, one.sentence) for one in problems] == [(line, sentence)]
