"""What is withdrawn leaves the door's memory and its copies, even while the database is away."""

from pathlib import Path

from portal.store.copies import Statement
from portal.web.page_cache import finished
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
