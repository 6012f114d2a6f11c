"""Nobody learns from a miss whether a reference exists: neither from its bytes nor from the time it takes.

Tests count, they do not time; but whether two kinds of miss can be told apart is a question of ranks, not of duration:
a slow machine slows both kinds, asked by turns.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_request, a_requests_file, an_office
from tests.serving import Served, served

ROUNDS = 2_000
RECEIVED, WRONG = "2026-10-01", "2026-10-02"
#: References whose wrong dates of an hour are used up before the first round.
THROTTLED = 20
WRONG_DATES = 5
WARM_UP = 200
Asked = tuple[str, str]
Answer = tuple[int, Sequence[tuple[str, str]], bytes]


def reference(number: int) -> str:
    return printed_reference(reference_of(number * 999_999_000_001 % 2**50))


@pytest.fixture
def site(tmp_path: Path, initialised: Path) -> Iterator[Served]:
    """A site that holds a request for each round and each throttled reference."""
    office = an_office(tmp_path / "office", like=initialised)
    lines = [a_request(reference=reference(number), received_on=RECEIVED) for number in range(ROUNDS + THROTTLED)]
    office.did("import", "requests", office.file(a_requests_file(*lines)))
    with served(office.data, settings={"PORTAL_PROXY_HOPS": "1", "PORTAL_MOST_MISSES": "1000000"}) as found:
        yield found


#: What says nothing of the request: when it was answered, and while one develops what that took.
PASSING = ("date", "server-timing")
#: What each kind of miss asks in a round.
KINDS: Mapping[str, Callable[[int], Asked]] = {
    "unknown": lambda number: (reference(1_000_000 + number), RECEIVED),
    "wrong date": lambda number: (reference(number), WRONG),
    "throttled": lambda number: (reference(ROUNDS + number % THROTTLED), RECEIVED),
}


def asker(connection: HTTPConnection) -> Callable[[Asked], tuple[Answer, float]]:
    """Return what sends a lookup, each as another client, and gives the answer and the seconds it took."""
    clients = count(1)

    def ask(asked: Asked) -> tuple[Answer, float]:
        body = urlencode(dict(zip(("reference", "date"), asked, strict=True)))
        headers = {
            "X-Forwarded-For": f"2001:db8:0:{next(clients):x}::1",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        start = time.perf_counter()
        connection.request("POST", "/fr/suivi/", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - start
        told = [one for one in answer.getheaders() if one[0].lower() not in PASSING]
        return (answer.status, told, content), seconds

    return ask


def separation(ours: Sequence[float], others: Sequence[float]) -> float:
    """Return the AUC of the best one can do with one time: the chance that one of `ours` is longer (Mann–Whitney)."""
    ranked = sorted(others)
    longer = sum(bisect_left(ranked, one) + bisect_right(ranked, one) for one in ours) / 2
    return longer / (len(ours) * len(others))


def test_the_separation_is_that_of_mann_and_whitney() -> None:
    assert separation([1, 2, 3], [1, 2, 3]) == 0.5
    assert separation([4, 5], [1, 2]) == 1
    assert separation([1, 2], [2, 3]) == 0.125


def test_the_kinds_of_miss_differ_neither_in_bytes_nor_in_time(site: Served) -> None:
    chance, times = Random(2021), {kind: list[float]() for kind in KINDS}
    with closing(HTTPConnection(urlsplit(site.address).netloc, timeout=30)) as connection:
        ask = asker(connection)
        told, _seconds = ask((reference(ROUNDS), RECEIVED))
        for number in range(THROTTLED * WRONG_DATES):
            ask((reference(ROUNDS + number % THROTTLED), WRONG))
        for number in range(WARM_UP):
            ask((reference(2_000_000 + number), RECEIVED))
        for number in range(ROUNDS):
            answers = []
            for kind in chance.sample(list(KINDS), len(KINDS)):
                answer, seconds = ask(KINDS[kind](number))
                answers.append(answer)
                times[kind].append(seconds)
            # The page itself changes when an office closes: so those of a round are compared.
            assert answers[0] == answers[1] == answers[2] != told
    found = {kind: separation(times[kind], times["unknown"]) for kind in KINDS}
    assert all(0.45 <= one <= 0.55 for one in found.values()), found
