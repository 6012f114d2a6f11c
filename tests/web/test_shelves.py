"""Pages in memory: so many, and those that are many never drive out those that are few."""

from pathlib import Path

from portal.store.copies import Statement
from portal.web.door.page_cache import MOST_ANSWERS, Shelf, finished
from tests.web.test_page_cache import CHECK, TABLE, Site


def test_many_different_answers_do_not_drive_out_a_page(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.get(TABLE)
    for number in range(3_000):
        site.get(f"{CHECK}?type=access-new&date={number}")
    before = site.asked
    site.get(TABLE)
    site.get(f"{CHECK}?type=access-new&date=2999")
    assert site.asked == before  # both still there
    site.get(f"{CHECK}?type=access-new&date=0")
    assert site.asked == before + 1  # the oldest answer is forgotten
    assert len(list(site.copies._folder.iterdir())) <= 2  # and no answer fills the disk


def test_pages_that_are_many_drive_out_no_page_and_fill_no_disk(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.get(TABLE)
    site.is_one_of_many = True
    for number in range(MOST_ANSWERS + 1):
        site.get(f"/version/{number}")
    before = site.asked
    for path in (TABLE, f"/version/{MOST_ANSWERS}"):
        site.get(path)
    assert site.asked == before  # both still there
    site.get("/version/0")
    assert site.asked == before + 1  # the oldest is forgotten
    assert len(list(site.copies._folder.iterdir())) == 1


def test_a_shelf_holds_so_many_bytes_and_forgets_the_oldest_first() -> None:
    shelf = Shelf(most_bytes=100)
    pages = {name: finished(Statement({}), [], name.encode() * 40, 0) for name in "abc"}
    for name, page in pages.items():
        shelf.put(name, page)
    kept = sum(page.size for page in shelf.pages.values())
    assert kept == shelf.bytes <= 100
    assert "a" not in shelf.pages
    assert "c" in shelf.pages
    shelf.put("c", pages["c"])
    shelf.drop("c")
    shelf.drop("never there")
    assert shelf.bytes == sum(page.size for page in shelf.pages.values())
