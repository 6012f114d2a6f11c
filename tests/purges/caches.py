"""A cache in front of the portal of a test: it listens, and reads of which subjects it is told."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from portal.config import PurgeHook
from tests.outgoing.listeners import Listener, a_listener
from tests.serving import PATIENCE_SECONDS

#: Nothing else in the tests looks like it.
TOKEN = "an-unlikely-token-of-a-cache"  # noqa: S105  # of a test
REFUSED = b"HTTP/1.1 403 Forbidden\r\n\r\n" + TOKEN.encode()
AWAY = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Cache:
    """A running cache."""

    listener: Listener

    @property
    def hook(self) -> PurgeHook:
        return PurgeHook(f"http://127.0.0.1:{self.listener.port}/purge", TOKEN)

    @property
    def settings(self) -> dict[str, str]:
        return {"PORTAL_PURGE_URL": self.hook.url, "PORTAL_PURGE_TOKEN": self.hook.token}

    @property
    def told(self) -> list[str]:
        """What stood above each message it got."""
        return [message.headers["Surrogate-Key"] for message in self.listener.messages]

    def next(self) -> str:
        """Wait for the next message, and return what stands above it. Raises queue.Empty where none comes."""
        return self.listener.news.get(timeout=PATIENCE_SECONDS).headers["Surrogate-Key"]


@contextmanager
def a_cache(*answers: bytes | None) -> Generator[Cache]:
    """Run a cache that gives these answers in turn, the last one for ever (None: it never answers)."""
    with a_listener(*answers or [TAKEN]) as listener:
        yield Cache(listener)
