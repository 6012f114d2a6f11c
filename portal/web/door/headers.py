"""What every answer says to a browser, and which requests are refused before anything reads them.

Without Flask: the door says it for cached pages, static files and refusals alike.
"""

import json
import logging
import re
from collections import deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import Any

from portal.config import Config
from portal.core.languages import TAGS, language_of

Environ = dict[str, Any]
logger = logging.getLogger(__name__)
Application = Callable[..., Iterable[bytes]]

#: Where staff publish: the one place with a session.
DESK = "/desk/"
#: Where software asks: even a refusal is a document there (RFC 9457).
INTERFACE = "/api/"
#: The addresses that other sites may show in a frame of theirs: they hold nothing to press and nothing to fill in.
EMBEDDED = ("/fr/integrer/", "/en/embed/")
#: Constant: no page has an inline script or style, so no nonce, so pages can be kept (architecture.md).
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the icon is in the page
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
#: What may be framed runs nothing and fetches its style alone; a badge, an SVG image, not even that.
EMBEDDED_POLICY = "; ".join(
    ["default-src 'none'", "style-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors *"]
)
SECURITY_HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: browsers would then send `Origin: null` with our own forms.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
]
#: Any script may read what is public, and see what it must send to be told 304. Never with credentials: there are none.
OPEN_HEADERS = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link"),
]
#: Any site may show it too, even one that has isolated itself (COEP).
EMBEDDED_HEADERS = [
    ("Content-Security-Policy", EMBEDDED_POLICY),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    *OPEN_HEADERS,
]
#: The answer to a browser that asks before it asks, because If-None-Match is no simple header (Fetch §4.8). Browsers
#: remember it for two hours at most.
PREFLIGHT = [
    ("Allow", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
    ("Access-Control-Max-Age", "7200"),
    ("Cache-Control", "no-store"),
]
#: Bodies read at once: slow ones must leave threads for the pages (64 threads in all).
MOST_BODIES = 16
#: A form of ours is a few hundred bytes, and its answer takes milliseconds; a longer body is a file.
LONGEST_FORM = 16 * 1024
#: Whoever has waited so many seconds for a turn goes on without: one that waits for a database holds up nobody.
LONGEST_TURN = 0.1
#: What is remembered by its text takes no longer text than a name and a port can have.
LONGEST_HOST = 260
#: Where a server says that a request is refused: the status, and which of the REFUSALS.
REFUSED = "portal.refused"
HEALTH = frozenset({"/healthz", "/readyz"})
TWO_YEARS = 63_072_000
#: Where the door leaves who answered, in the WSGI environ, for those who count it (`monitoring.middleware`).
OUTCOME = "portal.outcome"
HSTS = ("Strict-Transport-Security", f"max-age={TWO_YEARS}; includeSubDomains")

REFUSALS = {
    "host": {
        "fr": "Cette adresse n’est pas celle du portail. Vérifiez l’adresse dans votre navigateur.",
        "en": "This address is not the portal’s. Check the address in your browser.",
    },
    "ambiguous": {
        "fr": "Nous n’avons pas pu lire ce que votre navigateur a envoyé. Rechargez la page.",
        "en": "The request is malformed. Reload the page.",
    },
    "busy": {
        "fr": "Le portail reçoit trop d’envois à la fois. Réessayez dans une minute.",
        "en": "The portal is receiving too much at once. Try again in a minute.",
    },
    "slow": {
        "fr": "Votre envoi ne nous est pas parvenu en entier. Vérifiez votre connexion, puis réessayez.",
        "en": "What you sent did not reach us whole. Check your connection, then try again.",
    },
    "down": {
        "fr": "Le portail ne peut pas répondre pour l’instant. Réessayez dans une minute.",
        "en": "The portal cannot answer for now. Try again in a minute.",
    },
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"([a-z0-9.-]+?)\.?(:[0-9]{1,5})?", re.ASCII)


class Turns:
    """One at a time, in the order in which they came.

    A lock wakes any of those that wait, and lets whoever comes by pass before them: the longest wait is twice as long.
    """

    def __init__(self) -> None:
        self._looking = Lock()
        self._is_taken = False
        #: What each of those that wait is held by, the first one in front.
        self.waiting: deque[Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for a turn, so many seconds at most; say whether it came."""
        held_by = Lock()
        held_by.acquire()
        with self._looking:
            if not self._is_taken:
                self._is_taken = True
                return True
            self.waiting.append(held_by)
        if held_by.acquire(timeout=seconds):
            return True
        with self._looking:
            has_come = held_by not in self.waiting  # in this very moment
            if not has_come:
                self.waiting.remove(held_by)
            return has_come

    def give(self) -> None:
        """Let the next one have the turn."""
        with self._looking:
            if self.waiting:
                self.waiting.popleft().release()
            else:
                self._is_taken = False


class Guard:
    """WSGI middleware: refuses requests that two servers could read in two ways, and adds the security headers."""

    def __init__(self, application: Application, config: Config) -> None:
        self._application = application
        self._scheme, _, self._host = config.public_url.partition("://")
        self._bodies = BoundedSemaphore(MOST_BODIES)
        self._turns = Turns()
        self._hosts = frozenset(host.lower() for host in config.trusted_hosts)
        own = SECURITY_HEADERS + ([HSTS] if config.is_production else [])
        embedded = [*EMBEDDED_HEADERS, *own[1:]]  # its own policy in place of the first
        self._headers = {"page": own, "open": own + OPEN_HEADERS, "embedded": embedded}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        kind = _kind(environ["PATH_INFO"])

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
            return start_response(status, headers + self._headers[kind])

        if refused := environ.get(REFUSED):
            return refuse(environ, start, *refused)
        if fault := self._fault(environ):
            return refuse(environ, start, "400 Bad Request", fault)
        # Absolute addresses come from the settings, never from the request: redirects too.
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return self._safely(self._application, environ, start)
        if environ["REQUEST_METHOD"] == "OPTIONS" and kind != "page":
            start("204 No Content", list(PREFLIGHT))
            return []
        if not self._bodies.acquire(blocking=False):
            return refuse(environ, start, "503 Service Unavailable", "busy")
        try:
            return self._safely(self._in_turn, environ, start)
        finally:
            self._bodies.release()

    def _in_turn(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer forms of visitors one after the other.

        Together they share one interpreter, which passes from one to the next every few milliseconds: each waits for
        all.
        """
        length = _form_length(environ)
        if length is None or is_desk(environ["PATH_INFO"]):  # a password takes a tenth of a second to check
            return self._application(environ, start)
        # Whole before its turn: it may come a byte a second.
        body = environ["wsgi.input"].read(length)
        if len(body) < length and not environ["PATH_INFO"].startswith(INTERFACE):  # which says so itself
            return refuse(environ, start, "400 Bad Request", "slow")  # what is left of a form is another form
        environ["wsgi.input"] = BytesIO(body)
        has_turn = self._turns.take(LONGEST_TURN)
        try:
            return self._application(environ, start)
        finally:
            if has_turn:
                self._turns.give()

    def _safely(self, answer: Application, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return answer(environ, start)
        except Exception:  # the last net: what falls here was caught by no one, and a visitor sees no traceback
            logger.exception("%s failed at the door", environ["REQUEST_METHOD"])
            return refuse(environ, start, "500 Internal Server Error", "down")

    def _fault(self, environ: Environ) -> str | None:
        # granian takes a request with no Host, with two (joined by a comma), or with both a length and chunks. A body
        # without a length could be cut at the limit and pass for whole; no browser sends a form so.
        host, path = environ.get("HTTP_HOST", ""), environ["PATH_INFO"]
        if (
            "," in host
            or len(host) > LONGEST_HOST
            or "HTTP_TRANSFER_ENCODING" in environ
            or not environ["REQUEST_METHOD"].isupper()
        ):
            return "ambiguous"
        if not _is_text(environ.get("QUERY_STRING", "")):
            return "ambiguous"
        if not path.startswith("/") or _CONTROL.search(path):
            return "ambiguous"
        # A supervisor asks by the machine's address.
        return None if path in HEALTH or _host(host).partition(":")[0] in self._hosts else "host"


def _form_length(environ: Environ) -> int | None:
    """Return the length of a body that may be a form, or None for a longer one."""
    length = environ.get("CONTENT_LENGTH") or "0"
    is_number = length.isdecimal() and len(length) <= len(str(LONGEST_FORM))
    return int(length) if is_number and int(length) <= LONGEST_FORM else None


def is_desk(path: str) -> bool:
    """Say whether a path is one of the desk, which is for staff alone."""
    return f"{path}/".startswith(DESK)


def is_embedded(path: str) -> bool:
    """Say whether a path is one that other sites may frame."""
    return path.startswith(EMBEDDED)


def _kind(path: str) -> str:
    # A page for people has an address without a dot (a law of the site): what has one is a file for everyone.
    if path.startswith(EMBEDDED):
        return "embedded"
    if is_desk(path):
        return "page"
    return "open" if path.startswith(INTERFACE) or "." in path[path.rfind("/") :] else "page"


def refuse(environ: Environ, start_response: Callable[..., Any], status: str, reason: str) -> list[bytes]:
    """Answer one of the REFUSALS in the language of the path, without the application."""
    path, environ[OUTCOME] = environ["PATH_INFO"], "refused"
    language = language_of(path)
    if path.startswith(INTERFACE):
        problem = {"status": int(status[:3]), "title": status[4:], "detail": REFUSALS[reason][language]}
        page, media = json.dumps(problem).encode(), "application/problem+json"
    else:
        sentence = escape(REFUSALS[reason][language])
        page = (
            f'<!doctype html><html lang="{TAGS[language]}"><head><meta charset="utf-8"><title>{status}</title></head>'
            f"<body><h1>{status[:3]}</h1><p>{sentence}</p></body></html>"
        ).encode()
        media = "text/html; charset=utf-8"
    headers = [("Content-Type", media), ("Content-Length", str(len(page)))]
    if status.startswith("503"):
        headers.append(("Retry-After", "60"))
    start_response(status, [*headers, ("Cache-Control", "no-store")])
    return [page]


def _is_text(query: str) -> bool:
    # A letter beyond ASCII is percent-encoded in a query (RFC 3986 §2.5), but some clients send its UTF-8 bare. Any
    # other byte, each program reads in its own way.
    if query.isascii():
        return True
    try:
        query.encode("latin-1").decode()  # PEP 3333: one symbol for each byte
    except UnicodeError:
        return False
    return True


@lru_cache(maxsize=64)
def _host(host: str) -> str:
    """Return a Host as our own settings write it, or nothing when it is no name with perhaps a port."""
    found = _HOST.fullmatch(host.lower())
    return found[1] + (found[2] or "") if found else ""
