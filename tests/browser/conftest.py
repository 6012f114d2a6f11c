"""What the tests in a browser start from: one site and one Chromium for each worker, a visitor for each test."""

from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import LAUNCH, Visitor, demonstrated_site, visiting
from tests.browser.pages import ROWS
from tests.serving import Served


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    assert LAUNCH["executable_path"], "chromium is not installed: `make test` says what to do"
    return {**browser_type_launch_args, **LAUNCH}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """The demonstration, and one row that was never published."""
    folder = tmp_path_factory.mktemp("browser")
    rows = folder / "rows.csv"
    rows.write_text(ROWS, "utf-8")
    with demonstrated_site(folder) as site:
        site.did("dates", "rows", rows)
        yield site


@pytest.fixture
def visitor(browser: Browser, site: Served) -> Generator[Visitor]:
    """Someone who has just opened a browser."""
    with visiting(browser, site) as visitor:
        yield visitor
