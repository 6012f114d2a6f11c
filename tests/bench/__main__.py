"""What the portal costs beside nginx, Django and Datasette, as one table: `make bench`, some ten minutes.

`python -m tests.bench page peers` measures these parts alone; those of LARGE are measured when they are named.
Servers have one core and the load has another; all of it stays on the loopback.
"""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from tests.bench import machine, table
from tests.bench.content.ground import Ground
from tests.bench.failures import BenchStopped
from tests.bench.large.notices import notices
from tests.bench.large.requests import requests
from tests.bench.large.years import years
from tests.bench.parts.cold import cold_renders
from tests.bench.parts.doors import doors
from tests.bench.parts.lookups import lookups
from tests.bench.parts.pages import pages
from tests.bench.parts.peers import peers
from tests.bench.parts.publication import publication
from tests.bench.parts.starts import starts
from tests.bench.processes import cores, open_many_files, program
from tests.bench.rates import ROUNDS, SECONDS
from tests.bench.table import Line

Part = Callable[[Ground], Sequence[Line]]
PARTS: Mapping[str, Part] = {
    "page": pages,
    "peers": peers,
    "cold": cold_renders,
    "lookup": lookups,
    "publication": publication,
    "start": starts,
    "doors": doors,
}
#: Larger contents, of minutes each: measured when they are named.
LARGE: Mapping[str, Part] = {"years": years, "notices": notices, "requests": requests}
#: When everything stops, whatever happens.
MOST_SECONDS = 1_500
ALL = PARTS | LARGE


def main(names: Sequence[str]) -> None:
    """Measure and print; stop with one sentence when that cannot be done."""
    if unknown := set(names) - set(ALL):
        sys.exit(f"bench: no part is called {', '.join(sorted(unknown))}; there are {', '.join(ALL)}.")
    signal.signal(signal.SIGTERM, _interrupt)  # so that a supervisor's word, too, ends the servers
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(MOST_SECONDS)
    open_many_files()
    try:
        for name in ("nginx", "redis-server", "wrk"):
            program(name)
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            _bench(Path(folder), names or list(PARTS))
    except BenchStopped as stopped:
        sys.exit(f"bench: {stopped}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; the servers are stopped")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _give_up(number: int, frame: FrameType | None) -> None:
    raise BenchStopped(f"not done after {MOST_SECONDS} s; is the machine busy with something else?")


def _bench(folder: Path, names: Sequence[str]) -> None:
    start = time.monotonic()
    ground = Ground(folder, cores())
    found: list[Line] = []
    for line in machine.described(ground.cores):
        print(line)
    print(f"Rates are medians of {ROUNDS} rounds of {SECONDS} s by turns, with the least and the greatest ratio.\n")
    for line in table.head():
        print(line, flush=True)
    try:
        for name in names:
            lines = ALL[name](ground)
            found += lines
            for row in table.rows(name, lines):
                print(row, flush=True)
    finally:
        ground.end()
    print(f"\n{table.summary(found)} It took {time.monotonic() - start:.0f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
