"""Every page in a real browser: axe, every width, both colour schemes, zoom, spacing, and not one complaint."""

from itertools import product
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.chromium import Visitor
from tests.browser.pages import PAGES, Page

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: More than AA asks: 7:1 for text (WCAG 1.4.6).
AXE = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
RUN_AXE = "(options) => axe.run(options)"
#: What axe cannot decide by itself, such as the contrast of text on a picture, is decided here: there is none.
UNDECIDED = {"color-contrast", "color-contrast-enhanced"}
each_page = pytest.mark.parametrize("page", PAGES, ids=str)


@each_page
def test_axe_finds_nothing(visitor: Visitor, page: Page) -> None:
    visitor.open(page)
    visitor.tab.evaluate(AXE_SCRIPT)
    faults = []
    for width, scheme in product(WIDTHS, SCHEMES):
        visitor.look(width=width, scheme=scheme)
        found = visitor.tab.evaluate(RUN_AXE, AXE)
        assert len(found["passes"]) > 20, "axe looked at nothing"
        undecided = [rule for rule in found["incomplete"] if rule["id"] in UNDECIDED]
        faults += [f"{width} px, {scheme}: {words}" for words in _words(found["violations"] + undecided)]
    assert not faults, "\n".join([f"{page} ({page.path}):", *faults])
    assert not visitor.complaints


def _words(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {rule['help']}: {node['html']}" for rule in rules for node in rule["nodes"]]


@each_page
def test_nothing_is_lost_in_a_small_window_or_by_a_reader_who_spaces_text(visitor: Visitor, page: Page) -> None:
    visitor.open(page)
    faults = []
    for width, height in ((1280, 800), (768, 800), (320, 256)):
        visitor.look(width=width, height=height)
        faults += _faults(visitor, f"{width} × {height} px", "sideways", "clipped", "overlapping", "small")
    visitor.measure("space")
    for width in (320, 1280):
        visitor.look(width=width)
        faults += _faults(visitor, f"{width} px, text spaced", "sideways", "clipped", "overlapping")
    assert not faults, "\n".join([f"{page} ({page.path}):", *faults])
    assert not visitor.complaints


def _faults(visitor: Visitor, where: str, *measures: str) -> list[str]:
    return [f"{where}: {measure}: {fault}" for measure in measures for fault in visitor.measure(measure)]
