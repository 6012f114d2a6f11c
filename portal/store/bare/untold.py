"""Of what a cache in front was not told yet, as the door asks it: with the bare driver, only where it may be time."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from portal.store.bare.connections import DatabaseSilent, asking, given_instant

QUERY = "SELECT subject, told, next_try_at FROM purges"


class Untold:
    """Knows when a cache in front is next to be told of a change of these subjects, `settle` after it was seen."""

    def __init__(self, database_url: str, subjects: Collection[str], settle: timedelta) -> None:
        self._ask = asking(database_url)
        self._subjects = subjects
        self._settle = settle
        self._known: Mapping[str, int] = {}
        self._settling: tuple[Mapping[str, int], datetime] | None = None
        self._next: datetime | None = None

    def due(self, revisions: Mapping[str, int] | None, now: datetime) -> Mapping[str, int]:
        """Return the revisions that the cache is to be told of at an aware instant; as far as one knows, none.

        `revisions` are those of every subject, None while the database is silent: the database is asked only where it
        is time, because they have changed or because the cache did not take what it was told.
        """
        if revisions is None:
            return {}
        self._see({subject: revisions[subject] for subject in self._subjects}, now)
        if self._next is None or now < self._next:
            return {}
        try:
            rows = {subject: (told, given_instant(again_at)) for subject, told, again_at in self._ask(QUERY)}
        except DatabaseSilent:
            return {}
        never = 0, now
        told = {subject: rows.get(subject, never) for subject in self._known}
        waiting = {subject: again_at for subject, (number, again_at) in told.items() if number < self._known[subject]}
        self._next = min(waiting.values(), default=None)
        return {subject: self._known[subject] for subject, again_at in waiting.items() if again_at <= now}

    def _see(self, revisions: Mapping[str, int], now: datetime) -> None:
        # One after the other: what changes without end is told twice a second, not at the end.
        if self._settling is None and revisions != self._known:
            self._settling = revisions, now + self._settle
        if self._settling and now >= self._settling[1]:
            self._known, self._next, self._settling = self._settling[0], now, None
