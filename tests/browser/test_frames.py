"""What another site shows of ours, in a real browser: a frame, a badge, what its script polls."""

from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import BrowserContext, Frame, Page as Tab

from portal.core.languages import LANGUAGES, Language
from tests.chromium.pages import UNPUBLISHED
from tests.serving import Served

FRAME: dict[Language, str] = {"fr": "/fr/integrer/dates/", "en": "/en/embed/dates/"}
ROWS = [
    "access-new",
    "b2b-certificate",
    "b2b-test",
    "access-removal",
    "selat-change",
    "directives-renewal",
    "directives",
]
WIDTH, HEIGHT = 300, 160
POLL = """async (address) => {
    const first = await fetch(address), tag = first.headers.get("ETag");
    const again = await fetch(address, { headers: { "If-None-Match": tag }, cache: "no-store" });
    return [first.status, tag.length > 20, again.status];
}"""
OUTSIDE = """() => [...document.querySelectorAll("text")].filter((text, n) => {
    const inner = text.getBBox(), outer = document.querySelectorAll("rect")[n].getBBox();
    return inner.x < outer.x || inner.x + inner.width > outer.x + outer.width
        || inner.y < outer.y || inner.y + inner.height > outer.y + outer.height;
}).map((text) => text.textContent)"""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that prints nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def elsewhere(tmp_path: Path) -> Generator[str]:
    """The address of another site, whose files are in the folder of the test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def tab(opened: BrowserContext) -> Generator[Tab]:
    tab = opened.new_page()
    yield tab
    tab.close()


def framed(tab: Tab, elsewhere: str, folder: Path, address: str) -> Frame:
    """Open a page of the other site with a frame in it, and return what the frame shows."""
    (folder / "page.html").write_text(f'<!doctype html><title>x</title><iframe src="{address}"></iframe>', "utf-8")
    tab.goto(f"{elsewhere}/page.html")
    tab.wait_for_load_state("load")
    [frame] = tab.main_frame.child_frames
    return frame


def test_another_site_shows_a_row_and_its_link_leaves_the_frame(
    tab: Tab, site: Served, elsewhere: str, tmp_path: Path
) -> None:
    frame = framed(tab, elsewhere, tmp_path, f"{site.address}/fr/integrer/dates/access-new")
    assert frame.locator("h1").inner_text() == "Nouvel accès aux services en ligne"
    assert frame.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "14px", "it has its style"
    frame.get_by_role("link").click()
    tab.wait_for_url(f"{site.address}/fr/dates/access-new/")


def test_another_site_is_told_in_the_frame_that_a_row_is_unknown(
    tab: Tab, site: Served, elsewhere: str, tmp_path: Path
) -> None:
    frame = framed(tab, elsewhere, tmp_path, f"{site.address}/en/embed/dates/unknown")
    assert frame.locator("h1").inner_text() == "Page not found"


@pytest.mark.parametrize("path", ["/fr/dates/", "/fr/dates/access-new/", "/fr/suivi/", "/api/v1/dates"])
def test_another_site_frames_nothing_else(tab: Tab, site: Served, elsewhere: str, tmp_path: Path, path: str) -> None:
    with tab.expect_console_message(lambda message: "frame-ancestors" in message.text):
        frame = framed(tab, elsewhere, tmp_path, site.address + path)
    assert frame.url.startswith("chrome-error:")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", [*ROWS, UNPUBLISHED])
def test_nothing_scrolls_in_the_frame_that_we_offer(tab: Tab, site: Served, row: str, language: Language) -> None:
    tab.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    tab.goto(f"{site.address}{FRAME[language]}{row}")
    height, width = tab.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert (width, height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", [*ROWS, UNPUBLISHED])
def test_the_words_of_a_badge_stay_inside(tab: Tab, site: Served, row: str, language: Language) -> None:
    tab.goto(f"{site.address}{FRAME[language]}{row}.svg")
    assert tab.evaluate("document.querySelectorAll('text').length") >= 2
    assert not tab.evaluate(OUTSIDE)


@pytest.mark.parametrize("path", ["/api/v1/dates", "/fr/dates/fil.rss", "/fr/integrer/dates/access-new.svg"])
def test_a_script_of_another_site_polls_and_is_told_304(
    tab: Tab, site: Served, elsewhere: str, tmp_path: Path, path: str
) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><title>x</title>", "utf-8")
    tab.goto(f"{elsewhere}/page.html")
    assert tab.evaluate(POLL, site.address + path) == [200, True, 304]
