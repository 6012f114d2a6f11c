"""A million requests: what visitors wait who come when they come, and what an import of a hundred thousand takes."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from math import inf

from tests.bench.content.ground import DATABASES, Database, Ground, Site
from tests.bench.content.million import MILLION, reference, request_of
from tests.bench.content.visitors import filled, messages, today
from tests.bench.failures import BenchStopped
from tests.bench.load.arrivals import FIRST, latencies
from tests.bench.processes import last_words, on_cores
from tests.bench.sites import PORTAL, bare, portal, portal_environ
from tests.bench.table import Line, at_most

#: Visitors a second, for so many seconds.
RATE, SECONDS = 200, 10
MOST_MILLISECONDS = 20
LINES, MOST_SECONDS, MOST_MEGABYTES = 100_000, 20, 200
#: Runs a command and tells the memory it took. Linux counts to a process what its parent held when it was born: that is
#: little here, while the bench itself holds more than an import.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
"""


def requests(ground: Ground) -> list[Line]:
    """Measure on each database."""
    return [line for database in DATABASES for line in _on(database, ground)]


def _on(database: Database, ground: Ground) -> Iterator[Line]:
    site, core = filled(ground, database, MILLION), ground.cores.first
    visitors = list(messages(FIRST + RATE * SECONDS, site.port))
    with portal(site.data, site.port, core, site.settings):
        waits = latencies(site.port, visitors, RATE, ground.cores.load)
    with bare(site.data.parent, site.port, core):
        floor = latencies(site.port, visitors, RATE, ground.cores.load)
    beside = (
        f"a bare Flask {_within(floor, 0.99):.0f} ms; 95 % {_within(waits, 0.95):.0f} ms; refused {_refused(waits):.1%}"
    )
    late = _within(waits, 0.99)
    yield Line(
        f"{RATE} lookups a second, 99 % within",
        database,
        f"{late:.0f} ms",
        beside,
        bar=at_most(late, MOST_MILLISECONDS, " ms"),
    )
    with on_cores(core):
        for name, stage in (("new", "received"), ("the same, moved on", "in_processing")):
            seconds, memory = _imported(site, stage)
            what = f"import of {LINES:,} requests, {name}"
            yield Line(what, database, f"{seconds:.1f} s", bar=at_most(seconds, MOST_SECONDS, " s"))
            yield Line(f"{what}, memory", database, f"{memory:.0f} MB", bar=at_most(memory, MOST_MEGABYTES, " MB"))


def _within(seconds: Sequence[float], share: float) -> float:
    """Return the milliseconds that a share of the visitors waited at most; whoever was refused waits for ever."""
    return seconds[int(len(seconds) * share)] * 1000


def _refused(seconds: Sequence[float]) -> float:
    return sum(one == inf for one in seconds) / len(seconds)


def _file(stage: str) -> str:
    numbers, changed_on = range(MILLION * 2, MILLION * 2 + LINES), today()
    days = [(number, request_of(number, changed_on).received_on) for number in numbers]
    lines = (f"{reference(number)},{day},4058,{stage},{changed_on}\n" for number, day in days)
    return "reference,received_on,form,stage,changed_on\n" + "".join(lines)


def _imported(site: Site, stage: str) -> tuple[float, float]:
    """Import into the million; return the seconds, and the megabytes of memory at most."""
    file, log = site.data.parent / "requests.csv", site.data.parent / "import.log"
    file.write_text(_file(stage), "ascii")
    command = [sys.executable, "-c", MEASURED, str(PORTAL), "import", "requests", str(file)]
    environ = portal_environ(site.data, site.port, site.settings)
    start = time.perf_counter()
    with log.open("wb") as words:
        told = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=words, text=True)
    if told.returncode:
        raise BenchStopped(f"`portal import requests` failed:\n{last_words(log)}")
    return time.perf_counter() - start, int(told.stdout) * 1024 / 1_000_000  # kilobytes (getrusage(2))
