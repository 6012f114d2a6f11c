"""Pages in memory: so many, and those that are many never drive out those that are few."""

from pathlib import Path

from portal.store.copies import Page, Statement
from portal.web.door.kept import MOST_ANSWERS
from portal.web.door.shelf import Shelf
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


def a_page(size: int) -> Page:
    """Return a page that takes so many bytes."""
    return Page(Statement({}), (), "", 0, {"": bytes(size)})


def filled(most_bytes: int = 100, most_pages: int = 10, **sizes: int) -> Shelf:
    shelf = Shelf(most_bytes, most_pages)
    for address, size in sizes.items():
        shelf.put(address, a_page(size))
    return shelf


def on(shelf: Shelf, addresses: str) -> str:
    """Say which of some addresses have a page, without asking for it."""
    return "".join(one for one in addresses if one in {*shelf._new, *shelf._proven})


def test_a_shelf_holds_so_many_bytes_and_forgets_the_oldest_first() -> None:
    shelf = filled(a=40, b=40, c=40)
    assert (on(shelf, "abc"), shelf.bytes, len(shelf)) == ("bc", 80, 2)
    shelf.put("c", a_page(30))
    assert (on(shelf, "abc"), shelf.bytes) == ("bc", 70)
    shelf.drop("c")
    shelf.drop("never there")
    assert (on(shelf, "abc"), shelf.bytes) == ("b", 40)


def test_a_shelf_holds_so_many_pages() -> None:
    shelf = filled(most_pages=2, a=1, b=1, c=1)
    assert on(shelf, "abc") == "bc"


def test_what_was_asked_for_stays_and_has_its_turn_again() -> None:
    shelf = filled(a=40, b=40)
    assert shelf.get("a")
    shelf.put("c", a_page(40))
    assert on(shelf, "abc") == "ac"  # `a` has proved itself, and `b` went in its place
    shelf.put("d", a_page(40))
    assert on(shelf, "acd") == "ad"
    for address in "ef":
        assert shelf.get("a")
        shelf.put(address, a_page(40))
        assert on(shelf, f"a{address}") == f"a{address}"


def test_what_is_no_longer_asked_for_goes_in_the_end() -> None:
    shelf = filled(a=40, b=40)
    shelf.get("a")
    for address in "cd":
        shelf.put(address, a_page(40))
        shelf.get(address)
    shelf.put("e", a_page(40))
    assert shelf.get("a") is None


def test_a_page_that_takes_all_the_room_is_kept_while_it_is_the_last() -> None:
    shelf = filled(a=40, b=1_000)
    assert on(shelf, "ab") == "b"
    shelf.put("c", a_page(40))
    assert on(shelf, "bc") == "c"


def test_a_page_made_anew_keeps_what_it_has_proved() -> None:
    shelf = filled(a=40, b=40)
    shelf.get("a")
    shelf.put("c", a_page(40))
    shelf.put("a", a_page(30))
    shelf.get("a")
    shelf.put("a", a_page(20))
    for address in "defg":
        shelf.put(address, a_page(40))
    assert shelf.get("a")


def test_ten_thousand_pages_asked_for_once_drive_out_none_that_visitors_read() -> None:
    shelf = Shelf(100_000, 10_000)
    hot = [f"/hot/{number}" for number in range(50)]
    for address in hot:
        shelf.put(address, a_page(1_000))
        shelf.get(address)
    for number in range(10_000):
        shelf.put(f"/once/{number}", a_page(1_000))
    assert all(shelf.get(address) for address in hot)
    assert shelf.bytes <= 100_000
