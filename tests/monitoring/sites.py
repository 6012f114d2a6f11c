"""A site as operators run it, in production, with what it writes to its log."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.makers import Office
from tests.serving import PATIENCE_SECONDS, free_port, served

Line = dict[str, Any]
Found = TypeVar("Found")


@dataclass
class Site:
    """A running site, and where it writes what it says."""

    address: str
    printed: Path
    greeting: str

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, str]:
        """Ask as a client that says of itself what it likes; `User_Agent="…"` gives a header."""
        parts = urlsplit(self.address)
        connection = HTTPConnection(str(parts.hostname), parts.port, timeout=10)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {**form, **named})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @property
    def said(self) -> str:
        """All that it wrote since it began to answer."""
        return self.printed.read_text().removeprefix(self.greeting)

    @property
    def lines(self) -> list[Line]:
        """The same, each line an object."""
        return [json.loads(line) for line in self.said.splitlines()]


@contextmanager
def in_production(office: Office, **settings: str) -> Generator[Site]:
    """Serve an installation without demonstration content, under the address at which it is asked."""
    key, port = office.file("k" * 40, "key"), str(free_port())
    public = {"PORT": port, "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    own = {**public, "PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(key), **settings}
    with served(office.data, settings=own) as site:
        yield Site(site.address, office.data.parent / "printed", site.printed)


def soon(look: Callable[[], Found | None]) -> Found:
    """Look until there is something, and return it: another process does it, and tells nobody."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)
    return found
