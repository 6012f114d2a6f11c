"""Both interfaces of the server answer the same, and by the default one slow clients hold up nobody."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import brotli
import pytest

from tests.makers import PUBLIC_URL, an_office
from tests.serving import Served, served

FORM = b"reference=&received_on="
POST = "POST {} HTTP/1.1\nHost: {host}\nContent-Type: application/x-www-form-urlencoded\nContent-Length: {}"
#: Requests as they go over the wire, a header a line; `{host}` is the site's own.
REQUESTS = {
    "a page": "GET /fr/dates/ HTTP/1.1\nHost: {host}",
    "a page, brotli": "GET /fr/dates/ HTTP/1.1\nHost: {host}\nAccept-Encoding: br",
    "a page, HEAD": "HEAD /fr/dates/ HTTP/1.1\nHost: {host}",
    "a page of HTTP/1.0": "GET /fr/dates/ HTTP/1.0\nHost: {host}",
    "a page, known": "GET /fr/contact/ HTTP/1.1\nHost: {host}\nIf-None-Match: *",
    "a page, two headers of a kind": "GET /fr/contact/ HTTP/1.1\nHost: {host}\nIf-None-Match: a\nIf-None-Match: *",
    "an argument in UTF-8": "GET /fr/recherche/?q=d%C3%A9lai HTTP/1.1\nHost: {host}",
    "an argument in bare UTF-8": "GET /fr/recherche/?q=délai HTTP/1.1\nHost: {host}",
    "bytes that are no text": "GET /fr/recherche/?q=d\udce9lai HTTP/1.1\nHost: {host}",
    "a path in UTF-8": "GET /fr/d%C3%A9lai HTTP/1.1\nHost: {host}",
    "a path in Latin-1": "GET /fr/d%E9lai HTTP/1.1\nHost: {host}",
    "nothing there": "GET /fr/nulle-part HTTP/1.1\nHost: {host}",
    "a feed": "GET /en/notices/feed.atom HTTP/1.1\nHost: {host}\nAccept-Encoding: gzip",
    "a redirect": "GET / HTTP/1.1\nHost: {host}",
    "the desk": "GET /desk/fr/ HTTP/1.1\nHost: {host}\nCookie: a=1\nCookie: b=2",
    "a preflight": "OPTIONS /api/v1/dates HTTP/1.1\nHost: {host}\nOrigin: https://example.org",
    "health": "GET /healthz HTTP/1.1\nHost: 127.0.0.1",
    "another host": "GET /fr/ HTTP/1.1\nHost: example.org",
    "two hosts": "GET /fr/formulaires/ HTTP/1.1\nHost: {host}\nHost: example.org",
    "no host": "GET /fr/formulaires/ HTTP/1.0",
    "another site's address": "GET http://example.org/fr/lexique/ HTTP/1.1\nHost: {host}",
    "a method of its own": "BREW /fr/ HTTP/1.1\nHost: {host}",
    "a form": POST.format("/fr/suivi/", len(FORM), host="{host}") + "\n\n" + FORM.decode(),
    "a form without its length": "POST /fr/suivi/ HTTP/1.1\nHost: {host}\nTransfer-Encoding: chunked\n\n0\n",
    "a body that is too long": POST.format("/fr/suivi/", 10_000_000, host="{host}"),
    "a body where none is read": POST.format("/fr/dates/", 4, host="{host}") + "\n\na=b&",
    "a page with a body": "GET /fr/ HTTP/1.1\nHost: {host}\nContent-Length: 4\n\na=b&",
}
#: Both have the same address, so that their pages are the same to the byte.
HOST = PUBLIC_URL.removeprefix("http://")
PUBLIC = {"PORTAL_PUBLIC_URL": PUBLIC_URL}
#: What differs from one moment to the next, or from one process to the other: Flask gives its methods in any order.
PASSING = re.compile(rb"(?im)^(?:date|set-cookie|allow|server-timing): .*\n")
#: How long a page may be kept counts down second by second in the two hours before it says something else.
LIFETIME = re.compile(rb"(?<=-age=|date=|rror=)[0-9]+")
#: By so many at most between one door and the other, both asked in turn.
MOST_SECONDS = 5
#: A page that is read is compressed once more when its worker has nothing else to do.
DENSE = re.compile(rb"(?im)^(?:etag|content-length): .*\n")
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="[^"]*"')


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Iterator[list[Served]]:
    with ExitStack() as stack:
        sites = []
        for interface in ("rsgi", "wsgi"):
            data = tmp_path_factory.mktemp(interface) / "data"
            an_office(data, like=demonstrated)
            sites.append(stack.enter_context(served(data, "--interface", interface, settings=PUBLIC)))
        yield sites


@pytest.mark.parametrize("name", ["If-None-Match", "Accept-Encoding", "Host", "Transfer-Encoding"])
def test_a_header_that_is_no_text_changes_nothing_for_others(both: list[Served], name: str) -> None:
    """By RSGI a header of which the first value is no text seems absent, and its second one is read."""
    site, plain = both[0], REQUESTS["a page"]
    value = {"Host": HOST, "Accept-Encoding": "br", "Transfer-Encoding": "chunked"}.get(name, "*")
    wanted = raw(site, plain)
    for _each in range(3):
        raw(site, f"{plain}\n{name}: \udcff\n{name}: {value}")
        assert same(raw(site, plain), wanted)


def test_a_form_that_breaks_off_is_refused(both: list[Served]) -> None:
    head = POST.format("/fr/suivi/", 100, host=HOST).replace("\n", "\r\n")
    for site in both:
        with connected(site) as connection:
            connection.sendall(f"{head}\r\n\r\nreference=".encode())
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert b" 400 " in answer.partition(b"\r\n")[0]
        assert "ne nous est pas parvenu en entier" in answer.decode()


def connected(site: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(site.settings["PORT"])), timeout=30)


def raw(site: Served, request: str) -> bytes:
    """Return what a site answers to a request as it stands."""
    head, _, body = request.replace("{host}", HOST).partition("\n\n")
    lines = [*head.split("\n"), "Connection: close", "", body]
    with connected(site) as connection:
        connection.sendall("\r\n".join(lines).encode(errors="surrogateescape"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = PASSING.sub(b"", answer).partition(b"\r\n\r\n")
    if b"content-encoding: br" in head:
        head, body = DENSE.sub(b"", head), brotli.decompress(body)
    return head + b"\r\n\r\n" + TOKEN.sub(b"", body)


def same(one: bytes, other: bytes) -> bool:
    """Say whether two answers are the same, but for the seconds between them."""
    heads, bodies = zip(*(answer.split(b"\r\n\r\n", 1) for answer in (one, other)), strict=True)
    lifetimes = zip(*(map(int, LIFETIME.findall(head)) for head in heads), strict=True)
    is_near = all(abs(mine - other) <= MOST_SECONDS for mine, other in lifetimes)
    return is_near and LIFETIME.sub(b"", heads[0]) == LIFETIME.sub(b"", heads[1]) and bodies[0] == bodies[1]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_both_interfaces_answer_the_same(both: list[Served], request_: str) -> None:
    for _made_then_kept in range(3):
        by_rsgi, by_wsgi = (raw(site, request_) for site in both)
        assert by_rsgi.startswith(b"HTTP/1.")
        assert same(by_rsgi, by_wsgi), (by_rsgi[:900], by_wsgi[:900])


def test_a_page_is_answered_while_many_send_a_form_a_byte_at_a_time(both: list[Served]) -> None:
    site = both[0]
    head = POST.format("/fr/suivi/", 100, host=HOST).replace("\n", "\r\n")
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(site)) for _each in range(100)]  # more than there are threads
        for connection in slow:
            connection.sendall(f"{head}\r\n\r\nr".encode())
        for path in ("/fr/dates/", "/fr/dates/verifier", "/fr/suivi/"):
            assert b" 200 " in raw(site, f"GET {path} HTTP/1.1\nHost: {HOST}")
        assert b" 422 " in raw(site, REQUESTS["a form"]), "another form has its turn"
        slow[0].sendall(b"=" * 99)
        assert slow[0].recv(100).startswith(b"HTTP/1.1 422 ")


def test_a_client_who_goes_away_while_sending_leaves_the_others_alone(both: list[Served]) -> None:
    site = both[0]
    for size in (100, 1_000_000):
        head = POST.format("/fr/dates/", size, host=HOST).replace("\n", "\r\n")
        for _each in range(70):
            with connected(site) as connection:
                connection.sendall(f"{head}\r\n\r\nr".encode())
    end = time.monotonic() + 10
    while b" 405 " not in (answer := raw(site, REQUESTS["a body where none is read"])):
        assert b" 503 " in answer, "too many at once"
        assert time.monotonic() < end
