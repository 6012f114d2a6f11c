"""A log that was kept before it was a chain: chained as it stands, and readable again by the release before."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from portal.audit.records import newest, verified
from portal.core.chain import START, Entry, Head
from portal.store.changes import recorded_change
from portal.store.database import database, session
from portal.store.migrate import downgrade, upgrade

BEFORE = "0008"
AT = datetime(2026, 11, 20, 14, 0, 0, 654_321, tzinfo=UTC)


@pytest.fixture(autouse=True)
def opened(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def write(**details: object) -> None:
    with recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
        change.details |= details


def does(statement: str, *rows: Mapping[str, object]) -> None:
    session().rollback()
    with database.engine.begin() as connection:
        connection.execute(text(statement), rows or None)


def lines() -> list[Entry]:
    session().rollback()
    return list(reversed(newest(session(), 10_000)))


def is_whole() -> bool:
    session().rollback()
    head, faults = verified(session())
    return (head, faults) == (Head(len(lines()), lines()[-1].hash if lines() else START), [])


def back(app: Flask) -> None:
    session().rollback()
    downgrade(app, BEFORE)


def what_they_say(found: list[Entry]) -> list[tuple]:
    return [(one.at, one.actor, one.subject, one.revision, one.action, one.details) for one in found]


#: As the release before writes a line: the database gives the number.
LINE = """
INSERT INTO changes (at, actor, subject, revision, action, details) VALUES
('2026-11-20 14:00:00.500000', :actor, 'dates', 1, 'a.test', '{"reason": "\\u00c9t\\u00e9", "days": [0.1, 1e22]}')
"""


def test_a_log_with_gaps_is_numbered_without_and_chained(app: Flask) -> None:
    for turn in range(5):
        write(turn=turn)
    before = lines()
    back(app)
    does("DELETE FROM changes WHERE id IN (1, 4)")
    does("UPDATE changes SET id = 100 WHERE id = 7")
    upgrade(app)
    assert [line.number for line in lines()] == [1, 2, 3, 4, 5]
    assert what_they_say(lines()) == what_they_say([before[1], before[2], *before[4:]])
    assert is_whole()
    write(turn="next")
    assert (lines()[-1].number, is_whole()) == (6, True)


def test_a_log_of_more_lines_than_are_in_memory_at_once_is_chained(app: Flask) -> None:
    back(app)
    does(LINE, *({"actor": f"person {number}"} for number in range(1_200)))
    upgrade(app)
    assert [line.actor for line in lines()[2:]] == [f"person {number}" for number in range(1_200)]
    assert lines()[-1].details == {"reason": "Été", "days": [0.1, 1e22]}
    assert is_whole()


def test_an_empty_log_is_a_chain_too(app: Flask) -> None:
    back(app)
    does("DELETE FROM changes")
    upgrade(app)
    assert (lines(), is_whole()) == ([], True)
    write(turn="first")
    assert [(line.number, line.follows) for line in lines()] == [(1, START)]
    assert is_whole()


def test_the_release_before_keeps_the_lines_and_goes_on(app: Flask) -> None:
    write(turn="last")
    before = what_they_say(lines())
    back(app)
    assert "audit_head" not in inspect(database.engine).get_table_names()
    assert {"follows", "hash"}.isdisjoint(column["name"] for column in inspect(database.engine).get_columns("changes"))
    does(LINE, {"actor": "the release before"})
    does("UPDATE changes SET actor = 'anybody' WHERE id = 4")
    upgrade(app)
    assert what_they_say(lines()[:-1]) == before
    assert (lines()[-1].number, lines()[-1].actor) == (4, "anybody")
    assert is_whole()
