"""Answers of this very moment: what was just answered from the kept pages, for whoever asks the same before the next
look at the revisions.

Between two looks nothing can change what a request is answered, but the clock. So a hit is one dictionary look-up, some
2 µs, where the way through every middleware takes 20. Imports neither Flask nor SQLAlchemy.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from portal.web.door.answers import Application, Environ, Headers, StartResponse
from portal.web.door.headers import OUTCOME
from portal.web.door.page_cache import RIGHT_UNTIL

#: So many different requests are remembered between two looks; each names pages that are kept anyway.
MOST_HITS = 1_000
#: What is remembered by its text takes no longer text than an honest client sends.
LONGEST_KEY = 1_000
#: While one asks what it has become since the next look, the others go on with what was known, for so many seconds.
RENEWAL = 0.1
#: A page that is right for so many seconds more says nothing that depends on how many they are (`answers`).
SETTLED = 7_200
#: What nobody asked for is forgotten after so many.
FORGOTTEN = 1.0
#: Everything that an answer from the kept pages depends on, as WSGI names it.
ASKED = (
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
)
#: What makes a request one that two servers could read in two ways: it is refused behind.
AMBIGUOUS = "HTTP_TRANSFER_ENCODING"

Key = tuple[Any, ...]
#: Given the path, the status, the bytes and the outcome of an answer, returns what counts it once more.
Counted = Callable[[str, str, int, str], Callable[[], object]]
#: The status, the headers and the body.
Answer = tuple[str, Headers, Iterable[bytes]]


@dataclass(slots=True)
class Hit:
    """An answer, right until the next look (by the monotonic clock) and between two instants, in seconds since 1970.

    `count` counts it once more; `is_renewed` says that someone asks behind what it has become.
    """

    status: str
    headers: Headers
    body: list[bytes]
    next_look: float
    since: float
    until: float
    count: Callable[[], object]
    is_renewed: bool = False


class Hits:
    """WSGI middleware: answers what was just answered; `next_look` says when the revisions are looked at again."""

    def __init__(self, application: Application, next_look: Callable[[], float], counted: Counted) -> None:
        self.application = application
        self.next_look = next_look
        self._counted = counted
        self._hits: dict[Key, Hit] = {}
        self._swept = self._forgotten = float("-inf")
        self._learning = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if environ["REQUEST_METHOD"] != "GET" or AMBIGUOUS in environ:
            return self.application(environ, start_response)
        get = environ.get
        key = tuple([get(name) for name in ASKED])
        if hit := self.find(key):
            start_response(hit.status, list(hit.headers))
            return list(hit.body)
        next_look, told = self.next_look(), []

        def start(status: str, headers: Headers, exc_info: object = None) -> object:
            told[:] = [status, headers]
            return start_response(status, headers)

        body = self.application(environ, start)
        self.learn(key, environ, (*told, body), next_look)
        return body

    def forget(self) -> None:
        """Give nothing again of what was answered until now, by whoever is still being answered either."""
        self._forgotten = time.monotonic()

    def find(self, key: Key) -> Hit | None:
        """Return what is answered to a request, if that is known, and count it."""
        hit = self._hits.get(key)
        if hit is None or hit.next_look <= self._forgotten or not hit.since <= time.time() < hit.until:
            return None
        late = time.monotonic() - hit.next_look
        if late >= 0 and (late >= RENEWAL or not hit.is_renewed):
            hit.is_renewed = True
            return None
        hit.count()
        return hit

    def learn(self, key: Key, environ: Environ, answer: Answer, next_look: float) -> None:
        """Remember an answer from the kept pages; `next_look` is what it was before the request was asked."""
        right_until, now = environ.get(RIGHT_UNTIL), time.time()
        status, headers, body = answer
        if not (isinstance(right_until, float) and isinstance(body, list)) or _length(key) > LONGEST_KEY:
            with self._learning:
                self._hits.pop(key, None)  # whoever comes next is told the same, not what was known before
            return
        if right_until - now < SETTLED:  # it says in whole seconds how long it may be kept
            next_look = min(next_look, time.monotonic() + (right_until - now) % 1)
        headers = [pair for pair in headers if pair[0] != "Server-Timing"]  # of the one answer that took it
        count = self._counted(key[0], status, sum(map(len, body)), str(environ.get(OUTCOME)))
        hit = Hit(status, headers, body, next_look, now, min(right_until, now + 1), count)
        with self._learning:
            is_full = len(self._hits) >= MOST_HITS
            if next_look >= self._swept + FORGOTTEN or (is_full and next_look > self._swept):
                self._hits = {key: hit for key, hit in self._hits.items() if hit.next_look > next_look - FORGOTTEN}
                self._swept = next_look
            if key in self._hits or len(self._hits) < MOST_HITS:
                self._hits[key] = hit


def _length(key: Key) -> int:
    return sum(len(part or "") for part in key)
