"""Pictures of each page, in build/pictures: both languages, phone and desktop; and the table as it is printed."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from portal.core.languages import LANGUAGES
from tests.chromium.moments import MOMENTS, Moment, at_moment
from tests.chromium.pages import PAGES, ROWS, Page
from tests.chromium.visitor import LAUNCH, Visitor, demonstrated_site, visiting, window
from tests.desk.browser.pages import SCREENS
from tests.desk.browser.people import Accounts, Staff, desk_site
from tests.makers import in_quebec

FOLDER = Path(__file__).parents[2] / "build/pictures"
WIDTHS = (375, 1280)
#: The pages that are also taken in the dark.
DARK = {"front-front", "dates-table", "check-not_yet"}


def main() -> None:
    """Take every picture anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder,
        demonstrated_site(Path(folder)) as site,
        sync_playwright() as playwright,
        playwright.chromium.launch(**LAUNCH) as browser,
        window(browser) as context,
    ):
        rows = Path(folder) / "rows.csv"
        rows.write_text(ROWS, "utf-8")
        site.did("dates", "rows", rows)
        for page in PAGES:
            with visiting(context, site) as visitor:
                print(*_take(visitor, page))
        for moment in MOMENTS:
            print(*_take_at(context, Path(folder) / moment.name, moment))
        with desk_site(Path(folder) / "desk") as desk, ExitStack() as open_windows:
            staff = Staff(Accounts(desk), browser, open_windows)
            for screen in SCREENS:
                with staff.at(screen) as visitor:
                    print(*_shots(visitor, f"desk-{screen}"))
    print(f"{len(list(FOLDER.iterdir()))} files in build/pictures")


def _take_at(context: BrowserContext, folder: Path, moment: Moment) -> Iterator[str]:
    with at_moment(folder, moment) as site, visiting(context, site) as visitor:
        for language, width in product(LANGUAGES, WIDTHS):
            name = f"contact-{moment.name}-{language}-{width}.png"
            visitor.look(width=width)
            visitor.tab.clock.install(time=in_quebec(moment.at))
            visitor.tab.goto(f"{site.address}/{language}/contact/{moment.query}")
            visitor.tab.screenshot(path=FOLDER / name, full_page=True)
            yield name


def _take(visitor: Visitor, page: Page) -> Iterator[str]:
    visitor.open(page)
    yield from _shots(visitor, str(page), ("light", "dark") if page.name in DARK else ("light",))
    if page.name == "dates-table":
        visitor.tab.pdf(path=FOLDER / f"{page}.pdf", prefer_css_page_size=True, print_background=True)
        yield f"{page}.pdf"


def _shots(visitor: Visitor, name: str, schemes: Sequence[str] = ("light",)) -> Iterator[str]:
    for scheme, width in product(schemes, WIDTHS):
        file = f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.png"
        visitor.look(width=width, scheme=scheme)
        visitor.tab.screenshot(path=FOLDER / file, full_page=True)
        yield file


if __name__ == "__main__":
    main()
