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
from urllib.parse import parse_qsl, urlencode

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
from portal.web.door.headers import HEALTH
from portal.web.door.shelf import Shelf

#: Where a view leaves its statement for the cache, in the WSGI environ.
STATEMENT = "portal.page"
#: Where the cache leaves the revisions that it knows, None while the database is silent.
REVISIONS = "portal.revisions"
MOST_BYTES = 24 * 1024 * 1024
MOST_PAGES = 100_000
#: Pages that are many and cheap (the check of a date, the later pages of a union) must not drive out the others.
MOST_ANSWERS = 2_000
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
logger = logging.getLogger(__name__)


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
        self._copies = copies
        self._arguments: dict[str, tuple[str, ...]] = {}
        self._few: set[str] = set()
        self._pages = Shelf(MOST_BYTES, MOST_PAGES)
        self._answers = Shelf(MOST_BYTES // 3, MOST_ANSWERS)
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
        return self._made(environ, start_response) if answer is None else answer

    def _made(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer what one thread makes for all who ask for it; what is not kept is made for each, at once."""
        until = time.monotonic() + LONGEST_TURN
        while hash(address := self._address(environ)) not in self._unkept:
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
            return self._ask(environ, start_response) if answer is None else answer
        finally:
            if is_in_turn:
                self._makers.release()

    def _kept_answer(self, environ: Environ, start_response: StartResponse) -> list[bytes] | None:
        environ[REVISIONS] = revisions = (
            self._revisions()
        )  # first: what was withdrawn is forgotten before a page is looked for
        page = self._found(environ)
        now = time.time()
        if page and revisions is None and not page.is_outdated(self._pages.floors):
            return stale_answer(environ, start_response, page)
        if page and revisions is not None and page.is_current(revisions, now):
            environ[STATEMENT] = page.statement  # an export asks until when a page is right
            return fresh_answer(environ, start_response, page, now, self._edge_seconds)
        absence = self._absent.get(_whole(environ))
        if absence and revisions is not None and absence.page.is_current(revisions, now):
            return absence.answer(environ, start_response)
        return None

    def forget(self, floors: Revisions) -> None:
        """Forget the pages of revisions below these: what they show was withdrawn. Their copies go too, in a while."""
        self._copies.refuse(floors)  # first: nothing is taken from the disk into the memory that is swept
        self._pages.forget(floors)
        self._answers.forget(floors)
        Thread(target=self._copies.forget, args=(floors,), daemon=True).start()

    def _address(self, environ: Environ) -> str:
        path, query = str(environ["PATH_INFO"]), str(environ.get("QUERY_STRING", ""))
        known = self._arguments.get(path)
        if not known:
            return path
        # Bytes that are no text stand as they are: another spelling is another address, and none of them is kept. PEP
        # 3333 gives one symbol for each byte of what a client sent bare.
        text = query.encode("latin-1").decode(errors="surrogateescape")
        given = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
        # One given twice stands twice: what the application makes of it is kept under no address.
        of_known = [pair for name in known for pair in given if pair[0] == name]
        canonical = urlencode(of_known, errors="surrogateescape")
        return f"{path}?{canonical}" if canonical else path

    def _found(self, environ: Environ) -> Page | None:
        self._learn_from_copy(environ)
        address = self._address(environ)
        page = self._pages.get(address) or self._answers.get(address)
        if page is None and (page := self._load(environ, address)):
            self._learn(environ, page)
            self._pages.put(address, page)
        if page and page.statement.arguments and self._address(environ) != address:
            # The page told, just now or to another thread, which arguments its path knows: this request gave some.
            return self._found(environ)
        return page

    def _learn_from_copy(self, environ: Environ) -> None:
        path = str(environ["PATH_INFO"])
        if environ.get("QUERY_STRING") and path not in self._arguments and (page := self._copies.load(f"{path}?")):
            self._learn(environ, page)

    def _load(self, environ: Environ, address: str) -> Page | None:
        return self._copies.load(address) if "?" not in address or environ["PATH_INFO"] in self._few else None

    def _learn(self, environ: Environ, page: Page) -> None:
        path = str(environ["PATH_INFO"])
        if page.statement.arguments:
            self._arguments[path] = page.statement.arguments
        if page.statement.few:
            self._few.add(path)

    def _ask(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"], "GET"
        status, headers, body = asked(self._application, environ)
        environ["REQUEST_METHOD"] = method
        statement = environ.get(STATEMENT)
        if status.startswith("200") and isinstance(statement, Statement):
            page = finished(statement, headers, body, time.time())
            self._keep(environ, page)
            return fresh_answer(environ, start_response, page, page.made_at, self._edge_seconds)
        # Looked for now, not before the application was asked: something may have been withdrawn meanwhile.
        if status.startswith("5") and (old := self._old(environ)):
            logger.warning("served a copy of %s: the application answered %s", environ["PATH_INFO"], status)
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
        address = self._address(environ)
        if status.startswith(("301", "404", "410")):
            for kept in (self._pages, self._answers, self._copies):
                kept.drop(address)
        if not status.startswith("5"):  # a page that fails for now is kept once it no longer does
            if len(self._unkept) >= MOST_UNKEPT:  # strangers ask for what is not there, without end
                self._unkept.clear()
            self._unkept.add(hash(address))  # not its text, which may be long

    def _old(self, environ: Environ) -> Page | None:
        page = self._found(environ)
        return None if page and page.is_outdated(self._pages.floors) else page

    def _keep(self, environ: Environ, page: Page) -> None:
        self._learn(environ, page)
        address = self._address(environ)
        self._unkept.discard(hash(address))
        if page.statement.is_one_of_many or ("?" in address and not page.statement.few):
            self._answers.put(address, page)
            return
        if "?" in address:  # so that a new worker knows, with the database away, what to ask for
            self._copies.save(f"{environ['PATH_INFO']}?", page)
        self._pages.put(address, page)
        self._copies.save(address, page)


def _whole(environ: Environ) -> int:
    """Return what stands for a whole address, as it was asked for: its text may be long."""
    return hash((environ["PATH_INFO"], environ.get("QUERY_STRING", "")))


def _bare(statement: Statement, body: bytes) -> Page:
    return Page(statement, (), "", 0, {"": _one(body)})


@lru_cache(FEW_BODIES)
def _one(body: bytes) -> bytes:
    """Return the same bytes, once in memory."""
    return body
