"""Values that would sing: a reference and two addresses, run through every flow, are left nowhere."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_requests_file, an_office
from tests.serving import Served, served

USER, AUTHORISER, UNKNOWN = (
    printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877, 5_544_332)
)
ADDRESSES = ("canari.jaune@xx.com", "serin-vert@xx.com")
RECEIVED = "2026-10-01"
HEADING = a_requests_file().replace("reference,", "reference,authoriser_reference,", 1)
FILE = f"{HEADING}{USER},{AUTHORISER},{RECEIVED},,processed,2026-10-20\n"


def spellings() -> list[bytes]:
    """Every way in which one of them could be left, in lower case."""
    bare = [reference.replace("-", "") for reference in (USER, AUTHORISER, UNKNOWN)]
    words = [USER, AUTHORISER, UNKNOWN, *bare, *(one[:10] for one in bare), *ADDRESSES]
    words += [urlencode({"x": one}).removeprefix("x=") for one in ADDRESSES]
    return sorted({word.lower().encode() for word in words})


def left_in(content: bytes) -> list[bytes]:
    lower = content.lower()
    return [word for word in spellings() if word in lower]


@pytest.fixture
def site(tmp_path: Path, initialised: Path) -> Iterator[Served]:
    office = an_office(tmp_path / "office", like=initialised)
    with served(office.data, settings={"PORTAL_PROXY_HOPS": "1"}) as found:
        yield found


def sent(site: Served, path: str, body: bytes, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(site.address + path, body, named, method="POST")  # noqa: S310 — our own site
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 — our own site
            answer.read()
            return answer.status
    except HTTPError as error:
        error.read()
        return error.code


def looked_up(site: Served, number: int) -> Iterator[int]:
    """Look up in every way that tells, misses or is refused, each time as another client."""
    tries = [(USER, RECEIVED), (AUTHORISER, RECEIVED), (USER, "2026-10-02"), (UNKNOWN, RECEIVED)]
    tries += [(USER[:-1], RECEIVED), (USER, "yesterday"), (USER, "2999-01-01"), (f"{USER}\0", RECEIVED)]
    for path in ("/fr/suivi/", "/en/status/"):
        for reference, day in tries:
            body = urlencode({"reference": reference, "date": day}).encode()
            client = {"X_Forwarded_For": f"192.0.2.{number}"}
            yield sent(site, path, body, **client)
            yield sent(site, path, body, Origin="https://elsewhere.example", **client)


def prepared(site: Served) -> Iterator[int]:
    """Have the addresses compared: different, one and the same, and none."""
    for path in ("/fr/preparer/", "/en/prepare/"):
        for user, authoriser in (ADDRESSES, ADDRESSES[:1] * 2, (ADDRESSES[0], f"{ADDRESSES[1]}@")):
            fields = {"form": "1234", "date": "", "user": user, "authoriser": authoriser, "one_person": "yes"}
            yield sent(site, path, urlencode(fields).encode())


def test_nothing_of_them_is_left_anywhere(site: Served, tmp_path: Path) -> None:
    office = an_office(tmp_path / "office")
    token = office.portal("tokens", "add", "nightly", "--scope", "requests.import").stdout.strip()
    api = {"Authorization": f"Bearer {token}", "Content_Type": "text/csv"}
    assert sent(site, "/api/v1/requests/import", FILE.encode(), **api) == 200
    assert sent(site, "/api/v1/requests/import", FILE.replace("processed", "lost").encode(), **api) == 422
    assert sent(site, "/api/v1/requests/import", FILE.replace("processed", "received").encode(), **api) == 422
    statuses = [status for number in range(1, 3) for status in looked_up(site, number)]
    assert set(statuses) == {200, 403, 422, 429}
    assert set(prepared(site)) == {200, 422}
    for path in ("/fr/suivi/", "/en/status/", "/fr/preparer/?form=1234", "/fr/", "/en/"):
        assert not left_in(site.ask(path)[1].encode())
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"portal.db", "printed"} <= {file.name for file in written}
    assert {str(file): left_in(file.read_bytes()) for file in written if left_in(file.read_bytes())} == {}
    assert "nightly" in office.did("audit", "--whole")
    assert not left_in(office.did("audit", "--whole").encode())


def test_the_canaries_sing() -> None:
    """The search finds what is there."""
    for word in (USER, AUTHORISER.lower(), UNKNOWN.replace("-", ""), *ADDRESSES, "canari.jaune%40xx.com"):
        assert left_in(f"…{word}…".encode()), word
