"""The door: refusals first, then static files, then finished pages; the application behind is loaded at first need.

Imports neither Flask nor SQLAlchemy: a new worker answers from the copies on disk at once, even when the application
behind cannot start.
"""

import gc
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from threading import Lock, Thread
from typing import Any, NoReturn

from whitenoise import WhiteNoise

from portal import assets
from portal.config import Config, from_environment
from portal.monitoring import logs
from portal.monitoring.counts import Counts
from portal.monitoring.metrics import Metrics, Sources
from portal.monitoring.middleware import Monitor
from portal.purges import rules as purges
from portal.reads.counts import Reads
from portal.store.bare.due import Due
from portal.store.bare.untold import Untold
from portal.store.bare.watch import Watch
from portal.store.copies import copies_of
from portal.web.door.answers import EDGE_SECONDS, EDGE_TOLD_SECONDS
from portal.web.door.headers import Guard, is_desk, refuse
from portal.web.door.hits import Counted, Hits
from portal.web.door.page_cache import REVISIONS, PageCache
from portal.web.door.remaking import Remaking

Application = Callable[..., Iterable[bytes]]
ONE_YEAR = 31_536_000
#: What is withdrawn is gone within a second: twice in each is looked.
LOOK_SECONDS = 0.5
#: A cache in front is told within about a second, of which it waits half on purpose.
TELL_CACHE_SECONDS = 0.25
#: What is no longer to be kept is gone within an hour.
TIDY_SECONDS = 3_600
#: What could not be published when its time had come, a database that is down for one, is tried again so late.
AGAIN_SECONDS = 5
#: How the feeds are read is told to the desk so often; a process that is killed forgets no more.
TELL_SECONDS = 15
#: What Prometheus reads is so old at most.
METRICS_SECONDS = 1
logger = logging.getLogger(__name__)


class Loaded:
    """An application behind the door, imported when the first request needs it."""

    def __init__(self, config: Config, module: str = "portal.app", name: str = "create_app") -> None:
        self._config, self._module, self._name = config, module, name
        self._application: Any = None  # a Flask, which the door does not import
        self._loading = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        try:
            application = self._application or self._load()
        except Exception:  # whatever stops it, pages that are kept must go on: the cache answers them for a 5xx
            logger.exception("the application behind the door cannot start")
            return refuse(environ, start_response, "503 Service Unavailable", "down")
        return application(environ, start_response)

    def _load(self) -> Application:
        with self._loading:
            if self._application is None:
                self._application = getattr(import_module(self._module), self._name)(self._config)
                # What was loaded stays: to look through it for garbage would hold every visitor 150 ms at each look.
                gc.freeze()
            return self._application

    @property
    def is_loaded(self) -> bool:
        """Say whether a request has needed the application yet."""
        return self._application is not None

    def rest(self) -> None:
        """Close what is open for a next request that did not come."""
        import_module("portal.app").rest(self._application)

    def keep_reads(self, reads: Reads, at: datetime) -> None:
        """Keep how often the feeds were read until an aware instant; what cannot be kept now stays counted."""
        counts = reads.take()
        try:
            import_module("portal.app").keep_reads(self._application, counts, at)
        except Exception:
            reads.add(counts)
            raise

    def publish_due(self, at: datetime) -> None:
        """Publish the editions that were to come out by an aware instant, be it the first thing that is asked."""
        self._load()
        import_module("portal.app").publish_due(self._application, at)

    def tell_cache(self, revisions: Mapping[str, int]) -> None:
        """Tell the cache in front of these revisions, be it the first thing that is asked."""
        self._load()
        import_module("portal.app").tell_cache(self._application, revisions)

    def tidy(self, at: datetime) -> None:
        """Do what the site does by itself every hour, at an aware instant."""
        import_module("portal.app").tidy(self._application, at)


def door(config: Config, keeps_watch: bool = False) -> Hits:
    """Return the whole site as one WSGI application.

    With `keeps_watch` it looks at the revisions, asked or not: what is withdrawn leaves an idle worker too. It keeps
    how often the feeds are read, every hour it removes what is no longer to be kept, and it publishes what was to come
    out by itself, makes anew the pages that are read, and tells a cache in front what changed.
    """
    watch, application = Watch(config.database_url), Loaded(config)
    edge_seconds = EDGE_TOLD_SECONDS if config.purge_hook else EDGE_SECONDS
    copies = copies_of(config)
    copies.prepare()
    pages = PageCache(application, watch.current, copies, edge_seconds)
    reads, counts = Reads(pages), Counts(keeps_times=keeps_watch and config.metrics is not None)
    desk = Loaded(config, "portal.desk.app", "create_desk")
    guard = Guard(_with_files(_by_path(reads, desk, watch), config), config)
    # Never to an export, which has no watch.
    monitor = Monitor(guard, counts, tells_times=keeps_watch and not config.is_production)
    hits = Hits(monitor, lambda: watch.next_look, counting(reads, monitor))
    watch.on_floors = _forgetting(hits, pages)
    if keeps_watch:
        remaking = Remaking(pages, watch.current, config.public_url)
        watch.on_change = remaking.begin
        _start_threads(config, watch, application, reads)
        if config.metrics:
            _start_metrics(config.metrics, config, Sources(counts, watch.current, pages.kept.held))
        _start("remaking", _repeat, remaking.look, "pages could not be made anew", LOOK_SECONDS, remaking.wait)
    return hits


def _forgetting(hits: Hits, pages: PageCache) -> Callable[[Mapping[str, int]], None]:
    """Return what lets nothing be shown of revisions below some floors: first what was just answered."""

    def forget(floors: Mapping[str, int]) -> None:
        hits.forget()
        pages.forget(floors)

    return forget


def counting(reads: Reads, monitor: Monitor) -> Counted:
    """Return what says how an answer is counted that is given again without asking anyone behind."""

    def counted(path: str, status: str, size: int, outcome: str) -> Callable[[], object]:
        count, read = monitor.again(path, int(status[:3]), size, outcome), reads.read(path, status)
        if read is None:
            return count

        def count_read() -> None:
            count()
            reads.add_one(read)

        return count_read

    return counted


def _with_files(application: Application, config: Config) -> Application:
    """Return the application with the static files in front."""
    return WhiteNoise(
        application,
        root=assets.compressed_static(config.data),
        prefix=assets.static_prefix(),
        max_age=ONE_YEAR,
        immutable_file_test=lambda path, url: True,
        allow_all_origins=False,  # the Guard says it of every file
    )


def _by_path(pages: Application, desk: Application, watch: Watch) -> Application:
    """Return what answers each path: the desk its own, which no cache comes near; the public pages every other."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not is_desk(environ["PATH_INFO"]):
            return pages(environ, start_response)
        environ[REVISIONS] = watch.current()
        return desk(environ, start_response)

    return answer


def _start_threads(config: Config, watch: Watch, application: Loaded, reads: Reads) -> None:
    due = Due(config.database_url)

    def publish(now: datetime) -> None:
        if due.is_due(watch.current(), now):
            application.publish_due(now)

    _start("watch", _look, watch, application, reads)
    _start("clock", _repeat, publish, "what was to come out could not be published", LOOK_SECONDS)
    if config.purge_hook:
        untold = Untold(config.database_url, purges.SUBJECTS, purges.SETTLE)

        def tell(now: datetime) -> None:
            if revisions := untold.due(watch.current(), now):
                application.tell_cache(revisions)

        _start("purges", _repeat, tell, "the cache in front could not be told what changed", TELL_CACHE_SECONDS)


def _start_metrics(address: tuple[str, int], config: Config, sources: Sources) -> None:
    # Opened by the thread: a disk that takes nothing more keeps no worker from starting.
    metrics = cache(lambda: Metrics(address, config, sources))
    failed = "the counts could not be written"
    _start("metrics", _repeat, lambda now: metrics().look(now), failed, METRICS_SECONDS)


def _start(name: str, target: Callable[..., NoReturn], *arguments: object) -> None:
    Thread(target=target, args=arguments, name=name, daemon=True).start()


def _look(watch: Watch, application: Loaded, reads: Reads) -> NoReturn:
    tidy_at = tell_at = float("-inf")
    while True:
        try:
            watch.current()
            # To load the application for that alone would cost an idle worker its memory.
            if application.is_loaded:
                application.rest()
                if time.monotonic() >= tidy_at:
                    # Whatever comes of it: a database that is down is not asked twice a second.
                    tidy_at = time.monotonic() + TIDY_SECONDS
                    application.tidy(datetime.now(UTC))
                if time.monotonic() >= tell_at:
                    tell_at = time.monotonic() + TELL_SECONDS
                    application.keep_reads(reads, datetime.now(UTC))
        except Exception:  # whatever it is, the next look may find what was withdrawn
            logger.exception("a look at the revisions failed")
        time.sleep(LOOK_SECONDS)


def _repeat(
    act: Callable[[datetime], object], failed: str, pause: float, wait: Callable[[float], object] = time.sleep
) -> NoReturn:
    # A thread of its own: what waits for the lock of a writer must not keep from the other what was withdrawn.
    told = ""
    while True:
        try:
            act(datetime.now(UTC))
            told = ""
            wait(pause)
        except Exception as failure:  # whatever it is, the next try may succeed
            if repr(failure) != told:  # the same is told once, not every five seconds of a night
                logger.exception(failed)
            told = repr(failure)
            time.sleep(AGAIN_SECONDS)


def __getattr__(name: str) -> Hits:
    # So that importing this module, as tests do, reads no environment and opens nothing.
    if name == "application":
        config = from_environment()
        logs.configure(config)
        globals()[name] = door(config, keeps_watch=True)
        return globals()[name]
    raise AttributeError(name)
