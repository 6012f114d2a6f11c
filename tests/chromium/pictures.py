"""Pictures of each page, in build/pictures: both languages, phone and desktop; and the table as it is printed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium.pages import PAGES, UNPUBLISHED, Page
from tests.chromium.visitor import LAUNCH, Visitor, demonstrated_site, visiting, window

FOLDER = Path(__file__).parents[2] / "build/pictures"
WIDTHS = (375, 1280)
#: The pages that are also taken in the dark.
DARK = {"front-front", "dates-table", "check-not_yet"}
#: States that this site, the demonstration alone, does not have.
ABSENT = {"check-unpublished", f"row-{UNPUBLISHED}"}


def main() -> None:
    """Take every picture anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    pages = [page for page in PAGES if page.name not in ABSENT]
    with (
        tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder,
        demonstrated_site(Path(folder)) as site,
        sync_playwright() as playwright,
        playwright.chromium.launch(**LAUNCH) as browser,
        window(browser) as context,
    ):
        for page in pages:
            with visiting(context, site) as visitor:
                print(*_take(visitor, page))
    print(f"{len(list(FOLDER.iterdir()))} files in build/pictures")


def _take(visitor: Visitor, page: Page) -> Iterator[str]:
    visitor.open(page)
    for scheme in ("light", "dark") if page.name in DARK else ("light",):
        for width in WIDTHS:
            name = f"{page}-{width}{'-dark' if scheme == 'dark' else ''}.png"
            visitor.look(width=width, scheme=scheme)
            visitor.tab.screenshot(path=FOLDER / name, full_page=True)
            yield name
    if page.name == "dates-table":
        visitor.tab.pdf(path=FOLDER / f"{page}.pdf", prefer_css_page_size=True, print_background=True)
        yield f"{page}.pdf"


if __name__ == "__main__":
    main()
