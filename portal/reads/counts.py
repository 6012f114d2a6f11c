"""How often each feed is read, and how often it had changed since: counts alone, of nobody.

Imports neither Flask nor SQLAlchemy: whoever reads a feed waits for neither.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

Application = Callable[..., Iterable[bytes]]
#: Reads of a feed that had changed (200), or had not (304), by its path and the status.
Counts = Mapping[tuple[str, int], int]
#: The newest document of a feed; its archives never change.
FEED = re.compile(r"/(?:fr|en)/(?:.+/)?(?:fil|feed)\.(?:rss|atom|json)")
#: As WSGI says them; what is answered otherwise is no feed of ours.
STATUSES = {"200": 200, "304": 304}


class Reads:
    """WSGI middleware: counts the reads of each feed."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._counts: Counter[tuple[str, int]] = Counter()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not FEED.fullmatch(path):
            return self._application(environ, start_response)

        def start(status: str, *more: Any) -> Any:
            if read := self.read(path, status):
                self.add_one(read)
            return start_response(status, *more)

        return self._application(environ, start)

    def read(self, path: str, status: str) -> tuple[str, int] | None:
        """Return what is counted when a path is answered with a status, None for what is no read of a feed."""
        code = STATUSES.get(status[:3])
        return (path, code) if code and FEED.fullmatch(path) else None

    def add_one(self, read: tuple[str, int]) -> None:
        """Add one read."""
        with self._lock:
            self._counts[read] += 1

    def add(self, counts: Counts) -> None:
        """Add reads."""
        with self._lock:
            self._counts.update(counts)

    def take(self) -> Counts:
        """Return the reads since they were taken last, and begin anew."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts
