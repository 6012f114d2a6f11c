"""Around the whole site: each answer is counted, and nothing of whoever asked for it is kept.

The outcome says who answered. From memory or from a copy on the disk: `hit` (a finished page, a static file), `former`
(the page before a change, for half a second), `stale` (a copy, while the database is silent), `absent` (that there is
nothing there). By the application: `made` (a page, kept for the next reader), `passed` (whatever is kept for nobody).
By the door itself: `refused`.
Imports neither Flask nor SQLAlchemy.
"""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from portal.monitoring.counts import Counts
from portal.monitoring.kinds import Kind, kind_of
from portal.web.door.headers import OUTCOME

Application = Callable[..., Iterable[bytes]]
#: Outcomes for which nobody waits: what they take is measured by `make bench`, not at each of ten thousand a second.
AT_HAND = frozenset({"hit", "former", "absent"})
#: The statuses of a static file that is there; it never comes near the page cache.
GIVEN = frozenset({200, 206, 304})


class Monitor:
    """WSGI middleware: counts each answer."""

    def __init__(self, application: Application, counts: Counts) -> None:
        self._application = application
        self._counts = counts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        began = perf_counter()
        kind, status = kind_of(environ["PATH_INFO"]), 0

        def start(line: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers)

        body = self._application(environ, start)
        outcome = _outcome(environ, kind, status)
        self._counts.add(kind, outcome, status)
        if outcome not in AT_HAND:
            self._counts.time(kind, outcome, perf_counter() - began)
        return body


def _outcome(environ: dict[str, Any], kind: Kind, status: int) -> str:
    return environ.get(OUTCOME) or ("hit" if kind == "static" and status in GIVEN else "passed")
