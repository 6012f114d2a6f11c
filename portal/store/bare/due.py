"""When the next edition is to come out, as the door asks it: with the bare driver, only where something has changed."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from portal.store.bare.connections import POSTGRES_PATIENCE, TIMEOUT_SECONDS, plain_address

QUERY = "SELECT min(at) FROM scheduled_editions WHERE held IS NULL"


class Due:
    """Knows when the next scheduled edition is to come out."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._seen: Mapping[str, int] | None = None
        self._next: datetime | None = None

    def is_due(self, revisions: Mapping[str, int] | None, now: datetime) -> bool:
        """Say whether an edition should have come out by an aware instant.

        `revisions` are those of every subject, None while the database is silent: the database is asked anew only where
        they have changed. Raises what the driver raises when it does not answer.
        """
        if revisions is None:
            return False
        if revisions != self._seen:
            self._next = _instant(self._read())
            self._seen = revisions
        return self._next is not None and self._next <= now

    def _read(self) -> Any:
        if self._url.startswith("sqlite"):
            uri = f"file:{self._url.removeprefix('sqlite:///')}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=TIMEOUT_SECONDS)) as connection:
                return next(connection.execute(QUERY))[0]
        import psycopg  # a site on SQLite has none

        with psycopg.connect(plain_address(self._url), autocommit=True, **POSTGRES_PATIENCE) as server:
            return next(server.execute(QUERY))[0]


def _instant(kept: Any) -> datetime | None:
    """Return an instant as a driver gives it: SQLite keeps a text, in UTC, without saying so."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept
