"""What the tests of the desk in a browser start from: one served desk, a Chromium for each file, and its people."""

from collections.abc import Generator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.chromium.visitor import Visitor, chromium, visiting, window
from tests.desk.browser.people import Accounts, Staff, desk_site


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Generator[Accounts]:
    """The demonstration, and nobody with an account yet."""
    with desk_site(tmp_path_factory.mktemp("desk")) as site:
        yield Accounts(site)


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """A Chromium that ends with its file of tests, as in tests/browser."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def staff(accounts: Accounts, browser: Browser) -> Generator[Staff]:
    """The people of the desk."""
    with ExitStack() as open_windows:
        yield Staff(accounts, browser, open_windows)


@pytest.fixture
def visitor(staff: Staff) -> Generator[Visitor]:
    """Somebody whose browser has kept nothing of the desk."""
    with window(staff.browser) as context, visiting(context, staff.site) as visitor:
        yield visitor
