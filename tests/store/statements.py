"""The statements that reach a database, by the account of its own driver: whoever asks it."""

import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

#: A message to the server, in the words of libpq’s trace.
_SENT = re.compile(r"\tF\t\d+\t(Parse|Execute|Query)\t(.*)")


@contextmanager
def asked_of_the_database() -> Generator[list[str]]:
    """Gather what is asked of SQLite (its trace) and of PostgreSQL (libpq’s), once the block has ended.

    A statement that PostgreSQL has prepared comes without its words.
    """
    asked: list[str] = []
    heard: list[Any] = []
    with tempfile.TemporaryFile("w+") as trace:

        def listen(connection: Any, record: object, proxy: object) -> None:
            heard.append(connection)
            if hasattr(connection, "pgconn"):
                connection.pgconn.trace(trace.fileno())
            else:
                connection.set_trace_callback(asked.append)

        event.listen(Pool, "checkout", listen)
        try:
            yield asked
        finally:
            event.remove(Pool, "checkout", listen)
            for connection in heard:
                _stop_hearing(connection)
        trace.seek(0)
        asked += _statements(trace.read())


def _stop_hearing(connection: Any) -> None:
    if hasattr(connection, "pgconn"):
        connection.pgconn.untrace()
    else:
        connection.set_trace_callback(None)


def _statements(trace: str) -> Generator[str]:
    words = ""
    for kind, rest in _SENT.findall(trace):
        if kind == "Parse":
            words = rest
        else:
            yield words if kind == "Execute" else rest
