"""The statements that reach a database, by the account of its own driver: whoever asks it."""

import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.pool import Pool

from portal.store.bare.reader import Reader

#: A message to the server, in the words of libpq’s trace.
_SENT = re.compile(r"\tF\t\d+\t(Parse|Bind|Execute|Query)\t(.*)")
#: The name of a statement that is prepared, and of the one that is asked for: what comes before it is of a portal.
_PREPARED = re.compile(r'\s*"([^"]*)"')
_ASKED_FOR = re.compile(r'\s*"[^"]*" "([^"]*)"')


@contextmanager
def asked_of_the_database() -> Generator[list[str]]:
    """Gather what is asked of SQLite (its trace) and of PostgreSQL (libpq’s), once the block has ended.

    One that PostgreSQL had prepared before comes as its name, without its words.
    """
    asked: list[str] = []
    heard: list[Any] = []
    with tempfile.TemporaryFile("w+") as trace:

        def listen(connection: Any, *_others: object) -> None:
            heard.append(connection)
            if hasattr(connection, "pgconn"):
                connection.pgconn.trace(trace.fileno())
            else:
                connection.set_trace_callback(asked.append)

        event.listen(Pool, "checkout", listen)
        try:
            with _reading(listen):
                yield asked
        finally:
            event.remove(Pool, "checkout", listen)
            for connection in heard:
                _stop_hearing(connection)
        trace.seek(0)
        asked += _statements(trace.read())


def reads(asked: Sequence[str]) -> list[str]:
    """Return what was read of SQLite, of all that was asked; what a text search asks of itself is a comment there."""
    return [words for words in asked if words.startswith("SELECT")]


def repeated(asked: Sequence[str]) -> list[str]:
    """Return what was read again, with the same values, as often as it was."""
    return list((Counter(reads(asked)) - Counter(set(asked))).elements())


@contextmanager
def _reading(listen: Callable[[Any], object]) -> Generator[None]:
    """Give to `listen` the connections of a Reader too, as it takes them: no pool knows of them."""
    take = Reader._one

    def taken(self: Reader) -> Any:
        connection = take(self)
        listen(getattr(connection, "driver", connection))
        return connection

    with patch.object(Reader, "_one", taken):
        yield


def _stop_hearing(connection: Any) -> None:
    if hasattr(connection, "pgconn"):
        connection.pgconn.untrace()
    else:
        with suppress(sqlite3.ProgrammingError):  # closed meanwhile
            connection.set_trace_callback(None)


def _statements(trace: str) -> Generator[str]:
    """Yield each statement of a trace; of one prepared before it began, only the name is known."""
    known: dict[str, str] = {}
    words = ""
    for kind, rest in _SENT.findall(trace):
        if kind == "Parse" and (name := _PREPARED.match(rest)):
            known[name[1]] = rest
        elif kind == "Bind" and (name := _ASKED_FOR.match(rest)):
            words = known.get(name[1], name[1])
        elif kind in ("Execute", "Query"):
            yield words if kind == "Execute" else rest
