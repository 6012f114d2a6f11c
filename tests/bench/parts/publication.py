"""How soon every worker shows what was just published."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from itertools import count
from statistics import median

from flask import Flask

from tests.bench.content.ground import DATABASES, Database, Ground
from tests.bench.content.publishing import publish
from tests.bench.sites import workers
from tests.bench.table import Line, at_most

LIST = "/fr/avis/"
PUBLICATIONS = 5
#: Connections that stay open: with so many, no worker is left without one.
CONNECTIONS = 16
#: How long it is looked for an old page after a publication, and how long between two looks.
SECONDS, SECONDS_BETWEEN = 1.5, 0.01
MOST_SECONDS = 1
_numbers = count(1)


def publication(ground: Ground) -> list[Line]:
    """Publish in this process, and read on every worker of another."""
    return [line for database in DATABASES for line in _on(ground, database)]


def _on(ground: Ground, database: Database) -> Iterator[Line]:
    for number, cores in ((1, ground.cores.first), (2, ground.cores.servers)):
        site = ground.site(database)
        app = site.app()
        with workers(site.data, site.port, cores, site.settings, number):
            rounds = [_round(app, site.port) for _ in range(PUBLICATIONS)]
        seen, waited = zip(*rounds, strict=True)
        longest = f"longest answer {median(waited) * 1000:.0f} ms"
        figure = f"{median(seen):.2f} s, at most {max(seen):.2f}"
        bar = at_most(max(seen), MOST_SECONDS, " s")
        yield Line("publication, on every worker", f"{number} × {database}", figure, longest, bar=bar)


def _round(app: Flask, port: int) -> tuple[float, float]:
    """Return the seconds after which no worker showed the old list any more, and those of the longest answer."""
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        opened = [HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(CONNECTIONS)]
        readers = [stack.enter_context(closing(one)) for one in opened]
        old = {_tag(reader) for reader in readers}
        # They ask meanwhile: the revisions are read when someone asks, and believed for a while.
        published = pool.submit(_published, app)
        last_old, longest = 0.0, 0.0
        while not published.done() or time.perf_counter() < published.result() + SECONDS:
            for reader in readers:
                asked = time.perf_counter()
                is_old = _tag(reader) in old
                answered = time.perf_counter()
                longest, last_old = max(longest, answered - asked), answered if is_old else last_old
            time.sleep(SECONDS_BETWEEN)
        return max(last_old - published.result(), 0), longest


def _published(app: Flask) -> float:
    """Publish; return the instant, in seconds of `time.perf_counter`, from which it is kept."""
    with app.app_context():
        publish(next(_numbers))
    return time.perf_counter()


def _tag(reader: HTTPConnection) -> str:
    reader.request("GET", LIST)
    answer = reader.getresponse()
    answer.read()
    return answer.headers["ETag"]
