"""The revisions as the door reads them: a fifth of a second late at most, and silent when the database is."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from portal.store.bare.watch import INTERVAL, INTERVAL_AFTER_FAILURE, Watch
from portal.store.changes import recorded_change
from tests.makers import Office, an_office
from tests.postgres import Server, name_of


class Clock:
    """A clock that moves when told."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def watch(office: Office, clock: Callable[[], float]) -> Watch:
    return Watch(office.config.database_url, clock)


def number(watched: Watch, subject: str = "dates") -> int:
    known = watched.current()
    assert known is not None
    return known[subject]


def changes(app: Flask, subject: str) -> None:
    with (
        app.app_context(),
        recorded_change(subject, action="test", actor="a test", at=datetime(2026, 11, 20, tzinfo=UTC)) as change,
    ):
        change.details["what"] = "anything"


def withdraws(app: Flask) -> None:
    with (
        app.app_context(),
        recorded_change("notices", action="test", actor="a test", at=datetime(2026, 11, 20, tzinfo=UTC)) as change,
    ):
        change.details["what"] = "anything"
        change.outdates_copies = True


def test_it_knows_the_revision_of_every_subject(any_office: Office, app: Flask) -> None:
    before = watch(any_office, Clock()).current() or {}
    subjects = {"contacts", "dates", "delivery", "drafts", "hub", "notices", "site", "staff", "status", "tokens"}
    assert set(before) == subjects
    changes(app, "dates")
    assert watch(any_office, Clock()).current() == {**before, "dates": before["dates"] + 1}


def test_it_asks_again_after_a_fifth_of_a_second_and_not_before(any_office: Office, app: Flask) -> None:
    clock = Clock()
    watched = watch(any_office, clock)
    before = number(watched)
    changes(app, "dates")
    clock.seconds = INTERVAL - 0.001
    assert number(watched) == before
    clock.seconds = INTERVAL
    assert number(watched) == before + 1


def test_it_tells_once_of_a_floor_that_moves(any_office: Office, app: Flask) -> None:
    clock, told = Clock(), []
    watched = watch(any_office, clock)
    watched.on_floors = told.append
    watched.current()
    changes(app, "notices")
    clock.seconds += INTERVAL
    watched.current()
    assert told == []
    withdraws(app)
    floor = number(watch(any_office, Clock()), "notices")
    for _time in range(3):
        clock.seconds += INTERVAL
        watched.current()
    assert told == [{"notices": floor}]
    changes(app, "notices")
    clock.seconds += INTERVAL
    assert number(watched, "notices") == floor + 1
    assert told == [{"notices": floor}]


def test_what_could_not_be_heeded_is_told_again(any_office: Office, app: Flask) -> None:
    clock = Clock()
    watched = watch(any_office, clock)
    withdraws(app)

    def fail(floors: object) -> None:
        raise OSError("no thread")

    watched.on_floors = fail
    with pytest.raises(OSError, match="no thread"):
        watched.current()
    told: list[object] = []
    watched.on_floors = told.append
    clock.seconds += INTERVAL
    watched.current()
    assert len(told) == 1


def test_a_sqlite_file_that_is_moved_away_silences_it_until_it_is_back(office: Office) -> None:
    clock = Clock()
    watched = watch(office, clock)
    known = watched.current()
    file = office.data / "portal.db"
    away = file.rename(office.data / "away.db")
    clock.seconds += INTERVAL
    assert watched.current() is None
    assert not file.exists()  # asking makes no file
    away.rename(file)
    clock.seconds += INTERVAL_AFTER_FAILURE - 0.001
    assert watched.current() is None  # it may cost a time-out: not asked at each request
    clock.seconds += 0.001
    assert watched.current() == known


def test_a_postgresql_that_stops_silences_it_until_it_is_back(postgres: Server, postgres_office: Office) -> None:
    clock = Clock()
    watched = watch(postgres_office, clock)
    known = watched.current()
    postgres.loses(name := name_of(postgres_office.settings["PORTAL_DATABASE_URL"]))
    clock.seconds += INTERVAL
    assert watched.current() is None
    postgres.regains(name)
    clock.seconds += INTERVAL_AFTER_FAILURE
    assert watched.current() == known


def test_a_postgresql_that_restarted_is_asked_anew(postgres: Server, postgres_office: Office) -> None:
    assert postgres_office.get("/readyz").status_code == 200
    name = name_of(postgres_office.settings["PORTAL_DATABASE_URL"])
    postgres.loses(name)
    postgres.regains(name)  # the connection in the pool has lost its other end
    assert postgres_office.get("/readyz").status_code == 200


def test_a_database_without_tables_is_silent(bare_office: Office) -> None:
    assert watch(bare_office, Clock()).current() is None


def test_a_closed_port_is_silent() -> None:
    assert Watch("postgresql+psycopg://nobody@127.0.0.1:1/portal", Clock()).current() is None


@pytest.mark.parametrize("name", ["Mes données", "100%41", "a#b"])
def test_a_folder_may_have_any_name(tmp_path: Path, initialised: Path, name: str) -> None:
    office = an_office(tmp_path / name, like=initialised)
    assert watch(office, Clock()).current()
    assert office.get("/readyz").status_code == 200


def test_while_one_asks_the_others_go_on_with_what_is_known(postgres_office: Office) -> None:
    clock = Clock()
    watched = watch(postgres_office, clock)
    known = watched.current()
    clock.seconds += INTERVAL
    with psycopg.connect(postgres_office.settings["PORTAL_DATABASE_URL"]) as locking, ThreadPoolExecutor(1) as pool:
        locking.execute("LOCK TABLE revisions IN ACCESS EXCLUSIVE MODE")
        asking = pool.submit(watched.current)
        while not locking.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone():
            locking.execute("SELECT pg_stat_clear_snapshot()")
        assert watched.current() == known
        assert not asking.done()
        locking.rollback()
        assert asking.result(timeout=5) == known


def test_all_wait_for_the_first_answer(office: Office) -> None:
    watched = watch(office, Clock())
    together = threading.Barrier(8)

    def ask(number: int) -> object:
        together.wait()
        return watched.current()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


def test_it_needs_neither_flask_nor_sqlalchemy(any_office: Office) -> None:
    code = (
        "import sys; from portal.store.bare.watch import Watch; "
        f"assert Watch({any_office.config.database_url!r}).current(); "
        "assert not {'flask', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
