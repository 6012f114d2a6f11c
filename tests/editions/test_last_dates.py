"""What a new publication is compared with: the last date that a row had, and the update announced for it."""

import pytest

from tests.makers import ROWS, Office

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
HEADING = "row,received_on,meaning\n"
WITHOUT = ("suspended", "up_to_date")


@pytest.fixture
def table(office: Office) -> Office:
    """One edition of both rows."""
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates(HEADING + "new,2026-10-01,\nb2b,2026-10-02,\n", as_of="2026-11-03")
    return office


def refused(office: Office, content: str, as_of: str = "2026-11-17") -> str:
    before = office.dump()
    result = office.portal("dates", "publish", office.file(content), "--as-of", as_of, "--reason", "Weekly")
    assert (result.exit_code, office.dump()) == (1, before), result.output
    return result.output


def next_update(office: Office) -> str:
    return office.another_worker().get("/api/v1/dates").get_json()["rows"][0]["next_update_on"]


@pytest.mark.parametrize("meaning", WITHOUT)
@pytest.mark.parametrize(
    ("received_on", "question"),
    [
        ("2024-01-05", "new: the date goes back, from 2026-10-01 to 2024-01-05"),
        ("2026-09-30", "new: the date goes back, from 2026-10-01 to 2026-09-30"),
        ("2026-11-16", "new: the date advances by 31 working days, from 2026-10-01 to 2026-11-16; the limit of this"),
    ],
)
def test_a_row_taken_up_again_is_compared_with_its_last_date(
    table: Office, meaning: str, received_on: str, question: str
) -> None:
    table.publishes_dates(f"{HEADING}new,,{meaning}\n", as_of="2026-11-10")
    content = f"{HEADING}new,{received_on},\n"
    assert question in refused(table, content)
    said = table.publishes_dates(content, as_of="2026-11-17", confirm=True)
    assert f"→ {received_on}" in said


@pytest.mark.parametrize("meaning", WITHOUT)
def test_a_row_taken_up_again_where_it_was_or_a_little_further_is_no_question(table: Office, meaning: str) -> None:
    table.publishes_dates(f"{HEADING}new,,{meaning}\n", as_of="2026-11-10")
    table.publishes_dates(HEADING + "new,2026-11-13,\n", as_of="2026-11-17")


def test_a_row_without_a_date_for_several_editions_has_its_last_one_still(table: Office) -> None:
    for day, meaning in (("09", "suspended"), ("10", "up_to_date"), ("11", "suspended")):
        table.publishes_dates(f"{HEADING}new,,{meaning}\n", as_of=f"2026-11-{day}")
    assert "from 2026-10-01 to 2026-09-30" in refused(table, HEADING + "new,2026-09-30,\n")


def test_a_last_date_that_was_taken_back_is_no_last_date(table: Office) -> None:
    table.publishes_dates(HEADING + "new,2026-10-30,\n", as_of="2026-11-10")
    table.did("dates", "undo", "2", "--reason", "Typed wrongly")
    table.publishes_dates(HEADING + "new,,suspended\n", as_of="2026-11-17")
    table.publishes_dates(HEADING + "new,2026-10-05,\n", as_of="2026-11-18")


def test_a_row_that_never_had_a_date_is_compared_with_none(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates(HEADING + "new,,suspended\n", as_of="2026-11-10")
    office.publishes_dates(HEADING + "new,2020-01-06,\nb2b,2026-11-10,\n", as_of="2026-11-17")


def test_what_is_published_again_for_the_same_day_keeps_the_update_announced(table: Office) -> None:
    announced = "row,received_on,next_update_on\nnew,2026-10-05,{}\n"
    again = HEADING + "new,2026-10-06,\n"
    table.publishes_dates(announced.format("2026-12-01"), as_of="2026-11-17")
    table.publishes_dates(again, as_of="2026-11-17")
    assert next_update(table) == "2026-12-01"
    before = table.dump()
    assert "Nothing changed" in table.publishes_dates(again, as_of="2026-11-17")
    assert table.dump() == before
    table.publishes_dates(again, as_of="2026-11-18")
    assert next_update(table) == "2026-11-25", "another day begins anew"
