"""Ten thousand notices: what their pages, feeds and archives cost, the memory of a worker, a thousand readers."""

import time
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from statistics import median

from portal.feeds.rules import MOST_ITEMS
from portal.notices import items, records
from portal.notices.rules import PER_PAGE
from portal.store.database import session
from tests.bench.content.archive import fill_archive
from tests.bench.content.counting import Cold, cold
from tests.bench.content.ground import Ground
from tests.bench.content.publishing import publish, withdraw
from tests.bench.failures import BenchStopped
from tests.bench.load.readers import READERS, Round, counted_visits, visits
from tests.bench.parts.pages import FEED
from tests.bench.processes import on_cores, resident
from tests.bench.sites import ask, portal
from tests.bench.table import Line, at_least, at_most

NOTICES = 10_000
#: What issue 5 asks: a page in no cache, in milliseconds; the memory of a worker, in MB; the share of 304.
MOST_MILLISECONDS, MOST_MEGABYTES, LEAST_SHARE = 40, 160, 0.99
CALLS = 7
PUBLICATIONS = 5
#: More archives than a worker keeps pages in memory (24 MB, web/door/page_cache).
ARCHIVES = 120
#: Seconds after which every worker knows of a publication (store/bare/watch), and some.
SEEN = 0.4
#: « date de réception des demandes d’accès »
SENTENCE = "date+de+r%C3%A9ception+des+demandes+d%E2%80%99acc%C3%A8s"
UNION = "clientele=professionals,developers"
FIRST_LIST = "/fr/avis/"
#: Rounds in which a reader that has everything is told so.
STEADY = ("again", "once more")
ON = f"{NOTICES:,} notices"


def notices(ground: Ground) -> list[Line]:
    """Make ten thousand notices, and measure."""
    site = ground.new("notices")
    app, core, new = site.app(), ground.cores.first, count(1)
    with app.app_context():
        fill_archive(datetime.now(UTC), NOTICES)
        paths = _paths()
        session().rollback()

    def publish_one() -> None:
        with app.app_context():
            publish(next(new))
        time.sleep(SEEN)

    with on_cores(core):
        pages = {name: cold(app, path, CALLS) for name, path in paths.items()}
    with portal(site.data, site.port, core) as server:
        memory = dict(_memory(site.port, server.group, paths.values()))
        readers = visits(site.port, publish_one)
        memory["after a thousand readers"] = resident(server.group)
    counted = counted_visits(site.config, publish_one)
    with app.app_context():
        numbers = [next(new) for _ in range(PUBLICATIONS)]
        published = median(publish(number) for number in numbers) * 1000
        withdrawn = median(withdraw(site.config, number) for number in numbers) * 1000
    changed = Line("publication; withdrawal", ON, f"{published:.1f} ms; {withdrawn:.1f} ms")
    return [*_page_lines(pages), changed, *_memory_lines(memory), *_reader_lines(readers, counted)]


def _page_lines(pages: Mapping[str, Cold]) -> Iterator[Line]:
    for name, page in pages.items():
        beside = (
            f"{page.rendered:.1f} and {page.compressed:.1f}; {page.size / 1000:.0f} kB; {page.statements} statements"
        )
        yield Line(name, ON, f"{page.whole:.1f} ms", beside, bar=at_most(page.whole, MOST_MILLISECONDS, " ms"))


def _memory_lines(memory: Mapping[str, int]) -> Iterator[Line]:
    for name, size in memory.items():
        megabytes = size / 1_000_000
        bar = at_most(megabytes, MOST_MEGABYTES, " MB")
        yield Line(f"memory of a worker, {name}", ON, f"{megabytes:.0f} MB", bar=bar)


def _reader_lines(readers: Mapping[str, Round], counted: Mapping[str, Round]) -> Iterator[Line]:
    for name, one in readers.items():
        bar = at_least(one.share, LEAST_SHARE) if name in STEADY else None
        made = counted[name]
        beside = f"in this process {made.share:.1%}, {made.statements} statements, {made.documents} documents"
        yield Line(f"{READERS:,} readers told 304, {name}", ON, f"{one.share:.1%}", beside, bar=bar)


def _paths() -> dict[str, str]:
    """Return the pages to measure: newest, in the middle, and for some audiences only."""
    now = datetime.now(UTC)
    found = next(one for one in records.numbered(session(), range(5_000, 5_100), now) if one.revision > 1)
    last = records.count(session(), now) // PER_PAGE
    archive = items.count_items(session(), items.Feed("fr"), now) // MOST_ITEMS // 2
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


def _memory(port: int, group: int, paths: Collection[str]) -> Iterator[tuple[str, int]]:
    """Ask for more and more; give the memory of the worker after each."""
    yield "at its first page", resident(group)
    for path in paths:
        _ask(port, path)
    yield "after the pages above", resident(group)
    for number in range(1, ARCHIVES + 1):
        _ask(port, f"/fr/avis/fil-{number}.rss")
    yield f"after {ARCHIVES} archives: the cache is full", resident(group)


def _ask(port: int, path: str) -> None:
    answer = ask(port, path)
    if answer.status != 200:
        raise BenchStopped(f"{path} answers {answer.status}, so there is nothing to measure.")
