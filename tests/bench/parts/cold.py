"""The table and a feed of fifty in no cache: what the first visitor waits for, in time and in work."""

from collections.abc import Iterator

from tests.bench.content.counting import Cold, cold
from tests.bench.content.ground import DATABASES, Ground
from tests.bench.parts.pages import FEED, PAGE
from tests.bench.processes import on_cores
from tests.bench.table import Line, at_most

MOST_MILLISECONDS = {PAGE: 3, FEED: 8}
MOST_STATEMENTS = {PAGE: 6}


def cold_renders(ground: Ground) -> list[Line]:
    """Call the application in this process, on the core of the servers."""
    lines = []
    for database in DATABASES:
        app = ground.site(database).app()
        with on_cores(ground.cores.first):
            for path, name in ((PAGE, "cold table page"), (FEED, "cold feed of 50")):
                lines += _lines(name, database, cold(app, path), path)
    return lines


def _lines(name: str, on: str, found: Cold, path: str) -> Iterator[Line]:
    time_bar = at_most(found.rendered, MOST_MILLISECONDS[path], " ms")
    ready = f"{found.compressed:.1f} ms more for the cache"
    yield Line(f"{name}, rendered", on, f"{found.rendered:.1f} ms", ready, bar=time_bar)
    made = f"{found.templates} templates, {found.documents} documents of feeds"
    most = MOST_STATEMENTS.get(path)
    work_bar = at_most(found.statements, most) if most else None
    yield Line(f"{name}, SQL statements", on, f"{found.statements}", made, bar=work_bar)
