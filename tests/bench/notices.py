"""Ten thousand notices: what their pages, feeds and archives cost, the memory of a worker, a thousand readers."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import create_environ

from portal.app import create_app
from portal.config import Config, from_environment
from portal.core.languages import Bilingual
from portal.feeds.rules import MOST_ITEMS
from portal.notices import keeping, records
from portal.notices.rules import PER_PAGE, Draft
from portal.store import revisions
from portal.store.changes import recorded_change
from portal.store.copies import Copies
from portal.store.database import session
from portal.web.door.page_cache import STATEMENT, finished
from tests.bench.archive import ACTOR, fill_archive
from tests.bench.failures import BenchStopped
from tests.bench.processes import on_core, resident
from tests.bench.rates import Comparison, Request, Series, measure
from tests.bench.readers import Round, counted_visits, visits
from tests.bench.sites import ask, fill, nginx, portal, portal_environ

#: What issue 5 asks: a page in no cache, in milliseconds; the memory of a worker, in MB; the share of 304.
MOST_MILLISECONDS, MOST_MEGABYTES, LEAST_SHARE = 40, 160, 0.99
CALLS = 7
PUBLICATIONS = 5
#: More archives than a worker keeps pages in memory (24 MB, web/page_cache).
ARCHIVES = 120
#: Seconds after which every worker knows of a publication (store/bare/watch), and some.
SEEN = 0.4
#: The wrk rounds end after so many seconds.
ROUNDS_SECONDS = 26
#: « date de réception des demandes d’accès »
SENTENCE = "date+de+r%C3%A9ception+des+demandes+d%E2%80%99acc%C3%A8s"
UNION = "clientele=professionals,developers"
GZIP = {"Accept-Encoding": "gzip"}
FIRST_LIST, FEED = "/fr/avis/", "/fr/avis/fil.rss"


@dataclass(frozen=True, slots=True)
class Cold:
    """A page in no cache: milliseconds of CPU to render it and to make it ready for the cache, statements, bytes."""

    rendered: float
    compressed: float
    statements: int
    size: int

    @property
    def whole(self) -> float:
        """Return all the milliseconds."""
        return self.rendered + self.compressed


@dataclass(frozen=True, slots=True)
class Notices:
    """What was measured: pages by name; rates; milliseconds a publication and a withdrawal; bytes of the database and
    of a worker's memory by occasion; the readers' rounds, at a real server and counted in this process.
    """

    pages: Mapping[str, Cold]
    rates: tuple[Sequence[Comparison], int]
    publication: float
    withdrawal: float
    size: int
    memory: Mapping[str, int]
    readers: Mapping[str, Round]
    counted: Mapping[str, Round]


def ten_thousand(folder: Path, port: int, core: int, load_core: int) -> Notices:
    """Make ten thousand notices in `folder`, and measure."""
    data = folder / "data"
    fill(data, port, "demo")
    config = from_environment(portal_environ(data, port))
    app = create_app(config)
    with app.app_context():
        fill_archive(datetime.now(UTC))
        size = sum(path.stat().st_size for path in data.glob("portal.db*"))
        paths = _paths()
        session().rollback()
    with on_core(core):
        pages = {name: cold(app, path) for name, path in paths.items()}
    new = count(1)

    def publish() -> None:
        with app.app_context():
            _publish(next(new))
        time.sleep(SEEN)

    with portal(data, port, core) as server:
        memory = dict(_memory(port, server.group, paths.values()))
        readers = visits(port, publish)
        memory["after a thousand readers"] = resident(server.group)
        with nginx(_files(folder, port), core) as other:
            rates = _rates(port, other, load_core)
    counted = counted_visits(config, publish)
    with app.app_context():
        published, withdrawn = _changes(config, new)
    return Notices(pages, rates, published, withdrawn, size, memory, readers, counted)


def _paths() -> dict[str, str]:
    """Return the pages to measure: newest, in the middle, and for some audiences only."""
    now = datetime.now(UTC)
    found = next(one for one in records.numbered(session(), range(5_000, 5_100), now) if one.revision > 1)
    last = records.count(session(), now) // PER_PAGE
    archive = records.count_items(session(), records.Feed("fr"), now) // MOST_ITEMS // 2
    return {
        "list, page 1": FIRST_LIST,
        f"list, page {last // 2}": f"{FIRST_LIST}?page={last // 2}",
        f"list of two audiences, page {last // 4}": f"{FIRST_LIST}?{UNION}&page={last // 4}",
        "a notice": f"/fr/avis/{found.id}/{found.slug('fr')}",
        "what changed in it": f"/fr/avis/versions/{found.id}/1/{found.revision}/",
        "feed, RSS": FEED,
        "feed, Atom": "/fr/avis/fil.atom",
        "feed, JSON": "/fr/avis/fil.json",
        "feed of one audience, RSS": "/fr/avis/clientele/developers/fil.rss",
        "feed of two audiences, RSS": f"{FEED}?{UNION}",
        "feed of a group of forms, RSS": "/fr/dates/groupes/online-services/fil.rss",
        f"archive {archive}, RSS": f"/fr/avis/fil-{archive}.rss",
        f"archive {archive // 2} of two audiences, Atom": f"/fr/avis/fil-{archive // 2}.atom?{UNION}",
        "data (API), page 1": "/api/v1/notices",
        "data (API), page 100": "/api/v1/notices?page=100",
        "search, a word that all hold": "/fr/recherche/?q=formulaire",
        "search, a sentence": f"/fr/recherche/?q={SENTENCE}",
        "search, one word of several": "/fr/recherche/?q=formulaire+introuvable",
    }


def cold(app: Flask, path: str) -> Cold:
    """Time the application alone, the page cache left out: CPU, so that other work on the machine counts less."""
    seen: list[object] = []

    def executed(*said: object) -> None:
        seen.append(said[2])

    _call(app, path)  # compiles the template and the statements
    event.listen(Engine, "before_cursor_execute", executed)
    try:
        calls = [_call(app, path) for _ in range(CALLS)]
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
    rendered, compressed, sizes = zip(*calls, strict=True)
    return Cold(median(rendered) * 1000, median(compressed) * 1000, len(seen) // CALLS, sizes[0])


def _call(app: Any, path: str) -> tuple[float, float, int]:
    said: list[Any] = []
    environ = create_environ(path, app.config["PUBLIC_URL"])
    start = time.process_time()
    chunks = app(environ, lambda status, headers, exc_info=None: said.extend([status, headers]))
    body = b"".join(chunks)
    chunks.close()
    rendered = time.process_time()
    if not said[0].startswith("200"):
        raise BenchStopped(f"{path} answered {said[0]} to a direct call.")
    finished(environ[STATEMENT], said[1], body, time.time())
    return rendered - start, time.process_time() - rendered, len(body)


def _memory(port: int, group: int, paths: Collection[str]) -> Iterator[tuple[str, int]]:
    """Ask for more and more; give the memory of the worker after each."""
    yield "at its first page", resident(group)
    for path in paths:
        _ask(port, path)
    yield "after the pages above", resident(group)
    for number in range(1, ARCHIVES + 1):
        _ask(port, f"/fr/avis/fil-{number}.rss")
    yield f"after {ARCHIVES} archives: the cache is full", resident(group)


def _ask(port: int, path: str, **headers: str) -> bytes:
    answer = ask(port, path, headers)
    if answer.status != 200:
        raise BenchStopped(f"{path} answers {answer.status}, so there is nothing to measure.")
    return answer.body


def _files(folder: Path, port: int) -> Path:
    """Write what nginx serves, byte for byte what the portal answers."""
    files = folder / "files"
    files.mkdir()
    for name, path in (("page.html", FIRST_LIST), ("feed.rss", FEED)):
        (files / name).write_bytes(_ask(port, path))
        (files / f"{name}.gz").write_bytes(_ask(port, path, **GZIP))
    return folder


def _rates(port: int, other: int, load_core: int) -> tuple[Sequence[Comparison], int]:
    def of(path: str, file: str) -> tuple[Series, Series]:
        return Series(Request(port, path, GZIP, 200, "gzip")), Series(Request(other, file, GZIP, 200, "gzip"))

    comparisons = (
        Comparison("list of 10,000 notices in gzip", *of(FIRST_LIST, "/page.html")),
        Comparison(f"feed of {MOST_ITEMS} items in gzip", *of(FEED, "/feed.rss")),
    )
    return comparisons, measure(comparisons, load_core, time.monotonic() + ROUNDS_SECONDS)


def _publish(number: int) -> float:
    """Publish a notice for one audience, as the command does; return the seconds."""
    at = datetime.now(UTC).replace(microsecond=0)  # a file says the minute
    text = Bilingual(
        "Les demandes reçues depuis lundi sont traitées.\n" * 40, "Requests received are processed.\n" * 50
    )
    draft = Draft(f"new-{number}", at, ("rehabilitation",), Bilingual(f"Avis {number}", f"Notice {number}"), text)
    start = time.perf_counter()
    with recorded_change("notices", action="notices.publish", actor=ACTOR, at=at) as change:
        keeping.keep(change, draft, at)
    return time.perf_counter() - start


def _withdraw(config: Config, number: int) -> float:
    """Withdraw a notice, as the command does; return the seconds."""
    start = time.perf_counter()
    at = datetime.now(UTC)
    with recorded_change("notices", action="notices.withdraw", actor=ACTOR, at=at) as change:
        keeping.withdraw(change, f"new-{number}", at, "Bench")
    Copies(config.data, "").forget({"notices": revisions.current(session())["notices"].number})
    return time.perf_counter() - start


def _changes(config: Config, new: Iterator[int]) -> tuple[float, float]:
    numbers = [next(new) for _ in range(PUBLICATIONS)]
    published = [_publish(number) for number in numbers]
    return median(published) * 1000, median(_withdraw(config, number) for number in numbers) * 1000
