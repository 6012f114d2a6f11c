"""What an edition changes, what it may change, and what must be confirmed (product.md §3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.core.calendar import add_working_days, working_days_between
from portal.core.errors import FileRefused, NeedsConfirmation, Problem, ReasonMissing
from portal.core.languages import NO_TEXT
from portal.editions.rules import (
    Edition,
    EditionRefused,
    Move,
    Proposal,
    Step,
    check_reason,
    check_unusual,
    compare,
    proposed_moves,
    questions,
    says_more,
)
from portal.rows.rules import Meaning
from tests.makers import AS_OF, ONE_DAY, D, a_date, a_row

NEXT = date(2026, 2, 9)
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def a_step(old: date | None = D, new: date | None = D + ONE_DAY, meaning: Meaning = "received_on") -> Step:
    return Step("received_on", old, meaning, new)


def a_move(step: Step | None = None, last: date | None = None, **row: object) -> Move:
    """A move of a row; `last` is the date that it had before it had none."""
    step = step or a_step()
    return Move(a_row(**row), step, AS_OF, NEXT, step.old_received_on or last)


def a_proposal(**changes: object) -> Proposal:
    proposal = Proposal(2, "access-new", D, None, None)
    return replace(proposal, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def an_edition(**changes: object) -> Edition:
    edition = Edition(7, AS_OF, datetime(2026, 2, 2, 14, tzinfo=UTC), NO_TEXT, None, None)
    return replace(edition, **changes)  # type: ignore[arg-type]  # the names are checked by replace


@pytest.mark.parametrize(
    ("step", "is_change", "working_days", "is_backwards"),
    [
        (a_step(D, D), False, 0, False),
        (a_step(D, D + ONE_DAY), True, 1, False),
        (a_step(D, D + timedelta(days=6)), True, 4, False),  # Sunday: Tuesday to Friday count
        (a_step(D, D - timedelta(days=3)), True, -1, True),  # from Monday to Friday
        (a_step(D, D - ONE_DAY), True, -1, True),  # from Monday to Sunday
        (a_step(date(2026, 4, 2), date(2026, 4, 7)), True, 1, False),  # Good Friday and Easter Monday between
        (a_step(D, None, "suspended"), True, 0, False),
        (Step("suspended", None, "suspended", None), False, 0, False),
        (Step("suspended", None, "received_on", D), True, 0, False),
        (Step(None, None, "received_on", D), True, 0, False),
        (Step("received_up_to", D, "received_on", D), True, 0, False),
    ],
)
def test_a_step_says_whether_and_how_far_the_row_moved(
    step: Step, is_change: bool, working_days: int, is_backwards: bool
) -> None:
    assert (step.is_change, step.working_days, step.is_backwards) == (is_change, working_days, is_backwards)
    assert step.is_forwards == (working_days > 0 or (step.old_meaning == "suspended" and step.received_on == D))


@pytest.mark.parametrize(("hour", "day"), [(4, "2026-02-01"), (5, "2026-02-02"), (23, "2026-02-02")])
def test_an_edition_is_published_on_a_day_of_quebec(hour: int, day: str) -> None:
    assert str(an_edition(published_at=datetime(2026, 2, 2, hour, tzinfo=UTC)).day) == day


TABLE = {
    "access-new": a_date(),
    "access-new-up-to": a_date(a_row(key="access-new-up-to"), meaning="received_up_to"),
    "paused": a_date(a_row(key="paused"), meaning="suspended", received_on=None),
    "fresh": a_date(a_row(key="fresh"), received_on=None, as_of=None, next_update_on=None),
    "merged": a_date(a_row(key="merged", merged_into="access-new")),
    "ended": a_date(a_row(key="ended", last_day=AS_OF - ONE_DAY)),
    "coming": a_date(a_row(key="coming", first_day=AS_OF + ONE_DAY)),
}
KEYS = ", ".join(TABLE)
#: The last dates of rows that have none now.
LAST = {"paused": D - ONE_DAY}


def proposed(*proposals: Proposal, as_of: date = AS_OF, today: date = AS_OF) -> tuple[Move, ...]:
    return proposed_moves(TABLE, proposals, as_of, today, LAST)


@pytest.mark.parametrize(
    ("proposal", "step"),
    [
        (a_proposal(), a_step(D, D)),
        (a_proposal(received_on=D + ONE_DAY), a_step(D, D + ONE_DAY)),
        (a_proposal(received_on=D - ONE_DAY), a_step(D, D - ONE_DAY)),
        (a_proposal(meaning="received_up_to"), a_step(D, D, "received_up_to")),
        (a_proposal(received_on=None, meaning="suspended"), a_step(D, None, "suspended")),
        (a_proposal(row="access-new-up-to"), Step("received_up_to", D, "received_up_to", D)),
        (a_proposal(row="access-new-up-to", meaning="received_on"), Step("received_up_to", D, "received_on", D)),
        (
            a_proposal(row="paused", received_on=None, meaning="suspended"),
            Step("suspended", None, "suspended", None),
        ),
        (a_proposal(row="paused", received_on=None, meaning="up_to_date"), Step("suspended", None, "up_to_date", None)),
        (a_proposal(row="paused"), Step("suspended", None, "received_on", D)),
        (a_proposal(row="fresh"), Step(None, None, "received_on", D)),
        (a_proposal(row="fresh", received_on=None, meaning="up_to_date"), Step(None, None, "up_to_date", None)),
    ],
)
def test_an_edition_tells_what_each_row_said_and_says(proposal: Proposal, step: Step) -> None:
    last = step.old_received_on or LAST.get(proposal.row)
    assert proposed(proposal) == (Move(TABLE[proposal.row].row, step, AS_OF, NEXT, last),)


def test_an_edition_keeps_the_order_of_its_file() -> None:
    proposals = [a_proposal(line=2, row="paused"), a_proposal(line=3), a_proposal(line=4, row="fresh")]

    moves = proposed(*proposals)

    assert [move.row.key for move in moves] == ["paused", "access-new", "fresh"]
    assert proposed() == ()


def test_the_next_update_is_the_one_given_or_follows_from_the_frequency() -> None:
    given_day, later = date(2026, 2, 4), AS_OF + ONE_DAY

    assert proposed(a_proposal(), as_of=later, today=later)[0].next_update_on == NEXT + ONE_DAY
    assert proposed(a_proposal(row="fresh"))[0].next_update_on == NEXT
    assert proposed(a_proposal(next_update_on=given_day))[0].next_update_on == given_day


@pytest.mark.parametrize(
    ("as_of", "given_day", "expected"),
    [
        (AS_OF, None, date(2026, 3, 2)),
        (AS_OF, date(2026, 2, 4), date(2026, 2, 4)),
        (AS_OF + ONE_DAY, None, NEXT + ONE_DAY),
        (AS_OF - ONE_DAY, None, NEXT),  # a week later is a Sunday
    ],
)
def test_a_row_published_again_for_the_same_day_keeps_the_next_update_announced(
    as_of: date, given_day: date | None, expected: date
) -> None:
    announced = {"access-new": a_date(next_update_on=date(2026, 3, 2))}

    (move,) = proposed_moves(announced, [a_proposal(next_update_on=given_day)], as_of, AS_OF + ONE_DAY, {})

    assert move.next_update_on == expected


@pytest.mark.parametrize(
    ("proposal", "sentence"),
    [
        (a_proposal(row="other"), f"the row “other” is unknown; the rows are {KEYS}"),
        (a_proposal(row=""), f"the row “” is unknown; the rows are {KEYS}"),
        (a_proposal(row="x" * 2_000), f"the row “{'x' * 40}” is unknown; the rows are {KEYS}"),
        (a_proposal(row="merged"), "the row “merged” was merged into “access-new”"),
        (
            a_proposal(row="ended"),
            "the row “ended” is not in the table on 2026-02-02; its days are … to 2026-02-01",
        ),
        (
            a_proposal(row="coming"),
            "the row “coming” is not in the table on 2026-02-02; its days are 2026-02-03 to …",
        ),
        (a_proposal(meaning="suspended"), "a row that is suspended has no received date; leave it empty"),
        (a_proposal(meaning="up_to_date"), "a row that is up to date has no received date; leave it empty"),
        (a_proposal(received_on=None), "the received date is missing"),
        (a_proposal(received_on=None, meaning="received_up_to"), "the received date is missing"),
        (a_proposal(row="paused", received_on=None), "the received date is missing"),
        (a_proposal(received_on=AS_OF + ONE_DAY), "the received date 2026-02-03 is after the as-of day 2026-02-02"),
        (a_proposal(next_update_on=AS_OF), "the next update 2026-02-02 is not after the as-of day 2026-02-02"),
    ],
)
def test_a_faulty_line_is_refused(proposal: Proposal, sentence: str) -> None:
    with pytest.raises(FileRefused) as caught:
        proposed(proposal)
    assert caught.value.problems == (Problem(2, sentence),)


@pytest.mark.parametrize(("row", "as_of"), [("ended", AS_OF - ONE_DAY), ("coming", AS_OF + ONE_DAY)])
def test_a_row_is_published_as_of_a_day_on_which_it_stands_in_the_table(row: str, as_of: date) -> None:
    assert proposed(a_proposal(row=row), as_of=as_of, today=as_of + ONE_DAY)[0].as_of == as_of


def test_a_received_date_may_be_the_as_of_day() -> None:
    assert proposed(a_proposal(received_on=AS_OF))[0].step.received_on == AS_OF


def test_an_as_of_day_not_yet_reached_is_refused() -> None:
    with pytest.raises(EditionRefused, match="the edition was refused") as caught:
        proposed(a_proposal(), as_of=AS_OF + ONE_DAY)
    assert caught.value.problems == (Problem(0, "the as-of day 2026-02-03 is in the future"),)


def test_every_fault_of_every_line_is_told_at_once() -> None:
    proposals = [
        a_proposal(line=2),
        a_proposal(line=3),
        a_proposal(line=4, received_on=AS_OF + ONE_DAY, meaning="suspended", next_update_on=D),
        a_proposal(line=5, row="merged", received_on=None),
    ]

    with pytest.raises(FileRefused) as caught:
        proposed(*proposals, today=AS_OF - ONE_DAY)
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
    ("changes", "says"),
    [
        ({"step": a_step(D, D)}, False),
        ({"step": a_step(D, D + ONE_DAY)}, True),
        ({"step": a_step(D, D), "as_of": AS_OF + ONE_DAY}, True),
        ({"step": a_step(D, D), "next_update_on": NEXT + ONE_DAY}, True),
        ({"step": a_step(D, D), "next_update_on": None}, True),
    ],
)
def test_an_edition_says_more_by_its_date_its_as_of_day_or_its_next_update(
    changes: dict[str, object], says: bool
) -> None:
    move = replace(a_move(), **changes)  # type: ignore[arg-type]  # the names are checked by replace

    assert says_more(move, a_date()) is says


def asked_of(moves: list[Move], last_as_of: date | None = None) -> tuple[str, ...]:
    """What a publication is stopped for, as a command says it."""
    try:
        check_unusual(moves, AS_OF, last_as_of)
    except NeedsConfirmation as confirmation:
        return confirmation.questions
    return ()


BACK = a_move(a_step(D, D - ONE_DAY))
STILL = a_move(a_step(D, D), key="still")
TAKEN_UP = Step("suspended", None, "received_on", D)
WENT_BACK = "access-new: the date goes back, from 2026-01-12 to 2026-01-11"
EARLY = "the as-of day 2026-02-02 is before that of the last edition, 2026-02-03"


@pytest.mark.parametrize(
    ("moves", "last_as_of", "asked"),
    [
        ([], None, ()),
        ([STILL], AS_OF, ()),
        ([BACK], None, (WENT_BACK,)),
        (
            [BACK, STILL, a_move(a_step(D, date(2025, 12, 1)), key="b2b")],
            AS_OF,
            (WENT_BACK, "b2b: the date goes back, from 2026-01-12 to 2025-12-01"),
        ),
        ([STILL], AS_OF + ONE_DAY, (EARLY,)),
        ([BACK], AS_OF + ONE_DAY, (WENT_BACK, EARLY)),
        ([a_move(Step(None, None, "received_on", D), jump_days=0)], None, ()),
        ([a_move(Step("suspended", None, "received_on", D), jump_days=0)], None, ()),
        ([a_move(TAKEN_UP, last=D)], None, ()),
        (
            [a_move(TAKEN_UP, last=D + ONE_DAY)],
            None,
            ("access-new: the date goes back, from 2026-01-13 to 2026-01-12",),
        ),
        ([a_move(a_step(D, None, "suspended"), jump_days=0)], None, ()),
        ([a_move(Step("suspended", None, "up_to_date", None), last=D, jump_days=0)], None, ()),
    ],
)
def test_what_goes_back_is_questioned(moves: list[Move], last_as_of: date | None, asked: tuple[str, ...]) -> None:
    assert asked_of(moves, last_as_of) == asked


def test_a_question_tells_its_row_and_whether_its_date_goes_back() -> None:
    early, late = a_move(a_step(D, D - ONE_DAY)), a_move(a_step(D, D + ONE_DAY), key="late", jump_days=0)

    asked = questions([early, STILL, late], AS_OF, AS_OF + ONE_DAY)

    assert [(one.row, one.is_backwards) for one in asked] == [(early.row, True), (late.row, False), (None, False)]
    assert [one.sentence for one in asked] == [
        "the date goes back, from 2026-01-12 to 2026-01-11",
        "the date advances by 1 working days, from 2026-01-12 to 2026-01-13; the limit of this row is 0",
        EARLY,
    ]
    assert questions([STILL], AS_OF, None) == []


@pytest.mark.parametrize(
    ("old", "jump_days", "last_free"),
    [
        (D, 30, date(2026, 2, 23)),  # six weeks of five days
        (D, 0, D),
        (D, 4, date(2026, 1, 18)),  # until Sunday: the next working day is the fifth
        (date(2026, 6, 22), 2, date(2026, 6, 25)),  # 24 June does not count
        (date(2026, 12, 23), 1, date(2026, 12, 28)),  # nor do 24 to 26 December
    ],
)
def test_an_advance_beyond_the_limit_of_its_row_is_questioned_to_the_working_day(
    old: date, jump_days: int, last_free: date
) -> None:
    beyond = add_working_days(last_free, 1)

    assert asked_of([a_move(a_step(old, last_free), jump_days=jump_days)]) == ()
    assert asked_of([a_move(a_step(old, beyond), jump_days=jump_days)]) == (
        f"access-new: the date advances by {jump_days + 1} working days, from {old} to {beyond}; "
        f"the limit of this row is {jump_days}",
    )


@given(
    st.lists(st.tuples(st.none() | days_of_2026, st.none() | days_of_2026, st.integers(0, 60))),
    st.none() | days_of_2026,
)
def test_an_edition_is_questioned_exactly_when_something_goes_back_or_far(
    cases: list[tuple[date | None, date | None, int]], last_as_of: date | None
) -> None:
    unusual = [
        (old, new) for old, new, limit in cases if old and new and (new < old or working_days_between(old, new) > limit)
    ]
    expected = len(unusual) + (cases != [] and last_as_of is not None and last_as_of > AS_OF)

    moves = [a_move(a_step(old, new), jump_days=limit) for old, new, limit in cases]

    assert len(asked_of(moves, last_as_of)) == expected


@pytest.mark.parametrize("reason", ["", "  ", "\t\n"])
def test_a_date_that_goes_back_needs_a_reason(reason: str) -> None:
    with pytest.raises(ReasonMissing, match="say why"):
        check_reason([STILL, BACK], reason)


@pytest.mark.parametrize("meaning", ["suspended", "up_to_date"])
def test_a_row_taken_up_again_is_judged_by_the_last_date_that_it_had(meaning: Meaning) -> None:
    def taken_up(received_on: date) -> Move:
        step = Step(meaning, None, "received_on", received_on)
        move = a_move(step, last=D, jump_days=4)
        assert move.step == step, "what is told of it stays"
        return move

    far = D + timedelta(days=7)
    assert asked_of([taken_up(D + timedelta(days=4))]) == ()
    assert asked_of([taken_up(far)]) == (
        f"access-new: the date advances by 5 working days, from {D} to {far}; the limit of this row is 4",
    )
    with pytest.raises(ReasonMissing):
        check_reason([taken_up(D - ONE_DAY)], "")
    check_reason([taken_up(far)], "")  # raises nothing


@pytest.mark.parametrize(("moves", "reason"), [([], ""), ([STILL], ""), ([BACK], "Late mail")])
def test_what_does_not_go_back_or_says_why_needs_no_more(moves: list[Move], reason: str) -> None:
    check_reason(moves, reason)  # raises nothing


def test_two_tables_are_compared_row_by_row_in_the_order_of_the_later() -> None:
    still, moved, fresh = (a_date(a_row(key=key)) for key in ("still", "moved", "fresh"))
    after = {"fresh": fresh, "moved": replace(moved, received_on=D + ONE_DAY), "still": still}

    assert compare({"still": still, "moved": moved, "gone": a_date()}, after) == [
        (fresh.row, Step(None, None, "received_on", D)),
        (moved.row, a_step(D, D + ONE_DAY)),
        (still.row, a_step(D, D)),
    ]
    assert compare({}, {}) == []
