"""Bringing the database to this release's tables. Imported by the commands only: Alembic is slow to import."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask
from flask_alembic import Alembic
from sqlalchemy import Connection, event

from portal import assets
from portal.store.database import TEXT_SEARCH, Model, database


def alembic_of(app: Flask) -> Alembic:
    """Return Alembic for `app`, made once; SQLite alters tables by copying them, in one transaction."""
    if "alembic" not in app.extensions:
        app.config["ALEMBIC"] = {"script_location": str(assets.MIGRATIONS)}
        context = {"render_as_batch": True, "transactional_ddl": True, "include_name": _is_of_a_model}
        app.config["ALEMBIC_CONTEXT"] = context
        Alembic(app, metadatas=Model.metadata, run_mkdir=False)
        logging.getLogger("alembic").setLevel(logging.WARNING)  # the extension has just made it talkative
    return app.extensions["alembic"]


def _is_of_a_model(name: str | None, kind: str, parents: object) -> bool:
    """Say whether a thing of the database is one that a model describes: its own text search is not."""
    return not (name or "").startswith(TEXT_SEARCH)


def upgrade(app: Flask) -> None:
    """Apply the missing migrations, inside an application context of `app`: all or none.

    The only place that creates the file of a SQLite database, for its owner alone: it holds received dates.
    """
    if file := app.config.get("SQLITE_FILE"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    with _foreign_keys_off():
        alembic_of(app).upgrade()


def downgrade(app: Flask, target: str) -> None:
    """Go back to an earlier migration, inside an application context of `app`; what later ones added is lost."""
    with _foreign_keys_off():
        alembic_of(app).downgrade(target)


@contextmanager
def _foreign_keys_off() -> Generator[None]:
    # On SQLite no cascade may fire while a table is copied: a batch migration has silently deleted children. On the
    # bare connection, because inside a transaction the pragma does nothing.
    engine = database.engine
    if engine.dialect.name != "sqlite":
        yield
        return

    def turn_off(connection: Connection) -> None:
        connection.connection.execute("PRAGMA foreign_keys=OFF")

    event.listen(engine, "engine_connect", turn_off)
    try:
        yield
    finally:
        event.remove(engine, "engine_connect", turn_off)
        engine.dispose()  # the connections without foreign keys
    with engine.connect() as connection:
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration broke foreign keys: {broken[:3]}; restore the database")
