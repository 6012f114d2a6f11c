"""A site that nobody asks for anything publishes what is due: not one page of it need be opened."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.makers import an_office
from tests.scheduled.publishers import schedules
from tests.serving import PATIENCE_SECONDS, served


def count_of(data: Path, query: str) -> int:
    with closing(sqlite3.connect(data / "portal.db")) as connection:
        return connection.execute(query).fetchone()[0]


def test_an_idle_site_publishes_at_its_time_what_is_due_and_leaves_what_is_not(
    tmp_path: Path, demonstrated: Path
) -> None:
    demo = an_office(tmp_path / "demo", like=demonstrated)
    demo.did("staff", "add", "paul@agence-essai.ca", "--name", "Paul", "--role", "publisher")
    with served(demo.data, settings=demo.environment) as site:
        at = datetime.now(UTC) + timedelta(seconds=1)
        before = count_of(demo.data, "SELECT count(*) FROM editions")
        schedules(site.settings, "Paul", "b2b-new", days=1, at=at + timedelta(days=1))
        schedules(site.settings, "Paul", "access-new", days=1, at=at)
        while count_of(demo.data, "SELECT count(*) FROM editions") == before:
            assert datetime.now(UTC) < at + timedelta(seconds=PATIENCE_SECONDS), "nothing came out"
            time.sleep(0.2)
        assert datetime.now(UTC) >= at
        assert count_of(demo.data, "SELECT count(*) FROM scheduled_editions") == 1, "what is due tomorrow waits"
        assert count_of(demo.data, "SELECT count(*) FROM editions") == before + 1
