"""The two files staff give for the table: every fault told, with its line."""

from datetime import date
from pathlib import Path

import pytest

from portal.core.errors import FileRefused, Problem
from portal.core.languages import Bilingual
from portal.editions.files import read_dates
from portal.editions.rules import Proposal
from portal.rows.files import RESERVED, read_rows
from portal.rows.rules import Group
from tests.makers import a_row

S = "\u00a0"
DEMO = Path(__file__).parents[2] / "portal" / "demo" / "rows.csv"
HEADING = "row,received_on,meaning,next_update_on\n"
DEFINITION = "row,group,group_fr,group_en,label_fr,label_en"
A_ROW = "access-new,online,Services,Services,Nouvel accès,New access"


def refusal_of_dates(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as caught:
        read_dates(text.encode())
    return caught.value.problems


def refusal_of_rows(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as caught:
        read_rows(text.encode())
    return caught.value.problems


def a_definition(**cells: str) -> str:
    """One row with those cells beside the columns it must have."""
    return f"{','.join([DEFINITION, *cells])}\n{','.join([A_ROW, *cells.values()])}\n"


def test_a_line_of_dates_is_a_proposal() -> None:
    text = HEADING + "access-new,2021-07-19,,\naccess-change,2021-07-20,received_up_to,2021-07-30\nb2b,,suspended,\n"

    assert read_dates(text.encode()) == (
        Proposal(2, "access-new", date(2021, 7, 19), None, None),
        Proposal(3, "access-change", date(2021, 7, 20), "received_up_to", date(2021, 7, 30)),
        Proposal(4, "b2b", None, "suspended", None),
    )


def test_two_columns_are_enough_in_a_file_of_dates() -> None:
    assert read_dates("row;received_on\r\nb2b;2021-07-19\r\n".encode("utf-8-sig")) == (
        Proposal(2, "b2b", date(2021, 7, 19), None, None),
    )


NOT_A_DATE = "is not a date; write it YYYY-MM-DD, for example 2021-07-22"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "b2b,2021-07-19,received,",
            "the meaning is one of received_on, received_up_to, up_to_date, suspended",
        ),
        ("b2b,2021-02-30,,", f"received_on: “2021-02-30” {NOT_A_DATE}"),
        ("b2b,19/07/2021,,", f"received_on: “19/07/2021” {NOT_A_DATE}"),
        ("b2b,1889-07-19,,", "received_on: 1889-07-19 is before 1990"),
        ("b2b,9999-07-19,,", "received_on: 9999-07-19 is after 2100"),
        ("b2b,2021-07-19,,9999-12-31", "next_update_on: 9999-12-31 is after 2100"),
        ("b2b,2021-07-19,,demain", f"next_update_on: “demain” {NOT_A_DATE}"),
        ("b2b,2021-07-19,,,", "there are 5 cells for 4 columns"),
    ],
)
def test_a_faulty_line_of_dates_is_told(line: str, sentence: str) -> None:
    assert refusal_of_dates(HEADING + line) == (Problem(2, sentence),)


def test_every_fault_of_a_file_of_dates_is_told() -> None:
    assert refusal_of_dates(HEADING + "a,x,y,z\nb2b,2021-07-19,,\nb,,\nc,2021-13-01,,\n") == (
        Problem(2, f"next_update_on: “z” {NOT_A_DATE}"),
        Problem(2, f"received_on: “x” {NOT_A_DATE}"),
        Problem(2, "the meaning is one of received_on, received_up_to, up_to_date, suspended"),
        Problem(5, f"received_on: “2021-13-01” {NOT_A_DATE}"),
    )


@pytest.mark.parametrize("text", [HEADING, HEADING + "\n\n,,,\n"])
def test_a_file_of_dates_with_a_heading_alone_is_refused(text: str) -> None:
    assert refusal_of_dates(text) == (Problem(0, "there is no line under the heading"),)


def test_a_row_is_defined_by_six_columns_and_the_usual_delays() -> None:
    assert read_rows(a_definition().encode()) == (a_row(group=Group("online", Bilingual("Services", "Services"))),)


def test_a_row_may_say_everything_else() -> None:
    text = a_definition(
        forms="4123 4058",
        update_every_days="14",
        tolerance_days="0",
        grace_days="366",
        jump_days="0",
        note_fr="L'avis : « lisez »",
        note_en="Don't wait",
        credentials="no",
        forecast="no",
        first_day="2026-01-05",
        last_day="2100-12-31",
        notice="rss-feeds",
    )

    (row,) = read_rows(text.encode())

    assert row.forms == ("4058", "4123")
    assert (row.update_every_days, row.tolerance_days, row.grace_days, row.jump_days) == (14, 0, 366, 0)
    assert (row.issues_credentials, row.has_forecast) == (False, False)
    assert (row.first_day, row.last_day) == (date(2026, 1, 5), date(2100, 12, 31))
    assert row.note == Bilingual(f"L’avis{S}: «{S}lisez{S}»", "Don’t wait")
    assert row.notice == "rss-feeds"


@pytest.mark.parametrize("most", [True, False])
def test_the_days_of_a_row_have_a_least_and_a_most(most: bool) -> None:
    days = dict.fromkeys(("update_every_days", "tolerance_days", "grace_days", "jump_days"), "366" if most else "0")
    if not most:
        days["update_every_days"] = "1"  # every 0 days, it would be overdue on the day of its own edition

    (row,) = read_rows(a_definition(**days).encode())

    found = (row.update_every_days, row.tolerance_days, row.grace_days, row.jump_days)
    assert found == ((366, 366, 366, 366) if most else (1, 0, 0, 0))


def test_a_row_may_be_merged_into_another_of_the_file_wherever_it_stands() -> None:
    text = f"{DEFINITION},merged_into\nold,former,S,S,Ancienne,Old,access-new\n{A_ROW},\n"

    assert [(row.key, row.merged_into) for row in read_rows(text.encode())] == [
        ("old", "access-new"),
        ("access-new", None),
    ]


def test_a_row_may_come_from_another_of_the_file_wherever_it_stands() -> None:
    text = f"{DEFINITION},split_from\nsecond,online,Services,Services,Second,Second,access-new\n{A_ROW},\n"

    assert [(row.key, row.split_from) for row in read_rows(text.encode())] == [
        ("second", "access-new"),
        ("access-new", None),
    ]


def test_a_row_may_say_yes_and_stand_in_the_table_for_a_day() -> None:
    (row,) = read_rows(
        a_definition(credentials="yes", forecast="yes", first_day="2026-01-05", last_day="2026-01-05").encode()
    )

    assert row == a_row(group=row.group, first_day=date(2026, 1, 5), last_day=date(2026, 1, 5)), (
        "yes is what an empty cell says"
    )


def test_the_demonstration_rows_can_be_read() -> None:
    rows = read_rows(DEMO.read_bytes())

    assert len({row.key for row in rows}) == len(rows)
    assert {row.group.key for row in rows} == {"online-services", "b2b", "selat", "directives"}


def day_fault(column: str, text: str) -> str:
    least = 1 if column == "update_every_days" else 0
    return f"{column}: write {least} to 366 days, not “{text}”"


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"credentials": "maybe"}, "credentials: write yes or no"),
        ({"credentials": "NO"}, "credentials: write yes or no"),
        ({"forecast": "maybe"}, "forecast: write yes or no"),
        ({"forms": "4058 abc"}, "forms: “abc” is not a form number of four digits"),
        ({"forms": "x" * 100}, f"forms: “{'x' * 40}” is not a form number of four digits"),
        ({"update_every_days": "-1"}, day_fault("update_every_days", "-1")),
        ({"update_every_days": "0"}, day_fault("update_every_days", "0")),
        ({"update_every_days": "367"}, day_fault("update_every_days", "367")),
        ({"tolerance_days": "367"}, day_fault("tolerance_days", "367")),
        ({"grace_days": "1.5"}, day_fault("grace_days", "1.5")),
        ({"grace_days": "٣"}, day_fault("grace_days", "٣")),
        ({"grace_days": "²"}, day_fault("grace_days", "²")),
        ({"grace_days": "0010"}, day_fault("grace_days", "0010")),
        ({"grace_days": "9" * 1_000}, day_fault("grace_days", "9" * 40)),
        ({"jump_days": "367"}, day_fault("jump_days", "367")),
        ({"jump_days": "-30"}, day_fault("jump_days", "-30")),
        ({"first_day": "2026-02-30"}, f"first_day: “2026-02-30” {NOT_A_DATE}"),
        ({"first_day": "1989-12-31"}, "first_day: 1989-12-31 is before 1990"),
        ({"first_day": "9999-12-31"}, "first_day: 9999-12-31 is after 2100"),
        ({"last_day": "demain"}, f"last_day: “demain” {NOT_A_DATE}"),
        ({"last_day": "2101-01-01"}, "last_day: 2101-01-01 is after 2100"),
        ({"last_day": "٢٠٢١-٠٧-٢٢"}, f"last_day: “٢٠٢١-٠٧-٢٢” {NOT_A_DATE}"),
        (
            {"first_day": "2026-01-05", "last_day": "2026-01-04"},
            "the last day 2026-01-04 is before the first, 2026-01-05",
        ),
        ({"split_from": "nowhere"}, "split_from: “nowhere” is no other row of the file"),
        ({"split_from": "access-new"}, "split_from: “access-new” is no other row of the file"),
        ({"split_from": "x" * 1_000}, f"split_from: “{'x' * 40}” is no other row of the file"),
        ({"merged_into": "nowhere"}, "merged_into: “nowhere” is no other row of the file"),
        ({"merged_into": "access-new"}, "merged_into: “access-new” is no other row of the file"),
    ],
)
def test_a_faulty_cell_of_a_row_is_told(cells: dict[str, str], sentence: str) -> None:
    assert refusal_of_rows(a_definition(**cells)) == (Problem(2, sentence),)


KEY_RULE = "a key has 2 to 40 lower-case letters, digits and hyphens, not"


@pytest.mark.parametrize(
    "key", ["a", "Access", "accès", "1-access", "-access", "access new", "access_new", "a" * 41, *sorted(RESERVED)]
)
def test_a_key_that_cannot_stand_in_an_address_is_told(key: str) -> None:
    text = f"{DEFINITION}\n{key},online,S,S,Nouvel accès,New access\n"

    assert refusal_of_rows(text) == (Problem(2, f"row: {KEY_RULE} “{key[:40]}”"),)


def test_the_key_of_a_group_follows_the_same_rule() -> None:
    text = f"{DEFINITION}\naccess-new,En Ligne,S,S,Nouvel accès,New access\n"

    assert refusal_of_rows(text) == (Problem(2, f"group: {KEY_RULE} “En Ligne”"),)


def test_a_row_says_everything_it_must_in_both_languages() -> None:
    assert refusal_of_rows(f"{DEFINITION}\naccess-new,online,,,Nouvel accès,\n") == (
        Problem(2, "group_en: it is empty"),
        Problem(2, "group_fr: it is empty"),
        Problem(2, "label_en: it is empty"),
    )


def test_rows_that_contradict_each_other_are_told() -> None:
    text = (
        f"{DEFINITION},forms,merged_into\n"
        f"{A_ROW},4058 4123,\n"
        f"{A_ROW},4058,\n"
        "other,more,S,S,Autre,Other,4123 4134,other\n"
        "third,more,S,T,Troisième,Third,4134,access-new\n"
    )

    assert refusal_of_rows(text) == (
        Problem(3, "the row “access-new” is defined twice"),
        Problem(4, "form 4123 is already covered by “access-new”"),
        Problem(4, "merged_into: “other” is no other row of the file"),
        Problem(5, "form 4134 is already covered by “other”"),
        Problem(5, "the group “more” has another name above"),
    )


def test_rows_merged_in_a_circle_are_told() -> None:
    text = f"{DEFINITION},merged_into\n" + "".join(
        f"{key},online,S,S,Ligne,Row,{into}\n" for key, into in [("aa", "bb"), ("bb", "cc"), ("cc", "bb"), ("dd", "")]
    )

    assert refusal_of_rows(text) == (
        Problem(3, "merged_into: “cc” is itself merged into this row"),
        Problem(4, "merged_into: “bb” is itself merged into this row"),
    )


def test_a_row_may_be_merged_into_one_merged_later() -> None:
    text = f"{DEFINITION},merged_into\naa,online,S,S,A,A,bb\nbb,online,S,S,B,B,cc\ncc,online,S,S,C,C,\n"

    assert [row.merged_into for row in read_rows(text.encode())] == ["bb", "cc", None]


def test_a_definition_with_a_heading_alone_is_refused() -> None:
    assert refusal_of_rows(f"{DEFINITION}\n") == (Problem(0, "there is no line under the heading"),)


def test_a_definition_keeps_the_faults_of_the_table_itself() -> None:
    assert refusal_of_rows(f"{DEFINITION}\n{A_ROW},x\n") == (Problem(2, "there are 7 cells for 6 columns"),)
