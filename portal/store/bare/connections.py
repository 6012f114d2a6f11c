"""Connections of the bare drivers, sqlite3 and psycopg, that stay open from one read to the next."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Protocol

BUSY_SECONDS = 2
TIMEOUT_SECONDS = 1
#: A server that hangs must not hold the thread that asks.
POSTGRES_PATIENCE: dict[str, Any] = {
    "connect_timeout": TIMEOUT_SECONDS,
    "tcp_user_timeout": 1000 * TIMEOUT_SECONDS,
    "options": f"-c statement_timeout={1000 * TIMEOUT_SECONDS}",
}


class DatabaseSilent(Exception):
    """The database did not answer, or is not there yet."""


class Connection(Protocol):
    """A connection of the bare driver, each of whose statements is a transaction of its own."""

    def is_there(self) -> bool:
        """Say whether what it was opened on is there still, without asking it: that takes a fifth of a lookup."""
        ...

    def first(self, text: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Return the first row of a query, or None."""
        ...

    def close(self) -> object:
        """Let go of the file or the server."""
        ...


def open_file(url: str, file: Path) -> "OpenFile":
    """Open a SQLite file by the address of its database. Raises sqlite3.Error when there is none."""
    # Opened anew for each session, and never created: a file moved away must not come back empty, and one restored from
    # a backup is another file under the same name. A page that is kept opens nothing.
    uri = f"file:{url.removeprefix('sqlite:///')}?mode=rw"
    # Read first: should the file be replaced meanwhile, the connection is taken for one of the former.
    found = _file_now(file)
    # Python's own transaction control would begin too late for a snapshot: we say BEGIN ourselves. The threads that
    # read take turns with a connection.
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=OpenFile
    )
    connection.opened, connection.file = found, file
    return connection


class OpenFile(sqlite3.Connection):
    """A connection that remembers which file it opened, under which name."""

    opened: tuple[int, int] | None
    file: Path

    def is_there(self) -> bool:
        """Say whether the file still has its name."""
        return self.opened is not None and self.opened == _file_now(self.file)

    def first(self, text: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Return the first row of a query, or None; the cursor is closed, or it would go on reading."""
        with closing(self.execute(text, values)) as cursor:
            return cursor.fetchone()


def _file_now(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name, or None while there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def plain_address(url: str) -> str:
    """Return the address of a PostgreSQL as its driver takes it: SQLAlchemy’s names the driver too."""
    return "postgresql://" + url.split("://", 1)[1]


class OpenServer:
    """A connection to PostgreSQL, asked in one call of libpq for each read."""

    def __init__(self, address: str) -> None:
        self._psycopg = import_module("psycopg")  # a site on SQLite need not have it
        self._transformer = import_module("psycopg.adapt").Transformer
        self.driver = self._psycopg.connect(address, autocommit=True, **POSTGRES_PATIENCE)
        self._names: dict[str, bytes] = {}

    def is_there(self) -> bool:
        """Say whether the server has not closed its end."""
        return is_silent(self.driver)

    def first(self, text: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Return the first row of a query, or None; the query is prepared when it is first asked."""
        server = self.driver.pgconn
        if text not in self._names:
            name = f"read_{len(self._names)}".encode()
            self._checked(server.prepare(name, text.encode()))
            self._names[text] = name
        found = self._checked(server.exec_prepared(self._names[text], [str(value).encode() for value in values]))
        if not found.ntuples:
            return None
        reading = self._transformer(self.driver)
        reading.set_pgresult(found)
        return reading.load_row(0, tuple)

    def _checked(self, result: Any) -> Any:
        status = self._psycopg.pq.ExecStatus
        if result.status not in (status.COMMAND_OK, status.TUPLES_OK):
            raise self._psycopg.errors.error_from_result(result)
        return result

    def close(self) -> None:
        """Let go of the server."""
        self.driver.close()


def is_silent(connection: Any) -> bool:
    """Say whether a server has sent nothing since it was last asked."""
    # A server that went away has closed its end, which shows without asking it; to ask each time, as `pool_pre_ping`
    # does, takes a fifth of a lookup.
    heard = poll()
    heard.register(connection.fileno(), POLLIN)
    return not heard.poll(0)


class Asking(Protocol):
    """What asks a database for all rows of a query: one thread at a time."""

    def __call__(self, query: str) -> list[Any]:
        """Return the rows. Raises DatabaseSilent."""
        ...

    def close(self) -> None:
        """Let go of what stays open."""
        ...


def asking(url: str) -> Asking:
    """Return what asks a database, by its address."""
    return _AskingFile(url) if url.startswith("sqlite") else _AskingServer(url)


class _AskingFile:
    """Opens the file each time: one that was restored from a backup is another under the same name."""

    def __init__(self, url: str) -> None:
        self._uri = f"file:{url.removeprefix('sqlite:///')}?mode=ro"  # percent-encoded here as there

    def __call__(self, query: str) -> list[Any]:
        try:
            with closing(sqlite3.connect(self._uri, uri=True, timeout=TIMEOUT_SECONDS)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise DatabaseSilent from error

    def close(self) -> None:
        """Nothing stays open."""


class _AskingServer:
    """Keeps its connection from one question to the next."""

    def __init__(self, url: str) -> None:
        self._psycopg = import_module("psycopg")  # a site on SQLite need not have it, nor wait for its import
        self._address = plain_address(url)
        self._connection: Any = None

    def __call__(self, query: str) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = self._psycopg.connect(self._address, autocommit=True, **POSTGRES_PATIENCE)
            return self._connection.execute(query).fetchall()
        except self._psycopg.Error as error:
            self.close()
            raise DatabaseSilent from error

    def close(self) -> None:
        """Let go of the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def given_instant(kept: str | datetime) -> datetime:
    """Return an aware instant as a driver gives it: SQLite keeps a text, in UTC, without saying so."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept
