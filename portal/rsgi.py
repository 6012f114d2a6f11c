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
from portal.web.door.answers import WSGI, Environ, Headers, asked
from portal.web.door.headers import REFUSED
from portal.web.door.hits import AMBIGUOUS, ASKED, Hits, Key

#: Requests that are asked of the application at once.
THREADS = 64
#: So many wait for a thread or have one, and so many forms are being sent; whoever comes then is told to try again.
MOST_ASKED = 1_024
MOST_SENT = 512
#: A body as short as this is read whole before a thread is asked, and may take so many seconds; of a longer one a
#: thread reads each part as it comes, and the guard lets few of them in.
SHORT = 64 * 1024
LONGEST_SENDING = 60
#: What is no text, for where a client sent bytes that are none: it is refused behind, as ever.
NO_TEXT = "\xff"
#: The headers that WSGI names without HTTP_.
UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}

Answer = tuple[str, Headers, bytes]


class Refused(Exception):
    """A request that is answered with a status and one of the refusals of the guard."""


class Sent(RawIOBase):
    """The body of a request. One that breaks off ends early: whoever reads a long one compares its length."""

    def __init__(self, proto: HTTPProtocol, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parts = aiter(proto)
        self._rest = b""

    async def whole(self) -> bytes:
        """Return all of it. Raises TimeoutError when it takes too long."""
        parts = []
        async with asyncio.timeout(LONGEST_SENDING):
            while part := await self._part():
                parts.append(part)
        return b"".join(parts)

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
        key = _key(scope) if scope.method == "GET" else None
        if key and (hit := self._hits.find(key)):
            proto.response_bytes(int(hit.status[:3]), hit.headers, b"".join(hit.body))
            return
        status, headers, body = await self._answer(scope, proto, key)
        proto.response_bytes(int(status[:3]), headers, body)

    async def _answer(self, scope: Scope, proto: HTTPProtocol, key: Key | None) -> Answer:
        environ = environ_of(scope)
        try:
            environ["wsgi.input"] = await self._body(environ, proto)
            if self._asked >= MOST_ASKED:
                raise Refused("503 Service Unavailable", "busy")
            self._asked += 1
            try:
                ask = asyncio.get_running_loop().run_in_executor
                return await ask(self._threads, self._ask, environ, key)
            finally:
                self._asked -= 1
        except Refused as refused:
            environ[REFUSED] = refused.args  # by the guard, at once
            return asked(self._hits.application, environ)

    async def _body(self, environ: Environ, proto: HTTPProtocol) -> Any:
        length = str(environ.get("CONTENT_LENGTH", "0"))
        if length == "0" or AMBIGUOUS in environ:  # the guard refuses it unread
            return BytesIO()
        sent = Sent(proto, asyncio.get_running_loop())
        if not (length.isdecimal() and len(length) <= len(str(SHORT)) and int(length) <= SHORT):
            return BufferedReader(sent)
        if self._sent >= MOST_SENT:
            raise Refused("503 Service Unavailable", "busy")
        self._sent += 1
        try:
            body = await sent.whole()
        except TimeoutError:
            raise Refused("408 Request Timeout", "slow") from None
        finally:
            self._sent -= 1
        if len(body) < int(length):  # it broke off, and what is left of a form is another form
            raise Refused("400 Bad Request", "slow")
        return BytesIO(body)

    def _ask(self, environ: Environ, key: Key | None) -> Answer:
        next_look = self._hits.next_look()
        status, headers, body = asked(self._hits.application, environ)
        # Only where the answer was made from what the key says: a header that is given twice is joined, one that is no
        # text is left out.
        if key and key[2:] == tuple([environ.get(name) for name in ASKED[2:]]):
            self._hits.learn(key, environ, (status, headers, [body]), next_look)
        return status, headers, body


def _key(scope: Scope) -> Key | None:
    """Return what an answer that was just given is found by, or None for a request to be looked at first."""
    headers: Any = scope.headers  # its types leave one of its methods out
    hosts = headers.get_all("host")
    if len(hosts) != 1 or "transfer-encoding" in headers:
        return None
    asks = headers.get("accept-encoding"), headers.get("if-none-match"), headers.get("if-modified-since")
    return (scope.path, scope.query_string, hosts[0], *asks)


def environ_of(scope: Scope) -> Environ:
    """Return a request as WSGI has it (PEP 3333), without its body."""
    host, _, port = scope.server.rpartition(":")
    environ: Environ = {
        **WSGI,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": NO_TEXT if "\ufffd" in scope.query_string else scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,  # to Werkzeug: as granian says it
        "wsgi.errors": sys.stderr,
    }
    for header, value in scope.headers.items():
        if "_" not in header:  # another header's name to WSGI
            name = UNPREFIXED.get(header) or "HTTP_" + header.upper().replace("-", "_")
            joined = ";" if header == "cookie" else ","
            environ[name] = f"{environ[name]}{joined}{value}" if name in environ else value
    return environ


def __getattr__(name: str) -> Door:
    # As in `portal.wsgi`: importing this module opens nothing.
    if name == "application":
        globals()[name] = Door(wsgi.application)
        return globals()[name]
    raise AttributeError(name)
