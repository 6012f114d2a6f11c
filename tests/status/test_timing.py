"""An unknown reference and a wrong date are told apart by no byte, no header and no time: a stranger over HTTP."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode, urlsplit

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_request, a_requests_file, an_office
from tests.serving import Served, served

#: A process of its own is traced by nobody; and alone on its core, or the other tests would be what is measured.
pytestmark = [pytest.mark.no_cover, pytest.mark.xdist_group("timing")]

PAIRS = 2_000
WARM_UP = 200
RECEIVED, WRONG = "2026-10-01", "2026-10-02"
#: Five wrong dates an hour are told of each reference: after that it is throttled, which is another miss.
KNOWN = [printed_reference(reference_of(1_000_000 + number)) for number in range(PAIRS)]
_clients, _unknown = count(1), count(900_000_000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Iterator[Served]:
    office = an_office(tmp_path_factory.mktemp("timing") / "office", like=initialised)
    lines = [a_request(reference=one, received_on=RECEIVED, form="4058") for one in KNOWN]
    office.did("import", "requests", office.file(a_requests_file(*lines)))
    settings = {"PORTAL_PROXY_HOPS": "1", "PORTAL_MOST_MISSES": "1000000"}
    with served(office.data, settings=settings) as found:
        yield found


class Stranger:
    """Whoever measures: one connection that stays open, another address for each question."""

    def __init__(self, site: Served) -> None:
        self._connection = HTTPConnection(urlsplit(site.address).netloc, timeout=30)
        self.answers: set[tuple[int, bytes, tuple[tuple[str, str], ...]]] = set()

    def close(self) -> None:
        self._connection.close()

    def seconds(self, reference: str, day: str) -> float:
        """Send a lookup and return how long the answer took; keep the answer, but for its Date."""
        number = next(_clients)
        headers = {
            "X-Forwarded-For": f"2001:db8:{number >> 16:x}:{number & 65_535:x}::1",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"reference": reference, "date": day})
        start = perf_counter()
        self._connection.request("POST", "/en/status/", body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        took = perf_counter() - start
        named = tuple(sorted((name, value) for name, value in answer.getheaders() if name.lower() != "date"))
        self.answers.add((answer.status, content, named))
        return took


def area_under_curve(ones: Sequence[float], others: Sequence[float]) -> float:
    """Return how often one of the first took longer than one of the second (Mann–Whitney): 0.5 tells nothing."""
    ranked = sorted([(took, True) for took in ones] + [(took, False) for took in others])
    total = sum(rank for rank, (_took, is_one) in enumerate(ranked, start=1) if is_one)
    return (total - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def test_the_measure_tells_what_differs() -> None:
    assert area_under_curve([1, 3, 5], [2, 4, 6]) == pytest.approx(1 / 3)
    assert area_under_curve([7, 8], [1, 2, 3]) == 1.0
    same = [random.Random(number).random() for number in range(2_000)]
    assert area_under_curve(same[::2], same[1::2]) == pytest.approx(0.5, abs=0.05)


def test_an_unknown_reference_and_a_wrong_date_take_the_same_time(site: Served) -> None:
    unknown: list[float] = []
    wrong_date: list[float] = []
    order = random.Random(20210722)
    with closing(Stranger(site)) as stranger:
        for _number in range(WARM_UP):
            stranger.seconds(printed_reference(reference_of(next(_unknown))), RECEIVED)
        for known in KNOWN:
            pair = [
                (unknown, printed_reference(reference_of(next(_unknown))), RECEIVED),
                (wrong_date, known, WRONG),
            ]
            order.shuffle(pair)
            for times, reference, day in pair:
                times.append(stranger.seconds(reference, day))
        (answer,) = stranger.answers  # one status, one body, one set of headers
        assert answer[0] == 200
        assert b"No request found" in answer[1]
    assert 0.45 <= area_under_curve(unknown, wrong_date) <= 0.55


def test_the_right_date_is_told(site: Served) -> None:
    """So that the pairs above are known ones, and not misses of another kind."""
    with closing(Stranger(site)) as stranger:
        stranger.seconds(KNOWN[0], RECEIVED)
        ((_status, content, _headers),) = stranger.answers
    assert b"Status of your request" in content
