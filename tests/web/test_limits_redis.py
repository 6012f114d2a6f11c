"""Two processes of one site count tries in one Redis: together, and never without it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_request, a_requests_file, an_office
from tests.serving import Served, served
from tests.web.conftest import Counts

KNOWN = printed_reference(reference_of(776_655_443_322))
RECEIVED = "2026-10-01"
PHONES = ("tel:+14187804208", "tel:+15146873612", "tel:+18883303023")
FORM = {"fr": "/fr/suivi/", "en": "/en/status/"}
_unknown = count(1)
_clients = count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def asked(
    site: Served, *, client: str = "", reference: str = "", day: str = RECEIVED, language: str = "en", path: str = ""
) -> Answer:
    """Send a lookup as the proxy in front hands it on; every client and reference is a new one unless given."""
    client = client or f"2001:db8:{next(_clients):x}::1"
    reference = reference or printed_reference(reference_of(10_000 + next(_unknown)))
    with closing(HTTPConnection(urlsplit(site.address).netloc, timeout=30)) as connection:
        headers = {"X-Forwarded-For": client, "Content-Type": "application/x-www-form-urlencoded"}
        if path:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", FORM[language], urlencode({"reference": reference, "date": day}), headers)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())


@pytest.fixture
def data(tmp_path: Path, initialised: Path) -> Path:
    office = an_office(tmp_path / "office", like=initialised)
    office.did("import", "requests", office.file(a_requests_file(a_request(reference=KNOWN, received_on=RECEIVED))))
    return office.data


def sites(data: Path, stack: ExitStack, number: int = 2, **settings: str) -> list[Served]:
    return [stack.enter_context(served(data, settings={"PORTAL_PROXY_HOPS": "1", **settings})) for _n in range(number)]


@pytest.fixture
def two(data: Path, counts: Counts) -> Iterator[list[Served]]:
    with ExitStack() as stack:
        yield sites(data, stack, PORTAL_LIMITS_URL=counts.address)


def test_a_client_has_ten_tries_a_minute_over_both(two: list[Served]) -> None:
    tries = [asked(two[number % 2], client="192.0.2.7").status for number in range(10)]
    assert tries == [200] * 10
    for site in two:
        for language, title in (("fr", "Trop d’essais"), ("en", "Too many tries")):
            refused = asked(site, client="192.0.2.7", language=language)
            assert refused.status == 429
            assert 0 < int(refused.headers["retry-after"]) <= 61
            assert title in refused.text
            assert all(phone in refused.text for phone in PHONES)
    assert asked(two[0], client="192.0.2.8").status == 200


def test_a_network_of_64_bits_is_one_client_and_what_a_visitor_writes_before_the_proxy_is_not_read(
    two: list[Served],
) -> None:
    tries = [asked(two[n % 2], client=f"198.51.100.{n}, 2001:db8:ffff:1::{n:x}").status for n in range(11)]
    assert tries == [200] * 10 + [429]


def test_a_reference_has_five_wrong_dates_an_hour_over_both(two: list[Served]) -> None:
    assert "being processed" in asked(two[0], reference=KNOWN).text
    for number in range(5):
        assert "No request found" in asked(two[number % 2], reference=KNOWN, day=f"2026-10-{number + 2:02}").text
    for site in two:
        assert "No request found" in asked(site, reference=KNOWN).text


def test_what_the_redis_holds_tells_nothing_of_anyone(two: list[Served], counts: Counts) -> None:
    for client in ("192.0.2.77", "2001:db8:aaaa:bbbb::1"):
        asked(two[0], client=client, reference=KNOWN, day="2026-10-09")
    held = counts.holds().lower()
    assert held
    for word in ("192.0.2", "2001:db8", "aaaa:bbbb", KNOWN.lower(), KNOWN.replace("-", "").lower(), "2026-10"):
        assert word.encode() not in held


def test_a_redis_killed_in_mid_run_closes_the_lookup_and_nothing_else(
    two: list[Served], counts: Counts, data: Path
) -> None:
    assert asked(two[0]).status == 200
    counts.kill()
    for site in two:
        for language, title in (("fr", "Indisponible pour l’instant"), ("en", "Unavailable for now")):
            refused = asked(site, language=language)
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert title in refused.text
            assert all(phone in refused.text for phone in PHONES)
            assert "Traceback" not in refused.text
            assert asked(site, path=FORM[language]).status == 200
            assert asked(site, path=f"/{language}/dates/").status == 200
    counts.start()
    for site in two:
        assert "being processed" in asked(site, reference=KNOWN).text
    log = (data.parent / "printed").read_text()
    assert "Traceback" not in log
    assert KNOWN not in log


def test_a_redis_that_hangs_refuses_within_its_patience(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as stack:
        port = silent.getsockname()[1]
        (site,) = sites(data, stack, 1, PORTAL_LIMITS_URL=f"redis://:a-password@127.0.0.1:{port}/0")
        answers: list[int] = []
        asking = [threading.Thread(target=lambda: answers.append(asked(site).status)) for _number in range(8)]
        for one in asking:
            one.start()
        assert asked(site, path="/en/dates/").status == 200
        for one in asking:
            one.join(30)
        assert answers == [503] * 8
    assert "a-password" not in (data.parent / "printed").read_text()


@pytest.mark.parametrize("counted_by", ["each", "redis"])
def test_too_many_misses_of_all_close_the_lookup_for_everyone(data: Path, counts: Counts, counted_by: str) -> None:
    address = {"PORTAL_LIMITS_URL": counts.address} if counted_by == "redis" else {}
    with ExitStack() as stack:
        number = 2 if address else 1
        all_of = sites(data, stack, number, PORTAL_MOST_MISSES="20", **address)
        for n in range(20):
            assert "being processed" in asked(all_of[n % number], reference=KNOWN).text
            assert "No request found" in asked(all_of[n % number]).text
        for site in all_of:
            for language in FORM:
                refused = asked(site, reference=KNOWN, language=language)
                assert refused.status == 503
                assert refused.headers["retry-after"] == "300"
                assert {"fr": "références erronées", "en": "wrong references"}[language] in refused.text
                assert all(phone in refused.text for phone in PHONES)
        if address:
            counts.forgets("*misses*")
            assert "being processed" in asked(all_of[0], reference=KNOWN).text
