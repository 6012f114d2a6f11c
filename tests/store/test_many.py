"""Many rows at once: what is written is what was given, in as few statements for a thousand rows as for one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from portal.status.records import RequestRow
from portal.store.changes import recorded_change
from portal.store.database import WriteOutsideChange, session
from portal.store.many import Rows, insert_rows, is_among, update_rows
from tests.store.statements import asked_of_the_database

REQUESTS = cast(Table, RequestRow.__table__)
DAY, LATER = date(2026, 10, 1), date(2026, 11, 2)
#: Whatever a text may hold that JSON, SQL or a driver could take for its own.
TEXTS = ("", "4058", "'\"\\", "%s:x", "é–\u2028", "null", "{},[")


def rows_of(texts: Sequence[str], stage: str = "received", changed_on: date = DAY) -> Rows:
    return [
        {"id": number, "received_on": DAY, "form_number": text, "stage": stage, "changed_on": changed_on}
        for number, text in enumerate(texts)
    ]


def writes(app: Flask, *, new: Rows = (), moved: Rows = ()) -> None:
    with (
        app.app_context(),
        recorded_change("status", action="trial", actor="a test", at=datetime(2026, 11, 20, tzinfo=UTC)) as change,
    ):
        insert_rows(change.session, REQUESTS, new)
        update_rows(change.session, REQUESTS, moved)
        change.details["tried"] = True


def kept(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in session().execute(select(REQUESTS).order_by(REQUESTS.c.id))]


def test_rows_are_kept_as_they_were_given(app: Flask) -> None:
    writes(app, new=rows_of(TEXTS))
    assert kept(app) == [(number, DAY, text, "received", DAY) for number, text in enumerate(TEXTS)]


def test_rows_take_other_values_by_their_id(app: Flask) -> None:
    writes(app, new=rows_of(TEXTS))
    writes(app, moved=rows_of(TEXTS[::-1], "in_line", LATER)[1:3])
    assert kept(app) == [
        (number, DAY, TEXTS[-1 - number], "in_line", LATER)
        if number in (1, 2)
        else (number, DAY, text, "received", DAY)
        for number, text in enumerate(TEXTS)
    ]


def test_nothing_is_written_for_no_rows(app: Flask) -> None:
    writes(app)
    assert not kept(app)


def test_what_breaks_a_rule_of_the_table_is_refused_whole(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        writes(app, new=[*rows_of(TEXTS), *rows_of(("4123",), "no_stage")])
    assert not kept(app)


def test_rows_are_written_inside_a_change_alone(app: Flask) -> None:
    with app.app_context():
        for write in (insert_rows, update_rows):
            with pytest.raises(WriteOutsideChange):
                write(session(), REQUESTS, rows_of(("4058",)))


def test_rows_are_found_by_some_of_their_values(app: Flask) -> None:
    writes(app, new=rows_of(TEXTS))
    query = select(RequestRow.id).order_by(RequestRow.id)
    with app.app_context():
        for texts, ids in ((TEXTS[1:3], [1, 2]), (("none",), []), ((), [])):
            assert list(session().scalars(query.where(is_among(session(), RequestRow.form_number, texts)))) == ids
        assert list(session().scalars(query.where(is_among(session(), RequestRow.id, {2, 4, 99})))) == [2, 4]


@pytest.mark.parametrize("any_office", ["postgresql"], indirect=True)
def test_postgresql_is_asked_as_often_for_a_thousand_rows_as_for_one(app: Flask) -> None:
    asked = []
    for texts in (("4058",), ("4058",) * 1_000):
        with asked_of_the_database() as statements:
            writes(app, new=rows_of(texts))
            writes(app, moved=rows_of(texts, "in_line", LATER))
        asked.append(len(statements))
        with app.app_context(), recorded_change("status", action="x", actor="x", at=datetime.now(UTC)) as change:
            change.session.execute(REQUESTS.delete())
            change.details["emptied"] = True
    assert asked[0] == asked[1] < 20
