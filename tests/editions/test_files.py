"""What is copied from a spreadsheet, beside what tests/desk/dates/test_pasting.py tells at the desk."""

import pytest

from portal.core.errors import FileRefused
from portal.editions.files import read_pasted

KEYS = ("access-new", "b2b-new")


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \r\n \n"])
def test_a_paste_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_pasted(text.encode(), {}, KEYS)
    assert [problem.sentence for problem in refused.value.problems] == ["there is nothing in it"]


def test_a_cell_left_empty_in_a_column_is_a_row_left_as_it_is() -> None:
    found, problems = read_pasted(b"\n2026-11-05\n", {}, KEYS)
    assert [(one.line, one.row, one.date) for one in found] == [(2, "b2b-new", "2026-11-05")]
    assert problems == []
