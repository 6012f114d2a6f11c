"""What reads for a request of one read, with the bare driver: from the file or server that is there now."""

import os
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import OperationalError

from portal.app import create_app, rest
from portal.store.database import reader
from portal.store.revisions import RevisionRow
from tests.makers import Office, a_request, an_office
from tests.postgres import Server, name_of
from tests.store.importing import ONE, TWO, imports, told

FOUND, MISSED = "Status of your request –", "No request found"
NUMBER = select(RevisionRow.subject, RevisionRow.changed_at).where(RevisionRow.subject == bindparam("subject"))


def open_files(folder: Path) -> list[str]:
    """Return the names of the files of a folder that this process holds open."""
    held = (link for number in os.listdir("/proc/self/fd") if (link := _target(number)))
    return sorted(Path(link).name for link in held if Path(link).parent == folder)


def _target(number: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:  # of the listing itself
        return ""


def first(app: Flask, subject: str) -> object:
    with app.app_context():
        return reader().first(NUMBER, subject=subject)


def test_the_first_row_is_read_as_the_columns_say(app: Flask) -> None:
    found = first(app, "dates")
    assert isinstance(found, list)
    assert found[0] == "dates"
    assert found[1].tzinfo is not None
    assert first(app, "nothing") is None


def test_what_fails_does_not_say_what_was_asked(bare_office: Office) -> None:
    app = create_app(bare_office.config)
    with pytest.raises(OperationalError) as failed:
        first(app, "what-nobody-may-read")
    assert "what-nobody-may-read" not in f"{failed.value}{failed.value.params}"
    bare_office.did("init")
    assert first(app, "dates"), "the connection that failed was thrown away"


def test_another_file_of_the_same_name_is_read(office: Office, initialised: Path, tmp_path: Path) -> None:
    other = an_office(tmp_path / "other", like=initialised)
    imports(office, a_request(reference=ONE))
    imports(other, a_request(reference=TWO))
    assert FOUND in told(office, ONE)
    (other.data / "portal.db").replace(office.data / "portal.db")
    assert FOUND in told(office, TWO)
    assert MISSED in told(office, ONE)


def test_a_file_that_was_moved_away_is_missed_and_found_again(office: Office, tmp_path: Path) -> None:
    imports(office, a_request(reference=ONE))
    assert FOUND in told(office, ONE)
    file, elsewhere = office.data / "portal.db", tmp_path / "elsewhere.db"
    file.rename(elsewhere)
    assert office.post("/en/status/", {"reference": ONE, "date": "2026-10-01"}).status_code == 503
    assert not file.exists()
    elsewhere.rename(file)
    assert FOUND in told(office, ONE)


def test_an_idle_site_holds_nothing_of_its_file_and_leaves_all_in_one(office: Office) -> None:
    app = create_app(office.config)
    first(app, "dates")
    assert "portal.db" in open_files(office.data)
    imports(office, a_request(reference=ONE))  # another process of the site writes meanwhile
    assert (office.data / "portal.db-wal").stat().st_size
    rest(app)
    assert "portal.db" in open_files(office.data), "there was a read since the last rest"
    rest(app)
    assert not open_files(office.data)
    assert not (office.data / "portal.db-wal").exists()
    assert first(app, "dates")


def test_a_postgresql_that_restarted_is_read_anew(postgres: Server, postgres_office: Office) -> None:
    imports(postgres_office, a_request(reference=ONE))
    assert FOUND in told(postgres_office, ONE)
    postgres.loses(name_of(postgres_office.settings["PORTAL_DATABASE_URL"]))
    postgres.regains(name_of(postgres_office.settings["PORTAL_DATABASE_URL"]))
    assert FOUND in told(postgres_office, ONE)


def test_a_postgresql_that_does_not_answer_is_not_waited_for(postgres_office: Office) -> None:
    imports(postgres_office, a_request(reference=ONE))
    assert FOUND in told(postgres_office, ONE)
    with psycopg.connect(postgres_office.settings["PORTAL_DATABASE_URL"]) as another:
        another.execute("LOCK TABLE request_references")
        assert postgres_office.post("/en/status/", {"reference": ONE, "date": "2026-10-01"}).status_code == 503
    assert FOUND in told(postgres_office, ONE)


def test_the_connections_to_a_postgresql_outlive_a_rest(postgres_office: Office) -> None:
    app = create_app(postgres_office.config)
    first(app, "dates")
    pid = select(RevisionRow.subject, func.pg_backend_pid()).where(RevisionRow.subject == bindparam("subject"))
    with app.app_context():
        before = reader().first(pid, subject="dates")
        rest(app)
        rest(app)
        assert reader().first(pid, subject="dates") == before
