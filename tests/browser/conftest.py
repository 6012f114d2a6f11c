"""What the tests in a browser start from: a site and a Chromium for many of them, a visitor for each."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.chromium.pages import ROWS
from tests.chromium.visitor import Visitor, chromium, demonstrated_site, visiting, window
from tests.serving import Served


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """A Chromium that ends with its file of tests.

    Playwright holds an event loop open in this thread: under it, no test of another file could run one of its own.
    """
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """The demonstration, and one row that was never published."""
    folder = tmp_path_factory.mktemp("browser")
    rows = folder / "rows.csv"
    rows.write_text(ROWS, "utf-8")
    with demonstrated_site(folder) as site:
        site.did("dates", "rows", rows)
        yield site


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Generator[BrowserContext]:
    """The window in which most visitors have their tab."""
    with window(browser) as context:
        yield context


@pytest.fixture
def visitor(opened: BrowserContext, site: Served) -> Generator[Visitor]:
    """Someone in front of an empty tab."""
    with visiting(opened, site) as visitor:
        yield visitor


@pytest.fixture
def newcomer(browser: Browser, site: Served) -> Generator[Visitor]:
    """Someone whose browser has kept nothing of the site."""
    with window(browser) as context, visiting(context, site) as visitor:
        yield visitor
