"""A hub of a test: it listens for pings, and reads their forms."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs

from tests.outgoing.listeners import Listener, a_listener


@dataclass(frozen=True)
class Hub:
    """A running hub."""

    listener: Listener

    @property
    def port(self) -> int:
        return self.listener.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    @property
    def pings(self) -> list[tuple[str, str, dict[str, list[str]]]]:
        """Each ping it got, its path and Host line first."""
        return [
            (message.path, message.headers["Host"], parse_qs(message.body.decode(), strict_parsing=True))
            for message in self.listener.messages
        ]

    @property
    def topics(self) -> list[str]:
        return [form["hub.url"][0] for _path, _host, form in self.pings]


@contextmanager
def a_hub(*answers: bytes | None, with_tls: bool = False) -> Generator[Hub]:
    """Run a hub that gives these answers in turn, the last one for ever (None: it never answers)."""
    with a_listener(*answers, with_tls=with_tls) as listener:
        yield Hub(listener)
