"""The same door for granian's own interface (RSGI), by `portal run --interface rsgi`.

The loop that reads the connections answers what was just answered (`web/door/hits`) by itself; everything else is asked
of the WSGI door by threads. What a client sends is read by the loop too, so whoever sends a byte a second, or nothing,
holds up nobody, however many they are; by WSGI, as many as there are threads stop everything.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any

from granian.rsgi import HTTPProtocol, ProtocolClosed, ProtocolError, Scope

from portal import wsgi
from portal.web.door.answers import Environ, Headers, asked
from portal.web.door.headers import REFUSED
from portal.web.door.hits import AMBIGUOUS, Hits, Key

#: Requests that are asked of the application at once: those that wait for a database must leave some for the others.
THREADS = 64
#: So many wait for a thread or have one, and so many forms are being sent; whoever comes then is told to try again.
MOST_ASKED = 1_024
MOST_SENT = 512
#: A form is read whole before a thread is asked, and may take so many seconds; of a file, a thread reads each part as
#: it comes, and the guard lets few of them in.
LONGEST_FORM = 64 * 1024
LONGEST_SENDING = 60
#: What is no text, for where a client sent bytes that are none: it is refused behind, as ever.
NO_TEXT = "\xff"
#: The headers that WSGI names without HTTP_.
UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}

Answer = tuple[str, Headers, bytes]


class Busy(Exception):
    """There is no room for what a client sends, or asks."""


class Sent(RawIOBase):
    """The body of a request. One that breaks off ends early: whoever reads it compares its length (`backoffice`)."""

    def __init__(self, proto: HTTPProtocol, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parts = aiter(proto)
        self._rest = b""

    async def whole(self) -> BytesIO:
        """Return all of it. Raises TimeoutError when it takes too long."""
        parts = []
        async with asyncio.timeout(LONGEST_SENDING):
            while part := await self._part():
                parts.append(part)
        return BytesIO(b"".join(parts))

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, in a thread that is not the loop's; wait for some."""
        if not self._rest:
            coming = asyncio.run_coroutine_threadsafe(self._part(), self._loop)
            try:
                self._rest = coming.result(LONGEST_SENDING)
            except TimeoutError:
                coming.cancel()
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    async def _part(self) -> bytes:
        try:
            return bytes(await anext(self._parts, b""))
        except (ProtocolClosed, ProtocolError):
            return b""


class Door:
    """An RSGI application in front of a WSGI one."""

    def __init__(self, hits: Hits) -> None:
        self._hits = hits
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._asked = self._sent = 0

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Answer one request."""
        get = scope.headers.get
        key = None
        if scope.method == "GET" and get("transfer-encoding") is None:
            asks = get("accept-encoding"), get("if-none-match"), get("if-modified-since")
            key = (scope.path, scope.query_string, get("host"), *asks)
            if hit := self._hits.find(key):
                proto.response_bytes(int(hit.status[:3]), hit.headers, b"".join(hit.body))
                return
        status, headers, body = await self._answer(scope, proto, key)
        proto.response_bytes(int(status[:3]), headers, body)

    async def _answer(self, scope: Scope, proto: HTTPProtocol, key: Key | None) -> Answer:
        environ, is_plain = environ_of(scope)
        try:
            environ["wsgi.input"] = await self._body(environ, proto)
            if self._asked >= MOST_ASKED:
                raise Busy
            self._asked += 1
            try:
                ask = asyncio.get_running_loop().run_in_executor
                return await ask(self._threads, self._ask, environ, key if is_plain else None)
            finally:
                self._asked -= 1
        except Busy:
            return self._refused(environ, "503 Service Unavailable", "busy")
        except TimeoutError:
            return self._refused(environ, "408 Request Timeout", "slow")

    async def _body(self, environ: Environ, proto: HTTPProtocol) -> Any:
        length = str(environ.get("CONTENT_LENGTH", "0"))
        if length == "0" or AMBIGUOUS in environ:  # the guard refuses it unread
            return BytesIO()
        sent = Sent(proto, asyncio.get_running_loop())
        if not (length.isdecimal() and len(length) <= len(str(LONGEST_FORM)) and int(length) <= LONGEST_FORM):
            return BufferedReader(sent)
        if self._sent >= MOST_SENT:
            raise Busy
        self._sent += 1
        try:
            return await sent.whole()
        finally:
            self._sent -= 1

    def _ask(self, environ: Environ, key: Key | None) -> Answer:
        next_look = self._hits.next_look()
        status, headers, body = asked(self._hits.application, environ)
        if key is not None:
            self._hits.learn(key, environ, (status, headers, [body]), next_look)
        return status, headers, body

    def _refused(self, environ: Environ, status: str, reason: str) -> Answer:
        environ[REFUSED] = (status, reason)  # by the guard, at once
        return asked(self._hits.application, environ)


def environ_of(scope: Scope) -> tuple[Environ, bool]:
    """Return a request as WSGI has it (PEP 3333), without its body, and whether it gives each header once."""
    name, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": NO_TEXT if "\ufffd" in scope.query_string else scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,  # to Werkzeug: as granian says it
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ, _has_each_once(environ, scope.headers.items())


def _has_each_once(environ: Environ, headers: list[tuple[str, str]]) -> bool:
    """Put the headers of a request into its environ; say whether it gives each once."""
    is_plain = True
    for header, value in headers:
        if "_" in header:  # another header's name to WSGI
            continue
        called = UNPREFIXED.get(header) or "HTTP_" + header.upper().replace("-", "_")
        if called in environ:
            is_plain = False
            value = f"{environ[called]}{';' if header == 'cookie' else ','}{value}"
        environ[called] = value
    return is_plain


def __getattr__(name: str) -> Door:
    # As in `portal.wsgi`: importing this module opens nothing.
    if name == "application":
        globals()[name] = Door(wsgi.application)
        return globals()[name]
    raise AttributeError(name)
