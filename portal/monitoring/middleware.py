"""Around the whole site: each answer is counted, some are told to the log, and nothing of whoever asked is kept.

The outcome says who answered. From memory or from a copy on the disk: `hit` (a finished page, a static file), `former`
(the page before a change, for half a second), `stale` (a copy, while the database is silent), `absent` (that there is
nothing there). By the application: `made` (a page, kept for the next reader), `passed` (whatever is kept for nobody).
By the door itself: `refused`.
Imports neither Flask nor SQLAlchemy.
"""

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

from portal.monitoring.counts import Counts
from portal.monitoring.kinds import Kind, kind_of
from portal.monitoring.lines import FOUND, SAMPLE, Answer, Lines
from portal.web.door.headers import OUTCOME

Application = Callable[..., Iterable[bytes]]
Headers = list[tuple[str, str]]
#: Where the application leaves what it spent on what, in the WSGI environ: seconds and times by name (`timing`).
SPANS = "portal.spans"
Spans = Mapping[str, tuple[float, int]]
#: Outcomes for which nobody waits: what they take is measured by `make bench`, not at each of ten thousand a second.
AT_HAND = frozenset({"hit", "former", "absent"})


class Monitor:
    """WSGI middleware: counts each answer, and lets the log tell of some; with `tells_times`, the browser of each."""

    def __init__(self, application: Application, counts: Counts, *, tells_times: bool = False) -> None:
        self._application = application
        self._tells_times = tells_times
        self._counts = counts
        self._lines = Lines()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        began = perf_counter()
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        kind, status, sent = kind_of(path), 0, []
        if self._tells_times:
            environ[SPANS] = {}

        def start(line: str, headers: Headers, exc_info: object = None) -> Any:
            nonlocal status, sent
            status, sent = int(line[:3]), headers
            if self._tells_times:  # here, behind everything that keeps an answer
                timing = _timing(_outcome(environ, kind, status), perf_counter() - began, environ[SPANS])
                headers = [*headers, ("Server-Timing", timing)]
            return start_response(line, headers)

        body = self._application(environ, start)
        outcome = _outcome(environ, kind, status)
        number = self._counts.add(kind, outcome, status)
        if outcome not in AT_HAND or number % SAMPLE == 0:
            size = 0 if method == "HEAD" else _length(sent)
            self.tell(Answer(method, path, kind, outcome, status, perf_counter() - began, size), number)
        return body

    def again(self, path: str, status: int, size: int, outcome: str) -> Callable[[], None]:
        """Return what counts an answer that was at hand and is given again without coming by here, in so many bytes."""
        answer = Answer("GET", path, kind_of(path), outcome, status, 0.0, size)

        def count() -> None:
            number = self._counts.add(answer.kind, outcome, status)
            if number % SAMPLE == 0:
                self.tell(answer, number)

        return count

    def tell(self, answer: Answer, number: int) -> None:
        """Remember how long an answer took that somebody waited for, and write its line where it has one.

        `number` is what the counts said of it.
        """
        if answer.outcome not in AT_HAND:
            self._counts.time(answer.kind, answer.outcome, answer.seconds)
        self._lines.tell(answer, number)


def _outcome(environ: dict[str, Any], kind: Kind, status: int) -> str:
    return environ.get(OUTCOME) or ("hit" if kind == "static" and status in FOUND else "passed")


def _length(headers: Headers) -> int:
    return next((int(value) for name, value in headers if name == "Content-Length"), 0)


def _timing(outcome: str, seconds: float, spans: Spans) -> str:
    """Return the value of Server-Timing: its durations are milliseconds."""
    told = [f"cache;desc={outcome}", f"app;dur={seconds * 1_000:.1f}"]
    for name, (spent, times) in spans.items():
        told.append(f'{name};dur={spent * 1_000:.1f};desc="{times} times"')
    return ", ".join(told)
