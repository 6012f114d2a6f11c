"""How many lookups of a request one worker and two answer, limits included, among ten thousand and among a million."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.content.ground import DATABASES, Database, Ground, redis
from tests.bench.content.million import FEW, MILLION
from tests.bench.content.visitors import CLIENTS, filled, forms
from tests.bench.failures import BenchStopped
from tests.bench.processes import free_port
from tests.bench.rates import Request, Series, measure, ratio, spread
from tests.bench.sites import bare, workers
from tests.bench.table import Bar, Line, at_least

#: Visitors in a file: more than come in a round.
VISITORS = 6_000
#: Each is sent once before, so that a fault is told as such.
LOOKED_AT = 6
LEAST_RATE: Mapping[Database, int] = {"SQLite": 1_500, "PostgreSQL": 1_200}
NAMES: Mapping[Database, str] = {"SQLite": "SQLite", "PostgreSQL": "PostgreSQL + Redis"}
MOST_SLOWER = 1.2
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: Workers, database, requests kept.
Kind = tuple[int, Database, int]


def lookups(ground: Ground) -> list[Line]:
    """Measure all installations in the same rounds, and a Flask that does nothing: what none can be faster than."""
    with _served(ground) as series, _nothing(ground, series[1, "SQLite", FEW].request) as nothing:
        measure([*series.values(), nothing], ground.cores.load)
    lines = [_line(kind, one, nothing) for kind, one in series.items()]
    return lines + [_slower(series, database) for database in DATABASES]


def _line(kind: Kind, one: Series, nothing: Series) -> Line:
    count, database, kept = kind
    what, on = f"lookup among {kept:,}", f"{count} × {NAMES[database]}"
    figure = f"{one.rate:,.0f}/s, 99 % within {one.late:.0f} ms"
    bar = at_least(one.rate, LEAST_RATE[database], "/s") if count == 1 and kept == FEW else None
    beside = f"a bare Flask {nothing.rate:,.0f}/s"
    return Line(what, on, figure, beside, spread(one, nothing), bar)


@contextmanager
def _nothing(ground: Ground, like: Request) -> Generator[Series]:
    port = free_port()
    with bare(ground.folder, port, ground.cores.first):
        yield Series(replace(like, port=port))


@contextmanager
def _served(ground: Ground) -> Generator[Mapping[Kind, Series]]:
    found: dict[Kind, Series] = {}
    with ExitStack() as stack:
        limits = {"SQLite": {}, "PostgreSQL": stack.enter_context(redis(ground))}
        for database in DATABASES:
            for kept in (FEW, MILLION):
                site = filled(ground, database, kept)
                file = _file(ground.folder / f"lookups-{kept}.txt", kept)
                for count, cores in ((1, ground.cores.first), (2, ground.cores.servers)):
                    settings = {**site.settings, **limits[database]}
                    port = site.port if count == 1 else free_port()
                    stack.enter_context(workers(site.data, port, cores, settings, count))
                    _look(port, kept)
                    found[count, database, kept] = Series(Request(port, "/fr/suivi/", file=file))
        yield found


def _file(file: Path, kept: int) -> Path:
    file.write_text("".join(f"POST\t{path}\t{typed}\n" for path, typed, _words in forms(VISITORS, kept)), "ascii")
    return file


def _look(port: int, kept: int) -> None:
    """Ask as the first visitors will. Raises BenchStopped when the answer is not that of a lookup."""
    for path, typed, words in forms(LOOKED_AT, kept):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        # Each is another client: the limits of several workers are kept together.
        connection.request("POST", path, typed, FORM | {"X-Forwarded-For": f"2001:db8:{next(CLIENTS):x}::1"})
        body = connection.getresponse().read()
        connection.close()
        if words not in body:
            raise BenchStopped(f"a lookup does not answer “{words.decode()}”, so something else would be measured.")


def _slower(series: Mapping[Kind, Series], database: Database) -> Line:
    few, many = series[1, database, FEW], series[1, database, MILLION]
    bar = Bar(f"≤ {MOST_SLOWER} × slower", ratio(few, many) <= MOST_SLOWER)
    on, beside = f"1 × {NAMES[database]}", f"among {FEW:,} {few.rate:,.0f}/s"
    return Line("lookup among a million, times slower", on, f"{many.rate:,.0f}/s", beside, spread(few, many), bar)
