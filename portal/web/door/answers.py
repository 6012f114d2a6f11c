"""A finished page as HTTP has it: its encodings, its ETag, how long who may keep it, and a 304 for who has it already.

Without Flask: a hit is this and one look into a dictionary.
"""

import gzip
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO
from urllib.parse import urlsplit

import brotli

from portal.store.copies import Page, Statement

Environ = dict[str, object]
StartResponse = Callable[..., object]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

#: What every request has that WSGI is given otherwise than by granian.
WSGI: Environ = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
#: In a page: where the notice goes that says how old a copy is, while the database is silent.
STALE_MARK = b"<!-- stale -->"
KEPT_HEADERS = frozenset({"content-type", "content-language", "content-disposition", "link"})
#: What stands between us and the visitors (nginx, a CDN) keeps a page so many seconds where nobody tells it of changes.
EDGE_SECONDS = 1
#: So many, where it is told (PORTAL_PURGE_URL).
EDGE_TOLD_SECONDS = 300
#: For so long it may give the page that it has while it asks for the next one (RFC 5861).
EDGE_REFRESH_SECONDS = 4
#: For so long, where we do not answer; never beyond the instant until which the page is right.
EDGE_ERROR_SECONDS = 3_600
#: What is remembered by text takes no longer text than an honest client sends.
LONGEST_DATE = 64
LONGEST_ENCODINGS = 200
#: Beyond it, nothing in an answer depends on how long a page is right.
LONGEST_LEFT = 86_400
#: Of brotli, 256 kB: the usual window of 4 MB is kept by each thread that ever compressed.
WINDOW = 18
_LESS_THAN_ONE = re.compile(r"0(\.[0-9]*)?")


def asked(application: Application, environ: Environ) -> tuple[str, Headers, bytes]:
    """Return the status, the headers and the whole body with which an application answers (PEP 3333)."""
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


def environ_of(path: str, query: str, public_url: str) -> Environ:
    """Return what a client that GETs a path at the public address gives the door; both are as PEP 3333 has them."""
    parts = urlsplit(public_url)
    return {
        **WSGI,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
    }


def finished(statement: Statement, headers: Headers, body: bytes, now: float) -> Page:
    """Return a page with its bytes compressed once and its strong ETag, equal on all workers and after a restart."""
    digest = blake2b(body, digest_size=15, usedforsecurity=False).digest()
    bodies = {"": body}
    compressed = {"br": brotli.compress(body, quality=5, lgwin=WINDOW), "gzip": gzip.compress(body, 6, mtime=0)}
    bodies.update({name: data for name, data in compressed.items() if len(data) < len(body)})
    kept = [(name, value) for name, value in headers if name.lower() in KEPT_HEADERS]
    kept.append(("Surrogate-Key", " ".join(sorted(statement.revisions))))  # by which a CDN is told of changes
    return Page(statement, tuple(kept), urlsafe_b64encode(digest).decode(), now, bodies)


def densely(page: Page, like: Page | None = None) -> Page:
    """Return a page with the shortest brotli there is, taken from `like` where that is the same page and has it.

    Off the path of every request: 26 kB take 50 ms, against half a millisecond when the page is made.
    """
    if like and like.is_dense and like.tag == page.tag:
        shortest = like.bodies["br"]
    else:
        shortest = min(page.bodies["br"], brotli.compress(page.bodies[""], quality=11, lgwin=WINDOW), key=len)
    return replace(page, bodies={**page.bodies, "br": shortest}, is_dense=True)


def fresh_answer(
    environ: Environ,
    start_response: StartResponse,
    page: Page,
    now: float,
    edge_seconds: int = EDGE_SECONDS,
    *,
    may_be_kept: bool = True,
) -> list[bytes]:
    """Answer a page at an instant (seconds since 1970): in the encoding that the client would rather have, or 304.

    What stands in front may keep it for `edge_seconds`; one that may not be kept is asked for again by everyone.
    """
    stated = page.statement
    left = LONGEST_LEFT if stated.valid_until is None else min(int(max(stated.valid_until - now, 0)), LONGEST_LEFT)
    left = left if may_be_kept else 0
    accepted = str(environ.get("HTTP_ACCEPT_ENCODING", ""))
    encoding = _encoding(accepted[:LONGEST_ENCODINGS], tuple(page.bodies))
    headers = [
        *page.headers,
        ("ETag", page.etag(encoding)),
        ("Cache-Control", _cache_control(stated.max_age, left, edge_seconds)),
        ("Vary", "Accept-Encoding"),
    ]
    if stated.changed_at is not None:
        headers.append(("Last-Modified", _http_date(stated.changed_at)))
    return _send(environ, start_response, page, headers, encoding)


def _send(environ: Environ, start_response: StartResponse, page: Page, headers: Headers, encoding: str) -> list[bytes]:
    if _is_not_modified(environ, page):
        headers = [pair for pair in headers if pair[0] not in ("Content-Type", "ETag")]
        start_response("304 Not Modified", [*headers, ("ETag", _known_tag(environ, page, encoding))])
        return []
    body = page.bodies[encoding]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    headers.append(("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def stale_answer(environ: Environ, start_response: StartResponse, page: Page) -> list[bytes]:
    """Answer the last good copy while the database is silent, and say how old it is."""
    age = max(int(time.time() - page.made_at), 0)
    headers = [*page.headers, ("Age", str(age)), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
    body = page.bodies[""]
    if STALE_MARK in body:
        body = body.replace(STALE_MARK, page.statement.stale_notice.encode(), 1)
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    headers.append(("ETag", page.etag("")))
    return _send(environ, start_response, page, headers, "")


def _known_tag(environ: Environ, page: Page, encoding: str) -> str:
    """Return the ETag of a page in an encoding, as the client has it: compressed further since or not, it is the same.

    A cache may not freshen what has another one (RFC 9111 §4.3.4).
    """
    given, own = str(environ.get("HTTP_IF_NONE_MATCH", "")), page.etag(encoding)
    other = replace(page, is_dense=not page.is_dense).etag(encoding)
    return other if other in given and own not in given else own


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


@lru_cache(maxsize=4_096)
def _cache_control(max_age: int, left: int, edge_seconds: int) -> str:
    """Return how long browsers may keep a page that is right for `left` seconds more, and who stands in front."""
    max_age, edge_seconds = min(max_age, left), min(edge_seconds, left)
    after = left - max(max_age, edge_seconds)  # browsers hear what follows, too
    refresh, error = min(EDGE_REFRESH_SECONDS, after), min(EDGE_ERROR_SECONDS, after)
    more = f", stale-while-revalidate={refresh}, stale-if-error={error}" if after else ""
    return f"public, max-age={max_age}, s-maxage={edge_seconds}{more}"


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
