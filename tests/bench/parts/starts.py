"""How soon a portal answers that was just started, and the memory its workers hold."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from statistics import median

from tests.bench.content.filling import fill_table
from tests.bench.content.ground import DATABASES, Database, Ground, Site
from tests.bench.failures import BenchStopped
from tests.bench.parts.pages import CHECK, CONTACT, FEED, PAGE
from tests.bench.processes import resident
from tests.bench.sites import FRONT, Running, ask, portal, workers
from tests.bench.table import Line, at_most

STARTS = 3
MOST_SECONDS = {True: 0.4, False: 1.2}
FIRST_MEGABYTES, ALL_MEGABYTES = 45, 120
FINISHED = (FRONT, PAGE, CONTACT, FEED)
#: A page of each kind, the desk with its sign-in included: nothing is left to import.
EVERYTHING = (
    f"{CHECK}?type=access-new&date=2026-10-01",
    "/fr/dates/access-new/historique/",
    "/fr/dates/access-new/rappel.ics",
    "/fr/avis/fil.atom",
    "/fr/avis/fil.json",
    "/fr/recherche/?q=formulaire",
    "/fr/suivi/",
    "/en/dates/",
    "/en/notices/",
    "/fr/fils.opml",
    "/api/v1/dates",
    "/api/v1/notices",
    "/api/v1/openapi.json",
    "/desk/fr/session",
)


def starts(ground: Ground) -> list[Line]:
    """Start again and again, with copies of pages on disk and without."""
    return [line for database in DATABASES for line in (*_starts(ground, database), *_memory(ground, database))]


def _starts(ground: Ground, database: Database) -> Iterator[Line]:
    for name, count in (("`portal run`", 1), ("worker", 1), ("worker", 2)):
        site = ground.site(database) if name == "worker" else _real(ground, database)
        for has_copies in (False, True):
            seconds = median(_start(site, name, count, ground, has_copies=has_copies) for _ in range(STARTS))
            what = f"first answer of {name}, {'copies on disk' if has_copies else 'no copies'}"
            bar = at_most(seconds, MOST_SECONDS[has_copies], " s")
            yield Line(what, f"{count} × {database}", f"{seconds:.2f} s", bar=bar)


def _real(ground: Ground, database: Database) -> Site:
    """Return an installation with as many rows and no demonstration, of which more is told before a start."""
    site = ground.new("real", ground.settings(database), "init")
    fill_table(site.app())
    return site


def _start(site: Site, name: str, count: int, ground: Ground, *, has_copies: bool) -> float:
    if not has_copies:
        shutil.rmtree(site.data / "pages", ignore_errors=True)
    with _served(site, name, count, ground) as server:
        return server.seconds


def _served(site: Site, name: str, count: int, ground: Ground) -> AbstractContextManager[Running]:
    cores = ground.cores.first if count == 1 else ground.cores.servers
    if name == "worker":
        return workers(site.data, site.port, cores, site.settings, count)
    return portal(site.data, site.port, cores, site.settings)


def _memory(ground: Ground, database: Database) -> Iterator[Line]:
    for count in (1, 2):
        site = ground.site(database)
        with _served(site, "worker", count, ground):
            _ask(site.port, FINISHED, count)
        with _served(site, "worker", count, ground) as server:
            _ask(site.port, FINISHED, count)
            first = resident(server.group) / 1_000_000
            _ask(site.port, EVERYTHING, count)
            last = resident(server.group) / 1_000_000
        for what, found, most in (
            ("before the first miss", first, FIRST_MEGABYTES),
            ("everything loaded", last, ALL_MEGABYTES),
        ):
            bar = at_most(found, most, " MB")
            yield Line(f"memory of the largest worker, {what}", f"{count} × {database}", f"{found:.0f} MB", bar=bar)


def _ask(port: int, paths: tuple[str, ...], count: int) -> None:
    """Ask often enough for each worker to be asked."""
    for path in paths * (1 if count == 1 else 4):
        answer = ask(port, path)
        if answer.status != 200:
            raise BenchStopped(f"{path} answers {answer.status}, so not everything is loaded.")
