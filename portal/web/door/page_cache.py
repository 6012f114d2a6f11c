"""A page is a function of its key: finished pages, kept in memory and on disk, answered before Flask is asked.

The key is the release, the path, the *known* arguments and the revisions of the subjects that the page reads; a page
is valid until an instant that it states itself. A change invalidates nothing: an old page's key no longer comes up.
Only what must not be shown even while the database is silent is thrown away: an address that is gone drops its page, a
withdrawal all those made before it (`forget`).
This module imports neither Flask nor SQLAlchemy: a hit costs about 12 µs, against 90–600 µs for Flask's request
cycle (performance.md).
"""

import gzip
import logging
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from threading import BoundedSemaphore, Event, Lock, Thread
from urllib.parse import parse_qsl, urlencode

import brotli

from portal.store.bare.watch import Revisions
from portal.store.copies import Copies, Page, Statement
from portal.web.door.headers import HEALTH

Environ = dict[str, object]
StartResponse = Callable[..., object]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]

#: Where a view leaves its statement for the cache, in the WSGI environ.
STATEMENT = "portal.page"
#: Where the cache leaves, for an answer that it does not keep, the revisions that it knows.
REVISIONS = "portal.revisions"
#: In a page: where the notice goes that says how old a copy is, while the database is silent.
STALE_MARK = b"<!-- stale -->"
KEPT_HEADERS = frozenset({"content-type", "content-language", "content-disposition", "link"})
MOST_BYTES = 24 * 1024 * 1024
#: Pages that are many and cheap (the check of a date, the later pages of a union) must not drive out the others.
MOST_ANSWERS = 2_000
#: Pages made at the same time: a feed takes some 5 MB while it is made, and more at once are no sooner done. Whoever
#: has waited so many seconds, for a turn or for another to make the same page, goes on without.
MAKERS = 2
LONGEST_TURN = 1.0
#: Addresses of which it is remembered that what they answer is not kept (the lookup, what is not found).
MOST_UNKEPT = 10_000
#: What is remembered by text takes no longer text than an honest client sends.
LONGEST_DATE = 64
LONGEST_ENCODINGS = 200
logger = logging.getLogger(__name__)
_LESS_THAN_ONE = re.compile(r"0(\.[0-9]*)?")


def finished(statement: Statement, headers: Headers, body: bytes, now: float) -> Page:
    """Return a page with its bytes compressed once and its strong ETag, equal on all workers and after a restart."""
    digest = blake2b(body, digest_size=15, usedforsecurity=False).digest()
    bodies = {"": body}
    # A window of 256 kB: the usual one of 4 MB is kept by each thread that ever compressed.
    compressed = {"br": brotli.compress(body, quality=5, lgwin=18), "gzip": gzip.compress(body, 6, mtime=0)}
    bodies.update({name: data for name, data in compressed.items() if len(data) < len(body)})
    kept = tuple((name, value) for name, value in headers if name.lower() in KEPT_HEADERS)
    return Page(statement, kept, urlsafe_b64encode(digest).decode(), now, bodies)


@dataclass(slots=True)
class Shelf:
    """Pages in memory, the oldest forgotten first.

    What was forgotten for good (`floors`) is not taken again, should it have been under way meanwhile.
    """

    most_bytes: int = MOST_BYTES
    most_pages: int = 100_000
    pages: dict[str, Page] = field(default_factory=dict)
    bytes: int = 0
    floors: Revisions = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, address: str, page: Page) -> None:
        """Keep a page, and forget the oldest ones that no longer fit."""
        with self._lock:
            if page.is_outdated(self.floors):
                return
            self._drop(address)
            self.pages[address] = page
            self.bytes += page.size
            while self.bytes > self.most_bytes or len(self.pages) > self.most_pages:
                self._drop(next(iter(self.pages)))

    def drop(self, address: str) -> None:
        """Forget a page."""
        with self._lock:
            self._drop(address)

    def forget(self, floors: Revisions) -> None:
        """Forget every page that must not be shown any more, now and later."""
        with self._lock:
            self.floors = floors
            for address in [address for address, page in self.pages.items() if page.is_outdated(floors)]:
                self._drop(address)

    def _drop(self, address: str) -> None:
        if page := self.pages.pop(address, None):
            self.bytes -= page.size


class PageCache:
    """WSGI middleware: answers a finished page, or asks the application and keeps what it states."""

    def __init__(self, application: Application, revisions: Callable[[], Revisions | None], copies: Copies) -> None:
        self._application = application
        self._revisions = revisions
        self._copies = copies
        self._arguments: dict[str, tuple[str, ...]] = {}
        self._few: set[str] = set()
        self._pages = Shelf()
        self._answers = Shelf(MOST_BYTES // 3, MOST_ANSWERS)
        self._makers = BoundedSemaphore(MAKERS)
        self._making: dict[str, Event] = {}
        self._unkept: set[int] = set()

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
        revisions = self._revisions()  # first: what was withdrawn is forgotten before a page is looked for
        page = self._found(environ)
        now = time.time()
        if page and revisions is None and not page.is_outdated(self._pages.floors):
            return _stale_answer(environ, start_response, page)
        if page and revisions is not None and page.is_current(revisions, now):
            return _answer(environ, start_response, page, now)
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
        page = self._pages.pages.get(address) or self._answers.pages.get(address)
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
        status, headers, body = _asked(self._application, environ)
        environ["REQUEST_METHOD"] = method
        statement = environ.get(STATEMENT)
        if status.startswith("200") and isinstance(statement, Statement):
            page = finished(statement, headers, body, time.time())
            self._keep(environ, page)
            return _answer(environ, start_response, page, page.made_at)
        # Looked for now, not before the application was asked: something may have been withdrawn meanwhile.
        if status.startswith("5") and (old := self._old(environ)):
            logger.warning("served a copy of %s: the application answered %s", environ["PATH_INFO"], status)
            return _stale_answer(environ, start_response, old)
        self._learn_unkept(environ, status)
        start_response(status, headers)
        return [] if method == "HEAD" else [body]

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


def _asked(application: Application, environ: Environ) -> tuple[str, Headers, bytes]:
    answer: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], None]:
        answer[:] = [(status, headers)]
        return lambda data: None

    chunks = application(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return *answer[0], body


def _answer(environ: Environ, start_response: StartResponse, page: Page, now: float) -> list[bytes]:
    stated = page.statement
    left = float("inf") if stated.valid_until is None else stated.valid_until - now
    max_age = int(max(min(stated.max_age, left), 0))
    accepted = str(environ.get("HTTP_ACCEPT_ENCODING", ""))
    encoding = _encoding(accepted[:LONGEST_ENCODINGS], tuple(page.bodies))
    headers = [
        *page.headers,
        ("ETag", f'"{page.tag}-{encoding}"' if encoding else f'"{page.tag}"'),
        ("Cache-Control", f"public, max-age={max_age}"),
        ("Vary", "Accept-Encoding"),
    ]
    if stated.changed_at is not None:
        headers.append(("Last-Modified", _http_date(stated.changed_at)))
    return _send(environ, start_response, page, headers, encoding)


def _send(environ: Environ, start_response: StartResponse, page: Page, headers: Headers, encoding: str) -> list[bytes]:
    if _is_not_modified(environ, page):
        start_response("304 Not Modified", [pair for pair in headers if pair[0] != "Content-Type"])
        return []
    body = page.bodies[encoding]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _stale_answer(environ: Environ, start_response: StartResponse, page: Page) -> list[bytes]:
    """Answer the last good copy while the database is silent, and say how old it is."""
    age = max(int(time.time() - page.made_at), 0)
    headers = [*page.headers, ("Age", str(age)), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
    body = page.bodies[""]
    if STALE_MARK in body:
        body = body.replace(STALE_MARK, page.statement.stale_notice.encode(), 1)
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    headers.append(("ETag", f'"{page.tag}"'))
    return _send(environ, start_response, page, headers, "")


def _is_not_modified(environ: Environ, page: Page) -> bool:
    # RFC 9110 §13.1: If-None-Match wins; it may hold a list, weak tags or `*`. A tag is 20 random-looking characters:
    # finding it anywhere in the header is comparing it.
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if isinstance(tags, str):
        return page.tag in tags or tags.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    changed_at = page.statement.changed_at
    if not isinstance(since, str) or len(since) > LONGEST_DATE:
        return False
    return changed_at is not None and changed_at <= _seconds(since)


@lru_cache(maxsize=256)
def _http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


@lru_cache(maxsize=256)
def _seconds(http_date: str) -> float:
    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, OverflowError):  # a year of twenty digits
        return 0


@lru_cache(maxsize=512)
def _encoding(accepted: str, available: tuple[str, ...]) -> str:
    """Return the encoding a client would rather have among those available: of equals brotli, then gzip, then none."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        weights[name.strip()] = _weight(quality)

    def weight(name: str) -> float:
        return weights.get(name, weights.get("*", 0.0))

    best = max([name for name in ("br", "gzip", "identity") if name in (*available, "identity")], key=weight)
    return best if best != "identity" and weight(best) > 0 else ""


def _weight(quality: str) -> float:
    # RFC 9110 §12.4.2: from 0 to 1, and 1 where none is given.
    text = quality.replace(" ", "").removeprefix("q=")
    return float(text) if _LESS_THAN_ONE.fullmatch(text) else 1.0
