"""A real Redis, as several processes of a site count their tries in one."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.serving import PATIENCE_SECONDS, free_port


class Counts:
    """A Redis of this test's own, which may be killed and started again; it keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        words += ["--dir", str(self._folder), "--daemonize", "no"]
        self._process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < end, "redis-server does not answer"

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.address) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def holds(self) -> bytes:
        """Return all that it keeps: names and values."""
        with Redis.from_url(self.address) as client:
            return b"\n".join(
                [*(key for key in client.keys("*")), *(client.dump(key) or b"" for key in client.keys("*"))]
            )

    def forgets(self, pattern: str) -> None:
        """Let go of some counts, as time would."""
        with Redis.from_url(self.address) as client:
            for key in client.keys(pattern):
                client.delete(key)


@pytest.fixture
def counts() -> Iterator[Counts]:
    """A Redis that runs."""
    with tempfile.TemporaryDirectory(prefix="portal-redis-") as folder:
        found = Counts(Path(folder))
        found.start()
        yield found
        found.kill()
