"""Making pages takes turns: what many ask for at once is made once, and nobody waits for ever."""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from werkzeug.test import Client

from portal.store.bare.watch import Watch
from portal.store.copies import Copies, Statement
from portal.web.door import page_cache
from portal.web.door.headers import HEALTH
from portal.web.door.page_cache import MAKERS, STATEMENT, PageCache
from portal.wsgi import Loaded
from tests.makers import PUBLIC_URL, Office

#: Longer than any test: who waited so long did not go on without a turn.
FOR_EVER = 600
SLOW = [f"/slow/{number}" for number in range(MAKERS)]


class SlowSite:
    """A small application behind a cache of its own: it answers what is slow when it is let, and counts."""

    def __init__(self, folder: Path) -> None:
        copies = Copies(folder, "release")
        copies.prepare()
        self.asked: list[str] = []
        self.awaited = MAKERS
        self.is_let, self.is_full = Event(), Event()
        self.status, self.arguments, self.known = "200 OK", ("audience",), {"site": 1}
        self.cache = PageCache(self.answer, self.revisions, copies)
        self._came, self.readers, self.all_came = count(1), 0, Event()

    def revisions(self) -> dict[str, int]:
        """Count who comes: the first thing that a reader is asked for."""
        if next(self._came) == self.readers:
            self.all_came.set()
        return self.known

    def answer(self, environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        path = str(environ["PATH_INFO"])
        self.asked.append(path)
        if len(self.asked) == self.awaited:
            self.is_full.set()
        if path.startswith("/slow"):
            assert self.is_let.wait(10)
        if path == "/broken":
            raise OSError("a disk")
        if path != "/lookup":
            environ[STATEMENT] = Statement(dict(self.known), self.arguments)
        start_response(self.status, [("Content-Type", "text/plain")])
        return [f"{path} {environ['QUERY_STRING']}".encode()]

    def get(self, path: str) -> int:
        return Client(self.cache).get(path).status_code

    def says(self, path: str) -> str:
        return Client(self.cache).get(path).text

    def has_every_turn(self) -> bool:
        """Say whether every turn was given back, and no more: as many pages as ever are made at once."""
        return (
            not self.cache._making
            and all(self.cache._makers.acquire(blocking=False) for _ in range(MAKERS))
            and not self.cache._makers.acquire(blocking=False)
        )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlowSite:
    monkeypatch.setattr(page_cache, "LONGEST_TURN", FOR_EVER)
    return SlowSite(tmp_path)


@contextmanager
def all_turns_taken(site: SlowSite) -> Generator[None]:
    """Have as many slow pages made as are made at once."""
    site.awaited = len(site.asked) + MAKERS
    with ThreadPoolExecutor(MAKERS) as readers:
        slow = [readers.submit(site.get, path) for path in SLOW]
        try:
            assert site.is_full.wait(10)
            yield
            assert not any(answer.done() for answer in slow)
        finally:
            site.is_let.set()


def at_once(site: SlowSite, pool: ThreadPoolExecutor, paths: list[str]) -> list[Future[str]]:
    """Have so many readers ask, and let what is slow be answered once all have come."""
    site.readers = len(paths) + 1  # whoever makes the page looks once more
    answers = [pool.submit(site.says, path) for path in paths]
    assert site.all_came.wait(10)
    site.is_let.set()
    return answers


def test_what_many_ask_for_at_once_is_made_once(site: SlowSite) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = at_once(site, pool, ["/slow/feed"] * 20)
        assert {answer.result() for answer in answers} == {"/slow/feed "}
    assert site.asked == ["/slow/feed"]
    assert site.has_every_turn()


def test_whoever_waited_for_another_page_of_the_same_path_has_his_own(site: SlowSite) -> None:
    paths = [f"/slow/feed?audience={name}" for name in "abcabc"]  # nobody knows yet which arguments it knows
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = at_once(site, pool, paths)
        assert [answer.result() for answer in answers] == [path.replace("?", " ") for path in paths]
    assert len(site.asked) == 3
    assert site.has_every_turn()


def test_whoever_waited_for_what_is_not_kept_asks_for_himself(site: SlowSite) -> None:
    site.status = "303 SEE OTHER"
    with ThreadPoolExecutor(5) as pool:
        assert len([answer.result() for answer in at_once(site, pool, ["/slow/elsewhere"] * 5)]) == 5
    assert len(site.asked) == 5
    assert site.has_every_turn()


def test_whoever_waited_for_what_is_not_there_is_told_the_same(site: SlowSite) -> None:
    site.status = "404 NOT FOUND"
    with ThreadPoolExecutor(5) as pool:
        assert len([answer.result() for answer in at_once(site, pool, ["/slow/nowhere"] * 5)]) == 5
    assert len(site.asked) == 1
    assert site.has_every_turn()


def test_whoever_waited_for_a_page_that_fails_tries_in_his_turn(site: SlowSite) -> None:
    site.status = "500 INTERNAL SERVER ERROR"
    with ThreadPoolExecutor(5) as pool:
        assert len([answer.result() for answer in at_once(site, pool, ["/slow/page"] * 5)]) == 5
    assert len(site.asked) == 5
    site.status = "200 OK"
    for _time in range(2):
        assert site.get("/slow/page") == 200
    assert len(site.asked) == 6, "a page that failed is kept once it no longer does"
    assert site.has_every_turn()


def test_a_page_whose_making_falls_is_made_by_the_next(site: SlowSite) -> None:
    for _time in range(MAKERS + 1):
        with pytest.raises(OSError, match="a disk"):
            site.get("/broken")
    assert site.has_every_turn()


def test_whoever_has_waited_long_enough_goes_on_without_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "LONGEST_TURN", 0.01)
    site = SlowSite(tmp_path)
    others = [f"/slow/other/{number}" for number in range(3)] + [SLOW[0]]  # for a turn, and for one who makes the same
    with ThreadPoolExecutor(len(others)) as readers, all_turns_taken(site):
        site.is_full.clear()
        site.awaited = MAKERS + len(others)
        answers = [readers.submit(site.get, path) for path in others]
        assert site.is_full.wait(10)  # all are asked for while none is done
        assert not any(answer.done() for answer in answers)
    assert {answer.result() for answer in answers} == {200}
    assert site.has_every_turn()


def test_health_waits_for_no_turn(site: SlowSite) -> None:
    with all_turns_taken(site), ThreadPoolExecutor(1) as reader:
        for path in sorted(HEALTH):
            assert reader.submit(site.get, path).result(10) == 200


@pytest.mark.parametrize(("path", "status"), [("/lookup", "200 OK"), ("/nowhere", "404 NOT FOUND")])
def test_what_is_known_not_to_be_kept_waits_for_no_turn(site: SlowSite, path: str, status: str) -> None:
    site.status = status
    site.get(path)
    with all_turns_taken(site), ThreadPoolExecutor(1) as reader:
        assert reader.submit(site.get, path).result(10) == int(status[:3])


def test_what_was_not_found_is_kept_once_it_is_there(site: SlowSite) -> None:
    site.status = "404 NOT FOUND"
    for _time in range(2):
        assert site.get("/page") == 404
    site.status, site.known = "200 OK", {"site": 2}
    for _time in range(2):
        assert site.get("/page") == 200
    assert len(site.asked) == 2
    assert not site.cache._unkept


def test_strangers_who_ask_for_what_is_not_there_fill_no_memory(
    site: SlowSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "MOST_UNKEPT", 3)
    monkeypatch.setattr(page_cache, "MOST_ABSENT", 3)
    site.status = "404 NOT FOUND"
    for number in range(20):
        site.get(f"/nowhere/{number}")
        assert 1 <= len(site.cache._unkept) <= 3
        assert 1 <= len(site.cache._absent) <= 3


def test_the_lookup_and_a_refusal_learn_to_wait_for_no_turn(demo: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = PageCache(Loaded(demo.config), Watch(demo.config.database_url).current, Copies(demo.data, "release"))
    client = Client(cache)

    def status(path: str) -> int:
        return client.get(path, base_url=PUBLIC_URL).status_code

    paths = ("/fr/suivi/", "/en/status/", "/fr/nulle-part", "/fr/dates/verifier?type=access-new&date=hier", "/")
    before = [status(path) for path in paths]
    assert before == [200, 200, 404, 422, 302]
    monkeypatch.setattr(page_cache, "LONGEST_TURN", FOR_EVER)
    with ThreadPoolExecutor(1) as reader:
        for _turn in range(MAKERS):
            assert cache._makers.acquire(blocking=False)
        try:
            assert [reader.submit(status, path).result(10) for path in paths] == before
        finally:
            cache._makers.release(MAKERS)
