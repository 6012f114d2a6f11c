"""The revisions as the door reads them: with the bare driver, at most every 200 ms, without Flask or SQLAlchemy.

With each comes its floor: no copy made of an earlier number may be shown, because something was withdrawn since.
"""

import threading
import time
from collections.abc import Callable, Mapping

from portal.store.bare.connections import DatabaseSilent, asking

#: A change shows within this time; reading at every request would cost a fifth of the rate (performance.md).
INTERVAL = 0.2
#: While the database is down, ask it less often: each try may wait for its time-out.
INTERVAL_AFTER_FAILURE = 1.0
QUERY = "SELECT subject, number, floor FROM revisions"

Revisions = Mapping[str, int]


class Watch:
    """Knows the subjects' revisions, a fifth of a second late at most.

    One thread asks while the others go on with what was known, be it that the database is silent. `on_floors` is
    called when a floor moves; `on_change` when a revision does, with those before it.
    """

    def __init__(self, database_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = asking(database_url)
        self._clock = clock
        self._asking = threading.Lock()
        self._next = float("-inf")
        self._known: Revisions | None = None
        self._floors: Revisions = {}
        self.on_floors: Callable[[Revisions], object] = lambda floors: None
        self.on_change: Callable[[Revisions], object] = lambda former: None
        self._has_asked = False

    def current(self) -> Revisions | None:
        """Return the revision of every subject, or None while the database does not answer."""
        if self._clock() >= self._next and self._asking.acquire(blocking=not self._has_asked):
            try:
                if self._clock() >= self._next:
                    self._ask()
            finally:
                self._asking.release()
        return self._known

    @property
    def next_look(self) -> float:
        """Return when the database is asked again, by the monotonic clock: until then nothing else is known."""
        return self._next

    def _ask(self) -> None:
        try:
            read = self._read(QUERY)
            # First: whoever knows the revisions must know what was withdrawn.
            self._learn({subject: floor for subject, _number, floor in read if floor})
            former, self._known = self._known, {subject: number for subject, number, _floor in read}
            if former is not None and former != self._known:
                self.on_change(former)
            self._next = self._clock() + INTERVAL
        except DatabaseSilent:
            self._known = None
            self._next = self._clock() + INTERVAL_AFTER_FAILURE
        self._has_asked = True

    def _learn(self, floors: Revisions) -> None:
        if floors != self._floors:
            self.on_floors(floors)
            self._floors = floors  # once they were heeded
