"""What every answer says to a browser, and what is refused before anything reads it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.assets import static_address
from portal.web.door import headers
from portal.web.door.headers import CONTENT_SECURITY_POLICY, LONGEST_FORM, MOST_BODIES, Guard
from tests.makers import PUBLIC_URL, Office, an_office

SECRET = "a secret of a test, long enough for the portal"  # noqa: S105  # of a test
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
ANSWERS = {
    "a page": "/fr/dates/",
    "a feed": "/en/notices/feed.rss",
    "data": "/api/v1/dates",
    "a static file": static_address("css/portal.css"),
    "a redirect": "/",
    "a refusal": "/fr/nulle-part",
    "a form": "/fr/suivi/",
    "health": "/healthz",
}


def ask(office: Office, path: str, **environ: str) -> tuple[int, dict[str, str], str]:
    """Ask for `path` with an environ as a server makes it; an empty value takes a name away."""
    request = EnvironBuilder(path, base_url=PUBLIC_URL).get_environ()
    request["PATH_INFO"] = path
    request.update(environ)
    body, status, headers = run_wsgi_app(
        office.door, {name: value for name, value in request.items() if value != ""}, buffered=True
    )
    assert len(headers) == len(set(headers.keys())), "a header stands twice"
    return int(status[:3]), dict(headers), b"".join(body).decode()


@pytest.mark.parametrize("path", ["/desk/fr/session", "/desk/fr/invitation/made.up.token", "/desk/fr/no.where"])
def test_no_script_of_another_site_reads_the_desk(demo: Office, path: str) -> None:
    for answer in (demo.get(path), demo.get(path, Origin="https://evil.example")):
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_protects_its_reader(demo: Office, what: str) -> None:
    for again in range(2):
        with demo.get(ANSWERS[what]) as answer:
            headers = answer.headers
        assert {name: headers.get(name) for name in PROMISED} == PROMISED, again
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers


def test_a_kept_answer_protects_its_reader_while_the_database_is_dead(demo: Office) -> None:
    demo.get("/fr/dates/")
    (demo.data / "portal.db").rename(demo.data / "away.db")
    worker = demo.another_worker()
    for path, status in (("/fr/dates/", 200), ("/fr/contact/", 503)):
        answer = worker.get(path)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED


def in_production(folder: Path, demonstrated: Path) -> Office:
    office = an_office(folder, like=demonstrated)
    settings = {"PORTAL_ENV": "production", "PORTAL_PUBLIC_URL": "https://portal.test"}
    return Office(folder, {**settings, "PORTAL_SECRET_FILE": str(office.file(SECRET, "key"))})


@pytest.mark.parametrize("what", ANSWERS)
def test_in_production_a_browser_is_told_to_come_by_https_only(tmp_path: Path, demonstrated: Path, what: str) -> None:
    office = in_production(tmp_path / "office", demonstrated)
    _status, headers, _body = ask(office, ANSWERS[what])
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_in_production_a_refusal_says_so_too(tmp_path: Path, demonstrated: Path) -> None:
    office = in_production(tmp_path / "office", demonstrated)
    for host in ("127.0.0.1", "localhost", "evil.example"):
        status, headers, _body = ask(office, "/fr/", HTTP_HOST=host)
        assert status == 400
        assert "Strict-Transport-Security" in headers


REFUSED_HOSTS = ["", "evil.example", "portal.test.evil.example", "x@portal.test", "portal.test/evil", "portal.test?x"]
REFUSED_HOSTS += ["portal.test:port", "portal.test:80:80", "[", "[::1]", "é.test", ".", " ", "portal.test ", ":80"]


@pytest.mark.parametrize("host", REFUSED_HOSTS)
@pytest.mark.parametrize(
    ("path", "lang", "sentence"),
    [
        ("/fr/dates/", "fr-CA", "Cette adresse n’est pas celle du portail."),
        ("/en/dates/", "en-CA", "This address is not the portal’s."),
    ],
)
def test_a_request_for_another_host_is_refused(office: Office, host: str, path: str, lang: str, sentence: str) -> None:
    status, headers, body = ask(office, path, HTTP_HOST=host)
    assert status == 400
    assert f'lang="{lang}"' in body
    assert sentence in body
    assert headers["Cache-Control"] == "no-store"
    assert {name: headers[name] for name in PROMISED} == PROMISED


@pytest.mark.parametrize("host", ["portal.test", "PORTAL.Test", "portal.test.", "portal.test:8000", "127.0.0.1:8000"])
@pytest.mark.parametrize(("path", "wanted"), [("/fr/contact/", 200), ("/healthz", 200), ("/fr/nulle-part", 404)])
def test_our_host_is_ours_however_it_is_written(demo: Office, host: str, path: str, wanted: int) -> None:
    status, _headers, _body = ask(demo, path, HTTP_HOST=host)
    assert status == wanted


AMBIGUOUS = {
    "two hosts": lambda office: ask(office, "/fr/", HTTP_HOST="portal.test,evil.example"),
    "our host twice": lambda office: ask(office, "/fr/", HTTP_HOST="portal.test,portal.test"),
    "a length and chunks": lambda office: ask(
        office, "/fr/suivi/", REQUEST_METHOD="POST", CONTENT_LENGTH="3", HTTP_TRANSFER_ENCODING="chunked"
    ),
    "a new line in the path": lambda office: ask(office, "/fr/\r\nSet-Cookie: a=b"),
    "a zero in the path": lambda office: ask(office, "/fr/\x00"),
    "a delete in the path": lambda office: ask(office, "/fr/\x7f"),
    "a letter of no server bare in the query": lambda office: ask(office, "/fr/contact/", QUERY_STRING="lieu=œ"),
    "a byte that is no text bare in the query": lambda office: ask(office, "/fr/contact/", QUERY_STRING="lieu=\xff"),
    "a path without a slash": lambda office: ask(office, "*"),
}


@pytest.mark.parametrize("what", AMBIGUOUS)
def test_what_two_servers_could_read_in_two_ways_is_refused(office: Office, what: str) -> None:
    refuse: Callable[[Office], tuple[int, dict[str, str], str]] = AMBIGUOUS[what]
    status, headers, body = refuse(office)
    assert status == 400
    assert "Nous n’avons pas pu lire ce que votre navigateur a envoyé." in body
    assert "Set-Cookie" not in headers
    assert int(headers["Content-Length"]) == len(body.encode())


def test_text_bare_in_a_query_is_read_and_is_no_other_question(demo: Office) -> None:
    bare, twice = "notice+é".encode().decode("latin-1"), "notice+%C3%83%C2%A9"
    for query, typed in ((twice, "notice Ã©"), (bare, "notice é"), (twice, "notice Ã©"), ("notice+%C3%A9", "notice é")):
        status, _headers, body = ask(demo, "/en/search/", QUERY_STRING=f"q={query}")
        assert status == 200
        assert f'value="{typed}"' in body


@pytest.mark.parametrize("path", ["/fr/à", "/fr/É", "/en/\u00a0", "/fr/日本"])
def test_letters_beyond_ascii_in_a_path_are_no_control_characters(demo: Office, path: str) -> None:
    status, _headers, _body = ask(demo, path.encode().decode("latin-1"))
    assert status == 404


def test_no_redirect_leaves_the_site(demo: Office) -> None:
    for path in ("/", "/fr/dates", "/fr/avis/1/autre", "//evil.example/fr", "/\\evil.example"):
        _status, headers, _body = ask(demo, path)
        location = headers.get("Location", "/")
        assert location.startswith(("/fr/", PUBLIC_URL)) or location == "/", location


def test_health_is_answered_to_a_supervisor_that_asks_by_address(demo: Office) -> None:
    assert ask(demo, "/healthz", HTTP_HOST="10.0.0.7:8000")[0] == 200
    assert ask(demo, "/fr/", HTTP_HOST="10.0.0.7:8000")[0] == 400


def test_a_redirect_goes_to_the_public_address_and_nowhere_else(demo: Office) -> None:
    status, headers, _body = ask(demo, "/fr/dates", HTTP_HOST="127.0.0.1:1234")
    assert (status, headers["Location"]) == (308, f"{PUBLIC_URL}/fr/dates/")


class Slow(BytesIO):
    """A form that comes when it is let go."""

    def __init__(self) -> None:
        super().__init__(b"a=b")
        self.is_asked_for, self.comes = Event(), Event()

    def read(self, size: int | None = -1) -> bytes:
        self.is_asked_for.set()
        assert self.comes.wait(10)
        return super().read(size)


@dataclass
class Turns:
    """An application that answers what it was sent; to `wait`, once it is let go."""

    is_under_way: Event = field(default_factory=Event)
    goes_on: Event = field(default_factory=Event)

    def __call__(self, environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if sent == b"wait":
            self.is_under_way.set()
            assert self.goes_on.wait(10)
        start("200 OK", [])
        return [sent]


def sent(guard: Guard, body: BytesIO, path: str = "/fr/suivi/") -> bytes:
    environ = EnvironBuilder(path, base_url=PUBLIC_URL, method="POST", input_stream=body).get_environ()
    environ["CONTENT_LENGTH"] = str(len(body.getvalue()))
    return b"".join(run_wsgi_app(guard, environ)[0])


def test_a_form_that_comes_slowly_takes_no_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LONGEST_TURN", 10)
    guard, slow = Guard(Turns(), office.config), Slow()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sent, guard, slow)
        assert slow.is_asked_for.wait(10)
        assert sent(guard, BytesIO(b"c=d")) == b"c=d"
        assert not first.done()
        slow.comes.set()
        assert first.result() == b"a=b"


def test_forms_are_answered_one_after_the_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LONGEST_TURN", 10)
    turns = Turns()
    guard = Guard(turns, office.config)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sent, guard, BytesIO(b"wait"))
        assert turns.is_under_way.wait(10)
        second = pool.submit(sent, guard, BytesIO(b"c=d"))
        assert not wait([first, second], 0.2).done
        assert answer_of(guard, "GET") == "200 OK"
        turns.goes_on.set()
        assert [first.result(), second.result()] == [b"wait", b"c=d"]


def test_a_form_of_the_desk_waits_for_no_turn_and_takes_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LONGEST_TURN", 10)
    turns = Turns()
    guard = Guard(turns, office.config)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sent, guard, BytesIO(b"wait"), "/desk/fr/session")
        assert turns.is_under_way.wait(10)
        assert sent(guard, BytesIO(b"a=b")) == b"a=b"
        assert sent(guard, BytesIO(b"c=d"), "/desk/fr/session") == b"c=d"
        turns.goes_on.set()
        assert first.result() == b"wait"


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, came = headers.Turns(), list[int]()

    def ask(number: int) -> None:
        assert turns.take(10)
        came.append(number)
        turns.give()

    assert turns.take(0)
    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            asking = pool.submit(ask, number)
            while len(turns.waiting) <= number:
                assert not asking.done(), "it had a turn that another has"
                sleep(0.001)
        turns.give()
    assert came == list(range(8))


def test_whoever_goes_on_without_a_turn_leaves_it_to_the_next() -> None:
    turns = headers.Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    assert not turns.waiting
    turns.give()
    assert turns.take(0)


@pytest.mark.parametrize("length", [3, LONGEST_FORM + 1])
def test_one_that_waits_for_a_database_holds_up_nobody(office: Office, length: int) -> None:
    turns, other = Turns(), b"x" * length
    guard = Guard(turns, office.config)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(sent, guard, BytesIO(b"wait"))
        assert turns.is_under_way.wait(10)
        assert [sent(guard, BytesIO(other)) for _ in range(2)] == [other] * 2
        assert not first.done()
        turns.goes_on.set()
        assert first.result() == b"wait"
    assert sent(guard, BytesIO(other)) == other, "a turn that was never had is not given back"


class Broken(BytesIO):
    """A form that breaks off."""

    def read(self, size: int | None = -1) -> bytes:
        raise ConnectionResetError


def test_a_form_that_breaks_off_is_refused_and_keeps_no_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LONGEST_TURN", 10)
    guard = Guard(Turns(), office.config)
    assert b"<h1>500</h1>" in sent(guard, Broken(b"a=b"))
    assert sent(guard, BytesIO(b"c=d")) == b"c=d"
    assert b"<h1>500</h1>" in sent(Guard(fails, office.config), BytesIO(b"a=b"))


def test_slow_bodies_leave_room_for_pages(office: Office) -> None:
    slow, reading = Event(), Barrier(MOST_BODIES + 1)

    def wait(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            reading.wait(10)
            slow.wait(10)
        start("200 OK", [])
        return [b""]

    guard = Guard(wait, office.config)
    with ThreadPoolExecutor(MOST_BODIES) as senders:
        sent = [senders.submit(answer_of, guard, "POST") for _ in range(MOST_BODIES)]
        reading.wait(10)
        assert answer_of(guard, "POST") == "503 SERVICE UNAVAILABLE"
        assert answer_of(guard, "GET") == "200 OK"
        slow.set()
        assert {answer.result() for answer in sent} == {"200 OK"}
    assert answer_of(Guard(fails, office.config), "GET") == "500 INTERNAL SERVER ERROR"


def answer_of(guard: Guard, method: str) -> str:
    environ = EnvironBuilder(path="/fr/", base_url=PUBLIC_URL, method=method).get_environ()
    return run_wsgi_app(guard, environ)[1].upper()


def fails(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    raise ValueError("a fault that no one caught")


def test_a_host_longer_than_a_name_can_be_is_refused_unremembered(office: Office) -> None:
    assert ask(office, "/fr/", HTTP_HOST="a" * 300_000)[0] == 400
    assert ask(office, "/fr/", HTTP_HOST="portal.test" + "." * 300)[0] == 400
