"""The revisions as the door reads them: with the bare driver, at most every 200 ms, without Flask or SQLAlchemy.

With each comes its floor: no copy made of an earlier number may be shown, because something was withdrawn since.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing

from portal.store.bare.connections import POSTGRES_PATIENCE, TIMEOUT_SECONDS, plain_address

#: A change shows within this time; reading at every request would cost a fifth of the rate (performance.md).
INTERVAL = 0.2
#: While the database is down, ask it less often: each try may wait for its time-out.
INTERVAL_AFTER_FAILURE = 1.0
QUERY = "SELECT subject, number, floor FROM revisions"

Revisions = Mapping[str, int]
#: A subject, its number, its floor.
Line = tuple[str, int, int]


class DatabaseSilent(Exception):
    """The database did not answer, or is not there yet."""


class Watch:
    """Knows the subjects' revisions, a fifth of a second late at most.

    One thread asks while the others go on with what was known, be it that the database is silent. `on_floors` is
    called when a floor moves.
    """

    def __init__(self, database_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = (
            _sqlite_reader(database_url) if database_url.startswith("sqlite") else _postgres_reader(database_url)
        )
        self._clock = clock
        self._asking = threading.Lock()
        self._next = float("-inf")
        self._known: Revisions | None = None
        self._floors: Revisions = {}
        self.on_floors: Callable[[Revisions], object] = lambda floors: None
        self._has_asked = False

    def current(self) -> Revisions | None:
        """Return the revision of every subject, or None while the database does not answer."""
        if self._clock() >= self._next and self._asking.acquire(blocking=not self._has_asked):
            try:
                if self._clock() >= self._next:
                    self._ask()
            finally:
                self._asking.release()
        return self._known

    def _ask(self) -> None:
        try:
            read = self._read()
            self._known = {subject: number for subject, number, _floor in read}
            self._learn({subject: floor for subject, _number, floor in read if floor})
            self._next = self._clock() + INTERVAL
        except DatabaseSilent:
            self._known = None
            self._next = self._clock() + INTERVAL_AFTER_FAILURE
        self._has_asked = True

    def _learn(self, floors: Revisions) -> None:
        if floors != self._floors:
            self.on_floors(floors)
            self._floors = floors  # once they were heeded


def _sqlite_reader(url: str) -> Callable[[], list[Line]]:
    # A new connection each time: a file restored from a backup is another file under the same name.
    uri = f"file:{url.removeprefix('sqlite:///')}?mode=ro"  # percent-encoded here as there

    def read() -> list[Line]:
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=TIMEOUT_SECONDS)) as connection:
                return connection.execute(QUERY).fetchall()
        except sqlite3.Error as error:
            raise DatabaseSilent from error

    return read


def _postgres_reader(url: str) -> Callable[[], list[Line]]:
    # Here, because a site on SQLite has no psycopg and need not wait for its import.
    import psycopg

    connections: list[psycopg.Connection] = []

    def read() -> list[Line]:
        try:
            if not connections:
                connections.append(psycopg.connect(plain_address(url), autocommit=True, **POSTGRES_PATIENCE))
            return connections[0].execute(QUERY).fetchall()
        except psycopg.Error as error:
            while connections:
                connections.pop().close()
            raise DatabaseSilent from error

    return read
