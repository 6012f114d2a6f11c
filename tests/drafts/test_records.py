"""Drafts: one a person, a form and an item; sent for publishing as they are; forgotten when they are published."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from portal.app import create_app
from portal.drafts import records
from portal.drafts.rules import Draft
from portal.staff.records import StaffRow
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from tests.desk.people import Desk
from tests.makers import in_quebec

AT = in_quebec("2026-11-20 10:00")
A_NOTICE = ("notices", "closing-days")


@pytest.fixture
def people(desk: Desk) -> Iterator[list[int]]:
    """The numbers of two people, while an application looks at the database."""
    with create_app(desk.office.config).app_context():
        yield [row.id for row in session().query(StaffRow).order_by(StaffRow.id).limit(2)]


def changed(act: Callable[[Change], object], at: datetime = AT) -> bool:
    """Say whether something changed the drafts."""
    with recorded_change("drafts", action="drafts.test", actor="a test", at=at) as change:
        act(change)
    return bool(change.details)


def typed(person: int, title: str, at: datetime = AT, *, is_sent: bool = False) -> bool:
    act = records.send if is_sent else records.keep
    return changed(lambda change: act(change, *A_NOTICE, person, {"title": title}, at))


def forgotten(person: int | None) -> bool:
    """Forget the draft of a person, or of all, and say whether there was one."""
    with recorded_change("drafts", action="drafts.test", actor="a test", at=AT) as change:
        change.details["was_there"] = records.forget(change, *A_NOTICE, person)
    return bool(change.details["was_there"])


def found() -> list[Draft]:
    return list(records.drafts(session(), *A_NOTICE))


def test_each_person_has_one_draft_of_a_notice_and_the_newest_comes_first(people: list[int]) -> None:
    assert typed(people[0], "Fermé")
    assert typed(people[1], "Closed", AT + timedelta(minutes=1))
    assert typed(people[0], "Fermeture", AT + timedelta(minutes=2))
    assert [(one.person, one.typed["title"]) for one in found()] == [(people[0], "Fermeture"), (people[1], "Closed")]
    assert not records.drafts(session(), "notices", "another")
    assert not records.drafts(session(), "dates")


def test_what_was_typed_twice_is_kept_once(people: list[int]) -> None:
    typed(people[0], "Fermé")
    assert not typed(people[0], "Fermé", AT + timedelta(minutes=1))
    assert [one.at for one in found()] == [AT]


def test_a_draft_that_was_sent_and_is_typed_anew_is_not_sent_any_more(people: list[int]) -> None:
    assert typed(people[0], "Fermé", is_sent=True)
    assert not typed(people[0], "Fermé", AT + timedelta(minutes=1), is_sent=True)
    assert not typed(people[0], "Fermé", AT + timedelta(minutes=1))
    assert [one.sent_at for one in found()] == [AT]
    assert typed(people[0], "Fermeture")
    assert [one.sent_at for one in found()] == [None]


def test_the_draft_of_one_person_is_forgotten_or_those_of_all(people: list[int]) -> None:
    for person in people:
        typed(person, "Fermé")
    assert [forgotten(whose) for whose in (people[0], people[0], None)] == [True, False, True]
    assert not found()


def test_whoever_typed_a_quarter_of_an_hour_ago_is_not_at_it_any_more(people: list[int]) -> None:
    typed(people[0], "Fermé")
    (draft,) = found()
    assert draft.is_at_it(AT + timedelta(minutes=14))
    assert not draft.is_at_it(AT + timedelta(minutes=15))
