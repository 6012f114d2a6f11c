"""The one door for writes: locked, audited, counted, or nothing at all."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from portal.app import create_app
from portal.audit.records import newest
from portal.core.errors import StaleEdit
from portal.rows.records import GroupRow
from portal.store import revisions
from portal.store.changes import Change, recorded_change, was_ever
from portal.store.database import RecordedSession, WriteOutsideChange, session
from portal.store.revisions import SUBJECTS, Revision
from tests.makers import Office

AT = datetime(2026, 11, 20, 14, 0, 0, 654_321, tzinfo=UTC)


def a_change(subject: str = "dates", *, at: datetime = AT, **more: int) -> AbstractContextManager[Change]:
    return recorded_change(subject, action="dates.rows", actor="a test", at=at, **more)


def a_group(key: str = "online", position: int = 0) -> GroupRow:
    return GroupRow(key=key, position=position, label_fr="Services en ligne", label_en="Online services")


def keep_a_group(change: Change, key: str = "online") -> None:
    change.session.add(a_group(key))
    change.details["groups"] = [key]


def keep_a_group_and_fail(change: Change) -> None:
    keep_a_group(change)
    change.session.flush()
    raise ZeroDivisionError


def revision(subject: str = "dates") -> Revision:
    session().rollback()  # what is committed, not what this session read before
    return revisions.current(session())[subject]


def groups() -> list[str]:
    session().rollback()
    return list(session().scalars(select(GroupRow.key).order_by(GroupRow.key)))


def actions() -> list[str]:
    session().rollback()
    return [line.action for line in newest(session(), 100) if line.actor == "a test"]


def test_a_change_is_kept_audited_and_counted_once(app: Flask) -> None:
    with app.app_context():
        before = revision().number
        with a_change() as change:
            keep_a_group(change)
    with app.app_context():
        assert groups() == ["online"]
        line = newest(session(), 1)[0]
        assert (line.at, line.actor, line.action) == (AT, "a test", "dates.rows")
        assert (line.subject, line.revision, line.details) == ("dates", before + 1, {"groups": ["online"]})
        assert revision().number == before + 1
        assert actions() == ["dates.rows"]
        assert was_ever(session(), "dates.rows")
        assert not was_ever(session(), "dates.publish")


def test_a_change_moves_its_own_subject_and_no_other(app: Flask) -> None:
    with app.app_context():
        before = {subject: revision(subject) for subject in SUBJECTS}
        with a_change("notices") as change:
            change.details["key"] = "closing-days"
        after = {subject: revision(subject) for subject in SUBJECTS}
    assert {subject for subject in SUBJECTS if before[subject] != after[subject]} == {"notices"}


def test_a_change_that_nobody_sees_yet_is_counted_but_is_no_last_change(app: Flask) -> None:
    with app.app_context():
        before = revision("notices")
        with a_change("notices") as change:
            change.details["key"], change.is_unseen = "closing-days", True
        after = revision("notices")
    assert (after.number, after.changed_at) == (before.number + 1, before.changed_at)


def test_nothing_is_kept_of_a_change_that_fails(app: Flask) -> None:
    with app.app_context():
        before = revision()
        with pytest.raises(ZeroDivisionError), a_change() as change:
            keep_a_group_and_fail(change)
        assert (groups(), actions(), revision()) == ([], [], before)


def test_a_change_without_details_changed_nothing(app: Flask) -> None:
    with app.app_context():
        before = revision()
        with a_change() as change:
            change.session.add(a_group())
            change.session.flush()
        assert (groups(), actions(), revision()) == ([], [], before)


def test_a_change_that_is_abandoned_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        before = revision()
        with a_change() as change:
            keep_a_group(change)
            change.session.flush()
            change.abandon()
        assert (groups(), actions(), revision()) == ([], [], before)


def test_an_edit_begun_from_an_older_revision_is_refused(app: Flask) -> None:
    with app.app_context():
        begun = revision().number
        with a_change(expected=begun) as change:
            keep_a_group(change)
        with pytest.raises(StaleEdit) as refused, a_change(expected=begun) as change:
            keep_a_group(change, "late")
        assert (refused.value.expected, refused.value.found) == (begun, begun + 1)
        assert groups() == ["online"]


def test_a_long_name_of_a_person_is_cut_not_refused(app: Flask) -> None:
    with app.app_context():
        with recorded_change("dates", action="dates.rows", actor="é" * 200, at=AT) as change:
            keep_a_group(change)
        assert newest(session(), 1)[0].actor == "é" * 80


def add_and_flush(session: RecordedSession) -> None:
    session.add(a_group())
    session.flush()


def add_and_commit(session: RecordedSession) -> None:
    session.add(a_group())
    session.commit()


def edit_and_read(session: RecordedSession) -> None:
    session.get_one(GroupRow, "kept").label_fr = "Autre"
    session.scalars(select(GroupRow)).all()  # autoflush


def insert_many(session: RecordedSession) -> None:
    row = {"position": 0, "label_fr": "a", "label_en": "a"}
    session.execute(insert(GroupRow), [{"key": "a", **row}, {"key": "b", **row}])


def update_many(session: RecordedSession) -> None:
    session.execute(update(GroupRow), [{"key": "kept", "position": 9}])


def update_where(session: RecordedSession) -> None:
    session.execute(update(GroupRow).where(GroupRow.key == "kept").values(position=9))


def delete_where(session: RecordedSession) -> None:
    session.execute(delete(GroupRow))


def write_text(session: RecordedSession) -> None:
    session.execute(text("DELETE FROM date_groups"))


def insert_mappings(session: RecordedSession) -> None:
    row = {"position": 0, "label_fr": "a", "label_en": "a"}
    session.bulk_insert_mappings(GroupRow, [{"key": "a", **row}])


def save_objects(session: RecordedSession) -> None:
    session.bulk_save_objects([a_group("a")])


def update_mappings(session: RecordedSession) -> None:
    session.bulk_update_mappings(GroupRow, [{"key": "kept", "position": 9}])


STRAY_WRITES = [
    add_and_flush,
    add_and_commit,
    edit_and_read,
    insert_many,
    update_many,
    update_where,
    delete_where,
    write_text,
    insert_mappings,
    save_objects,
    update_mappings,
]


@pytest.mark.parametrize("write", STRAY_WRITES)
def test_a_write_outside_a_change_is_refused(app: Flask, write: Callable[[RecordedSession], None]) -> None:
    with app.app_context():
        with a_change() as change:
            keep_a_group(change, "kept")
        with pytest.raises(WriteOutsideChange, match="recorded_change"):
            write(session())
        assert groups() == ["kept"]


def test_the_door_closes_again_behind_a_change(app: Flask) -> None:
    with app.app_context():
        with a_change() as change:
            keep_a_group(change)
        with pytest.raises(WriteOutsideChange):
            update_where(session())
        with pytest.raises(ZeroDivisionError), a_change():
            raise ZeroDivisionError
        with pytest.raises(WriteOutsideChange):
            update_where(session())


def test_writers_at_the_same_time_lose_nothing(any_office: Office) -> None:
    writers, each = 4, 15
    apps = [create_app(any_office.config) for _ in range(writers)]

    def write(number: int) -> None:
        for turn in range(each):
            with apps[number].app_context(), a_change() as change:
                last = change.session.scalar(select(func.max(GroupRow.position))) or 0
                change.session.add(a_group(f"{number}-{turn}", last + 1))
                change.details["turn"] = turn

    with apps[0].app_context():
        before = revision().number
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    with apps[0].app_context():
        session().rollback()
        positions = list(session().scalars(select(GroupRow.position).order_by(GroupRow.position)))
        assert positions == list(range(1, writers * each + 1))
        assert len(actions()) == writers * each
        assert revision().number == before + writers * each


def test_the_date_of_a_change_is_whole_seconds_and_later_each_time(app: Flask) -> None:
    with app.app_context():
        seen = []
        for at in (AT, AT, AT + timedelta(milliseconds=100), AT - timedelta(days=1), AT + timedelta(hours=1)):
            with a_change(at=at) as change:
                change.details["at"] = str(at)
            seen.append(revision().changed_at)
    first = AT.replace(microsecond=0)
    assert seen == [*(first + timedelta(seconds=number) for number in range(4)), first + timedelta(hours=1)]


KILLED = """
import os
from datetime import UTC, datetime
from portal.app import create_app
from portal.config import from_environment
from portal.rows.records import GroupRow
from portal.store.changes import recorded_change

with create_app(from_environment()).app_context():
    at = datetime(2026, 11, 20, tzinfo=UTC)
    with recorded_change("dates", action="dates.rows", actor="a test", at=at) as change:
        change.session.add(GroupRow(key="half", position=0, label_fr="a", label_en="a"))
        change.details["groups"] = ["half"]
        change.session.flush()
        os._exit(9)
"""


def test_a_process_killed_in_the_middle_leaves_nothing(any_office: Office, app: Flask) -> None:
    with app.app_context():
        before = revision()
    killed = subprocess.run([sys.executable, "-c", KILLED], env={**os.environ, **any_office.environment}, check=False)
    assert killed.returncode == 9
    with app.app_context():
        assert (groups(), actions(), revision()) == ([], [], before)
        with a_change() as change:  # and holds no lock
            keep_a_group(change)
        assert groups() == ["online"]
