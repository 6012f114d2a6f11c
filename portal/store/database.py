"""The database: one declarative base with named constraints, the engine, the session of a request."""

from datetime import UTC, datetime
from functools import partial
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import unquote

from flask import Flask, current_app
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Text, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, UOWTransaction
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from portal.config import Config
from portal.store.bare.connections import is_silent, open_file
from portal.store.bare.reader import Reader, reader_of

#: So that a constraint has the same name on every database and a migration can name it.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
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


database = SQLAlchemy(session_options={"class_": RecordedSession})


def attach(app: Flask, config: Config) -> None:
    """Give `app` its database; the folder of a SQLite file is made if need be."""
    is_sqlite = config.database_url.startswith("sqlite")
    options: dict[str, Any] = {}
    if is_sqlite:
        config.data.mkdir(parents=True, exist_ok=True)
        app.config["SQLITE_FILE"] = Path(unquote(config.database_url.removeprefix("sqlite:///")))
        options = {"poolclass": NullPool, "creator": partial(open_file, config.database_url, app.config["SQLITE_FILE"])}
    options["url"] = config.database_url
    options["hide_parameters"] = True  # an error that is told, or logged, must not repeat what was typed
    app.config["SQLALCHEMY_ENGINES"] = {"default": options}
    database.init_app(app)
    # It also closes sessions of asyncio, of which we have none: Flask would start a thread and an event loop for that
    # at the end of each request, a third of the time of a lookup that misses.
    app.teardown_appcontext_funcs = [end for end in app.teardown_appcontext_funcs if not iscoroutinefunction(end)]
    app.extensions[READER] = reader_of(config.database_url, app.config.get("SQLITE_FILE"))
    with app.app_context():
        if is_sqlite:
            _prepare_sqlite(database.engine)
        else:
            _check_postgres(database.engine)


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


def _check_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def checkout(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if is_silent(connection):
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
