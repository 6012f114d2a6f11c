"""What is left of the rate of finished pages on one bare worker, while slow clients of every kind hold it up."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from portal.commands.main import THRIFT
from tests.bench.content.ground import Ground, Site
from tests.bench.failures import BenchStopped
from tests.bench.load.attack import under_attack
from tests.bench.load.slow import SLOW
from tests.bench.parts.pages import GZIP, PAGE
from tests.bench.rates import Request, Series, ratio, spread, taken
from tests.bench.sites import FRONT, ask, portal_environ, serving
from tests.bench.table import Line, at_least, at_most

ROUNDS, SECONDS = 3, 2
#: Those who held it up are gone when it is asked in quiet.
SECONDS_TO_CALM = 1
LEAST_SHARE, MOST_MILLISECONDS = 0.5, 50


@dataclass(frozen=True, slots=True)
class Door:
    """A way to serve the site: the words that granian is given, and the name that the door has in `portal.wsgi`."""

    name: str
    how: tuple[str, ...]
    application: str = "application"

    def command(self, port: int) -> list[str]:
        """Return the command that serves the portal and its slow page by this door, with one worker."""
        where = ("--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--no-ws", "--http", "1")
        target = f"tests.bench.load.slow:{self.application}"
        return [sys.executable, "-m", "granian", *where, "--workers", "1", *self.how, target]


#: More connections than those who hold it up open: granian takes 1,024 unless told, and lets all others wait.
ROOM = ("--backlog", "4096", "--backpressure", "4096")


def _wsgi(threads: int, *more: str) -> Door:
    how = ("--interface", "wsgi", "--blocking-threads", str(threads), *more)
    return Door(f"WSGI, {threads} threads{', room' if more else ''}", how)


#: Those that can be offered; one more is a line more.
DOORS = (_wsgi(64), _wsgi(4, *ROOM), _wsgi(64, *ROOM), _wsgi(128, *ROOM))


def doors(ground: Ground) -> list[Line]:
    """Measure each door while it is quiet and while it is not, by turns."""
    return [line for door in DOORS for line in _lines(door, ground)]


def _lines(door: Door, ground: Ground) -> Iterator[Line]:
    site = ground.site("SQLite")
    quiet, held = _rounds(door, site, ground)
    beside = f"quiet {quiet.rate:,.0f}/s"
    bar = at_least(ratio(held, quiet), LEAST_SHARE)
    yield Line("page, gzip, while held up", door.name, f"{held.rate:,.0f}/s", beside, spread(held, quiet), bar)
    late, beside = f"{held.late:.0f} ms", f"quiet {quiet.late:.0f} ms"
    yield Line("99 % of them, within", door.name, late, beside, bar=at_most(held.late, MOST_MILLISECONDS, " ms"))


def _rounds(door: Door, site: Site, ground: Ground) -> tuple[Series, Series]:
    request = Request(site.port, PAGE, GZIP, encoding="gzip")
    quiet, held = Series(request), Series(request)
    environ = THRIFT | portal_environ(site.data, site.port, site.settings)
    log = site.data.parent / "door.log"
    with serving(door.command(site.port), log, ground.cores.first, environ, (site.port, FRONT)):
        for path in (PAGE, SLOW):
            if (answer := ask(site.port, path)).status != 200:
                raise BenchStopped(f"{path} answers {answer.status}")
        for _round in range(ROUNDS):
            time.sleep(SECONDS_TO_CALM)
            quiet.rounds.append(taken(request, ground.cores.load, SECONDS))
            with under_attack(site.port, SLOW, ground.cores.load):
                held.rounds.append(taken(request, ground.cores.load, SECONDS))
    return quiet, held
