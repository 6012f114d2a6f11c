"""How many answers a second each server gives: short rounds by turns, so that a drift of the machine meets both."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf
from pathlib import Path
from statistics import median

from tests.bench.failures import BenchStopped
from tests.bench.processes import on_cores, program
from tests.bench.sites import ask

ROUNDS = 5
SECONDS = 1
#: As many as the door reads bodies at once (web/door/headers): one more would be refused.
CONNECTIONS = 16
SCRIPT = Path(__file__).parent / "load" / "requests.lua"
_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)", re.MULTILINE)
_LATE = re.compile(r"^\s+99%\s+([0-9.]+)(us|ms|s)\s*$", re.MULTILINE)
_FAULT = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors):.*", re.MULTILINE)
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_seeds = count(1)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a server is asked it again and again, and the answer it must give; or those of a file, by turns.

    A line of the file holds a method, a path and a body, by tabs; the first of them stands in `path`.
    """

    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    encoding: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """Answers a second, and the milliseconds within which 99 % of them came."""

    rate: float
    late: float


@dataclass(slots=True)
class Series:
    """The rounds of one request."""

    request: Request
    rounds: list[Round] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Return the answers a second, round by round."""
        return [one.rate for one in self.rounds]

    @property
    def rate(self) -> float:
        """Return the median of the answers a second."""
        return median(self.rates)

    @property
    def late(self) -> float:
        """Return the median of the milliseconds within which 99 % of the answers came."""
        return median(one.late for one in self.rounds)


def ratio(ours: Series, theirs: Series) -> float:
    """Return our rate over the other's, as medians."""
    return _over(ours.rate, theirs.rate)


def _over(one: float, other: float) -> float:
    return one / other if other else inf


def spread(ours: Series, theirs: Series) -> str:
    """Return the ratio in words, with the lowest and the highest of any round."""
    ratios = [_over(mine, other) for mine, other in zip(ours.rates, theirs.rates, strict=True)]
    digits = 2 if ratio(ours, theirs) < 10 else 0
    return f"{ratio(ours, theirs):.{digits}f} ({min(ratios):.{digits}f}–{max(ratios):.{digits}f})"


def check(request: Request) -> int:
    """Return the bytes of the body of one answer. Raises BenchStopped unless it is the answer to be measured."""
    answer = ask(request.port, request.path, request.headers)
    found = answer.status, answer.headers.get("content-encoding", "")
    if found != (request.status, request.encoding):
        raise BenchStopped(f"{request.path} with {dict(request.headers)} answers {found}: no rate taken.")
    return len(answer.body)


def measure(series: Sequence[Series], core: int) -> None:
    """Take the rounds of all, by turns."""
    for _round in range(ROUNDS):
        for one in series:
            one.rounds.append(taken(one.request, core))


def taken(request: Request, core: int, seconds: int = SECONDS) -> Round:
    """Ask for so many seconds, as fast as it answers. Raises BenchStopped when something else is answered."""
    headers = [word for name, value in request.headers.items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{request.port}{request.path}"
    command = [program("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "10s", *headers]
    if request.file:
        command += ["-s", str(SCRIPT), address, "--", str(request.file), str(next(_seeds))]
    else:
        command += [address]
    with on_cores([core]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 15, check=False)
    if fault := _FAULT.search(done.stdout):
        raise BenchStopped(f"wrk on {address}: {fault[0].strip()}")
    rate, late = _RATE.search(done.stdout), _LATE.search(done.stdout)
    if done.returncode or not rate or not late:
        raise BenchStopped(f"wrk on {address} failed: {(done.stderr or done.stdout).strip()}")
    if not float(rate[1]):
        return Round(0, inf)  # wrk says 0 ms where nothing came
    return Round(float(rate[1]), float(late[1]) * _MILLISECONDS[late[2]])
