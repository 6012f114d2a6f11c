"""The audit log at the command line: asked for, verified, taken away."""

import csv
import io
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from portal.app import create_app
from portal.audit.records import newest, verified
from portal.core.chain import Head
from portal.store.changes import recorded_change
from portal.store.database import session
from tests.makers import Office, in_quebec
from tests.serving import PORTAL

ZOE, LOU = "Zoé Roy", "command line: lou"
#: Each line that a test adds: its hour in Québec, its person and its subject. Winter time begins on 1 November.
LINES = [
    ("2026-10-31 23:59", ZOE, "dates"),
    ("2026-11-01 00:00", ZOE, "notices"),
    ("2026-11-01 23:59", LOU, "dates"),
    ("2026-11-02 00:00", LOU, "notices"),
    ("2026-11-03 12:00", ZOE, "dates"),
]


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    """The application of an office, within it."""
    app = create_app(office.config)
    with app.app_context():
        yield app


@pytest.fixture
def log(office: Office, app: Flask) -> Office:
    """An office with LINES in its log, after the two of `init`."""
    for hour, person, subject in LINES:
        with recorded_change(subject, action="a.test", actor=person, at=in_quebec(hour)) as change:
            change.details["hour"] = hour
    return office


def head() -> Head:
    session().rollback()
    found, faults = verified(session())
    assert faults == []
    assert found is not None
    return found


def touch(office: Office, *statements: str) -> None:
    """Do to the database what somebody does who breaks its seal."""
    with closing(sqlite3.connect(office.data / "portal.db")) as connection, connection:
        for verb in ("update", "delete", "insert"):
            connection.execute(f"DROP TRIGGER changes_sealed_{verb}")
        for statement in statements:
            connection.execute(statement)


#: As on a disk that is full, no file may be larger, in bytes; SQLite needs half as much beside its own.
LARGEST = 65_536


def keep_files_small() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


HOURS = [hour for hour, _person, _subject in LINES]
ASKED = [
    (["--subject", "dates"], [0, 2, 4]),
    (["--subject", "hub"], []),
    (["--person", ZOE], [0, 1, 4]),
    (["--person", "Zoé"], []),
    (["--from", "2026-11-01"], [1, 2, 3, 4]),
    (["--to", "2026-11-01", "--subject", "dates"], [0, 2]),
    (["--from", "2026-11-01", "--to", "2026-11-01"], [1, 2]),
    (["--from", "2026-11-02", "--to", "2026-11-02"], [3]),
    (["--from", "2026-11-04"], []),
    (["--person", LOU, "--subject", "notices", "--from", "2026-10-01", "--to", "2100-12-31"], [3]),
]


@pytest.mark.parametrize(("options", "numbers"), ASKED)
def test_lines_are_asked_for_by_subject_person_and_day_in_quebec(
    log: Office, options: list[str], numbers: list[int]
) -> None:
    listed = [line.partition("  ")[0][:16] for line in log.did("audit", *options).splitlines()]
    assert listed == [HOURS[number] for number in reversed(numbers)]
    assert log.did("audit", *options, "--last", "1").splitlines() == log.did("audit", *options).splitlines()[:1]


@pytest.mark.parametrize(("options", "numbers"), ASKED)
def test_what_is_taken_away_is_what_is_asked_for_oldest_first(
    log: Office, options: list[str], numbers: list[int], tmp_path: Path
) -> None:
    said = log.did("audit", "export", tmp_path / "log.csv", *options)
    assert said == f"{tmp_path / 'log.csv'}: {len(numbers)} line{'' if len(numbers) == 1 else 's'}.\n"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text("utf-8"), newline="")))
    assert [row["number"] for row in rows] == [str(number + 3) for number in numbers]
    assert [row["at"].replace("T", " ")[:16] for row in rows] == [HOURS[number] for number in numbers]


def test_all_of_the_log_is_taken_away_unless_asked(log: Office, tmp_path: Path) -> None:
    assert log.did("audit", "export", tmp_path / "log.xlsx") == f"{tmp_path / 'log.xlsx'}: 7 lines.\n"
    assert (tmp_path / "log.xlsx").read_bytes()[:2] == b"PK"
    log.did("audit", "export", tmp_path / "log.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text("utf-8"), newline="")))
    session().rollback()
    assert [(row["number"], row["follows"], row["hash"]) for row in rows] == [
        (str(line.number), line.follows, line.hash) for line in reversed(newest(session(), 100))
    ]


def test_days_the_wrong_way_round_are_refused(log: Office, tmp_path: Path) -> None:
    days = ["--from", "2026-11-02", "--to", "2026-11-01"]
    for command in (["audit", *days], ["audit", "export", str(tmp_path / "log.csv"), *days]):
        refused = log.portal(*command)
        assert refused.exit_code == 1
        assert refused.stderr == "portal: the last day, 2026-11-01, comes before the first, 2026-11-02\n"
    assert not (tmp_path / "log.csv").exists()


@pytest.mark.parametrize(
    "options", [["--subject", "weather"], ["--from", "yesterday"], ["--to", "2101-01-01"], ["--person", "a\x01"]]
)
def test_what_cannot_be_asked_for_is_refused_with_its_option(log: Office, options: list[str]) -> None:
    refused = log.portal("audit", *options)
    assert refused.exit_code == 2
    assert options[0] in refused.stderr


@pytest.mark.parametrize("command", ["verify", "export"])
@pytest.mark.parametrize("options", [["--subject", "dates"], ["--last", "50"], ["--whole"], ["--person", ""]])
def test_an_option_before_a_word_that_does_not_take_it_is_refused(
    log: Office, options: list[str], command: str, tmp_path: Path
) -> None:
    file = [str(tmp_path / "log.csv")] if command == "export" else []
    refused = log.portal("audit", *options, command, *file)
    assert refused.exit_code == 2
    assert f"give the options of “{command}” after that word" in refused.stderr
    assert not (tmp_path / "log.csv").exists()


def test_a_whole_log_is_told_with_the_hash_to_keep(log: Office) -> None:
    said = log.did("audit", "verify")
    assert said.startswith(f"The audit log is whole: 7 lines, the last of hash {head().hash}; keep this hash elsewhere")
    assert len(said.splitlines()) == 1


def test_each_fault_is_told_and_the_command_fails(log: Office) -> None:
    touch(log, "UPDATE changes SET actor = 'another' WHERE id = 3", "DELETE FROM changes WHERE id = 5")
    failed = log.portal("audit", "verify")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert failed.stderr.splitlines() == ["line 3 was touched: its hash is not its own", "line 5 is missing"]


def test_a_log_without_its_head_fails(log: Office) -> None:
    touch(log, "DELETE FROM audit_head")
    failed = log.portal("audit", "verify")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("where the log ended is not kept any more")


def test_a_line_that_cannot_be_read_is_refused_in_words(log: Office, tmp_path: Path) -> None:
    touch(log, "UPDATE changes SET details = 'garbage' WHERE id = 3")
    for command in (["audit"], ["audit", "export", str(tmp_path / "log.csv")]):
        failed = log.portal(*command)
        assert failed.exit_code == 1
        assert failed.stderr == "portal: a line of the audit log cannot be read; `portal audit verify` says which\n"
    assert log.portal("audit", "verify").stderr == "line 3 was touched: it cannot be read\n"
    assert not (tmp_path / "log.csv").exists()


def test_a_name_that_says_no_kind_is_refused(log: Office, tmp_path: Path) -> None:
    refused = log.portal("audit", "export", tmp_path / "log.txt")
    assert refused.exit_code == 1
    assert "it ends in .csv or .xlsx" in refused.stderr
    assert not list(tmp_path.glob("log*"))


def test_a_copy_never_takes_the_place_of_another(log: Office, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("the copy of last year")
    refused = log.portal("audit", "export", tmp_path / "log.csv")
    assert refused.exit_code == 1
    assert refused.stderr == f"portal: {tmp_path / 'log.csv'} is there already; give the copy another name\n"
    assert (tmp_path / "log.csv").read_text() == "the copy of last year"


def test_a_folder_that_is_not_there_is_told(log: Office, tmp_path: Path) -> None:
    refused = log.portal("audit", "export", tmp_path / "nowhere" / "log.csv")
    assert refused.exit_code == 1
    assert "log.csv cannot be written: No such file or directory" in refused.stderr


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_half_a_copy_is_not_left(log: Office, tmp_path: Path, kind: str) -> None:
    with recorded_change("dates", action="a.test", actor=ZOE, at=in_quebec(HOURS[0])) as change:
        change.details |= {"some": "é" * LARGEST, "more": "è" * LARGEST}
    file = tmp_path / f"log.{kind}"
    command = [PORTAL, "audit", "export", str(file)]
    (tmp_path / "beside").mkdir()
    environment = {**os.environ, **log.environment, "TMPDIR": str(tmp_path / "beside")}
    failed = subprocess.run(
        command, env=environment, preexec_fn=keep_files_small, capture_output=True, text=True, check=False
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == f"portal: {file} cannot be written: File too large\n"
    assert not file.exists()
    assert not list((tmp_path / "beside").iterdir())
