"""A real PostgreSQL beside SQLite: what the store promises, it promises on both."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from portal.app import create_app
from portal.store.database import database
from tests.makers import Office, an_office
from tests.postgres import Server, running_postgres

TEMPLATE = "initialised"


@contextmanager
def connections_closed() -> Generator[None]:
    """Close at the end what the pools of the applications hold: psycopg warns of a connection thrown away open."""
    opened: list[psycopg.Connection] = []
    connect = psycopg.connect

    def recorded(*arguments: Any, **named: Any) -> psycopg.Connection:
        opened.append(connect(*arguments, **named))
        return opened[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg, "connect", recorded)
        yield
    for connection in opened:
        connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that this process starts, and stops at its end."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def initialised_postgres(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation on PostgreSQL just after `portal init`; its database is a template to copy."""
    postgres.does(f"CREATE DATABASE {TEMPLATE}")
    folder = tmp_path_factory.mktemp("initialised-postgres")
    with connections_closed():
        an_office(folder, PORTAL_DATABASE_URL=postgres.address_of(TEMPLATE)).did("init")
    return folder


@pytest.fixture
def postgres_office(tmp_path: Path, postgres: Server, initialised_postgres: Path) -> Iterator[Office]:
    """An installation without content on PostgreSQL."""
    address = postgres.address_of(postgres.has_new(TEMPLATE))
    with connections_closed():
        yield an_office(tmp_path / "office", like=initialised_postgres, PORTAL_DATABASE_URL=address)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(request: pytest.FixtureRequest, initialised: Path, tmp_path: Path) -> Office:
    """An installation without content, on each database in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_office")
    address = f"sqlite:///{tmp_path / 'office' / 'portal.db'}"
    return an_office(tmp_path / "office", like=initialised, PORTAL_DATABASE_URL=address)


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An installation before `portal init`, on each database in turn."""
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "secret").write_text("a secret of a test, long enough for the portal")
    if request.param == "sqlite":
        yield an_office(folder)
        return
    postgres: Server = request.getfixturevalue("postgres")
    with connections_closed():
        yield an_office(folder, PORTAL_DATABASE_URL=postgres.address_of(postgres.has_new()))


@pytest.fixture
def app(any_office: Office) -> Iterator[Flask]:
    """The application of `any_office`."""
    app = create_app(any_office.config)
    yield app
    with app.app_context():
        database.engine.dispose()


@pytest.fixture
def office_app(office: Office) -> Flask:
    """The application of an installation on SQLite."""
    return create_app(office.config)
