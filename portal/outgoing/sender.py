"""One message to another machine: to an address resolved once, within a time limit, and never where it leads further.

The standard library's own client would resolve the name again after our look at it, and follow a redirection anywhere.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from portal.core.errors import PortalError
from portal.outgoing import rules

#: For the whole of it, the resolution of the name too.
TIME_LIMIT_SECONDS = 10.0
MOST_BYTES = 4096
MOST_ADDRESSES = 4
PORTS = {"http": 80, "https": 443}


class NotPublic(PortalError):
    """A name leads into a private network."""

    def __init__(self, address: str) -> None:
        super().__init__(f"its address {address} is not a public one, so nothing was sent")


class NoReply(PortalError):
    """Nobody answered in time, or not in HTTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What another machine answered: its status, and the beginning of what it `said`, nothing where it accepted."""

    status: int
    said: str


class _Connection(HTTPConnection):
    """A connection to the very address that was looked at; the name is for the Host line and the certificate."""

    def __init__(self, url: SplitResult, is_allowed: Callable[[str], bool], time_limit: float) -> None:
        self.default_port = PORTS[url.scheme]
        super().__init__(url.hostname or "", url.port, time_limit)
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._is_allowed = is_allowed
        self._time_limit = time_limit

    def connect(self) -> None:
        """Resolve the name, refuse it if any of its addresses is not allowed, and open the first that answers."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        for address in addresses:
            if not self._is_allowed(address):
                raise NotPublic(address)
        self.sock = self._open(addresses[:MOST_ADDRESSES])
        if self._tls:
            # Kept before the handshake, so that `cut` can end that too.
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def _open(self, addresses: list[str]) -> socket.socket:
        share = self._time_limit / len(addresses)
        for address in addresses[:-1]:
            with suppress(OSError):  # the next may answer
                return self._opened(address, share)
        return self._opened(addresses[-1], share)

    def _opened(self, address: str, seconds: float) -> socket.socket:
        opened = socket.create_connection((address, self.port), seconds)
        opened.settimeout(self._time_limit)
        return opened

    def cut(self) -> None:
        """End whatever another thread waits for."""
        if self.sock:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # the plain one: TLS would say goodbye first


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    is_allowed: Callable[[str], bool] = rules.is_public,
    time_limit: float = TIME_LIMIT_SECONDS,
) -> Reply:
    """Send a body to an absolute address and return what came back within `time_limit` seconds. Raises NoReply.

    Nothing is sent where any IP address of its machine is not one that `is_allowed`.
    """
    parts = urlsplit(url)
    connection = _Connection(parts, is_allowed, time_limit)
    try:
        return _started(lambda: _exchange(connection, parts.path or "/", body, headers)).result(time_limit)
    except TimeoutError:
        connection.cut()
        words = f"no answer within {time_limit:g} s"
    except OSError as error:
        words = rules.plain(error.strerror or str(error))
    except (NotPublic, UnicodeError) as error:  # a label of a name has 63 letters at most
        words = str(error)
    except HTTPException as error:
        words = f"no answer in HTTP ({type(error).__name__})"
    raise NoReply(f"{parts.hostname}: {words}")


def _started(ask: Callable[[], Reply]) -> Future[Reply]:
    """Ask in a thread: a resolver, and a machine that sends a byte at a time, have no time limit of their own."""
    asked: Future[Reply] = Future()

    def run() -> None:
        try:
            asked.set_result(ask())
        except Exception as error:  # raised again where the answer is awaited
            asked.set_exception(error)

    Thread(target=run, daemon=True).start()
    return asked


def _exchange(connection: _Connection, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    with closing(connection):
        connection.request("POST", path, body, {"User-Agent": "portal", "Connection": "close", **headers})
        response = connection.getresponse()
        with closing(response):
            # What else is said when all is well is not waited for; a page of HTML says nothing on one line.
            said = b"" if rules.is_accepted(response.status) else response.read(MOST_BYTES).strip()
    return Reply(response.status, "" if said.startswith(b"<") else rules.plain(said.decode("utf-8", "replace")))
