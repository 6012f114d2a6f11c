"""What is left of the rate of finished pages on one bare worker, while slow clients of every kind hold it up."""

import time
from collections.abc import Iterator

from portal.commands.serving import THRIFT, server_command
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


#: The interfaces by which `portal run` serves, the default first.
DOORS = ("wsgi", "rsgi")


def doors(ground: Ground) -> list[Line]:
    """Measure each door while it is quiet and while it is not, by turns."""
    return [line for door in DOORS for line in _lines(door, ground)]


def _lines(door: str, ground: Ground) -> Iterator[Line]:
    site = ground.site("SQLite")
    quiet, held = _rounds(door, site, ground)
    beside = f"quiet {quiet.rate:,.0f}/s"
    bar = at_least(ratio(held, quiet), LEAST_SHARE)
    yield Line("page, gzip, while held up", door.upper(), f"{held.rate:,.0f}/s", beside, spread(held, quiet), bar)
    late, beside = f"{held.late:.0f} ms", f"quiet {quiet.late:.0f} ms"
    yield Line("99 % of them, within", door.upper(), late, beside, bar=at_most(held.late, MOST_MILLISECONDS, " ms"))


def _rounds(door: str, site: Site, ground: Ground) -> tuple[Series, Series]:
    request = Request(site.port, PAGE, GZIP, encoding="gzip")
    quiet, held = Series(request), Series(request)
    environ = THRIFT | portal_environ(site.data, site.port, site.settings)
    log = site.data.parent / "door.log"
    command = [*server_command("127.0.0.1", site.port, door), "--workers", "1", f"tests.bench.load.slow:{door}"]
    with serving(command, log, ground.cores.first, environ, (site.port, FRONT)):
        for path in (PAGE, SLOW):
            if (answer := ask(site.port, path)).status != 200:
                raise BenchStopped(f"{path} answers {answer.status}")
        for _round in range(ROUNDS):
            time.sleep(SECONDS_TO_CALM)
            quiet.rounds.append(taken(request, ground.cores.load, SECONDS))
            with under_attack(site.port, SLOW, ground.cores.load):
                held.rounds.append(taken(request, ground.cores.load, SECONDS))
    return quiet, held
