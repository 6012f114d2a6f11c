"""The database: one declarative base with named constraints, the engine, the session of a request."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from inspect import iscoroutinefunction
from pathlib import Path
from select import POLLIN, poll
from typing import Any, NoReturn, cast
from urllib.parse import unquote

from flask import Flask, current_app
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Select, Text, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, UOWTransaction
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection, QueuePool
from sqlalchemy.types import TypeDecorator

from portal.config import Config

#: So that a constraint has the same name on every database and a migration can name it.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 2
#: Where an application has its Reader.
READER = "portal.reader"
#: How the names of what a database makes for its own text search begin (tables of FTS5, generated columns): no model
#: describes it, the migrations alone do.
TEXT_SEARCH = "search_index"


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; SQLite forgets the zone, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the database an instant in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Keys(TypeDecorator[tuple[str, ...]]):
    """A few keys in one text, separated by spaces, which no key holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Give the database one text."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Give back the keys."""
        return None if value is None else tuple(value.split())


class WriteOutsideChange(RuntimeError):
    """Code wrote to the database outside `recorded_change`: a fault of ours, never of a visitor."""


class RecordedSession(Session):
    """A session that writes only inside `recorded_change` (architecture: the one door for writes)."""

    @property
    def is_recording(self) -> bool:
        """Say whether a recorded change is under way in this session."""
        return bool(self.info.get("recording"))

    def _refuse(self, *arguments: object, **named: object) -> NoReturn:
        raise WriteOutsideChange("no event sees this way of writing: use insert() and update() in recorded_change()")

    bulk_insert_mappings = bulk_save_objects = bulk_update_mappings = _refuse  # closed, inside a change too


@event.listens_for(RecordedSession, "before_flush")
def _refuse_stray_flush(session: RecordedSession, context: UOWTransaction, instances: object) -> None:
    if not session.is_recording:
        raise WriteOutsideChange("write through recorded_change(), so that the change is locked, audited and seen")


@event.listens_for(RecordedSession, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    # before_flush does not see bulk statements: insert(), update(), delete() come by here.
    session = state.session
    if not state.is_select and isinstance(session, RecordedSession) and not session.is_recording:
        raise WriteOutsideChange("write through recorded_change(), so that the change is locked, audited and seen")


@dataclass(frozen=True, slots=True)
class _Worded:
    """A query in the words of a database: what it always asks, its values in their order, how to read its columns."""

    text: str
    always: Mapping[str, Any]
    order: Sequence[str] | None
    readers: Sequence[Callable[[Any], Any] | None]


class Reader:
    """Reads one row at a time with the bare driver, statement by statement: for a request of one read.

    SQLAlchemy words the query, once, and keeps the connections. To take each read through it took a quarter of a
    lookup, a transaction as much: on PostgreSQL BEGIN and ROLLBACK go over the network.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._worded: dict[Select[*tuple[Any, ...]], _Worded] = {}
        self._has_read = False

    def first(self, query: Select[*tuple[Any, ...]], **values: str) -> Sequence[Any] | None:
        """Return the first row of a query made once and for all, with the values of its `bindparam`s, or None.

        Raises OperationalError, which holds none of the values.
        """
        self._has_read = True
        worded = self._worded.get(query) or self._worded.setdefault(query, self._in_words(query))
        given = {**worded.always, **values}
        try:
            row = self._first(worded.text, [given[name] for name in worded.order] if worded.order else given)
        except self._engine.dialect.loaded_dbapi.Error as error:
            raise OperationalError(worded.text, {}, error) from error
        return row and [read(value) if read else value for read, value in zip(worded.readers, row, strict=True)]

    def _first(self, text: str, values: Any) -> Sequence[Any] | None:
        connection = self._engine.raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute(text, values)
                return cursor.fetchone()
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _in_words(self, query: Select[*tuple[Any, ...]]) -> _Worded:
        dialect = self._engine.dialect
        compiled = query.compile(dialect=dialect)
        readers = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in query.selected_columns]
        return _Worded(str(compiled), compiled.params, compiled.positiontup, readers)

    def rest(self) -> None:
        """Close what stays open of a SQLite file when nothing was read since the last time: asked twice a second.

        An idle site holds nothing, and whoever moves the file finds all of it in one: the last connection to close
        writes what stands beside it.
        """
        if not self._has_read and self._engine.dialect.name == "sqlite":
            self._engine.pool.dispose()
        self._has_read = False


database = SQLAlchemy(session_options={"class_": RecordedSession})


def attach(app: Flask, config: Config) -> None:
    """Give `app` its database; the folder of a SQLite file is made if need be."""
    is_sqlite = config.database_url.startswith("sqlite")
    options: dict[str, Any] = {}
    if is_sqlite:
        config.data.mkdir(parents=True, exist_ok=True)
        app.config["SQLITE_FILE"] = Path(unquote(config.database_url.removeprefix("sqlite:///")))
        options = {"poolclass": NullPool, "creator": partial(_open, config.database_url, app.config["SQLITE_FILE"])}
    options["url"] = config.database_url
    app.config["SQLALCHEMY_ENGINES"] = {"default": options}
    database.init_app(app)
    # It also closes sessions of asyncio, of which we have none: Flask would start a thread and an event loop for that
    # at the end of each request, a third of the time of a lookup that misses.
    app.teardown_appcontext_funcs = [end for end in app.teardown_appcontext_funcs if not iscoroutinefunction(end)]
    kept_open = create_engine(**_kept_open(options), isolation_level="AUTOCOMMIT")
    app.extensions[READER] = Reader(kept_open)
    with app.app_context():
        if is_sqlite:
            _prepare_sqlite(database.engine)
            _check_file(kept_open, app.config["SQLITE_FILE"])
        else:
            _check_postgres(database.engine)
            _check_postgres(kept_open)


class _OpenFile(sqlite3.Connection):
    """A connection that remembers which file it opened."""

    file: tuple[int, int] | None


def _open(url: str, file: Path) -> _OpenFile:
    # Opened anew for each session, and never created: a file moved away must not come back empty, and one restored from
    # a backup is another file under the same name. A page that is kept opens nothing.
    uri = f"file:{url.removeprefix('sqlite:///')}?mode=rw"
    # Read first: should the file be replaced meanwhile, the connection is taken for one of the former.
    found = _file_now(file)
    # Python's own transaction control would begin too late for a snapshot: we say BEGIN ourselves. The threads that
    # read take turns with a connection.
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=_OpenFile
    )
    connection.file = found
    return connection


def _file_now(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name, or None while there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("write"):
            # The file remembers it, unless it was made by another program. SQLite's own choice, but not of every build.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
            # A writer that began as a reader loses to any other writer ("database is locked"): take the lock first.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")


def _kept_open(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options of an engine whose connections stay open from one read to the next.

    To open a SQLite file and read the names of its tables takes forty times as long as to find a request in it.
    """
    kept = {**options, "pool_use_lifo": True}
    return {**kept, "poolclass": QueuePool, "max_overflow": -1} if "creator" in options else kept


def _check_file(engine: Engine, file: Path) -> None:
    @event.listens_for(engine, "checkout")
    def checkout(connection: _OpenFile, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if connection.file is None or connection.file != _file_now(file):
            raise DisconnectionError("another file has taken its name")


def _check_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def checkout(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        # A server that went away has closed its end, which shows without asking it; to ask each time, as
        # `pool_pre_ping` does, takes a fifth of a lookup.
        heard = poll()
        heard.register(connection.fileno(), POLLIN)
        if not heard.poll(0):
            return
        try:
            engine.dialect.do_ping(connection)  # it may only have said something
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def session() -> RecordedSession:
    """Return the session of the request or command under way."""
    return cast(RecordedSession, database.session)


def reader() -> Reader:
    """Return what reads for a request of one read, outside its session."""
    return current_app.extensions[READER]
