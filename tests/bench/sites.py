"""The servers compared: the portal as it is started, or its workers alone, and nginx with the same bytes as files."""

import os
import subprocess
import sys
import time
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import Popen
from types import MappingProxyType

from portal.commands.serving import THRIFT, server_command
from tests.bench.failures import BenchStopped
from tests.bench.processes import free_port, last_words, program, running

#: The same on every port, so that two servers of one content give the same bytes.
PUBLIC = {"PORTAL_PUBLIC_URL": "http://127.0.0.1"}
NONE: Mapping[str, str] = MappingProxyType({})
PORTAL = Path(sys.executable).parent / "portal"
FRONT = "/fr/"
SECONDS_TO_START = 40
SECONDS_TO_FILL = 180
#: Short enough not to blur a start of 200 ms.
SECONDS_BETWEEN_TRIES = 0.005

NGINX_CONFIG = """\
{user}
daemon off;
worker_processes {workers};
pid {folder}/nginx-{workers}.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    etag on;
    gzip_static on;
    gzip_vary on;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    types {{ text/html html; application/rss+xml rss; text/css css; }}
    charset utf-8;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: header names in lower case, the body as it travelled."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer of a server of this machine. Raises OSError or HTTPException when there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "", **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def portal_environ(data: Path, port: int, settings: Mapping[str, str] = NONE) -> dict[str, str]:
    """Return the environment of a portal that keeps everything in `data`, free of settings of whoever started us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "FLASK_"))}
    return kept | {"PORTAL_DATA": str(data), "PORT": str(port), **settings}


def fill(data: Path, port: int, how: str, settings: Mapping[str, str] = NONE) -> None:
    """Make the portal's database by `portal init` or `portal demo`. Raises BenchStopped with what that said."""
    command, environ = [str(PORTAL), how], portal_environ(data, port, settings)
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=SECONDS_TO_FILL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchStopped(f"`portal {how}` did not end well: {error}") from error
    if done.returncode:
        raise BenchStopped(f"`portal {how}` failed:\n{done.stderr.strip()}")


@dataclass(frozen=True, slots=True)
class Running:
    """A portal that answers: the seconds from its start to its first 200, and the group of its processes."""

    seconds: float
    group: int


@contextmanager
def serving(
    command: Sequence[str], log: Path, cores: Collection[int], environ: dict[str, str], where: tuple[int, str]
) -> Generator[Running]:
    """Run a server until the block ends; its first 200 is that of a path on a port."""
    start = time.perf_counter()
    with running(command, log, cores, environ) as server:
        _wait(server, *where, log)
        yield Running(time.perf_counter() - start, server.pid)


@contextmanager
def portal(data: Path, port: int, cores: Collection[int], settings: Mapping[str, str] = NONE) -> Generator[Running]:
    """Run the portal as its operator starts it."""
    environ = portal_environ(data, port, settings)
    with serving([str(PORTAL), "run"], data.parent / "portal.log", cores, environ, (port, FRONT)) as server:
        yield server


@contextmanager
def workers(
    data: Path, port: int, cores: Collection[int], settings: Mapping[str, str] = NONE, count: int = 1
) -> Generator[Running]:
    """Run the portal's server alone, with so many workers, as visitors meet it."""
    command = [*server_command("127.0.0.1", port), "--workers", str(count), "portal.wsgi:application"]
    # Where one develops, each hit says what it took. The demonstration is refused by `portal run` alone.
    production = {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(data / "secret"), **PUBLIC}
    environ = THRIFT | portal_environ(data, port, {**production, **settings})
    with serving(command, data.parent / "workers.log", cores, environ, (port, FRONT)) as server:
        yield server


@contextmanager
def bare(folder: Path, port: int, cores: Collection[int]) -> Generator[None]:
    """Run a Flask that does nothing, by the same server with the same threads."""
    command = [*server_command("127.0.0.1", port), "tests.bench.load.bare:application"]
    environ = THRIFT | dict(os.environ)
    with serving(command, folder / "bare.log", cores, environ, (port, "/fr/suivi/")):
        yield


@contextmanager
def nginx(folder: Path, cores: Collection[int], count: int = 1) -> Generator[int]:
    """Run nginx, with so many workers, over the files in `folder`/files, of which one is page.html; yield its port."""
    port = free_port()
    # As root, nginx would hand its worker to a user who may not enter our folder.
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / f"nginx-{count}.conf"
    config.write_text(NGINX_CONFIG.format(user=user, folder=folder, port=port, workers=count), "utf-8")
    command = [program("nginx"), "-p", str(folder), "-c", str(config)]
    with serving(command, folder / f"nginx-{count}-start.log", cores, dict(os.environ), (port, "/page.html")):
        yield port


def _wait(server: Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            answer = ask(port, path)
        except (OSError, HTTPException):
            time.sleep(SECONDS_BETWEEN_TRIES)
            continue
        if answer.status == 200:
            return
        raise BenchStopped(f"{path} answers {answer.status}, so there is nothing to measure:\n{last_words(log)}")
    raise BenchStopped(f"the server on port {port} did not start:\n{last_words(log)}")
