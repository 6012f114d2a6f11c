"""The bad days: a portal that is down, begins anew or dies in the middle of an answer, and clients that are slow."""

import os
import re
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.deploy.fronts import DEPLOY, FORM, NAME, PUBLIC_URL, Front, fronted
from tests.deploy.workers import FAILURE, NOTHING, Worker, working
from tests.makers import an_office
from tests.serving import PATIENCE_SECONDS, PORTAL, Served, free_port, served

ENCODINGS = ("br", "gzip", "")
PAGES = ("/fr/", "/fr/dates/", "/en/contact/", "/fr/avis/fil.rss", "/en/notices/")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Path:
    office = an_office(tmp_path_factory.mktemp("failing") / "data", like=initialised)
    office.did("unavailable")
    office.file("s" * 40, "key")
    return office.data


def settings(data: Path, port: int) -> dict[str, str]:
    return {
        "PORT": str(port),
        "PORTAL_ENV": "production",
        "PORTAL_PUBLIC_URL": PUBLIC_URL,
        "PORTAL_PROXY_HOPS": "1",
        "PORTAL_SECRET_FILE": str(data / "key"),
    }


def portal(data: Path, port: int, stack: ExitStack) -> Served:
    return stack.enter_context(served(data, settings=settings(data, port)))


def test_pages_outlive_the_portal_and_a_form_is_told_whom_to_call(data: Path, tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as stack:
        with ExitStack() as running:
            portal(data, port, running)
            front = stack.enter_context(fronted(tmp_path / "front", data, port))
            kept = {(path, how): front.ask(path, Accept_Encoding=how) for path in PAGES for how in ENCODINGS}
        # It is down.
        end = time.monotonic() + 10
        while set(front.states()) != {"STALE"}:  # of what is kept, the second passes
            assert time.monotonic() < end
            for (path, how), before in kept.items():
                found = front.ask(path, Accept_Encoding=how)
                assert (found.status, found.body, found.headers["etag"]) == (200, before.body, before.headers["etag"])
        for answer in (front.send("/fr/suivi/", b"reference=x"), front.ask("/fr/jamais/vue/"), front.ask("/desk/fr/")):
            assert answer.status == 503
            assert answer.headers["cache-control"] == "no-store"
            assert "Le portail ne peut pas répondre pour l’instant" in answer.text
            assert "The portal cannot answer for now" in answer.text
            assert "tel:+18883303023" in answer.text
        portal(data, port, stack)
        assert front.ask("/fr/jamais/vue/").status == 404
        assert front.send("/fr/suivi/", b"reference=x").status == 422


@pytest.mark.parametrize("how", ["reload", "restart"])
def test_no_reader_notices_that_the_portal_begins_anew(data: Path, tmp_path: Path, how: str) -> None:
    port = free_port()
    with ExitStack() as stack:
        running = stack.enter_context(ExitStack())
        site = portal(data, port, running)
        front = stack.enter_context(fronted(tmp_path / "front", data, port))
        answers = [front.ask(path).status for path in PAGES]
        done = threading.Event()
        reader = threading.Thread(target=_read, args=(front, answers, done))
        reader.start()
        workers = _children(site.process)
        if how == "reload":
            os.kill(site.process, signal.SIGHUP)
            while _children(site.process) & workers or not _children(site.process):
                time.sleep(0.05)
        else:
            running.close()
            portal(data, port, stack)
        time.sleep(0.2)  # of the new one too, some are read
        done.set()
        reader.join()
    assert set(answers) == {200}
    assert len(answers) > 20


def test_a_socket_will_do_in_place_of_the_port(data: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="portal-") as short:  # the path of a socket has 107 characters at most
        socket = Path(short) / "socket"
        mode = re.findall("GRANIAN_UDS_PERMISSIONS=(.*)", (DEPLOY / "systemd" / "portal.env").read_text())[0]
        own = {"PORTAL_DATA": str(data), "GRANIAN_UDS": str(socket), "GRANIAN_UDS_PERMISSIONS": mode}
        process = subprocess.Popen([PORTAL, "run"], env={**os.environ, **settings(data, free_port()), **own})
        try:
            end = time.monotonic() + PATIENCE_SECONDS
            while not socket.exists():
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
            with fronted(tmp_path / "front", data, socket) as front:
                while front.ask("/fr/").status != 200:
                    assert time.monotonic() < end
                assert front.send("/fr/suivi/", b"reference=x").status == 422
            assert stat.S_IMODE(socket.stat().st_mode) == 0o660
        finally:
            process.terminate()
            process.wait(20)


def _read(front: Front, answers: list[int], done: threading.Event) -> None:
    while not done.is_set():
        answers.extend(front.ask(path).status for path in PAGES)


def _children(process: int) -> set[int]:
    return {int(found) for found in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[tuple[Front, Worker]]:
    """The front, and a worker of our own behind it."""
    with working() as worker, fronted(tmp_path_factory.mktemp("before"), data, worker.port) as front:
        yield front, worker


def test_what_was_sent_is_never_sent_again_and_what_was_asked_is(both: tuple[Front, Worker]) -> None:
    front, worker = both
    worker.answers = {"/fr/dies/": NOTHING}
    assert front.send("/fr/dies/", b"once=1").status == 503
    assert worker.times("POST", "/fr/dies/") == 1
    assert front.ask("/fr/dies/").status == 503
    assert worker.times("GET", "/fr/dies/") == 2


def test_a_form_goes_by_a_connection_that_was_not_idle(both: tuple[Front, Worker]) -> None:
    front, worker = both
    front.ask("/fr/other/")
    before = worker.connections
    for number in range(3):
        assert front.send("/fr/forms/", b"a=1").status == 200
        assert worker.connections == before + number + 1


def test_a_page_that_fails_is_shown_as_it_was(both: tuple[Front, Worker]) -> None:
    front, worker = both
    worker.answers = {}
    first = front.ask("/fr/page/")
    assert first.text == "page"
    assert "surrogate-key" not in first.headers
    worker.answers = {"/fr/page/": FAILURE, "/fr/never-seen/": FAILURE}
    end = time.monotonic() + 10
    while worker.times("GET", "/fr/page/") < 2:  # until the second has passed
        assert front.ask("/fr/page/").text == "page"
        assert time.monotonic() < end
    assert front.ask("/fr/page/").text == "page"
    never_seen = front.ask("/fr/never-seen/")
    assert (never_seen.status, never_seen.text) == (503, "down"), "the portal's own words go through"


def test_a_slow_body_reaches_the_portal_whole_or_not_at_all(both: tuple[Front, Worker]) -> None:
    front, worker = both
    before = worker.connections
    body = b"reference=x"
    with closing(front.opened()) as connection, closing(front.opened()) as broken:
        for one in (connection, broken):
            one.putrequest("POST", "/fr/slow/", skip_host=True, skip_accept_encoding=True)
            for name, value in (("Host", NAME), ("Content-Type", FORM), ("Content-Length", str(len(body)))):
                one.putheader(name, value)
            one.endheaders()
            one.send(body[:-1])
        # Whoever came later is answered meanwhile.
        assert front.send("/fr/quick/", b"a=1").status == 200
        assert worker.connections == before + 1
        broken.close()
        connection.send(body[-1:])
        assert connection.getresponse().status == 200
    assert [sent for _how, path, sent in worker.asked if path == "/fr/slow/"] == [body]


def test_what_says_nothing_of_keeping_or_sets_a_cookie_is_not_kept(both: tuple[Front, Worker]) -> None:
    front, worker = both
    for number, line in enumerate(["", "Cache-Control: private\r\n", "Cache-Control: public\r\nSet-Cookie: a=b\r\n"]):
        path = f"/fr/unkept-{number}/"
        worker.answers[path] = f"HTTP/1.1 200 OK\r\n{line}Content-Length: 4\r\n\r\npage".encode()
        assert [front.ask(path).text for _again in range(3)] == ["page"] * 3
        assert worker.times("GET", path) == 3


def test_a_query_has_a_shelf_of_its_own(both: tuple[Front, Worker]) -> None:
    front, _worker = both
    for path in ("/fr/kept/", "/fr/kept/?page=2"):
        front.ask(path)
    folders = [front.folder / "cache" / name for name in ("portal_pages", "portal_answers")]
    keys = [
        [
            line
            for file in folder.rglob("*")
            if file.is_file()
            for line in file.read_bytes().split(b"\n")
            if b"KEY" in line
        ]
        for folder in folders
    ]
    assert b"KEY: https|portal.test|/fr/kept/|" in keys[0]
    assert not [key for key in keys[0] if b"?" in key]
    assert b"KEY: https|portal.test|/fr/kept/?page=2|" in keys[1]
