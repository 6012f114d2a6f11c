"""How many answers a second each server gives: short rounds by turns, so that a drift of the machine meets both."""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.failures import BenchStopped
from tests.bench.processes import on_core, program
from tests.bench.sites import ask

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 16
_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)", re.MULTILINE)
_FAULT = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors):.*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a server is asked it again and again, and the answer it must give."""

    port: int
    path: str
    headers: Mapping[str, str]
    status: int
    encoding: str = ""


@dataclass(slots=True)
class Series:
    """The answers a second of one request, round by round."""

    request: Request
    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return the median."""
        return median(self.rates)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The portal beside nginx; two comparisons may share one series of nginx."""

    name: str
    portal: Series
    nginx: Series

    @property
    def ratio(self) -> float:
        """Return the portal's rate over nginx's."""
        return self.portal.rate / self.nginx.rate

    @property
    def spread(self) -> tuple[float, float]:
        """Return the lowest and the highest ratio of any round."""
        ratios = [ours / theirs for ours, theirs in zip(self.portal.rates, self.nginx.rates, strict=True)]
        return min(ratios), max(ratios)


def check(request: Request) -> int:
    """Return the bytes of the body of one answer. Raises BenchStopped unless it is the answer to be measured."""
    answer = ask(request.port, request.path, request.headers)
    found = answer.status, answer.headers.get("content-encoding", "")
    if found != (request.status, request.encoding):
        raise BenchStopped(f"{request.path} with {dict(request.headers)} answers {found}: no rate taken.")
    return len(answer.body)


def measure(comparisons: Sequence[Comparison], core: int, deadline: float) -> int:
    """Fill the series of every comparison, by turns; return the rounds done by `deadline` (monotonic seconds)."""
    turns = list({id(series): series for one in comparisons for series in (one.portal, one.nginx)}.values())
    for done in range(ROUNDS):
        if done and time.monotonic() + len(turns) * SECONDS > deadline:
            return done
        for series in turns:
            series.rates.append(_rate(series.request, core))
    return ROUNDS


def _rate(request: Request, core: int) -> float:
    headers = [word for name, value in request.headers.items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{request.port}{request.path}"
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *headers, address]
    with on_core(core):
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 8, check=False)
    if fault := _FAULT.search(done.stdout):
        raise BenchStopped(f"wrk on {address}: {fault[0].strip()}")
    if done.returncode or not (found := _RATE.search(done.stdout)):
        raise BenchStopped(f"wrk on {address} failed: {(done.stderr or done.stdout).strip()}")
    return float(found[1])
