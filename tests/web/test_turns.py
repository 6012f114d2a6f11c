"""Making pages takes turns: what many ask for at once is made once, and nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from werkzeug.test import Client

from portal.store.copies import Copies, Statement
from portal.web import page_cache
from portal.web.page_cache import MAKERS, STATEMENT, PageCache


class SlowSite:
    """A small application behind a cache of its own: it answers when it is let, and counts."""

    def __init__(self, folder: Path) -> None:
        copies = Copies(folder, "release")
        copies.prepare()
        self.asked: list[str] = []
        self.is_let, self.is_full = Event(), Event()
        self.cache = PageCache(self.answer, lambda: {"site": 1}, copies)

    def answer(self, environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        self.asked.append(str(environ["PATH_INFO"]))
        if len(self.asked) == MAKERS:
            self.is_full.set()
        assert self.is_let.wait(10)
        environ[STATEMENT] = Statement({"site": 1})
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"A page"]

    def get(self, path: str) -> int:
        return Client(self.cache).get(path).status_code


def test_what_many_ask_for_at_once_is_not_made_for_each(tmp_path: Path) -> None:
    site = SlowSite(tmp_path)
    with ThreadPoolExecutor(20) as readers:
        answers = [readers.submit(site.get, "/feed") for _ in range(20)]
        assert site.is_full.wait(10)
        site.is_let.set()
        assert {answer.result() for answer in answers} == {200}
    assert len(site.asked) <= MAKERS


def test_whoever_has_waited_long_enough_goes_on_without_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "LONGEST_TURN", 0.01)
    site = SlowSite(tmp_path)
    paths = [f"/{number}" for number in range(MAKERS + 3)]
    with ThreadPoolExecutor(len(paths)) as readers:
        answers = [readers.submit(site.get, path) for path in paths[:MAKERS]]
        assert site.is_full.wait(10)
        answers += [readers.submit(site.get, path) for path in paths[MAKERS:]]
        while len(site.asked) < len(paths):  # all are asked for while none is done
            site.is_let.wait(0.01)
        site.is_let.set()
        assert {answer.result() for answer in answers} == {200}
    # Every turn was given back, and no more: as many pages as ever are made at once.
    assert all(site.cache._makers.acquire(blocking=False) for _ in range(MAKERS))
    assert not site.cache._makers.acquire(blocking=False)
