"""nginx as it is committed, before the portal as it is served: what a visitor gets, and what it costs the portal."""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal import assets
from portal.core.numbers import printed_reference, reference_of
from portal.web.door.headers import CONTENT_SECURITY_POLICY, HSTS
from tests.deploy.fronts import PUBLIC_URL, Answer, Front, fronted, sent
from tests.makers import Office, a_notice, an_office
from tests.serving import Served, served

ENCODINGS = ("br", "gzip", "")
#: What each server says of itself, or of this very moment.
OF_THE_SERVER = {"server", "date", "connection"}
UNKNOWN = printed_reference(reference_of(10_001))
#: What browsers are told of every page, and of every file.
SAID = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "strict-transport-security",
    "access-control-allow-origin",
    "access-control-expose-headers",
)
PATIENCE = 2.5  # a second in nginx, which counts whole ones, and a fifth in the portal


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Office:
    office = an_office(tmp_path_factory.mktemp("deployed") / "data", like=initialised)
    office.publishes_notice(published="2026-11-19 09:00")
    office.did("unavailable")
    office.file("s" * 40, "key")
    return office


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Iterator[tuple[Front, Served]]:
    """The front, and the site behind it."""
    settings = {
        "PORTAL_ENV": "production",
        "PORTAL_PUBLIC_URL": PUBLIC_URL,
        "PORTAL_PROXY_HOPS": "1",
        "PORTAL_SECRET_FILE": str(office.data / "key"),
    }
    with ExitStack() as stack:
        site = stack.enter_context(served(office.data, settings=settings))
        port = urlsplit(site.address).port or 0
        yield stack.enter_context(fronted(tmp_path_factory.mktemp("front"), office.data, port)), site


@pytest.fixture(scope="module")
def front(both: tuple[Front, Served]) -> Front:
    return both[0]


def straight(site: Served, path: str, **headers: str) -> Answer:
    """What the portal itself answers."""
    with closing(HTTPConnection(urlsplit(site.address).netloc, timeout=30)) as connection:
        return sent(connection, "GET", path, None, headers)


def shape(text: str) -> str:
    return re.sub("[0-9]+", "0", text)


def assert_said_by_nginx(answer: Answer) -> None:
    """A page of nginx says what the portal says to browsers, and whom to call."""
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["strict-transport-security"] == HSTS[1]
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["retry-after"]) > 0
    assert all(phone in answer.text for phone in ("tel:+14187804208", "tel:+15146873612", "tel:+18883303023"))


@pytest.mark.parametrize("path", ["/fr/dates/", "/en/contact/", "/fr/avis/fil.rss", "/api/v1/notices"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_page_is_the_portals_to_the_byte_in_each_encoding(
    both: tuple[Front, Served], path: str, encoding: str
) -> None:
    front, site = both
    expected = straight(site, path, Accept_Encoding=encoding)
    for _again in range(2):
        found = front.ask(path, Accept_Encoding=encoding)
        assert (found.status, found.body) == (200, expected.body)
        assert found.headers.get("content-encoding", "") == encoding
        theirs, ours = (
            {name: value for name, value in answer.headers.items() if name not in OF_THE_SERVER}
            for answer in (expected, found)
        )
        # A page tells how many seconds are left to it.
        assert shape(ours.pop("cache-control")) == shape(theirs.pop("cache-control"))
        assert ours == {name: value for name, value in theirs.items() if name != "surrogate-key"}
        assert "set-cookie" not in found.headers


@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("br;q=0.000, gzip;q=0.", ""),
        ("BR ; q=0.5", "br"),
        ("brotli, x-gzip", ""),
        ("deflate", ""),
    ],
)
def test_of_the_encodings_a_client_takes_brotli_comes_first(front: Front, accepted: str, given: str) -> None:
    assert front.ask("/fr/avis/", Accept_Encoding=accepted).headers.get("content-encoding", "") == given


def test_of_many_who_ask_the_first_ones_alone_ask_the_portal(front: Front) -> None:
    front.ask("/fr/avis/")  # the application is loaded
    front.logged()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _number: front.ask("/en/notices/"), range(200)))
    assert {answer.status for answer in answers} == {200}
    found = Counter(front.states())
    assert found.total() == 200
    assert found["MISS"] <= 20
    assert found["HIT"] >= 160  # a second ends meanwhile, and those of this moment ask anew


def test_what_has_not_changed_is_told_in_304(front: Front) -> None:
    for encoding in ENCODINGS:
        page = front.ask("/fr/avis/fil.rss", Accept_Encoding=encoding)
        tag, changed = page.headers["etag"], page.headers["last-modified"]
        for asked in ({"If_None_Match": tag}, {"If_None_Match": f'"other", {tag}'}, {"If_Modified_Since": changed}):
            again = front.ask("/fr/avis/fil.rss", Accept_Encoding=encoding, **asked)
            assert (again.status, again.body) == (304, b""), asked
            assert again.headers["etag"] == tag
            assert "public" in again.headers["cache-control"]
        assert front.ask("/fr/avis/fil.rss", Accept_Encoding=encoding, If_None_Match='"other"').status == 200


def test_a_change_shows_at_once(front: Front, office: Office) -> None:
    for encoding in ENCODINGS:
        assert b"Un avis de plus" not in front.ask("/fr/avis/", Accept_Encoding=encoding).body
    notice = a_notice(key="one-more", title_fr="Un avis de plus", published="2026-11-19 10:00")
    office.did("notices", "publish", office.file(notice, "notice.md"))
    end = time.monotonic() + PATIENCE
    while "Un avis de plus" not in front.ask("/fr/avis/").text:
        assert time.monotonic() < end


def test_the_desk_is_never_kept_and_the_public_pages_know_no_cookie(front: Front) -> None:
    for _again in range(3):
        page = front.ask("/desk/fr/session")
        assert page.status == 200
        assert page.headers["cache-control"] == "no-store"
        assert "HttpOnly" in page.headers["set-cookie"]
        public = front.ask("/fr/contact/", Cookie="session=of-someone")
        assert "set-cookie" not in public.headers
    lines = front.logged()
    assert {line.split("cache=")[1].split()[0] for line in lines if " /desk/ " in line} == {"-"}


def test_what_is_not_found_is_not_kept(front: Front) -> None:
    front.logged()
    for _again in range(3):
        assert front.ask("/fr/nulle-part/").status == 404
    assert front.states() == ["MISS"] * 3


def test_a_form_is_answered_and_not_kept(front: Front) -> None:
    front.logged()
    for _again in range(3):
        answer = front.send("/fr/suivi/", f"reference={UNKNOWN}&date=2026-11-02".encode())
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
    assert [line.split()[2:5] for line in front.logged()] == [["POST", "/fr/suivi/", "200"]] * 3


def test_static_files_come_from_the_disk_as_the_portal_gives_them(both: tuple[Front, Served]) -> None:
    front, site = both
    path = assets.static_address("css/portal.css")
    for encoding in ENCODINGS:
        expected, found = straight(site, path, Accept_Encoding=encoding), front.ask(path, Accept_Encoding=encoding)
        assert found.body == expected.body
        for name in ("content-encoding", "cache-control", "vary", "last-modified", "content-length", *SAID):
            assert found.headers.get(name) == expected.headers.get(name), name
        assert found.headers["content-type"].startswith("text/css")
    assert {line.split("portal=")[1] for line in front.logged() if path in line} == {"-"}
    assert front.ask("/static/0/css/portal.css").status == 404


def test_http_leads_to_https(front: Front) -> None:
    found = front.ask_plainly("/fr/dates/verifier?date=2026-11-02")
    assert found.status == 301
    assert found.headers["location"] == f"{PUBLIC_URL}/fr/dates/verifier?date=2026-11-02"
    challenge = front.folder / "acme" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("answer")
    assert front.ask_plainly("/.well-known/acme-challenge/token").text == "answer"


def test_the_connection_is_of_today(front: Front) -> None:
    def agreed(*words: str) -> str:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{front.secure}", "-alpn", "h2", *words]
        return subprocess.run(command, input="", capture_output=True, text=True, errors="replace", timeout=30).stdout

    assert "ALPN protocol: h2" in agreed("-tls1_3")
    assert "Cipher is ECDHE" in agreed("-tls1_2")
    assert "Cipher is (NONE)" in agreed("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")


def test_a_body_that_is_too_large_is_refused_in_both_languages(front: Front) -> None:
    front.logged()
    found = front.send("/fr/suivi/", b"x" * 70_000)
    assert found.status == 413
    assert "Votre envoi est trop long" in found.text
    assert "What you sent is too long" in found.text
    assert_said_by_nginx(found)
    # The desk takes files: it refuses them itself, in its own words, from whoever may not send one.
    assert front.send("/desk/fr/session", b"x" * 70_000).status in (400, 403, 413)
    assert [line.split("portal=")[1] for line in front.logged()][1:] != ["-"]


def test_a_flood_of_forms_is_refused_by_network_and_reading_is_not(front: Front) -> None:
    def send(client: str) -> Answer:
        return front.send("/fr/suivi/", b"", X_Forwarded_For=client)

    # 21 at once, and two more for each second that the test takes.
    answers = [send(f"2001:db8:1:2::{number:x}") for number in range(60)]
    refused = [
        answer for answer in answers if "Vous avez essayé trop souvent" in answer.text and b"<h2>" in answer.body
    ]
    assert {answer.status for answer in refused} == {429}
    assert len(refused) >= 20
    assert_said_by_nginx(refused[0])
    assert send("2001:db8:1:3::1").status != 429
    assert send("192.0.2.1").status != 429
    assert {front.ask("/fr/", X_Forwarded_For="2001:db8:1:2::1").status for _number in range(60)} == {200}


def test_the_log_knows_nobody(front: Front) -> None:
    front.logged()
    who = {"X_Forwarded_For": "2001:db8:a:b::c", "Referer": "https://elsewhere.test/me", "User_Agent": "someones"}
    front.ask("/fr/dates/verifier?date=2026-11-02", **who)
    front.ask("/fr/dates/", X_Forwarded_For="203.0.113.77")
    front.ask("/desk/fr/invitation/a-key?next=x", **who)
    front.send("/fr/suivi/", b"reference=AAAAA-AAAAA-A&date=2026-11-02", **who)
    lines = front.logged()
    text = "\n".join(lines)
    assert "2001:db8:: " in text
    assert "203.0.0.0 " in text
    for word in ("a:b", "203.0.113", "?", "2026-11-02", "elsewhere", "someones", "a-key", "AAAAA"):
        assert word not in text, word
    assert (front.folder / "log" / "portal.error.log").read_text() == ""
