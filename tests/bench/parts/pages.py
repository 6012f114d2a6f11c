"""Finished pages beside nginx with the same bytes, on one worker and on two, on each database."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal import assets
from portal.core.calendar import day_of
from tests.bench.content.ground import DATABASES, Database, Ground
from tests.bench.failures import BenchStopped
from tests.bench.rates import Request, Series, check, measure, ratio, spread
from tests.bench.sites import NONE, ask, nginx, workers
from tests.bench.table import Line, at_least

PAGE, CONTACT, FEED, CHECK = "/fr/dates/", "/fr/contact/", "/fr/avis/fil.rss", "/fr/dates/verifier"
STATIC = f"{assets.static_prefix()}css/portal.css"
GZIP = {"Accept-Encoding": "gzip"}
#: Our answers a second over nginx's, by what is asked; nginx has no brotli: its gzip stands for it.
PLAIN, GZIPPED, BROTLIED = "page", "page, gzip", "page, brotli beside gzip"
UNCHANGED, REACHED, CHECKED = "feed, 304", "contact, gzip", "check of a date"
LEAST = {PLAIN: 0.80, GZIPPED: 0.80, BROTLIED: 0.75, UNCHANGED: 0.85, REACHED: 0.80}
#: Checks of a date over our own page as it is; two workers over one.
LEAST_CHECK, LEAST_TWO = 0.3, 1.8
#: Visitors ask about the days of the last weeks, of each row about as often.
DAYS, ROWS = 30, ("access-new", "access-change", "b2b-new", "directives")
#: Of two workers, a new connection finds either: asked so often, both know nearly every answer.
TIMES_TO_ASK = 4
Rates = Mapping[str, Series]


def pages(ground: Ground) -> list[Line]:
    """Measure all installations in the same rounds."""
    checks = _checks(ground.folder / "checks.txt")
    ours: dict[tuple[int, Database], Rates] = {}
    theirs: dict[int, Rates] = {}
    with ExitStack() as stack:
        for count, cores in ((1, ground.cores.first), (2, ground.cores.servers)):
            folder = ground.files()
            for database in DATABASES:
                site = ground.site(database)
                stack.enter_context(workers(site.data, site.port, cores, site.settings, count))
                ours[count, database] = _ours(site.port, checks)
                write_files(folder / "files", site.port)
            theirs[count] = _theirs(stack.enter_context(nginx(folder, cores, count)))
        turns = [series for rates in (*ours.values(), *theirs.values()) for series in rates.values()]
        for (count, _database), rates in ours.items():
            _ask_all(rates[CHECKED].request, 1 if count == 1 else TIMES_TO_ASK)
        measure(turns, ground.cores.load)
    found = [line for (count, on), rates in ours.items() for line in _lines(count, on, rates, theirs[count])]
    return found + [_two(on, ours[1, on][GZIPPED], ours[2, on][GZIPPED], ground) for on in DATABASES]


def write_files(folder: Path, port: int) -> None:
    """Write what nginx serves, byte for byte what the portal answers."""
    for name, path in (("page.html", PAGE), ("contact.html", CONTACT), ("feed.rss", FEED), ("portal.css", STATIC)):
        for ending, headers in (("", NONE), (".gz", GZIP)):
            answer = ask(port, path, headers)
            if answer.status != 200:
                raise BenchStopped(f"{path} answers {answer.status}, so there is nothing to measure.")
            (folder / f"{name}{ending}").write_bytes(answer.body)


def _checks(file: Path) -> Path:
    today = day_of(datetime.now(UTC))
    paths = [f"{CHECK}?type={row}&date={today - timedelta(days=ago)}" for ago in range(1, DAYS + 1) for row in ROWS]
    file.write_text("".join(f"GET\t{path}\t\n" for path in paths), "ascii")
    return file


def _ask_all(request: Request, times: int) -> None:
    """Ask for each answer of a file, which is a miss the first time."""
    paths = [line.split("\t")[1] for line in request.file.read_text("ascii").splitlines()] if request.file else []
    for path in paths * times:
        check(Request(request.port, path))


def _ours(port: int, checks: Path) -> Rates:
    tag = {"If-None-Match": ask(port, FEED).headers["etag"]}
    found = {
        PLAIN: Request(port, PAGE),
        GZIPPED: Request(port, PAGE, GZIP, encoding="gzip"),
        BROTLIED: Request(port, PAGE, {"Accept-Encoding": "br"}, encoding="br"),
        UNCHANGED: Request(port, FEED, tag, 304),
        REACHED: Request(port, CONTACT, GZIP, encoding="gzip"),
        "static file, gzip": Request(port, STATIC, GZIP, encoding="gzip"),
        CHECKED: Request(port, checks.read_text("ascii").split("\t", 2)[1], file=checks),
    }
    return _series(found)


def _theirs(port: int) -> Rates:
    tag = {"If-None-Match": ask(port, "/feed.rss").headers["etag"]}
    found = {
        PLAIN: Request(port, "/page.html"),
        GZIPPED: Request(port, "/page.html", GZIP, encoding="gzip"),
        UNCHANGED: Request(port, "/feed.rss", tag, 304),
        REACHED: Request(port, "/contact.html", GZIP, encoding="gzip"),
        "static file, gzip": Request(port, "/portal.css", GZIP, encoding="gzip"),
    }
    return _series(found)


def _series(requests: Mapping[str, Request]) -> Rates:
    for request in requests.values():
        check(request)
    return {name: Series(request) for name, request in requests.items()}


def _lines(count: int, on: Database, ours: Rates, theirs: Rates) -> Iterator[Line]:
    for name, mine in ours.items():
        other, least = theirs.get(name, theirs[GZIPPED]), LEAST.get(name)
        beside = f"nginx {other.rate:,.0f}/s"
        if name == CHECKED:
            other, least = ours[PLAIN], LEAST_CHECK
            beside = f"the page {other.rate:,.0f}/s"
        bar = at_least(ratio(mine, other), least) if least and count == 1 else None
        yield Line(name, f"{count} × {on}", f"{mine.rate:,.0f}/s", beside, spread(mine, other), bar)


def _two(on: Database, one: Series, two: Series, ground: Ground) -> Line:
    if len(ground.cores.servers) == 1:
        return Line("two workers beside one", on, f"{two.rate:,.0f}/s", "no second core is free for it", "—")
    bar = at_least(ratio(two, one), LEAST_TWO)
    return Line("two workers beside one", on, f"{two.rate:,.0f}/s", f"one {one.rate:,.0f}/s", spread(two, one), bar)
