"""What the table answers to a person's own date, and what an edition may change (product.md §3)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.core.calendar import is_working_day
from portal.core.errors import FileRefused, NeedsConfirmation, Problem
from portal.core.languages import Bilingual
from portal.dates.rules import (
    Answer,
    Group,
    Meaning,
    Move,
    ProcessingDate,
    Proposal,
    Row,
    Verdict,
    answer,
    check_unusual,
    next_update,
    proposed_moves,
)

#: A Monday with no holiday within five weeks, so that delays can be counted by hand.
AS_OF = date(2026, 2, 2)
D = date(2026, 1, 12)
ONE_DAY = timedelta(days=1)


def a_row(**changes: object) -> Row:
    row = Row(
        key="access-new",
        group=Group("online-services", Bilingual("Services en ligne", "Online services")),
        label=Bilingual("Nouvel accès", "New access"),
        forms=(),
        update_every_days=7,
        tolerance_days=3,
        grace_days=10,
        note=Bilingual("", ""),
        issues_credentials=True,
        merged_into=None,
        notice="",
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_date(row: Row | None = None, **changes: object) -> ProcessingDate:
    published = ProcessingDate(row or a_row(), "received_on", D, AS_OF, AS_OF + timedelta(days=7))
    return replace(published, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_proposal(**changes: object) -> Proposal:
    proposal = Proposal(2, "access-new", D, None, None)
    return replace(proposal, **changes)  # type: ignore[arg-type]  # the names are checked by replace


@pytest.mark.parametrize("meaning", ["received_on", "received_up_to"])
@pytest.mark.parametrize(("received_on", "days"), [(D + ONE_DAY, 1), (date(2026, 2, 2), 21)])
def test_a_request_received_later_is_not_reached_yet(meaning: Meaning, received_on: date, days: int) -> None:
    found = a_date(meaning=meaning)

    assert answer(found, received_on, None, AS_OF) == Answer("not_yet", found, received_on, days)


def test_a_request_received_on_the_day_is_processed_now_and_its_delay_runs_from_the_edition() -> None:
    found = a_date()

    assert answer(found, D, None, date(2026, 2, 4)) == Answer("today", found, D, 0, date(2026, 2, 16))
    assert answer(found, D, None, date(2026, 2, 16)) == Answer("today", found, D, 0, date(2026, 2, 16))
    assert answer(found, D, None, date(2026, 2, 17)) == Answer("call_us", found, D, 0, date(2026, 2, 16))


def test_a_row_up_to_date_gives_its_delay_then_says_to_call() -> None:
    found = a_date(meaning="up_to_date", received_on=None)

    assert answer(found, D, None, date(2026, 1, 26)) == Answer("up_to_date", found, D, 0, date(2026, 1, 26))
    assert answer(found, D, None, date(2026, 1, 27)) == Answer("call_us", found, D, 0, date(2026, 1, 26))


@pytest.mark.parametrize(
    ("reached_on", "today", "verdict", "allow_until"),
    [
        # Reached on Monday 26 January: ten working days end on Monday 9 February.
        (date(2026, 1, 26), date(2026, 2, 2), "allow_time", date(2026, 2, 9)),
        (date(2026, 1, 26), date(2026, 2, 9), "allow_time", date(2026, 2, 9)),
        (date(2026, 1, 26), date(2026, 2, 10), "call_us", date(2026, 2, 9)),
        # The edition that went beyond it is not known: the delay runs from the last one.
        (None, date(2026, 2, 16), "allow_time", date(2026, 2, 16)),
        (None, date(2026, 2, 17), "call_us", date(2026, 2, 16)),
    ],
)
def test_a_request_received_before_is_given_its_delay_then_told_to_call(
    reached_on: date | None, today: date, verdict: Verdict, allow_until: date
) -> None:
    found = a_date()
    received_on = date(2026, 1, 9)

    assert answer(found, received_on, reached_on, today) == Answer(verdict, found, received_on, 3, allow_until)


def test_a_row_without_delay_says_to_call_on_the_next_day() -> None:
    found = a_date(a_row(grace_days=0))

    assert answer(found, D - ONE_DAY, AS_OF, AS_OF).verdict == "allow_time"
    assert answer(found, D - ONE_DAY, AS_OF, AS_OF + ONE_DAY).verdict == "call_us"


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (a_date(meaning="suspended", received_on=None), "suspended"),
        (a_date(received_on=None, as_of=None, next_update_on=None), "unpublished"),
        (a_date(a_row(merged_into="access")), "merged"),
        (a_date(a_row(merged_into="access"), meaning="suspended", received_on=None), "merged"),
        (a_date(a_row(merged_into="access"), received_on=None, as_of=None, next_update_on=None), "merged"),
    ],
)
@pytest.mark.parametrize("received_on", [D - ONE_DAY, D, D + ONE_DAY])
def test_a_row_without_a_date_of_its_own_has_one_answer(
    found: ProcessingDate, verdict: Verdict, received_on: date
) -> None:
    assert answer(found, received_on, None, AS_OF) == Answer(verdict, found, received_on)


days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(days_of_2026, days_of_2026, days_of_2026, st.integers(0, 40))
def test_the_answer_never_goes_back_as_time_passes(received_on: date, reached: date, today: date, grace: int) -> None:
    order = ["not_yet", "today", "allow_time", "call_us"]
    found = a_date(a_row(grace_days=grace), received_on=D, as_of=max(reached, D))
    later = replace(found, received_on=D + ONE_DAY)

    now = order.index(answer(found, received_on, reached, today).verdict)

    assert order.index(answer(found, received_on, reached, today + ONE_DAY).verdict) >= now
    assert order.index(answer(later, received_on, reached, today).verdict) >= now


@pytest.mark.parametrize(
    ("today", "stale"),
    [
        (AS_OF, False),
        (AS_OF + timedelta(days=7), False),
        (AS_OF + timedelta(days=10), False),
        (AS_OF + timedelta(days=11), True),
        (AS_OF + timedelta(days=400), True),
    ],
)
@pytest.mark.parametrize("meaning", ["received_on", "received_up_to", "up_to_date", "suspended"])
def test_a_row_is_stale_once_its_frequency_and_tolerance_have_passed(
    today: date, stale: bool, meaning: Meaning
) -> None:
    found = a_date(meaning=meaning)

    assert found.stale_from == date(2026, 2, 13)
    assert found.is_stale(today) is stale


@pytest.mark.parametrize("found", [a_date(as_of=None), a_date(a_row(merged_into="access"))])
def test_a_row_never_published_or_merged_is_never_stale(found: ProcessingDate) -> None:
    assert found.stale_from is None
    assert not found.is_stale(date.max)


def test_a_stale_row_gives_the_same_answer() -> None:
    found = a_date()
    late = date(2026, 12, 30)

    assert found.is_stale(late)
    assert answer(found, D + ONE_DAY, None, late) == answer(found, D + ONE_DAY, None, AS_OF)


TABLE = {
    "access-new": a_date(),
    "access-new-up-to": a_date(a_row(key="access-new-up-to"), meaning="received_up_to"),
    "paused": a_date(a_row(key="paused"), meaning="suspended", received_on=None),
    "fresh": a_date(a_row(key="fresh"), received_on=None, as_of=None, next_update_on=None),
    "merged": a_date(a_row(key="merged", merged_into="access-new")),
}
NEXT = date(2026, 2, 9)


@pytest.mark.parametrize(
    ("proposal", "old", "new", "is_change", "is_backwards"),
    [
        (a_proposal(), ("received_on", D), ("received_on", D), False, False),
        (a_proposal(received_on=D + ONE_DAY), ("received_on", D), ("received_on", D + ONE_DAY), True, False),
        (a_proposal(received_on=D - ONE_DAY), ("received_on", D), ("received_on", D - ONE_DAY), True, True),
        (a_proposal(meaning="received_up_to"), ("received_on", D), ("received_up_to", D), True, False),
        (a_proposal(row="access-new-up-to"), ("received_up_to", D), ("received_up_to", D), False, False),
        (
            a_proposal(row="access-new-up-to", meaning="received_on"),
            ("received_up_to", D),
            ("received_on", D),
            True,
            False,
        ),
        (
            a_proposal(received_on=None, meaning="suspended"),
            ("received_on", D),
            ("suspended", None),
            True,
            False,
        ),
        (
            a_proposal(row="paused", received_on=None, meaning="suspended"),
            ("suspended", None),
            ("suspended", None),
            False,
            False,
        ),
        (
            a_proposal(row="paused", received_on=None, meaning="up_to_date"),
            ("suspended", None),
            ("up_to_date", None),
            True,
            False,
        ),
        (a_proposal(row="paused"), ("suspended", None), ("received_on", D), True, False),
        (a_proposal(row="fresh"), (None, None), ("received_on", D), True, False),
    ],
)
def test_an_edition_tells_what_each_row_said_and_says(
    proposal: Proposal,
    old: tuple[Meaning | None, date | None],
    new: tuple[Meaning, date | None],
    is_change: bool,
    is_backwards: bool,
) -> None:
    (move,) = proposed_moves(TABLE, [proposal], AS_OF, AS_OF)

    assert move == Move(TABLE[proposal.row].row, *old, *new, NEXT)
    assert (move.is_change, move.is_backwards) == (is_change, is_backwards)


def test_an_edition_keeps_the_order_of_its_file() -> None:
    proposals = [a_proposal(line=2, row="paused"), a_proposal(line=3), a_proposal(line=4, row="fresh")]

    assert [move.row.key for move in proposed_moves(TABLE, proposals, AS_OF, AS_OF)] == [
        "paused",
        "access-new",
        "fresh",
    ]
    assert proposed_moves(TABLE, [], AS_OF, AS_OF) == ()


def test_the_next_update_is_the_one_given_or_follows_from_the_frequency() -> None:
    given_day = date(2026, 2, 4)

    assert proposed_moves(TABLE, [a_proposal()], AS_OF, AS_OF)[0].next_update_on == NEXT
    assert proposed_moves(TABLE, [a_proposal(next_update_on=given_day)], AS_OF, AS_OF)[0].next_update_on == given_day


KEYS = "access-new, access-new-up-to, paused, fresh, merged"


@pytest.mark.parametrize(
    ("proposal", "sentence"),
    [
        (a_proposal(row="other"), f"the row “other” is unknown; the rows are {KEYS}"),
        (a_proposal(row=""), f"the row “” is unknown; the rows are {KEYS}"),
        (a_proposal(row="x" * 2_000), f"the row “{'x' * 40}” is unknown; the rows are {KEYS}"),
        (a_proposal(row="merged"), "the row “merged” was merged into “access-new”"),
        (a_proposal(meaning="suspended"), "a row that is suspended has no received date; leave it empty"),
        (a_proposal(meaning="up_to_date"), "a row that is up_to_date has no received date; leave it empty"),
        (a_proposal(received_on=None), "the received date is missing"),
        (a_proposal(received_on=None, meaning="received_up_to"), "the received date is missing"),
        (a_proposal(row="paused", received_on=None), "the received date is missing"),
        (
            a_proposal(received_on=AS_OF + ONE_DAY),
            "the received date 2026-02-03 is after the as-of day 2026-02-02",
        ),
        (a_proposal(next_update_on=AS_OF), "the next update 2026-02-02 is not after the as-of day 2026-02-02"),
    ],
)
def test_a_faulty_line_is_refused(proposal: Proposal, sentence: str) -> None:
    with pytest.raises(FileRefused) as caught:
        proposed_moves(TABLE, [proposal], AS_OF, AS_OF)
    assert caught.value.problems == (Problem(2, sentence),)


def test_a_received_date_may_be_the_as_of_day() -> None:
    assert proposed_moves(TABLE, [a_proposal(received_on=AS_OF)], AS_OF, AS_OF)[0].received_on == AS_OF


def test_an_as_of_day_not_yet_reached_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        proposed_moves(TABLE, [a_proposal()], AS_OF + ONE_DAY, AS_OF)
    assert caught.value.problems == (Problem(0, "the as-of day 2026-02-03 is in the future"),)


def test_every_fault_of_every_line_is_told_at_once() -> None:
    proposals = [
        a_proposal(line=2),
        a_proposal(line=3),
        a_proposal(line=4, received_on=AS_OF + ONE_DAY, meaning="suspended", next_update_on=D),
        a_proposal(line=5, row="merged", received_on=None),
    ]

    with pytest.raises(FileRefused) as caught:
        proposed_moves(TABLE, proposals, AS_OF, AS_OF - ONE_DAY)
    assert caught.value.problems == (
        Problem(0, "the as-of day 2026-02-02 is in the future"),
        Problem(3, "the row “access-new” stands already on line 2"),
        Problem(4, "a row that is suspended has no received date; leave it empty"),
        Problem(4, "the next update 2026-01-12 is not after the as-of day 2026-02-02"),
        Problem(4, "the received date 2026-02-03 is after the as-of day 2026-02-02"),
        Problem(4, "the row “access-new” stands already on line 2"),
        Problem(5, "the received date is missing"),
        Problem(5, "the row “merged” was merged into “access-new”"),
    )


@pytest.mark.parametrize(
    ("as_of", "every_days", "expected"),
    [
        (date(2026, 2, 2), 7, date(2026, 2, 9)),
        (date(2026, 2, 2), 1, date(2026, 2, 3)),
        (date(2026, 2, 6), 1, date(2026, 2, 9)),  # a Saturday moves to Monday
        (date(2026, 6, 17), 7, date(2026, 6, 25)),  # 24 June 2026
        (date(2026, 6, 24), 7, date(2026, 7, 2)),  # 1 July 2026
        (date(2026, 12, 17), 7, date(2026, 12, 28)),  # 24 to 27 December
        (date(2026, 12, 24), 7, date(2027, 1, 4)),  # 31 December to 3 January
    ],
)
def test_the_next_update_is_on_a_working_day(as_of: date, every_days: int, expected: date) -> None:
    assert next_update(as_of, every_days) == expected


@given(days_of_2026, st.integers(0, 366))
def test_the_next_update_is_the_first_working_day_due(as_of: date, every_days: int) -> None:
    due = as_of + timedelta(days=every_days)
    found = next_update(as_of, every_days)

    assert is_working_day(found)
    assert not any(is_working_day(due + timedelta(days=ahead)) for ahead in range((found - due).days))


def a_move(key: str, old: date | None, new: date | None) -> Move:
    return Move(a_row(key=key), "received_on", old, "received_on", new, NEXT)


BACK = a_move("access-new", D, D - ONE_DAY)


@pytest.mark.parametrize(
    ("moves_", "last_as_of", "questions"),
    [
        ([BACK], None, ("access-new: the date goes back, from 2026-01-12 to 2026-01-11",)),
        (
            [BACK, a_move("still", D, D), a_move("b2b", D, date(2025, 12, 1))],
            AS_OF,
            (
                "access-new: the date goes back, from 2026-01-12 to 2026-01-11",
                "b2b: the date goes back, from 2026-01-12 to 2025-12-01",
            ),
        ),
        (
            [a_move("still", D, D)],
            AS_OF + ONE_DAY,
            ("the as-of day 2026-02-02 is before that of the last edition, 2026-02-03",),
        ),
        (
            [BACK],
            AS_OF + ONE_DAY,
            (
                "access-new: the date goes back, from 2026-01-12 to 2026-01-11",
                "the as-of day 2026-02-02 is before that of the last edition, 2026-02-03",
            ),
        ),
    ],
)
def test_what_goes_back_is_questioned(moves_: list[Move], last_as_of: date | None, questions: tuple[str, ...]) -> None:
    with pytest.raises(NeedsConfirmation) as caught:
        check_unusual(moves_, AS_OF, last_as_of)
    assert caught.value.questions == questions


def asked(moves_: list[Move], last_as_of: date | None) -> tuple[str, ...]:
    try:
        check_unusual(moves_, AS_OF, last_as_of)
    except NeedsConfirmation as confirmation:
        return confirmation.questions
    return ()


@given(st.lists(st.tuples(st.none() | days_of_2026, st.none() | days_of_2026)), st.none() | days_of_2026)
def test_an_edition_is_questioned_exactly_when_something_goes_back(
    pairs: list[tuple[date | None, date | None]], last_as_of: date | None
) -> None:
    goes_back = [pair for pair in pairs if pair[0] and pair[1] and pair[1] < pair[0]]
    expected = len(goes_back) + (last_as_of is not None and last_as_of > AS_OF)

    assert len(asked([a_move("access-new", *pair) for pair in pairs], last_as_of)) == expected
