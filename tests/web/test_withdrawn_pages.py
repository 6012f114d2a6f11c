"""What is withdrawn leaves the door's memory and its copies, even while the database is away."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

from portal.store.copies import Copies, Page, Statement
from portal.web.door.answers import finished
from portal.web.door.shelf import Shelf
from tests.web.test_page_cache import CHECK, Site, soon


def test_what_is_withdrawn_leaves_memory_and_disk_and_the_rest_stays(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.revisions = {"notices": 4}
    paths = ("/list", f"{CHECK}?type=access-new&date=1")
    for path in paths:
        site.get(path)
    site.cache.forget({"dates": 9})
    site.revisions = None
    assert [site.get(path).headers.get("Age") for path in paths] == ["0", "0"]
    site.cache.forget({"notices": 5})
    site.status = "503 SERVICE UNAVAILABLE"
    assert [site.get(path).status_code for path in paths] == [503, 503]
    assert soon(lambda: site.copies.load("/list") is None)


def test_a_copy_of_what_was_withdrawn_is_not_taken_from_the_disk(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cache.forget({"notices": 5})
    for address, number in (("/before", 4), ("/after", 5)):
        site.copies.save(address, finished(Statement({"notices": number}), [("Content-Type", "text/plain")], b"x", 0))
    site.revisions = None
    site.status = "503 SERVICE UNAVAILABLE"
    assert [site.get(path).status_code for path in ("/before", "/after")] == [503, 200]


def test_a_page_that_was_being_made_during_a_withdrawal_is_not_kept(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.revisions = {"notices": 4}
    site.while_asked = lambda: site.cache.forget({"notices": 5})
    assert site.get("/list").status_code == 200
    assert site.copies.load("/list") is None
    site.revisions, site.status = None, "503 SERVICE UNAVAILABLE"
    assert site.get("/list").status_code == 503


class WithdrawingCopies(Copies):
    """Copies of a site where something happens just before one is written, or just after one was read."""

    before_saving: Callable[[], object] = staticmethod(lambda: None)
    after_loading: Callable[[], object] = staticmethod(lambda: None)

    def __init__(self, data: Path, release: str) -> None:
        super().__init__(data, release)
        self.is_swept, self.may_sweep = Event(), Event()
        self.may_sweep.set()

    def save(self, address: str, page: Page) -> None:
        self.before_saving()
        super().save(address, page)

    def load(self, address: str) -> Page | None:
        page = super().load(address)
        self.after_loading()
        return page

    def forget(self, floors: Mapping[str, int]) -> None:
        assert self.may_sweep.wait(10)
        super().forget(floors)
        self.is_swept.set()


def withdrawing_site(folder: Path) -> tuple[Site, WithdrawingCopies]:
    site = Site(folder, WithdrawingCopies)
    site.revisions = {"notices": 4}
    assert isinstance(site.copies, WithdrawingCopies)
    return site, site.copies


def test_a_page_that_was_being_written_during_a_withdrawal_is_not_kept(tmp_path: Path) -> None:
    site, copies = withdrawing_site(tmp_path)

    def withdraw() -> None:
        site.cache.forget({"notices": 5})
        assert copies.is_swept.wait(10)

    copies.before_saving = withdraw
    assert site.get("/list").status_code == 200
    site.revisions, site.status = None, "503 SERVICE UNAVAILABLE"
    assert site.get("/list").status_code == 503
    assert not list((tmp_path / "pages" / "release").iterdir())


def test_a_copy_that_was_being_read_during_a_withdrawal_is_not_answered(tmp_path: Path) -> None:
    site, copies = withdrawing_site(tmp_path)
    copies.save("/list", finished(Statement({"notices": 4}), [("Content-Type", "text/plain")], b"x", 0))
    copies.after_loading = lambda: site.cache.forget({"notices": 5})
    site.revisions, site.status = None, "503 SERVICE UNAVAILABLE"
    assert [site.get("/list").status_code for _time in range(2)] == [503, 503]


def test_a_copy_does_not_stand_in_for_a_page_that_fails_during_a_withdrawal(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.revisions = {"notices": 4}
    site.get("/list")
    site.revisions, site.status = {"notices": 5}, "503 SERVICE UNAVAILABLE"
    site.while_asked = lambda: site.cache.forget({"notices": 5})
    assert site.get("/list").status_code == 503


def test_a_copy_that_is_not_swept_yet_is_shown_to_nobody(tmp_path: Path) -> None:
    site, copies = withdrawing_site(tmp_path)
    site.get("/list")
    copies.may_sweep.clear()
    site.cache.forget({"notices": 5})
    kept = (tmp_path / "pages" / "release").iterdir()
    fresh = Site(tmp_path)
    fresh.revisions, fresh.status = None, "503 SERVICE UNAVAILABLE"
    assert fresh.get("/list").status_code == 503
    assert all(file.is_file() for file in kept)
    copies.may_sweep.set()
    assert copies.is_swept.wait(10)


def test_a_shelf_takes_nothing_that_it_had_to_forget() -> None:
    shelf = Shelf(1_000, 10)
    old, new = (finished(Statement({"notices": number}), [], b"x" * number, 0) for number in (4, 5))
    shelf.forget({"notices": 5})
    shelf.put("/list", new)
    shelf.put("/list", old)
    assert shelf.get("/list") is new
    shelf.put("/other", old)
    assert shelf.get("/other") is None
    assert (len(shelf), shelf.bytes) == (1, new.size)
