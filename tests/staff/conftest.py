"""What the tests of signing in share."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.desk.people import Desk

Ask = Callable[..., list[tuple]]


@pytest.fixture
def ask(desk: Desk) -> Ask:
    """Ask the database something, as whoever holds its file can."""

    def answers(query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(desk.office.data / "portal.db")) as connection, connection:
            return connection.execute(query, values).fetchall()

    return answers
