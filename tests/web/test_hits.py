"""What was just answered is answered again without asking anyone, until the next look at the revisions."""

import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from time_machine import travel
from werkzeug.test import Client, TestResponse

from portal.monitoring.counts import Counts
from portal.monitoring.middleware import Monitor
from portal.reads.counts import Reads
from portal.web.door import hits, page_cache
from portal.web.door.answers import Environ, StartResponse
from portal.web.door.hits import Hits
from portal.wsgi import counting
from tests.web.test_remaking import NOON, TABLE, Site

FEED = "/fr/dates/fil.rss"


class Front:
    """The small site behind its cache and what was just answered; the revisions are looked at when a test says."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        self.next_look = time.monotonic() + 600
        self.reads = Reads(self._passes)
        self.counts = Counts()
        monitor = Monitor(self.reads, self.counts)
        self.hits = Hits(monitor, lambda: self.next_look, counting(self.reads, monitor))
        #: How often the kept pages were asked.
        self.passed = 0
        self._holds: Event | None = None
        self._is_held = Event()

    def _passes(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.passed += 1
        if self._holds:
            self._is_held.set()
            assert self._holds.wait(10)
        return self.site.cache(environ, start_response)

    def get(self, path: str = TABLE, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.hits).get(path, headers=named)

    def known(self, path: str = TABLE, **headers: str) -> TestResponse:
        """Ask so often that it is known: the page is made, then found, then remembered."""
        for _each in range(2):
            self.get(path, **headers)
        return self.get(path, **headers)

    def looks(self, *, late: float = 0.0) -> None:
        """Have the moment of the next look come, so many seconds ago."""
        for hit in self.hits._hits.values():
            hit.next_look = time.monotonic() - late
        self.next_look = time.monotonic() + 600

    def changes(self) -> None:
        """Have the page known, then changed, and the moment of the next look come."""
        self.known()
        self.site.known["dates"] = 2
        self.looks()

    @contextmanager
    def held(self) -> Generator[Event]:
        """Hold whoever asks behind, until they are let go; yield what tells that somebody is."""
        self._holds = Event()
        try:
            yield self._is_held
        finally:
            self.lets_go()

    def lets_go(self) -> None:
        """Hold nobody any more."""
        if self._holds:
            self._holds.set()


@pytest.fixture
def front(tmp_path: Path) -> Front:
    return Front(tmp_path)


def test_the_same_is_answered_without_asking_anyone(front: Front) -> None:
    first, again = front.get(), front.known()
    passed = front.passed
    assert (again.status, again.data, again.headers) == (first.status, first.data, first.headers)
    for _each in range(9):
        assert front.get().data == first.data
    assert front.passed == passed == 2


@pytest.mark.parametrize(
    "headers", [{"Accept_Encoding": "br"}, {"If_None_Match": "*"}, {"If_Modified_Since": "today"}, {"Host": "other"}]
)
def test_whoever_asks_for_another_thing_is_answered_another(front: Front, headers: dict[str, str]) -> None:
    front.known()
    passed, wanted = front.passed, front.site.get(TABLE, **headers)
    for _each in range(3):
        answer = front.get(**headers)
        assert (answer.status, answer.data, answer.headers) == (wanted.status, wanted.data, wanted.headers)
    assert front.passed == passed + 1, "asked for once, then known too"


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_what_is_not_a_get_passes(front: Front, method: str) -> None:
    front.known()
    for _each in range(2):
        passed = front.passed
        Client(front.hits).open(TABLE, method=method)
        assert front.passed == passed + 1


def test_what_two_servers_could_read_in_two_ways_passes(front: Front) -> None:
    front.known()
    passed = front.passed
    front.get(Transfer_Encoding="chunked")
    assert front.passed == passed + 1


def test_a_change_is_seen_at_the_next_look(front: Front) -> None:
    front.known()
    front.site.known["dates"] = 2
    assert "'dates': 1" in front.get().text
    front.looks()
    assert "'dates': 2" in front.get().text
    assert "'dates': 2" in front.get().text


def test_what_is_gone_is_gone_for_whoever_comes_next(front: Front) -> None:
    front.known()
    front.site.status, front.site.known["dates"] = "404 NOT FOUND", 2
    front.looks()
    for _each in range(3):
        assert front.get().status_code == 404


def test_one_asks_what_it_has_become_and_the_others_go_on_for_a_moment(front: Front) -> None:
    front.changes()
    with ThreadPoolExecutor(1) as other, front.held() as is_held:
        asks = other.submit(front.get)
        assert is_held.wait(10)
        for _each in range(9):
            assert "'dates': 1" in front.get().text
        front.looks(late=hits.RENEWAL)
        front.lets_go()
        assert "'dates': 2" in asks.result(10).text
    assert "'dates': 2" in front.get().text


def test_nothing_is_answered_beyond_the_instant_until_which_it_is_right(front: Front) -> None:
    with travel(NOON, tick=False) as clock:
        front.site.valid_until = NOON.timestamp() + 60
        left = [front.known().headers["Cache-Control"]]
        for _each in range(60):
            clock.shift(timedelta(seconds=1))
            passed = front.passed
            left.append(front.get().headers["Cache-Control"])
            assert front.passed > passed, "it says how many seconds are left"
    assert left[0].startswith("public, max-age=60,")
    assert left[59].startswith("public, max-age=1,")
    assert len(front.site.asked) == 2, "then it is made anew"


def test_the_page_before_a_change_is_known_too_and_no_longer_than_it_may_be_given(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    front.known()
    front.site.changes()
    front.looks(late=hits.RENEWAL)
    assert "'dates': 1" in front.get().text
    passed = front.passed
    assert "'dates': 1" in front.get().text
    assert front.passed == passed
    with travel(datetime.now(UTC) + timedelta(seconds=page_cache.FORMER_SECONDS)):
        front.get()
        assert front.passed == passed + 1


def test_a_clock_that_is_set_back_finds_nothing(front: Front) -> None:
    with travel(NOON, tick=False) as clock:
        front.known()
        passed = front.passed
        clock.shift(-1)
        front.get()
        assert front.passed == passed + 1


def test_every_answer_is_counted_and_every_read_of_a_feed(front: Front) -> None:
    tag = front.known(FEED).headers["ETag"]
    front.known(FEED, If_None_Match=tag)
    passed = front.passed
    for _each in range(5):
        front.get(FEED)
        front.get(FEED, If_None_Match=tag)
    assert front.passed == passed
    assert front.reads.take() == {(FEED, 200): 3 + 5, (FEED, 304): 3 + 5}
    assert front.counts.answers == {
        ("feed", "made", 200): 1,
        ("feed", "hit", 200): 2 + 5,
        ("feed", "hit", 304): 3 + 5,
    }


def test_strangers_fill_no_memory(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "MOST_HITS", 5)
    for number in range(20):
        front.known(If_None_Match=f'"{number}"')
        assert len(front.hits._hits) <= 5
    front.looks(late=hits.FORGOTTEN + 1)
    front.known()
    assert len(front.hits._hits) == 1, "what nobody asked for is forgotten"
    long = "a" * hits.LONGEST_KEY
    front.known(If_None_Match=long)
    assert not any(long in key for key in front.hits._hits)


def test_nothing_that_was_withdrawn_is_given_while_another_asks_what_it_has_become(front: Front) -> None:
    front.changes()
    front.hits.forget()
    with ThreadPoolExecutor(2) as others, front.held() as is_held:
        asks = []
        for _each in range(2):
            is_held.clear()
            asks.append(others.submit(front.get))
            assert is_held.wait(10), "the second asks behind too"
        front.lets_go()
        assert all("'dates': 2" in answer.result(10).text for answer in asks)


def test_an_answer_from_before_a_withdrawal_that_comes_late_is_not_learned(front: Front) -> None:
    front.known()
    before = front.hits._hits.copy()
    for hit in before.values():
        hit.next_look = time.monotonic() + 600
    front.hits.forget()
    for hit in before.values():  # of whoever asked before, and is answered only now
        hit.next_look = front.hits._forgotten
    passed = front.passed
    front.get()
    assert front.passed == passed + 1


def test_a_table_that_is_full_is_swept_once_a_look(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "MOST_HITS", 3)
    for number in range(3):
        front.known(If_None_Match=f'"{number}"')
    table = front.hits._hits
    for number in range(3, 9):
        front.known(If_None_Match=f'"{number}"')
    assert front.hits._hits is table, "nothing is made anew for each stranger"
    passed = front.passed
    front.get(If_None_Match='"0"')
    assert front.passed == passed, "what was known stays known"
