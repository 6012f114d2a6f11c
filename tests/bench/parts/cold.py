"""The table and a feed of fifty in no cache: what the first visitor waits for, in time and in work."""

from collections.abc import Iterator

from tests.bench.content.counting import Cold, cold
from tests.bench.content.ground import DATABASES, Ground
from tests.bench.content.plain import plainly
from tests.bench.failures import BenchStopped
from tests.bench.parts.pages import FEED, PAGE
from tests.bench.processes import on_cores
from tests.bench.table import Bar, Line, at_most

MOST_MILLISECONDS = {PAGE: 3, FEED: 8}
MOST_STATEMENTS = {PAGE: 6}
#: Or so many times sooner than a plain application.
LEAST_GAIN = {PAGE: 5}


def cold_renders(ground: Ground) -> list[Line]:
    """Call the application in this process, on the core of the servers."""
    lines = []
    for database in DATABASES:
        app = ground.site(database).app()
        with on_cores(ground.cores.first):
            for path, name in ((PAGE, "cold table page"), (FEED, "cold feed of 50")):
                ours = cold(app, path)
                with plainly(app):
                    theirs = cold(app, path)
                if ours.body != theirs.body:
                    raise BenchStopped(f"{path} is not the same when it is plainly rendered.")
                lines += _lines(name, database, path, ours, theirs)
    return lines


def _lines(name: str, on: str, path: str, ours: Cold, theirs: Cold) -> Iterator[Line]:
    gain = theirs.rendered / ours.rendered
    bar = at_most(ours.rendered, MOST_MILLISECONDS[path], " ms")
    if least := LEAST_GAIN.get(path):
        bar = Bar(f"{bar.asked} or ≥ {least} ×", bar.is_met or gain >= least)
    plain = f"plain {theirs.rendered:.1f} ms"
    yield Line(f"{name}, rendered", on, f"{ours.rendered:.1f} ms", plain, f"{gain:.1f}", bar)
    made = f"{ours.templates} templates, {ours.documents} documents of feeds; plain {theirs.statements}"
    most = MOST_STATEMENTS.get(path)
    work_bar = at_most(ours.statements, most) if most else None
    yield Line(f"{name}, SQL statements", on, f"{ours.statements}", made, bar=work_bar)
    yield Line(f"{name}, made ready for the cache", on, f"{ours.compressed:.1f} ms")
