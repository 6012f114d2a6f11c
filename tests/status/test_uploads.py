"""The door of the back office as it is really served: a file that breaks off on its way is no file."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import Office, a_request, a_requests_file, an_office
from tests.serving import Served, served

ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))
LINES = [a_request(reference=one, received_on="2026-02-02", changed_on="2026-03-02") for one in (ONE, TWO)]
FILE = a_requests_file(*LINES).encode()
#: Whole lines, so that nothing but its length betrays it.
HALF = a_requests_file(LINES[0]).encode()


@pytest.fixture
def keeper(tmp_path: Path, initialised: Path) -> Office:
    return an_office(tmp_path / "office", like=initialised)


@pytest.fixture
def token(keeper: Office) -> str:
    return keeper.portal("tokens", "add", "nightly", "--scope", "requests.import").stdout.strip()


@pytest.fixture
def site(keeper: Office) -> Iterator[Served]:
    with served(keeper.data) as found:
        yield found


def upload(site: Served, token: str, body: bytes, length: int) -> socket.socket:
    """Announce a file of some length, send what there is of it, and return the open connection."""
    where = urlsplit(site.address)
    assert where.hostname
    assert where.port
    connection = socket.create_connection((where.hostname, where.port), timeout=30)
    heading = [
        "POST /api/v1/requests/import HTTP/1.1",
        f"Host: {where.netloc}",
        f"Authorization: Bearer {token}",
        "Content-Type: text/csv",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    connection.sendall("\r\n".join([*heading, "", ""]).encode() + body)
    return connection


def answer_of(connection: socket.socket) -> bytes:
    with connection, connection.makefile("rb") as answer:
        return answer.read()


def test_a_file_that_breaks_off_is_refused_and_nothing_of_it_kept(keeper: Office, token: str, site: Served) -> None:
    before = keeper.dump()
    connection = upload(site, token, HALF, len(FILE))
    connection.shutdown(socket.SHUT_WR)
    answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"It broke off on its way" in answer
    upload(site, token, HALF, len(FILE)).close()
    assert keeper.dump() == before
    whole = answer_of(upload(site, token, FILE, len(FILE)))
    assert b'"added": 2,' in whole
    assert keeper.did("audit").count("requests.import  ") == 1
