"""A million requests, as the imports of some years would have kept them: each a function of its number."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import psycopg

from portal.config import Config
from portal.core.numbers import reference_of
from portal.status.rules import STAGES, Request, reference_hash

MILLION, FEW = 1_000_000, 10_000
#: Prime to 2⁵⁰: references seem to be in no order, and no two are the same.
STEP = 999_999_000_001
#: Without a form, of two rows of the demonstration, and of none; one in four was received before the e-mails of 2021.
FORMS = ("", "4058", "4123", "1234")
OLD_IN = 4
#: After those of the demonstration.
FIRST_ID = 1_000
BEFORE_EMAIL = date(2021, 7, 1)
#: Days over which the others were received, and since their last change.
DAYS, CHANGED_DAYS = 200, 5
Row = tuple[object, ...]
REQUESTS = ("requests", ("id", "received_on", "form_number", "stage", "changed_on"))
REFERENCES = ("request_references", ("hash", "key_id", "request_id", "holder"))


def reference(number: int) -> str:
    """Return the reference of the request of that number (from 1), or one that is unknown beyond the last."""
    return reference_of(number * STEP % 2**50)


def request_of(number: int, today: date) -> Request:
    """Return the request of that number: every stage with every form, old and new."""
    received_on = today - timedelta(days=CHANGED_DAYS + number % DAYS)
    if number % OLD_IN == 0:
        received_on = BEFORE_EMAIL - timedelta(days=number % DAYS)
    stage = STAGES[number // OLD_IN % len(STAGES)]
    form = FORMS[number // (OLD_IN * len(STAGES)) % len(FORMS)]
    return Request(received_on, form, stage, today - timedelta(days=CHANGED_DAYS))


@dataclass(frozen=True, slots=True)
class Filling:
    """The rows of so many requests, under the newest key of an installation."""

    config: Config
    count: int
    today: date

    def fill(self) -> None:
        """Write the rows, past the one door for writes: a million by it would take minutes."""
        if self.config.database_url.startswith("sqlite"):
            with closing(sqlite3.connect(self.config.data / "portal.db")) as connection, connection:
                self._write(partial(_insert, connection))
        else:
            address = self.config.database_url.replace("+psycopg", "")
            with psycopg.connect(address) as connection:
                self._write(partial(_copy, connection))
            with psycopg.connect(address, autocommit=True) as connection:  # as it does by itself, minutes later
                connection.execute("VACUUM (ANALYZE)")
                connection.execute("CHECKPOINT")

    def _write(self, write: Callable[[str, tuple[str, ...], Iterable[Row]], None]) -> None:
        write(*REQUESTS, self._requests())
        write(*REFERENCES, self._references())

    def _requests(self) -> Iterator[Row]:
        for number in range(1, self.count + 1):
            one = request_of(number, self.today)
            yield FIRST_ID + number, str(one.received_on), one.form_number, one.stage, str(one.changed_on)

    def _references(self) -> Iterator[Row]:
        key = self.config.keys[0]
        for number in range(1, self.count + 1):
            yield reference_hash(key.secret, reference(number)), key.id, FIRST_ID + number, "anyone"


def _insert(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    words = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 — ours
    connection.executemany(words, rows)


def _copy(connection: psycopg.Connection, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)
