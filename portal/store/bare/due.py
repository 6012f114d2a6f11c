"""When the next edition is to come out, as the door asks it: with the bare driver, only where something has changed."""

from collections.abc import Mapping
from datetime import datetime

from portal.store.bare.connections import DatabaseSilent, asking, given_instant

QUERY = "SELECT min(at) FROM scheduled_editions WHERE held IS NULL"


class Due:
    """Knows when the next scheduled edition is to come out."""

    def __init__(self, database_url: str) -> None:
        self._ask = asking(database_url)
        self._seen: Mapping[str, int] | None = None
        self._next: datetime | None = None

    def is_due(self, revisions: Mapping[str, int] | None, now: datetime) -> bool:
        """Say whether an edition should have come out by an aware instant; as far as one knows, it is not.

        `revisions` are those of every subject, None while the database is silent: the database is asked anew only where
        they have changed.
        """
        if revisions is None:
            return False
        if revisions != self._seen:
            try:
                [(kept,)] = self._ask(QUERY)
            except DatabaseSilent:
                return False
            self._next, self._seen = kept and given_instant(kept), revisions
        return self._next is not None and self._next <= now
