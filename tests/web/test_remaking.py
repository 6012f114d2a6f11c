"""Pages that are outdated are made anew before anyone waits for them; for a moment the former one is given."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from time_machine import travel
from werkzeug.test import Client, TestResponse

from portal.store.copies import Copies, Page, Statement
from portal.web.door import page_cache
from portal.web.door.answers import densely
from portal.web.door.page_cache import REVISIONS, STATEMENT, PageCache
from portal.web.door.remaking import Remaking

TABLE, NOTICES = "/fr/dates/", "/fr/avis/"
#: A text of the length of a page.
BODY = Path(page_cache.__file__).read_text("utf-8")
NOON = datetime(2026, 2, 16, 17, tzinfo=UTC)


class Told(Copies):
    """Copies that tell when one was kept."""

    def __init__(self, data: Path, release: str, saved: Callable[[], object]) -> None:
        super().__init__(data, release)
        self._saved = saved

    def save(self, address: str, page: Page) -> None:
        super().save(address, page)
        self._saved()


@dataclass
class Site:
    """A small application, of which every page tells the revision that it was made of."""

    folder: Path
    known: dict[str, int] = field(default_factory=lambda: {"dates": 1, "site": 1})
    asked: list[str] = field(default_factory=list)
    status: str = "200 OK"
    valid_until: float | None = None
    during: Callable[[], object] = lambda: None

    #: Done when a copy has just been kept.
    saved: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        copies = Told(self.folder, "release", lambda: self.saved())
        copies.prepare()
        self.cache = PageCache(self.answer, lambda: dict(self.known), copies)
        self.remaking = Remaking(self.cache, lambda: dict(self.known), "http://portal.test", pause=lambda seconds: None)

    def answer(self, environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        self.asked.append(str(environ["PATH_INFO"]))
        self.during()
        if self.status.startswith(("200", "404")):
            of = {
                subject: self.known[subject]
                for subject in ("site", *(["dates"] if environ["PATH_INFO"] == TABLE else []))
            }
            environ[STATEMENT] = Statement(of, valid_until=self.valid_until)
        assert environ[REVISIONS] is not None
        start_response(self.status, [("Content-Type", "text/plain")])
        return [f"made of {self.known} {BODY}".encode()]

    def get(self, path: str, **headers: str) -> TestResponse:
        return Client(self.cache).get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def changes(self, subject: str = "dates") -> None:
        former = dict(self.known)
        self.known[subject] += 1
        self.remaking.begin(former)

    def looks(self) -> list[str]:
        """Look once, and say what was made."""
        before = len(self.asked)
        self.remaking.look(datetime.now(UTC))
        return self.asked[before:]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_former_page_is_given_while_the_new_one_is_made(site: Site) -> None:
    before = site.get(TABLE)
    site.changes()
    former = site.get(TABLE)
    assert former.data == before.data
    assert former.headers["Cache-Control"] == "public, max-age=0, s-maxage=0"  # whoever keeps it asks again
    assert former.headers["ETag"] == before.headers["ETag"]
    assert site.asked == [TABLE]
    assert site.looks() == [TABLE]
    after = site.get(TABLE)
    assert "'dates': 2" in after.text
    assert "max-age=60" in after.headers["Cache-Control"]
    assert len(site.asked) == 2, "the visitor found it finished"


def test_the_former_page_is_given_for_half_a_second(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.get(TABLE)
    monkeypatch.setattr(page_cache, "FORMER_SECONDS", 0.05)
    site.changes()
    assert "'dates': 1" in site.get(TABLE).text
    time.sleep(0.06)
    assert "'dates': 2" in site.get(TABLE).text


def test_changes_that_come_one_upon_the_other_let_nothing_stand_for_longer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "FORMER_SECONDS", 600)
    site.get(TABLE)
    site.changes()
    site.looks()
    site.changes()
    assert "'dates': 3" in site.get(TABLE).text  # of the second change there is no moment more


def test_a_former_page_is_not_given_once_the_clock_has_passed_on(site: Site) -> None:
    with travel(NOON, tick=False) as clock:
        site.valid_until = NOON.timestamp() + 60
        site.get(TABLE)
        site.changes()
        clock.shift(60)
        assert "'dates': 2" in site.get(TABLE).text


def test_a_former_page_that_was_withdrawn_is_not_given(site: Site) -> None:
    site.get(TABLE)
    site.cache.forget({"dates": 2})
    site.changes()
    assert "'dates': 2" in site.get(TABLE).text


def test_what_the_clock_outdates_is_made_anew(site: Site) -> None:
    with travel(NOON, tick=False) as clock:
        site.valid_until = NOON.timestamp() + 60
        site.get(TABLE)
        assert site.looks() == []
        clock.shift(60)
        site.valid_until = None
        assert site.looks() == [TABLE]
        assert site.looks() == []


def test_what_nobody_asked_for_since_is_not_made_again(site: Site) -> None:
    for path in (TABLE, NOTICES):
        site.get(path)
    site.changes("site")
    assert sorted(site.looks()) == [NOTICES, TABLE]
    site.get(NOTICES)
    site.changes("site")
    assert site.looks() == [NOTICES]
    site.get(TABLE)
    site.changes("site")
    assert site.looks() == [TABLE]


def test_what_is_asked_for_most_is_made_first(site: Site) -> None:
    paths = [f"/fr/avis/{number}/" for number in range(9)]
    for path in paths:
        site.get(path)
    site.get(paths[7])
    site.changes("site")
    assert site.looks()[0] == paths[7]


def test_a_change_begins_again_with_what_is_asked_for_most(site: Site) -> None:
    for path in ("/1", "/2", "/3"):
        site.get(path)
    site.changes("site")
    site.during = lambda: len(site.asked) == 4 and site.changes("site")
    assert len(site.looks()) == 1
    assert len(site.looks()) == 2, "the first was made for nobody yet"


@pytest.mark.parametrize("status", ["404 NOT FOUND", "500 INTERNAL SERVER ERROR"])
def test_what_cannot_be_made_is_not_tried_without_end(site: Site, status: str) -> None:
    site.get(TABLE)
    site.status = status
    site.changes()
    assert site.looks() == [TABLE]
    assert site.looks() == []


def test_what_another_worker_made_is_taken_from_the_disk(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path, known=site.known)
    for one in (site, other):
        one.get(TABLE)
    site.changes()
    site.looks()
    other.remaking.begin({"dates": 1, "site": 1})
    assert other.looks() == []
    assert "'dates': 2" in other.get(TABLE).text
    assert other.asked == []


def test_what_is_read_is_compressed_as_far_as_it_goes(site: Site, tmp_path: Path) -> None:
    first = site.get(TABLE, Accept_Encoding="br")
    assert site.looks() == []
    assert site.get(TABLE, Accept_Encoding="br").data == first.data, "it was asked for once"
    site.looks()
    dense = site.get(TABLE, Accept_Encoding="br")
    assert brotli.decompress(dense.data) == brotli.decompress(first.data)
    assert len(dense.data) < len(first.data)
    assert dense.headers["ETag"] != first.headers["ETag"]  # strong: other bytes, another tag
    for tag in (first.headers["ETag"], dense.headers["ETag"]):
        known = site.get(TABLE, Accept_Encoding="br", If_None_Match=tag)
        assert (known.status_code, known.headers["ETag"]) == (304, tag), "as the client has it"
    new = Site(tmp_path, known=site.known)
    assert new.get(TABLE, Accept_Encoding="br").headers["ETag"] == dense.headers["ETag"]  # from the disk
    assert new.asked == []


def test_while_the_database_is_silent_nothing_is_made(site: Site) -> None:
    site.get(TABLE)
    silent = Remaking(site.cache, lambda: None, "http://portal.test")
    silent.look(datetime.now(UTC))
    assert site.asked == [TABLE]


def test_what_another_worker_compressed_is_taken_from_the_disk(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path, known=site.known)
    for one in (site, other):
        for _each in range(2):
            one.get(TABLE)
    site.looks()
    other.looks()
    ours, theirs = (one.get(TABLE, Accept_Encoding="br") for one in (site, other))
    assert (theirs.data, theirs.headers["ETag"]) == (ours.data, ours.headers["ETag"])
    assert "-11" in theirs.headers["ETag"]
    copy, page = site.cache.kept.copy_of(TABLE), other.cache.kept.pages.peek(TABLE)
    assert copy
    assert page
    assert page.bodies["br"] == copy.bodies["br"]


def test_a_page_that_goes_or_is_made_anew_meanwhile_is_not_replaced(site: Site) -> None:
    for path in (TABLE, NOTICES):
        for _each in range(2):
            site.get(path)
    kept = site.cache.kept
    first = kept.pages.peek(TABLE)
    assert first
    site.changes()
    site.looks()
    kept.replace(TABLE, first, densely(first))
    assert "'dates': 2" in site.get(TABLE).text

    def dropped(seconds: float) -> None:
        for path in (TABLE, NOTICES):
            kept.drop(path)

    for path in (TABLE, NOTICES):
        for _each in range(2):
            site.get(path)
    site.known["site"] = 2
    site.get(TABLE)
    site.get(TABLE)
    Remaking(site.cache, lambda: dict(site.known), "http://portal.test", pause=dropped).look(datetime.now(UTC))
    assert not kept.pages.peek(TABLE)
    assert not kept.pages.peek(NOTICES)


def test_a_copy_of_a_page_that_goes_or_is_made_anew_meanwhile_is_no_copy_of_it(site: Site) -> None:
    kept = site.cache.kept
    site.get(TABLE)
    page = kept.pages.peek(TABLE)
    assert page
    assert kept.held() == (1, page.size)
    newer = replace(page, made_at=page.made_at + 1)

    def made_anew() -> None:
        site.saved = lambda: None
        kept.pages.put(TABLE, newer)

    site.saved = made_anew
    kept.replace(TABLE, page, densely(page))
    assert kept.copy_of(TABLE) == newer
    site.saved = lambda: kept.pages.drop(TABLE)
    kept.replace(TABLE, newer, densely(newer))
    assert kept.copy_of(TABLE) is None


def test_a_change_wakes_whoever_waits_for_one(site: Site) -> None:
    with ThreadPoolExecutor(1) as other:
        waits = other.submit(site.remaking.wait, 600)
        site.changes()
        waits.result(10)
