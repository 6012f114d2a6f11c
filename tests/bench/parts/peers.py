"""What others would build instead, with the same content on the same core: Django with its cache, and Datasette."""

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.content.ground import Ground
from tests.bench.failures import BenchStopped
from tests.bench.parts.pages import FEED, GZIP, PAGE
from tests.bench.peers.content import take
from tests.bench.peers.environment import environment, version
from tests.bench.processes import free_port
from tests.bench.rates import Request, Series, check, measure, ratio, spread
from tests.bench.sites import ask, serving, workers
from tests.bench.table import Line, at_least

PEERS = Path(__file__).parents[1] / "peers"
JSON, THEIR_JSON = "/api/v1/dates", "/content/dates.json?_size=100"
THEIR_PAGE, THEIR_FEED, UNCACHED = "/dates/", "/avis/fil.rss", "/avis/sans-cache.rss"
#: Our answers a second over theirs.
LEAST_PAGE, LEAST_FEED, LEAST_JSON = 10, 100, 40
Pairs = Mapping[str, tuple[Series, Series, float]]


def peers(ground: Ground) -> list[Line]:
    """Install the peers, give them our content, and measure all in the same rounds; each has one worker."""
    programs = environment()
    site, core = ground.site("SQLite"), ground.cores.first
    with workers(site.data, site.port, core, site.settings):
        folder = site.data.parent / "peers"
        folder.mkdir()
        take(site.port, folder)
        with _django(programs, folder, core) as django, _datasette(programs, folder, core) as datasette:
            pairs = _pairs(site.port, django, datasette)
            turns = {id(series): series for ours, theirs, _least in pairs.values() for series in (ours, theirs)}
            measure(list(turns.values()), ground.cores.load)
    names = {name: f"{name} {version(programs, name)}" for name in ("django", "datasette")}
    return [
        Line(
            what,
            "1 × SQLite",
            f"{ours.rate:,.0f}/s",
            f"{names['datasette' if theirs.request.port == datasette else 'django']} {theirs.rate:,.0f}/s",
            spread(ours, theirs),
            at_least(ratio(ours, theirs), least, " ×"),
        )
        for what, (ours, theirs, least) in pairs.items()
    ]


def _pairs(port: int, django: int, datasette: int) -> Pairs:
    tag, their_tag = ({"If-None-Match": ask(*where).headers["etag"]} for where in ((port, FEED), (django, THEIR_FEED)))
    feed = Series(Request(port, FEED))
    requests = {
        "page": (Request(port, PAGE), Request(django, THEIR_PAGE), LEAST_PAGE),
        "page, gzip": (_gzip(port, PAGE), _gzip(django, THEIR_PAGE), LEAST_PAGE),
        "feed, 304": (Request(port, FEED, tag, 304), Request(django, THEIR_FEED, their_tag, 304), LEAST_FEED),
        "feed, gzip": (_gzip(port, FEED), _gzip(django, THEIR_FEED), LEAST_FEED),
        "table in JSON": (Request(port, JSON), Request(datasette, THEIR_JSON), LEAST_JSON),
    }
    found = {what: (Series(ours), Series(theirs), least) for what, (ours, theirs, least) in requests.items()}
    # Django writes a feed in thousands of pieces and keeps them so: granian sends each, unless gzip made one of them.
    found["feed"] = feed, Series(Request(django, THEIR_FEED)), LEAST_FEED
    found["feed, theirs outside the cache"] = feed, Series(Request(django, UNCACHED)), LEAST_FEED
    for ours, theirs, _least in found.values():
        check(ours.request)
        check(theirs.request)
    return found


def _gzip(port: int, path: str) -> Request:
    return Request(port, path, GZIP, encoding="gzip")


@contextmanager
def _django(programs: Path, folder: Path, core: tuple[int, ...]) -> Generator[int]:
    port, log = free_port(), folder / "django.log"
    settings = {"DJANGO_SETTINGS_MODULE": "django_site.settings", "BENCH_CONTENT": str(folder)}
    environ = {**os.environ, "PYTHONPATH": str(PEERS), **settings}
    loading = [str(programs / "python"), "-m", "django_site.load"]
    filled = subprocess.run(loading, env=environ, capture_output=True, text=True)
    if filled.returncode:
        raise BenchStopped(f"the Django site could not be filled:\n{filled.stderr.strip()}")
    how = ["--interface", "wsgi", "--no-ws", "--http", "1", "--workers", "1", "--log-level", "error"]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    command = [str(programs / "granian"), *how, *where, "django_site.wsgi:application"]
    with serving(command, log, core, environ, (port, THEIR_PAGE)):
        yield port


@contextmanager
def _datasette(programs: Path, folder: Path, core: tuple[int, ...]) -> Generator[int]:
    port = free_port()
    # Immutable: it may then count the rows once, and cache.
    where = ["--immutable", str(folder / "content.db"), "--host", "127.0.0.1", "--port", str(port)]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(programs / "datasette"), "serve", *where]
    with serving(command, folder / "datasette.log", core, environ, (port, THEIR_JSON)):
        yield port
