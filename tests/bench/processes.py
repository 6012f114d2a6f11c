"""Programs that the bench starts: each on its own cores, its words in a file, and ended with all its children."""

import os
import resource
import shutil
import signal
import socket
import subprocess
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.bench.failures import BenchStopped

#: Debian keeps nginx where an ordinary user's PATH does not look.
MORE_PATH = ("/usr/local/sbin", "/usr/sbin")
DEBIAN = "nginx redis-server wrk"
SECONDS_TO_END = 5
LAST_WORDS = 1_500


def program(name: str) -> str:
    """Return the path of a Debian program. Raises BenchStopped with the command that installs it."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *MORE_PATH])
    if found := shutil.which(name, path=path):
        return found
    raise BenchStopped(f"{name} is not installed; `apt-get install {DEBIAN}` installs what this needs.")


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores of the servers, one or two, and that of the load."""

    servers: tuple[int, ...]
    load: int

    @property
    def first(self) -> tuple[int, ...]:
        """Return the one core of a server that has one worker."""
        return self.servers[:1]


def cores() -> Cores:
    """Return who gets which core: the load the last one, which servers share only where there is no other."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(tuple(allowed[:-1][:2] or allowed), allowed[-1])


@contextmanager
def on_cores(cores: Collection[int]) -> Generator[None]:
    """Keep this thread, and whatever it starts meanwhile, to some cores.

    A child inherits its cores at birth: granian's worker and all its threads stay where the command was started, which
    `sched_setaffinity` on a process under way would not do (it moves one thread).
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def open_many_files() -> None:
    """Let this process and its children open as many connections as the machine allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port() -> int:
    """Return a port of the loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    command: Sequence[str], log: Path, cores: Collection[int], environ: dict[str, str]
) -> Generator[Popen[bytes]]:
    """Run a server for the length of a block, on its cores, in a process group of its own that ends with the block."""
    with log.open("ab") as words, on_cores(cores):
        server = Popen(command, stdout=words, stderr=words, env=environ, start_new_session=True)
    try:
        yield server
    finally:
        _end(server)


def _end(server: Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(SECONDS_TO_END)
    # The group, even when its first process is gone: a worker that outlives it would keep the port and the core.
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(SECONDS_TO_END)


def resident(group: int) -> int:
    """Return the bytes of memory that the largest process of a group holds: of a server, its worker."""
    pages = [0]
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # ended meanwhile
            # proc(5): the name in brackets may hold anything; after it come the state, the parent, the group …
            fields = file.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                pages.append(int(fields[21]))
    return max(pages) * os.sysconf("SC_PAGE_SIZE")


def last_words(log: Path) -> str:
    """Return the end of what a server wrote."""
    return log.read_text("utf-8", "replace")[-LAST_WORDS:].strip() if log.exists() else ""
