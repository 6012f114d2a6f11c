"""The site as an operator starts it: `portal run` in a process of its own, for tests that ask over HTTP."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PORTAL = Path(sys.executable).with_name("portal")
#: A machine under load may take long to start; a person would not wait longer.
PATIENCE_SECONDS = 60


@dataclass
class Served:
    """A running site."""

    address: str
    printed: str
    settings: dict[str, str]
    #: The server's own process, the parent of its workers.
    process: int = 0

    def ask(self, path: str, form: bytes | None = None) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, form, timeout=10) as answer:  # noqa: S310 — our own site
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def did(self, *words: str | Path) -> str:
        """Give a command that must succeed and return what it printed."""
        return subprocess.run([PORTAL, *words], env=self.settings, check=True, capture_output=True, text=True).stdout

    def soon(self, path: str, words: str, within: float) -> bool:
        """Say whether the page shows these words within so many seconds."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if words in self.ask(path)[1]:
                return True
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def served(
    data: Path,
    *words: str,
    command: Path = PORTAL,
    cwd: Path | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Generator[Served]:
    port = int(settings.get("PORT", 0)) or free_port()
    address = f"http://127.0.0.1:{port}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment = {**own, "PORTAL_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1", **settings}
    log = data.parent / "printed"
    with log.open("w") as printed:
        process = subprocess.Popen([command, "run", *words], env=environment, stdout=printed, stderr=printed, cwd=cwd)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, f"no answer within {PATIENCE_SECONDS} s: {log.read_text()}"
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310 — our own site
                break
            except OSError:
                time.sleep(0.05)  # no event tells that a port listens
        yield Served(address, log.read_text(), environment, process.pid)
    finally:
        process.terminate()
        process.wait(20)
