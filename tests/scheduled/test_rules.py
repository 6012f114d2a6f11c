"""An edition to come: what makes two of them the same, and what holds one back when its time has come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.core.languages import NO_TEXT, Bilingual
from portal.editions.rules import Move, questions
from portal.scheduled.rules import Hold, Plan, held_back, said
from tests.editions.test_rules import a_move, a_proposal, a_step
from tests.makers import AS_OF, ONE_DAY, D, in_quebec

AT = in_quebec("2026-02-03 08:00")
NOTE = {"access-new": Bilingual("Deux postes vacants.", "Two posts are vacant.")}


def a_plan(moves: Sequence[Move] = (), **changes: object) -> Plan:
    """A plan made while `moves` were what it would change."""
    plan = Plan(AT, AS_OF, [a_proposal(meaning="received_on")], {}, said(moves), frozenset(), "", NO_TEXT)
    return replace(plan, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def test_it_comes_out_on_a_day_in_quebec() -> None:
    assert str(a_plan(at=in_quebec("2026-02-03 23:30")).day) == "2026-02-03"


def test_it_speaks_of_the_rows_of_its_dates_and_of_its_notes() -> None:
    assert a_plan(notes={"b2b-new": NOTE["access-new"]}).rows == {"access-new", "b2b-new"}


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"proposals": [a_proposal(line=9)]}, True),  # a meaning that is not given is the one that is kept
        ({"at": AT + ONE_DAY}, False),
        ({"as_of": AS_OF + ONE_DAY}, False),
        ({"notes": NOTE}, False),
        ({"proposals": []}, False),
        ({"proposals": [a_proposal(meaning="received_up_to")]}, False),
        ({"proposals": [a_proposal(received_on=D + ONE_DAY)]}, False),
        ({"proposals": [a_proposal(next_update_on=AS_OF + ONE_DAY)]}, False),
        ({"proposals": [a_proposal(row="b2b-new")]}, False),
    ],
)
def test_the_same_sent_twice_is_known_again(changes: dict[str, Any], *, is_same: bool) -> None:
    other = a_plan(**changes)
    assert a_plan().says(other.at, other.as_of, other.proposals, other.notes) == is_same


JUMP = a_move(a_step(D, D + timedelta(days=200)))


@pytest.mark.parametrize(
    ("then", "now", "confirmed", "why"),
    [
        ([a_move()], [a_move()], (), None),
        ([a_move()], [a_move(a_step(D + ONE_DAY, D + ONE_DAY))], (), "changed"),
        ([a_move()], [a_move(a_step(None, D, "up_to_date"))], (), "changed"),
        ([JUMP], [JUMP], (), "asked"),
        ([JUMP], [JUMP], [str(one) for one in questions([JUMP], AS_OF, None)], None),
    ],
)
def test_it_is_held_back_where_its_publisher_saw_something_else(
    then: Sequence[Move], now: Sequence[Move], confirmed: Sequence[str], why: Hold | None
) -> None:
    plan = a_plan(then, confirmed=frozenset(confirmed))
    assert held_back(plan, now, questions(now, AS_OF, None)) == why


def test_an_as_of_day_that_another_edition_has_passed_is_a_question_of_its_own() -> None:
    plan, asked = a_plan([a_move()]), questions([a_move()], AS_OF, AS_OF + ONE_DAY)
    assert held_back(plan, [a_move()], asked) == "asked"
    assert held_back(replace(plan, confirmed=frozenset(map(str, asked))), [a_move()], asked) is None
