"""One row at a time from the database, over connections that stay open: for a request of one read."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from portal.store.bare.connections import Connection, OpenServer, open_file, plain_address

#: Connections that stay open while no one reads.
MOST_IDLE = 5


@dataclass(frozen=True, slots=True)
class _Worded:
    """A query in the words of a database: what it always asks, its values in their order, how to read its columns."""

    text: str
    always: Mapping[str, Any]
    order: Sequence[str]
    readers: Sequence[Callable[[Any], Any] | None]


class Reader:
    """Reads one row at a time with the bare driver, over connections that stay open: for a request of one read.

    SQLAlchemy words the query, once. To take each read through it took a quarter of a lookup, through its pool and
    psycopg’s cursors a tenth, a transaction as much again: on PostgreSQL BEGIN and ROLLBACK go over the network. To
    open a SQLite file and read the names of its tables takes forty times as long as to find a request in it.
    """

    def __init__(self, dialect: Dialect, open_: Callable[[], Connection], error: type[Exception]) -> None:
        self._dialect = dialect
        self._open = open_
        self._error = error
        self._worded: dict[Select[*tuple[Any, ...]], _Worded] = {}
        #: The last one used comes first: of many that a burst opened, few go on being asked.
        self._idle: list[Connection] = []
        self._has_read = False

    def first(self, query: Select[*tuple[Any, ...]], **values: str) -> Sequence[Any] | None:
        """Return the first row of a query made once and for all, with the values of its `bindparam`s, or None.

        Raises OperationalError, which holds none of the values.
        """
        self._has_read = True
        worded = self._worded.get(query) or self._worded.setdefault(query, self._in_words(query))
        given = {**worded.always, **values}
        try:
            row = self._first(worded.text, [given[name] for name in worded.order])
        except self._error as error:
            raise OperationalError(worded.text, {}, error) from error
        return row and [read(value) if read else value for read, value in zip(worded.readers, row, strict=True)]

    def _first(self, text: str, values: Sequence[Any]) -> Sequence[Any] | None:
        connection = self._one()
        try:
            row = connection.first(text, values)
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return row

    def _one(self) -> Connection:
        while connection := self._idle_one():
            if connection.is_there():
                return connection
            connection.close()
        return self._open()

    def _idle_one(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _in_words(self, query: Select[*tuple[Any, ...]]) -> _Worded:
        compiled = query.compile(dialect=self._dialect)
        types = (one.type.dialect_impl(self._dialect) for one in query.selected_columns)
        readers = [one.result_processor(self._dialect, None) for one in types]
        return _Worded(str(compiled), compiled.params, compiled.positiontup or (), readers)

    def rest(self) -> None:
        """Close what stays open of a SQLite file when nothing was read since the last time: asked twice a second.

        An idle site holds nothing, and whoever moves the file finds all of it in one: the last connection to close
        writes what stands beside it.
        """
        if not self._has_read and self._dialect.name == "sqlite":
            while connection := self._idle_one():
                connection.close()
        self._has_read = False


def reader_of(url: str, file: Path | None) -> Reader:
    """Return what reads from the database at an address: PostgreSQL, or SQLite where it lies in `file`."""
    if file:
        return Reader(sqlite.dialect(), partial(open_file, url, file), sqlite3.Error)
    error = import_module("psycopg").Error
    return Reader(postgresql.dialect(paramstyle="numeric_dollar"), partial(OpenServer, plain_address(url)), error)
