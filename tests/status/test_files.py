"""The file of requests of the back office: every fault told with its line, no reference ever quoted."""

from datetime import date

import pytest

from portal.core.errors import FileRefused, Problem
from portal.core.numbers import reference_of
from portal.status.files import read_requests
from portal.status.rules import STAGES, Imported, Request

TODAY = date(2026, 7, 6)
HEADING = "reference,received_on,stage,changed_on,form\n"
ONE, TWO = reference_of(1234), reference_of(2**49 + 7)
THREE, FOUR = reference_of(98_765), reference_of(4_321_987)
A_LINE = f"{ONE},2026-06-01,in_line,2026-06-15,4058\n"


def read(text: str) -> tuple[Imported, ...]:
    return read_requests(text.encode(), TODAY, list)


def refusal(text: str) -> tuple[Problem, ...]:
    with pytest.raises(FileRefused) as caught:
        read(text)
    return caught.value.problems


def test_a_line_is_a_request() -> None:
    text = HEADING + A_LINE + f"{TWO},2026-07-06,received,2026-07-06,\n"

    assert read(text) == (
        Imported(2, ONE, "", Request(date(2026, 6, 1), "4058", "in_line", date(2026, 6, 15))),
        Imported(3, TWO, "", Request(date(2026, 7, 6), "", "received", date(2026, 7, 6))),
    )


def test_the_form_may_be_left_out_of_the_whole_file() -> None:
    text = f"reference;received_on;stage;changed_on\r\n{ONE};2026-06-01;closed;2026-06-01\r\n"

    assert read(text) == (Imported(2, ONE, "", Request(date(2026, 6, 1), "", "closed", date(2026, 6, 1))),)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_read(stage: str) -> None:
    (found,) = read(HEADING + f"{ONE},2026-06-01,{stage},2026-06-15,\n")

    assert found.request.stage == stage


def test_a_reference_is_kept_in_its_one_spelling() -> None:
    (found,) = read(HEADING + "ooooo-ool6j-d,2026-06-01,in_line,2026-06-15,\n")

    assert found.reference == "000000016JD"


def test_each_person_may_hold_a_reference_of_their_own() -> None:
    heading = HEADING.replace("reference", "reference,authoriser_reference", 1)
    both, one = read(
        f"{heading}{ONE},{TWO.lower()},2026-06-01,in_line,2026-06-15,\n{THREE},,2026-06-01,closed,2026-06-15,\n"
    )

    assert both.holders() == {ONE: "user", TWO: "authoriser"}
    assert one.holders() == {THREE: "anyone"}


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (ONE.lower(), "its two references are the same"),
        ("x", "the reference of the authorising person is not ten symbols and a check symbol"),
        (f"{TWO[:-1]}X", "the reference of the authorising person is mistyped: its check symbol does not agree"),
        (FOUR, "the reference of the authorising person stands already on line 2"),
    ],
)
def test_the_reference_of_the_authorising_person_is_checked_too(second: str, sentence: str) -> None:
    heading = HEADING.replace("reference", "reference,authoriser_reference", 1)
    lines = [f"{first},{other},2026-06-01,in_line,2026-06-15,\n" for first, other in ((THREE, FOUR), (ONE, second))]

    assert refusal(heading + "".join(lines)) == (Problem(3, sentence),)


def test_progress_is_told_once_a_line_even_a_faulty_one() -> None:
    told: list[int] = []

    read_requests((HEADING + A_LINE + f"{TWO},2026-06-01,closed,2026-06-02,\n").encode(), TODAY, lambda: told.append(1))
    with pytest.raises(FileRefused):
        read_requests(f"{HEADING}{A_LINE}x,x,x,x,x\n".encode(), TODAY, lambda: told.append(2))

    assert told == [1, 1, 2, 2]


NOT_A_DATE = "is not a date; write it YYYY-MM-DD, for example 2021-07-22"
NO_STAGE = "the stage is one of received, in_line, in_processing, more_information, processed, closed"
NO_SHAPE = "the reference is not ten symbols and a check symbol"
MISTYPED = "the reference is mistyped: its check symbol does not agree"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{ONE[:-1]},2026-06-01,in_line,2026-06-15,", NO_SHAPE),
        (",2026-06-01,in_line,2026-06-15,", NO_SHAPE),
        (f"{ONE[:-1]}0,2026-06-01,in_line,2026-06-15,", MISTYPED),
        (f"{ONE},2026-02-30,in_line,2026-06-15,", f"received_on: “2026-02-30” {NOT_A_DATE}"),
        (f"{ONE},,in_line,2026-06-15,", f"received_on: “” {NOT_A_DATE}"),
        (f"{ONE},{TWO},in_line,2026-06-15,", "received_on: this is not a date; write it YYYY-MM-DD"),
        *(
            (f"{ONE},{cell},in_line,2026-06-15,", "received_on: this is not a date; write it YYYY-MM-DD")
            for cell in ("Tremblay", "8ZK3M-2QX", "2026x06", "2026 06 01", "418-780-4208", "４１８７８０")
        ),
        (f"{ONE},1926-06-01,in_line,2026-06-15,", "received_on: 1926-06-01 is before 1990"),
        (f"{ONE},2026-06-01,in_line,2026-07-07,", "changed_on: 2026-07-07 is in the future"),
        (f"{ONE},2026-06-01,in_line,15/06/2026,", f"changed_on: “15/06/2026” {NOT_A_DATE}"),
        (f"{ONE},2026-06-01,in_line,2026-05-31,", "changed_on is before received_on"),
        (f"{ONE},2026-06-01,In line,2026-06-15,", NO_STAGE),
        (f"{ONE},2026-06-01,,2026-06-15,", NO_STAGE),
        (f"{ONE},2026-06-01,in_line,2026-06-15,405", "the form is a number of four digits"),
        (f"{ONE},2026-06-01,in_line,2026-06-15,4058,", "there are 6 cells for 5 columns"),
    ],
)
def test_a_faulty_line_is_told(line: str, sentence: str) -> None:
    assert refusal(f"{HEADING}{line}\n") == (Problem(2, sentence),)


def test_every_fault_of_every_line_is_told_at_once() -> None:
    text = HEADING + A_LINE + "x,x,x,x,x\n" + f"{ONE.lower()},2026-06-01,closed,2026-05-01,\n"

    assert refusal(text) == (
        Problem(3, "changed_on: this is not a date; write it YYYY-MM-DD"),
        Problem(3, "received_on: this is not a date; write it YYYY-MM-DD"),
        Problem(3, "the form is a number of four digits"),
        Problem(3, NO_SHAPE),
        Problem(3, NO_STAGE),
        Problem(4, "changed_on is before received_on"),
        Problem(4, "the reference stands already on line 2"),
    )


def test_of_many_faults_the_first_are_told_and_the_others_counted() -> None:
    with pytest.raises(FileRefused) as caught:
        read(HEADING + "a,b,c,d,\n" * 1_000)

    assert len(caught.value.problems) == 100
    assert {problem.line for problem in caught.value.problems} == set(range(2, 27))
    assert caught.value.more == 3_900


def test_no_message_quotes_a_reference() -> None:
    wrong = [ONE, f"{TWO[:-1]}{'0' if TWO[-1] != '0' else '1'}", f"{ONE}{ONE}", ONE.lower()]
    text = HEADING + A_LINE + "".join(f"{reference},2026-06-01,in_line,2026-06-15,\n" for reference in wrong)

    sentences = " ".join(problem.sentence for problem in refusal(text))

    assert len(refusal(text)) == 4
    assert not [reference for reference in (ONE, *wrong) if reference[:5] in sentences]


@pytest.mark.parametrize(
    "text",
    [
        HEADING + f"2026-06-01,{ONE},{ONE},{ONE},{ONE}\n",  # the columns have slipped
        A_LINE,  # without a heading, the first line is taken for one
        f"{ONE},{ONE}\n",
        HEADING.replace("form", ONE) + A_LINE,
        HEADING + f'"{ONE}"{ONE},2026-06-01,in_line,2026-06-15,\n',
        HEADING + f"{ONE},{ONE},{ONE},{ONE},{ONE},{ONE}\n",
    ],
)
def test_a_reference_in_the_wrong_place_is_not_quoted_either(text: str) -> None:
    sentences = " ".join(problem.sentence for problem in refusal(text))

    assert ONE.casefold() not in sentences.casefold()


@pytest.mark.parametrize("text", [HEADING, HEADING + "\n,,,,\n"])
def test_a_file_with_a_heading_alone_is_refused(text: str) -> None:
    assert refusal(text) == (Problem(0, "there is no line under the heading"),)
