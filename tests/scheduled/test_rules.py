"""An edition to come: what makes two of them the same, and what holds one back when its time has come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.core.calendar import QUEBEC
from portal.core.languages import NO_TEXT, Bilingual
from portal.editions.rules import Move, questions
from portal.scheduled.rules import Hold, Plan, Seen, held_back, said
from tests.editions.test_rules import a_move, a_proposal, a_step
from tests.makers import AS_OF, ONE_DAY, D, in_quebec

AT = in_quebec("2026-02-03 08:00")
#: The night on which this hour comes twice.
TWICE = in_quebec("2026-11-01 01:30")
NOTE = {"access-new": Bilingual("Deux postes vacants.", "Two posts are vacant.")}


def a_plan(**changes: object) -> Plan:
    plan = Plan(AT, AS_OF, [a_proposal(meaning="received_on")], {}, "", NO_TEXT)
    return replace(plan, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def seen(*moves: Move, confirmed: Sequence[str] = (), notes: Mapping[str, Bilingual] | None = None) -> Seen:
    """What a publisher saw while `moves` were what their plan would change."""
    return Seen(said(moves), notes or {}, 1, frozenset(confirmed))


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
        ({"reason": "A slip"}, False),
        ({"why": Bilingual("Pourquoi.", "Why.")}, False),
        ({"proposals": []}, False),
        ({"proposals": [a_proposal(meaning="received_up_to")]}, False),
        ({"proposals": [a_proposal(received_on=D + ONE_DAY)]}, False),
        ({"proposals": [a_proposal(next_update_on=AS_OF + ONE_DAY)]}, False),
        ({"proposals": [a_proposal(row="b2b-new")]}, False),
    ],
)
def test_the_same_sent_twice_is_known_again(changes: dict[str, Any], *, is_same: bool) -> None:
    assert a_plan().says(a_plan(**changes)) == is_same


def test_an_hour_that_comes_twice_is_told_from_itself() -> None:
    first, second = (TWICE.astimezone(QUEBEC).replace(fold=fold).astimezone(TWICE.tzinfo) for fold in (0, 1))
    assert a_plan(at=first).says(a_plan(at=first))
    assert not a_plan(at=first).says(a_plan(at=second))


JUMP = a_move(a_step(D, D + timedelta(days=200)))
SUSPENDED = a_step(None, D, "received_on")


@pytest.mark.parametrize(
    ("then", "now", "confirmed", "why"),
    [
        (a_move(), a_move(), (), None),
        (a_move(), a_move(a_step(D + ONE_DAY, D + ONE_DAY)), (), "changed"),
        (a_move(), a_move(SUSPENDED), (), "changed"),
        (a_move(SUSPENDED, last=D), a_move(SUSPENDED, last=D + ONE_DAY), (), "changed"),
        (JUMP, JUMP, (), "asked"),
        (JUMP, JUMP, [str(one) for one in questions([JUMP], AS_OF, None)], None),
    ],
)
def test_it_is_held_back_where_its_publisher_saw_something_else(
    then: Move, now: Move, confirmed: Sequence[str], why: Hold | None
) -> None:
    assert held_back(seen(then, confirmed=confirmed), [now], {}, questions([now], AS_OF, None)) == why


def test_a_note_that_was_changed_meanwhile_holds_it_back() -> None:
    assert held_back(seen(notes=NOTE), [], NOTE, ()) is None
    assert held_back(seen(notes=NOTE), [], {"access-new": NO_TEXT}, ()) == "changed"
    assert held_back(seen(notes=NOTE), [], {}, ()) == "changed"


def test_an_as_of_day_that_another_edition_has_passed_is_a_question_of_its_own() -> None:
    asked = questions([a_move()], AS_OF, AS_OF + ONE_DAY)
    assert held_back(seen(a_move()), [a_move()], {}, asked) == "asked"
    assert held_back(seen(a_move(), confirmed=[str(one) for one in asked]), [a_move()], {}, asked) is None


def test_notes_alone_hold_on_no_day() -> None:
    assert not questions([], AS_OF, AS_OF + ONE_DAY)
