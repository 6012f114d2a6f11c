"""A page is a function of its key: finished pages, kept in memory and on disk, answered before Flask is asked.

The key is the release, the path, the *known* arguments and the revisions of the subjects that the page reads; a page
is valid until an instant that it states itself. A change invalidates nothing: an old page's key no longer comes up.
Only what must not be shown even while the database is silent is thrown away: an address that is gone drops its page, a
withdrawal all those made before it (`forget`).
This module imports neither Flask nor SQLAlchemy: a hit costs about 12 µs, against 90–600 µs for Flask's request
cycle (performance.md).
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore, Event, Thread

from portal.store.bare.watch import Revisions
from portal.store.copies import Copies, Page, Statement
from portal.web.door.answers import (
    EDGE_SECONDS,
    Application,
    Environ,
    Headers,
    StartResponse,
    asked,
    finished,
    fresh_answer,
    stale_answer,
)
from portal.web.door.headers import HEALTH, OUTCOME
from portal.web.door.kept import Kept

#: Where a view leaves its statement for the cache, in the WSGI environ.
STATEMENT = "portal.page"
#: Where the cache leaves the revisions that it knows, None while the database is silent.
REVISIONS = "portal.revisions"
#: Where it leaves until when an answer from a kept page is right, in seconds since 1970.
RIGHT_UNTIL = "portal.right_until"
#: That of what no clock makes wrong.
NEVER = float("inf")
#: Pages made at the same time: a feed takes some 5 MB while it is made, and more at once are no sooner done. Whoever
#: has waited so many seconds, for a turn or for another to make the same page, goes on without.
MAKERS = 2
LONGEST_TURN = 1.0
#: Addresses of which it is remembered that what they answer is not kept (the lookup).
MOST_UNKEPT = 10_000
#: The statuses of an address where there is nothing: so many are remembered, and many have the same answer to give.
ABSENT = ("404", "410")
MOST_ABSENT = 2_000
FEW_BODIES = 64
#: After a change, the page before it is given for so long, while those that are read are made anew; the change is seen
#: within a second all the same.
FORMER_SECONDS = 0.5
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Former:
    """The revisions before a change, and until when their pages may still be given, by the monotonic clock."""

    revisions: Revisions
    until: float


@dataclass(frozen=True, slots=True)
class Absence:
    """The answer that there is nothing at an address, right as a page is."""

    status: str
    headers: Headers
    page: Page

    def answer(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Say it again."""
        start_response(self.status, list(self.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.page.bodies[""]]


class PageCache:
    """WSGI middleware: answers a finished page, or asks the application and keeps what it states."""

    def __init__(
        self,
        application: Application,
        revisions: Callable[[], Revisions | None],
        copies: Copies,
        edge_seconds: int = EDGE_SECONDS,
    ) -> None:
        self._application = application
        self._edge_seconds = edge_seconds
        self._revisions = revisions
        self.kept = Kept(copies)
        self._former = Former({}, float("-inf"))
        self._makers = BoundedSemaphore(MAKERS)
        self._making: dict[str, Event] = {}
        self._unkept: set[int] = set()
        self._absent: dict[int, Absence] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if environ["PATH_INFO"] in HEALTH:
            return self._application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            environ[REVISIONS] = self._revisions()
            return self._application(environ, start_response)
        answer = self._kept_answer(environ, start_response)
        if answer is None:
            answer = self._former_answer(environ, start_response)
        return self.made(environ, start_response) if answer is None else answer

    def made(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what one thread makes for all who ask for it; what is not kept is made for each, at once."""
        until = time.monotonic() + LONGEST_TURN
        while hash(address := self.kept.address(environ)) not in self._unkept:
            made = self._making.setdefault(address, mine := Event())  # atomic: one thread finds its own
            if made is mine:
                try:
                    return self._made_in_turn(environ, start_response, until)
                finally:
                    del self._making[address]
                    mine.set()
            if not made.wait(max(until - time.monotonic(), 0)):
                return self._made_in_turn(environ, start_response, until)
            # Another page maybe: the one that was made told which arguments its path knows.
            answer = self._kept_answer(environ, start_response)
            if answer is not None:
                return answer
        return self._ask(environ, start_response)

    def _made_in_turn(self, environ: Environ, start_response: StartResponse, until: float) -> Iterable[bytes]:
        is_in_turn = self._makers.acquire(timeout=max(until - time.monotonic(), 0))
        try:
            answer = self._kept_answer(environ, start_response)  # made meanwhile, maybe, for another reader
            if answer is None and self.kept.is_read_again(environ):  # or by another worker
                answer = self._kept_answer(environ, start_response)
            return self._ask(environ, start_response) if answer is None else answer
        finally:
            if is_in_turn:
                self._makers.release()

    def _kept_answer(self, environ: Environ, start_response: StartResponse) -> list[bytes] | None:
        environ[REVISIONS] = revisions = (
            self._revisions()
        )  # first: what was withdrawn is forgotten before a page is looked for
        page = self.kept.found(environ)
        now = time.time()
        if page and revisions is None and not self.kept.is_refused(page):
            environ[OUTCOME] = "stale"
            return stale_answer(environ, start_response, page)
        if page and revisions is not None and page.is_current(revisions, now):
            environ[STATEMENT] = page.statement  # an export asks until when a page is right
            environ[RIGHT_UNTIL] = _right_until(page)
            environ[OUTCOME] = "hit"
            return fresh_answer(environ, start_response, page, now, self._edge_seconds)
        absence = self._absent.get(_whole(environ))
        if absence and revisions is not None and absence.page.is_current(revisions, now):
            environ[OUTCOME] = "absent"
            return absence.answer(environ, start_response)
        return None

    def _former_answer(self, environ: Environ, start_response: StartResponse) -> list[bytes] | None:
        """Answer the page that was right until a moment ago, while those that are read are made anew."""
        former, now = self._former, time.time()
        left = former.until - time.monotonic()
        if left <= 0:
            return None
        page = self.kept.found(environ)
        if page is None or self.kept.is_refused(page) or not page.is_current(former.revisions, now):
            return None
        environ[OUTCOME] = "former"
        environ[RIGHT_UNTIL] = min(_right_until(page), now + left)
        return fresh_answer(environ, start_response, page, now, may_be_kept=False)

    def give_former(self, revisions: Revisions) -> None:
        """Let the pages of these revisions, which were right until now, be given for a moment more.

        Of changes that come faster the first alone has such a moment: nothing is shown for longer.
        """
        now = time.monotonic()
        if now >= self._former.until:
            self._former = Former(revisions, now + FORMER_SECONDS)

    def forget(self, floors: Revisions) -> None:
        """Forget the pages of revisions below these: what they show was withdrawn. Their copies go too, in a while."""
        self.kept.refuse(floors)
        Thread(target=self.kept.sweep, args=(floors,), daemon=True).start()

    def _ask(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"], "GET"
        status, headers, body = asked(self._application, environ)
        environ["REQUEST_METHOD"] = method
        statement = environ.get(STATEMENT)
        if status.startswith("200") and isinstance(statement, Statement):
            page = finished(statement, headers, body, time.time())
            self.kept.keep(environ, page)
            self._unkept.discard(hash(self.kept.address(environ)))
            environ[OUTCOME] = "made"
            is_kept = not self.kept.is_refused(page)  # something was withdrawn while it was made
            return fresh_answer(environ, start_response, page, page.made_at, self._edge_seconds, may_be_kept=is_kept)
        # Looked for now, not before the application was asked: something may have been withdrawn meanwhile.
        if status.startswith("5") and (old := self.kept.found(environ)) and not self.kept.is_refused(old):
            logger.warning("served a copy of %s: the application answered %s", environ["PATH_INFO"], status)
            environ[OUTCOME] = "stale"
            return stale_answer(environ, start_response, old)
        self._learn_unkept(environ, status)
        if status.startswith(ABSENT) and isinstance(statement, Statement):
            self._learn_absent(environ, Absence(status, headers, _bare(statement, body)))
        start_response(status, headers)
        return [] if method == "HEAD" else [body]

    def _learn_absent(self, environ: Environ, absence: Absence) -> None:
        if len(self._absent) >= MOST_ABSENT:  # strangers ask for what is not there, without end
            self._absent.clear()
        self._absent[_whole(environ)] = absence

    def _learn_unkept(self, environ: Environ, status: str) -> None:
        address = self.kept.address(environ)
        if status.startswith(("301", "404", "410")):
            self.kept.drop(address)
        if not status.startswith("5"):  # a page that fails for now is kept once it no longer does
            if len(self._unkept) >= MOST_UNKEPT:  # strangers ask for what is not there, without end
                self._unkept.clear()
            self._unkept.add(hash(address))  # not its text, which may be long


def _whole(environ: Environ) -> int:
    """Return what stands for a whole address, as it was asked for: its text may be long."""
    return hash((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))


def _right_until(page: Page) -> float:
    until = page.statement.valid_until
    return NEVER if until is None else float(until)


def _bare(statement: Statement, body: bytes) -> Page:
    return Page(statement, (), "", 0, {"": _one(body)})


@lru_cache(FEW_BODIES)
def _one(body: bytes) -> bytes:
    """Return the same bytes, once in memory."""
    return body
