"""Copies while the database is silent: they say how old they are, and a new worker knows which arguments they had."""

from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import Client

from portal.store.copies import Copies, Statement
from portal.web.door.answers import STALE_MARK
from portal.web.door.page_cache import STATEMENT, PageCache

PAGE, FEED = "/page", "/feed"


class Site:
    """A page with a place for the notice of a copy, and a feed without one; both know one argument, of few values."""

    def __init__(self, folder: Path) -> None:
        copies = Copies(folder, "release")
        copies.prepare()
        self.revisions: dict[str, int] | None = {"site": 1}
        self.client = Client(PageCache(self.answer, lambda: self.revisions, copies))

    def answer(self, environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        notice = "<p>Kept.</p>" if environ["PATH_INFO"] == PAGE else ""
        environ[STATEMENT] = Statement({"site": 1}, ("region",), few=True, stale_notice=notice)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [STALE_MARK if notice else b"", str(environ["QUERY_STRING"]).encode()]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A new worker, the database silent, where another one has answered."""
    before, after = Site(tmp_path), Site(tmp_path)
    for path in (PAGE, FEED):
        for query in ("", "?region=laval", "?region=quebec"):
            before.client.get(path + query)
    after.revisions = None
    return after


@pytest.mark.parametrize(("path", "notice"), [(PAGE, "<p>Kept.</p>"), (FEED, "")])
def test_a_copy_says_how_old_it_is(site: Site, path: str, notice: str) -> None:
    answer, head = site.client.get(path), site.client.head(path)
    assert (answer.status_code, answer.text) == (200, notice)
    assert (answer.headers["Cache-Control"], answer.headers["Age"]) == ("no-cache", "0")
    assert (head.data, head.headers) == (b"", answer.headers)


def test_a_copy_without_a_notice_has_its_tag(site: Site) -> None:
    tag = site.client.get(FEED).headers["ETag"]
    assert site.client.get(FEED, headers={"If-None-Match": tag}).status_code == 304
    assert "ETag" not in site.client.get(PAGE).headers


@pytest.mark.parametrize("region", ["laval", "quebec"])
def test_a_new_worker_knows_which_arguments_a_copy_had(site: Site, region: str) -> None:
    assert site.client.get(f"{FEED}?other=1&region={region}").text == f"region={region}"
