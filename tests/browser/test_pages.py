"""Every page in a real browser: axe, every width, both colour schemes, zoom, spacing, and not one complaint."""

from collections.abc import Generator

import pytest
from playwright.sync_api import BrowserContext

from tests.chromium.pages import PAGES, Page
from tests.chromium.visitor import SCHEMES, Visitor, demonstrated_site, visiting
from tests.serving import Served

#: With the database dead: a copy is served, and what must ask it answers 503.
OUTLIVING = [
    Page(name, language, path, status)
    for name, language, path, status in (
        ("table", "fr", "/fr/dates/", 200),
        ("contact", "en", "/en/contact/", 200),
        ("frame", "fr", "/fr/integrer/dates/directives", 200),
        ("frame", "en", "/en/embed/dates/b2b-test", 200),
        ("lookup", "fr", "/fr/suivi/", 503),
        ("lookup", "en", "/en/status/", 503),
    )
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_is_for_everyone(visitor: Visitor, page: Page) -> None:
    visitor.open(page)
    faults = visitor.look_around() + visitor.squeeze()
    assert not faults, "\n".join([f"{page} ({page.path}):", *faults])
    assert not visitor.complaints


@pytest.fixture(scope="module")
def dying_site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A site whose database goes away after a first visitor."""
    folder = tmp_path_factory.mktemp("dying")
    with demonstrated_site(folder) as site:
        for page in OUTLIVING:
            site.ask(page.path)
        for file in (folder / "data").glob("portal.db*"):
            file.rename(folder / file.name)
        assert site.soon("/fr/dates/", "Cette page ne peut pas être mise à jour", within=5)
        yield site


@pytest.mark.parametrize("page", OUTLIVING, ids=str)
def test_axe_finds_nothing_on_a_copy_that_outlives_its_database(
    opened: BrowserContext, dying_site: Served, page: Page
) -> None:
    with visiting(opened, dying_site) as visitor:
        visitor.open(page)
        if page.status == 200:
            assert visitor.tab.locator(".p-banner--stale, .p-embed__stale").is_visible()
        for scheme in SCHEMES:
            visitor.look(width=320, scheme=scheme)
            assert not visitor.axe()
            assert not visitor.losses("320 px", "sideways", "clipped", "overlapping", "small")
        assert not visitor.complaints


@pytest.mark.parametrize("page", [page for page in OUTLIVING if page.name == "frame"], ids=str)
def test_a_copy_says_how_old_it_is_within_the_frame_that_we_offer(
    opened: BrowserContext, dying_site: Served, page: Page
) -> None:
    with visiting(opened, dying_site) as visitor:
        visitor.look(width=300, height=160)
        visitor.open(page)
        assert visitor.tab.locator(".p-embed__stale").is_visible()
        assert visitor.tab.evaluate("document.documentElement.scrollHeight") <= 160
