"""The audit log as it is kept: sealed by the database itself, whole whoever writes, each touched line named."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from portal.app import create_app
from portal.audit.records import newest, verified
from portal.core.chain import Entry, sealed
from portal.rows.records import GroupRow
from portal.store.changes import recorded_change, write_line
from portal.store.database import database, session
from tests.makers import Office

AT = datetime(2026, 11, 20, 14, 0, 0, 654_321, tzinfo=UTC)
NAUGHTY = Path(__file__).parent.parent / "site" / "naughty" / "blns.json"
#: What `portal init` wrote, and the lines that a test adds.
FACTS, ADDED = 2, 4
LAST = FACTS + ADDED


def write(subject: str = "dates", *, actor: str = "a test", at: datetime = AT, **details: object) -> None:
    with recorded_change(subject, action="a.test", actor=actor, at=at) as change:
        change.details |= details or {"turn": 1}


def lines() -> list[Entry]:
    """Return the whole log, oldest first."""
    session().rollback()
    return list(reversed(newest(session(), 10_000)))


def faults() -> list[str]:
    session().rollback()
    _head, found = verified(session())
    return list(found)


@pytest.fixture
def log(app: Flask) -> Iterator[None]:
    """A log of LAST lines, on each database in turn."""
    with app.app_context():
        for turn in range(ADDED):
            write("dates" if turn % 2 else "notices", turn=turn)
        yield


def is_sqlite() -> bool:
    return database.engine.dialect.name == "sqlite"


def does(*statements: str, **values: object) -> None:
    """Do to the database what somebody does who has its password."""
    session().rollback()
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def breaks_the_seal() -> None:
    if is_sqlite():
        does(*(f"DROP TRIGGER changes_sealed_{verb}" for verb in ("update", "delete", "insert")))
    else:
        does("ALTER TABLE changes DISABLE TRIGGER USER")


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE changes SET actor = 'another' WHERE id = 3",
        "UPDATE changes SET id = 100 WHERE id = 6",
        "UPDATE changes SET actor = actor",
        "DELETE FROM changes WHERE id = 3",
        "DELETE FROM changes",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(statement: str) -> None:
    before = lines()
    with pytest.raises(DatabaseError, match="append-only"):
        does(statement)
    assert lines() == before
    assert faults() == []


#: A copy of line 4 in the place of line 3; of line 6, after it.
REPLACING = "SELECT 3, at, actor, subject, revision, action, details, follows, hash FROM changes WHERE id = 4"
ADDING = "SELECT 7, at, actor, subject, revision, action, details, follows, hash FROM changes WHERE id = 6"
WAYS_ROUND = {
    "sqlite": ["INSERT OR REPLACE INTO changes " + REPLACING],
    "postgresql": [
        "INSERT INTO changes " + REPLACING + " ON CONFLICT (id) DO UPDATE SET actor = 'another'",
        "TRUNCATE changes",
        "TRUNCATE revisions CASCADE",
    ],
}


@pytest.mark.usefixtures("log")
def test_no_other_way_round_the_refusal_is_open() -> None:
    before = lines()
    for statement in WAYS_ROUND[database.engine.dialect.name]:
        with pytest.raises(DatabaseError, match="append-only"):
            does(statement)
    assert lines() == before


@pytest.mark.usefixtures("log")
def test_a_log_that_nobody_touched_is_whole() -> None:
    head, found = verified(session())
    assert found == []
    assert head is not None
    assert [line.number for line in lines()] == list(range(1, LAST + 1))
    assert (head.number, head.hash) == (LAST, lines()[-1].hash)


TOUCHED = "line {} was touched: its hash is not its own"
TOUCHES: Mapping[str, tuple[list[str], list[str]]] = {
    **{
        f"its {statement.split()[3]}": ([statement], [TOUCHED.format(4)])
        for statement in (
            "UPDATE changes SET at = '2026-11-20 14:00:00.654322' WHERE id = 4",
            "UPDATE changes SET actor = 'another' WHERE id = 4",
            "UPDATE changes SET subject = 'hub' WHERE id = 4",
            "UPDATE changes SET revision = revision + 1 WHERE id = 4",
            "UPDATE changes SET action = 'another' WHERE id = 4",
            """UPDATE changes SET details = '{"turn": 2}' WHERE id = 4""",
            "UPDATE changes SET hash = follows WHERE id = 4",
        )
    },
    "one in the middle": (["DELETE FROM changes WHERE id = 4"], ["line 4 is missing"]),
    "the last ones": (["DELETE FROM changes WHERE id > 4"], ["lines 5 to 6 are missing"]),
    "all of them": (["DELETE FROM changes"], ["lines 1 to 6 are missing"]),
    "two changed places": (
        [
            "UPDATE changes SET id = 0 WHERE id = 4",
            "UPDATE changes SET id = 4 WHERE id = 5",
            "UPDATE changes SET id = 5 WHERE id = 0",
        ],
        [TOUCHED.format(4) + ", nor is line 3 the one that it says it follows", TOUCHED.format(5)],
    ),
    "one added": (["INSERT INTO changes " + ADDING], ["line 7 was added by hand: the log ended at line 6"]),
    "its head": (
        ["DELETE FROM audit_head"],
        ["where the log ended is not kept any more: whether lines are missing at its end, nobody can tell"],
    ),
}


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("touch", TOUCHES)
def test_whoever_breaks_the_seal_is_found_out_line_by_line(touch: str) -> None:
    statements, sentences = TOUCHES[touch]
    breaks_the_seal()
    does(*statements)
    assert faults() == sentences


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("number", "follower"), [(4, "that line 5 follows"), (6, "with which the log ended")])
def test_a_line_written_anew_with_its_hash_is_found_out(number: int, follower: str) -> None:
    breaks_the_seal()
    anew = sealed(replace(lines()[number - 1], actor="another"))
    does("UPDATE changes SET actor = :actor, hash = :hash WHERE id = :id", id=number, actor=anew.actor, hash=anew.hash)
    assert faults() == [f"line {number} was touched, hash and all: it is not the one {follower}"]


#: What SQLite keeps of anybody, whatever the type of its column.
GARBAGE = {
    "details that are no JSON": "UPDATE changes SET details = 'garbage' WHERE id = 2",
    "details of bytes": "UPDATE changes SET details = x'ff' WHERE id = 2",
    "no day": "UPDATE changes SET at = 'yesterday' WHERE id = 2",
    "a number for a day": "UPDATE changes SET at = 3 WHERE id = 2",
    "a person of bytes": "UPDATE changes SET actor = x'ff' WHERE id = 2",
    "a text that is none": "UPDATE changes SET actor = CAST(x'ff' AS TEXT) WHERE id = 2",
    "a revision in words": "UPDATE changes SET revision = 'third' WHERE id = 2",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_a_line_that_cannot_even_be_read_is_named_alone(office_app: Flask, what: str) -> None:
    with office_app.app_context():
        write()
        breaks_the_seal()
        does(GARBAGE[what])
        (sentence,) = faults()
        assert sentence.startswith("line 2 was touched: ")


def fail() -> None:
    with recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
        change.details["turn"] = 1
        raise ZeroDivisionError


def break_a_rule() -> None:
    with recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
        change.details["turn"] = 1
        change.session.add(GroupRow(key="no position"))


@pytest.mark.usefixtures("log")
def test_changes_that_fail_or_change_nothing_leave_no_gap() -> None:
    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(IntegrityError):
        break_a_rule()
    with recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
        change.details["turn"] = 1
        change.abandon()
    write(turn="next")
    assert [(line.number, line.details) for line in lines()[LAST:]] == [(LAST + 1, {"turn": "next"})]
    assert faults() == []


def details_of(strings: list[str]) -> dict[str, object]:
    return {"strings": strings, **dict.fromkeys(strings, 1)}


@pytest.mark.usefixtures("log")
def test_any_text_that_may_be_typed_is_kept_as_it_was_hashed() -> None:
    strings: list[str] = json.loads(NAUGHTY.read_text("utf-8"))
    with recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
        for string in strings:
            write_line(change.session, AT, string[:80], "dates", 1, "a.test", {"text": string})
        change.details |= details_of(strings)
    *each, together = lines()[LAST:]
    assert [(line.actor, line.details["text"]) for line in each] == [(string[:80], string) for string in strings]
    assert together.details == details_of(strings)
    assert faults() == []


VALUES: list[object] = [
    [0.1, 1e-7, 1e22, 5e-324, -0.0, 1.0, 100000000000000000000.5],
    [0, -1, 2**53 + 1, 2**70],
    [None, True, False, [], {}, [[{"a": []}]]],
    ["é", "e\u0301", "😀", "\u0000", "\u2028", "\\u0041", '"', "</script>"],
    {"b": 1, "a": 2, "É": 3},
    {1: "a number", 2.5: "a fraction", None: "nothing", False: "no"},
    ("a", ("b",)),
]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_value_is_kept_as_it_was_hashed(value: object) -> None:
    write(value=value)
    assert lines()[-1].details == json.loads(json.dumps({"value": value}))
    assert faults() == []


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "at",
    [
        AT,
        AT.replace(microsecond=0),
        AT.astimezone(ZoneInfo("America/Toronto")),
        AT.astimezone(ZoneInfo("Asia/Kolkata")),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Toronto"), fold=1),  # the second half past one
        datetime(1990, 1, 1, tzinfo=UTC),
        datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
    ids=str,
)
def test_an_instant_of_any_zone_is_kept_as_it_was_hashed(at: datetime) -> None:
    write(at=at)
    kept = lines()[-1].at
    assert (kept.timestamp(), kept.utcoffset()) == (at.timestamp(), timedelta())
    assert faults() == []


#: Says how many of its changes it wrote: on SQLite, one that waited too long for the others was refused.
WRITER = """
import sys
from datetime import UTC, datetime
from sqlalchemy.exc import OperationalError
from portal.app import create_app
from portal.config import from_environment
from portal.store.changes import recorded_change

written = 0
with create_app(from_environment()).app_context():
    for turn in range(12):
        try:
            with recorded_change(sys.argv[1], action="a.test", actor="a test", at=datetime.now(UTC)) as change:
                change.details["turn"] = turn
        except OperationalError:
            continue
        written += 1
print(written)
"""


def test_processes_that_write_at_once_leave_a_whole_chain(any_office: Office, app: Flask) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, subject],
            env={**os.environ, **any_office.environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        for subject in ("dates", "notices", "dates")
    ]
    said = [writer.communicate()[0] for writer in started]
    written = sum(map(int, said))
    assert written
    with app.app_context():
        assert [line.number for line in lines()] == list(range(1, FACTS + written + 1))
        assert faults() == []


def test_a_long_change_of_one_subject_lets_those_of_others_be_written(postgres_office: Office) -> None:
    one, other = create_app(postgres_office.config), create_app(postgres_office.config)

    def write_another() -> None:
        with other.app_context():
            write("notices", turn="meanwhile")

    with ThreadPoolExecutor(1) as pool:
        with one.app_context(), recorded_change("dates", action="a.test", actor="a test", at=AT) as change:
            change.details["turn"] = "long"
            change.session.add(GroupRow(key="long", position=0, label_fr="a", label_en="a"))
            change.session.flush()
            wait([pool.submit(write_another)], timeout=60)  # were it to wait for this one, it would be written after it
        with one.app_context():
            assert [line.details["turn"] for line in lines()[FACTS:]] == ["meanwhile", "long"]
            assert faults() == []


def test_what_is_written_while_the_log_is_verified_is_no_fault(any_office: Office) -> None:
    reading, writing = create_app(any_office.config), create_app(any_office.config)
    with ThreadPoolExecutor(1) as pool:

        def write_many() -> None:
            with writing.app_context():
                for turn in range(20):
                    write(turn=turn)

        written = pool.submit(write_many)
        with reading.app_context():
            while not written.done():
                assert faults() == []
        written.result()
