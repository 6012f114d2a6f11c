"""The counts of all workers of a machine, as Prometheus reads them: on an address of their own, for nobody else.

Each worker keeps its numbers in files under the data folder (the multiprocess mode of the library); the worker that has
the port answers for all, those that came before and are gone too, and another takes over when it ends. What is read is
a second old at most. The library is imported where PORTAL_METRICS is set alone.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from portal import assets
from portal.config import Config
from portal.monitoring.counts import Counted, Counts
from portal.store.bare.connections import DatabaseSilent, asking, given_instant
from portal.store.bare.watch import Revisions

#: In the data folder: where the workers keep their numbers.
FOLDER = "metrics"
#: Where the library is told of it, before it is imported.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
QUERY = "SELECT subject, changed_at FROM revisions"
#: Seconds; what is made takes milliseconds, a password a tenth of a second, and nobody waits for more than a few.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


def clean(data: Path) -> None:
    """Throw away the numbers of a server that has ended: counters begin at 0 with each."""
    shutil.rmtree(data / FOLDER, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the numbers of one worker come from; `held` gives the pages in memory, and their bytes."""

    counts: Counts
    revisions: Callable[[], Revisions | None]
    held: Callable[[], tuple[int, int]]


class Metrics:
    """The numbers of one worker, and maybe the listener for all."""

    def __init__(self, address: tuple[str, int], config: Config, sources: Sources) -> None:
        self._address, self._sources = address, sources
        self._folder = config.data / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        os.environ[VARIABLE] = str(self._folder)
        self._library = import_module("prometheus_client")
        self._ask = asking(config.database_url)
        self._counted: dict[Counted, int] = {}
        self._known: Revisions | None = None
        self._processor_seconds = 0.0
        self._server: object = None
        self._clearing = Lock()
        self._define_counts()
        self._define_states()

    def look(self, now: datetime) -> None:
        """Bring the files to the numbers of this moment, and listen where no other worker does. Raises OSError."""
        self._add_answers()
        self._add_times()
        self._set_revisions()
        self._set_process()
        if self._server is None:
            self._listen()

    def _define_counts(self) -> None:
        kinds = ["kind", "outcome"]
        self._requests = self._counter(
            "requests", "Answers, by what was asked for and who answered.", [*kinds, "status"]
        )
        self._seconds = self._library.Histogram(
            "portal_request_duration_seconds",
            "Time until an answer was there that was not at hand.",
            kinds,
            registry=None,
            buckets=BUCKETS,
        )
        self._processor = self._counter("process_cpu_seconds", "Time of the processor, of all workers.")

    def _define_states(self) -> None:
        self._revision = self._gauge("revision", "Number of the last change.", "livemax", ["subject"])
        self._changed = self._gauge(
            "changed_timestamp_seconds", "Instant of the last change that shows.", "livemax", ["subject"]
        )
        self._up = self._gauge("database_up", "Whether the database answers every worker.", "livemin")
        self._pages = self._gauge("pages_in_memory", "Finished pages that the workers have in memory.", "livesum")
        self._page_bytes = self._gauge("pages_in_memory_bytes", "Bytes of these pages.", "livesum")
        self._memory = self._gauge("process_resident_memory_bytes", "Memory of each worker.", "liveall")
        self._files = self._gauge("process_open_fds", "Files and connections that each worker has open.", "liveall")
        self._gauge("process_start_time_seconds", "Instant at which each worker began.", "liveall").set(time.time())
        self._gauge("workers", "Workers that run.", "livesum").set(1)
        words = {"version": version("portal"), "release": assets.release()}
        self._gauge("build_info", "Version and release, of what runs.", "livemax", [*words]).labels(**words).set(1)

    def _counter(self, name: str, told: str, labels: Iterable[str] = ()) -> Any:
        return self._library.Counter(f"portal_{name}", told, labels, registry=None)

    def _gauge(self, name: str, told: str, mode: Any, labels: Iterable[str] = ()) -> Any:
        return self._library.Gauge(f"portal_{name}", told, labels, registry=None, multiprocess_mode=mode)

    def _add_answers(self) -> None:
        answers = self._sources.counts.answers
        for counted, number in answers.items():
            if more := number - self._counted.get(counted, 0):
                self._requests.labels(*counted).inc(more)
                self._counted[counted] = number

    def _add_times(self) -> None:
        for kind, outcome, seconds in self._sources.counts.take_times():
            self._seconds.labels(kind, outcome).observe(seconds)

    def _set_revisions(self) -> None:
        revisions = self._sources.revisions()
        self._up.set(revisions is not None)
        if revisions is None or revisions == self._known:
            return
        for subject, number in revisions.items():
            self._revision.labels(subject).set(number)
        try:
            for subject, changed_at in self._ask(QUERY):
                self._changed.labels(subject).set(given_instant(changed_at).timestamp())
        except DatabaseSilent:  # in this very moment; the next look asks again
            return
        self._known = revisions

    def _set_process(self) -> None:
        seconds = time.process_time()
        self._processor.inc(seconds - self._processor_seconds)
        self._processor_seconds = seconds
        pages, size = self._sources.held()
        self._pages.set(pages)
        self._page_bytes.set(size)
        resident = Path("/proc/self/statm").read_text("ascii").split()[1]
        self._memory.set(int(resident) * os.sysconf("SC_PAGE_SIZE"))
        self._files.set(len(os.listdir("/proc/self/fd")))

    def _listen(self) -> None:
        host, port = self._address
        registry = self._library.CollectorRegistry()
        registry.register(self)
        try:
            self._server = self._library.start_http_server(port, host, registry)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:  # by another worker
                raise

    def collect(self) -> Iterable[Any]:
        """Return the numbers of all workers, asked for by the library; what is so now, of those alone that run."""
        collected = import_module("prometheus_client.multiprocess")
        with self._clearing:  # several may read at once, and a file can be removed once
            for file in self._folder.glob("gauge_live*.db"):
                process = file.stem.rpartition("_")[2]
                if not Path("/proc", process).exists():
                    collected.mark_process_dead(process, str(self._folder))
        return collected.MultiProcessCollector(None, str(self._folder)).collect()
