"""What the site sends: documents that vnu finds nothing to say of, and pages that weigh little and stand still."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.assets import STATIC
from tests.chromium.pages import PAGES, Page
from tests.chromium.visitor import Visitor, another_client
from tests.serving import Served

VNU = Path(__file__).parents[2] / ".venv/node/node_modules/vnu-jar/build/dist/vnu.jar"
#: What a page may cost, everything included: its style, its icon, what a telephone keeps of the site.
MOST_BYTES = 30_000
MOST_REQUESTS = 4
WEIGHED = [page for page in PAGES if page.name in ("front-front", "dates-table")]
BESIDE = "link[rel~=icon][href^=http], link[rel~=icon][href^='/'], link[rel=manifest]"
LINKED = "links => links.map((link) => link.href)"
WATCH_SHIFTS = """window.shifts = [];
window.shiftObserver = new PerformanceObserver((list) => window.shifts.push(...list.getEntries()));
window.shiftObserver.observe({ type: "layout-shift", buffered: true });"""
#: Two frames later, what the first ones moved is known.
SHIFTS = """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    window.shifts.push(...window.shiftObserver.takeRecords());
    const name = ({ node }) => node?.outerHTML?.slice(0, 120);
    resolve(window.shifts.map(({ value, sources }) => `${value}: ${sources.map(name)}`));
})))"""


def document(site: Served, page: Page) -> bytes:
    """Return a page as it was sent, before any browser read it."""
    form = urlencode(page.form).encode() if page.form else None
    asked = urllib.request.Request(site.address + page.path, form, another_client())  # noqa: S310 — our own site
    for _ in range(page.times - 1):
        urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310 — our own site
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 — our own site
            status, sent = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, sent = error.code, error.read()
    assert status == page.status, f"{page}: {status}"
    return sent


def test_vnu_has_nothing_to_say(site: Served, tmp_path: Path) -> None:
    for page in PAGES:
        (tmp_path / f"{page}.html").write_bytes(document(site, page))
    badge = Page("badge", "fr", "/fr/integrer/dates/b2b-test.svg")
    (tmp_path / "badge.svg").write_bytes(document(site, badge))
    files = [*tmp_path.iterdir(), *STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]
    assert len(files) >= len(PAGES) + 2
    command = ["java", "-jar", VNU, "--format", "json", "--stdout", "--also-check-css", "--also-check-svg", *files]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    messages = json.loads(ended.stdout)["messages"]
    faults = [f"{Path(m['url']).name}:{m.get('lastLine')}: {m['type']}: {m['message']}" for m in messages]
    assert not faults, "\n".join(faults)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("page", WEIGHED, ids=str)
def test_a_page_weighs_little(newcomer: Visitor, page: Page) -> None:
    network = newcomer.tab.context.new_cdp_session(newcomer.tab)
    answers: dict[str, Mapping[str, Any]] = {}
    sizes: dict[str, float] = {}
    network.on("Network.responseReceived", lambda event: answers.update({event["requestId"]: event["response"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    newcomer.open(page)
    newcomer.tab.wait_for_load_state("networkidle")
    # A data: address is part of Chromium itself, such as the calendar of a date field.
    weights = {
        answers[number]["url"]: size for number, size in sizes.items() if answers[number]["url"].startswith("http")
    }
    encodings = {answer["url"]: _encoding(answer["headers"]) for answer in answers.values()}
    assert encodings[newcomer.tab.url] == "br", "a browser that reads brotli gets brotli"
    # Chromium fetches these by the side, where its own tools do not see it.
    for address in set(newcomer.tab.eval_on_selector_all(BESIDE, LINKED)) - set(weights):
        weights[address] = weight(address)
    print(f"{page}: {sum(weights.values()):.0f} bytes, {len(weights)} requests")
    assert sum(weights.values()) <= MOST_BYTES, weights
    assert len(weights) <= MOST_REQUESTS, weights


def _encoding(headers: Mapping[str, str]) -> str | None:
    return next((value for name, value in headers.items() if name.lower() == "content-encoding"), None)


def weight(address: str) -> int:
    """Return the bytes of an answer in brotli, its headers included."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "br"})  # noqa: S310 — our own site
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 — our own site
        return len(answer.read()) + len(bytes(answer.headers))


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("page", WEIGHED, ids=str)
def test_nothing_moves_once_it_is_shown(newcomer: Visitor, page: Page, width: int) -> None:
    newcomer.tab.add_init_script(WATCH_SHIFTS)
    newcomer.look(width=width)
    newcomer.open(page)
    newcomer.tab.wait_for_load_state("networkidle")
    assert "layout-shift" in newcomer.tab.evaluate("PerformanceObserver.supportedEntryTypes")
    shifts = newcomer.tab.evaluate(SHIFTS)
    assert not shifts, "\n".join(shifts)


@pytest.mark.parametrize("page", [page for page in WEIGHED if page.name == "dates-table"], ids=str)
def test_the_table_is_printed_on_one_letter_page_with_its_day_and_its_address(visitor: Visitor, page: Page) -> None:
    visitor.open(page)
    printed = visitor.tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    sheets = re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in sheets} == {
        (612, 792)
    }  # Letter, in points
    visitor.tab.emulate_media(media="print")
    assert visitor.tab.locator("#dates-table caption time").is_visible()
    assert visitor.tab.get_by_text(page.path).is_visible()
    assert visitor.tab.locator("form:visible, .p-nav:visible, .p-state:visible").count() == 0
