"""A visitor with a real browser, who hears everything that it complains of."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page as Tab,
    Request,
    Response,
    sync_playwright,
)

from portal.core.languages import TAGS
from tests.chromium.pages import TODAY, Page
from tests.serving import Served, served

#: Debian's, which its users have and its security team mends; nothing is downloaded. Its own language is fixed, because
#: date fields take theirs from it, not from the page: month, day, year.
LAUNCH: dict[str, Any] = {
    "executable_path": shutil.which("chromium"),
    "args": ["--disable-background-networking", "--lang=en-US", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
}
#: Told on the console, where the other complaints of the browser already are.
REPORT_CSP = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} refuses ${event.blockedURI}`));"""
SEND = """([path, fields]) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: path });
    for (const [name, value] of Object.entries(fields))
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
}"""
TRY = "([path, fields]) => fetch(path, { method: 'post', body: new URLSearchParams(fields) }).then((a) => a.text())"
#: WCAG 2.2 AA, best practices, and more than AA asks: 7:1 for text (WCAG 1.4.6).
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
#: What axe cannot decide by itself, such as the contrast of text on a picture, is decided here: there is none.
UNDECIDED = ("color-contrast", "color-contrast-enhanced")
#: Of all that axe says, what is wanted: a page of a hundred rows would send a megabyte.
RUN = """async ([options, undecided]) => {
    const { passes, violations, incomplete } = await axe.run(options);
    const rules = [...violations, ...incomplete.filter((rule) => undecided.includes(rule.id))];
    return [passes.length, rules.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => [`${id}: ${help}`, html]))];
}"""
#: A phone in the light, a desktop in the dark: colours, most of axe’s work, depend on the scheme alone.
SCHEMES = ("light", "dark")
VIEWS = ((320, "light"), (1280, "dark"))
MEASURES = Path(__file__).with_name("measures.js").read_text("utf-8")
#: So long a busy machine may take for what an idle one does within a second.
PATIENCE_SECONDS = 60
#: RFC 2544 keeps this network for measurements: no client of ours, one address a visitor.
_addresses = (f"198.18.{n // 256 % 256}.{n % 256}" for n in count(1))


def is_label(html: str) -> bool:
    """Say whether an element is a text of a drawing."""
    return html.startswith("<text ")


@contextmanager
def chromium() -> Generator[Browser]:
    """Open the browser, and end it."""
    assert LAUNCH["executable_path"], "chromium is not installed: `make test` installs it, or says how"
    with sync_playwright() as playwright, playwright.chromium.launch(**LAUNCH) as browser:
        yield browser


@contextmanager
def demonstrated_site(folder: Path) -> Generator[Served]:
    """Serve the demonstration of today; each visitor counts as a client of their own."""
    settings = {"PORTAL_PROXY_HOPS": "1"}
    with served(folder / "data", settings=settings) as site:
        site.did("demo", "--day", str(TODAY))
        yield site


@dataclass
class Visitor:
    """Someone in front of a browser: one tab, and what the browser complained of."""

    site: Served
    tab: Tab
    complaints: list[str] = field(default_factory=list)
    expected: int = 200

    def open(self, page: Page) -> Response:
        """Open a page of the list, as far as the state that it is in; return its answer."""
        self.expected = page.status
        answer = self.tab.goto(self.site.address + page.path)
        if page.form:
            answer = self._send(page)
        assert answer is not None
        assert answer.status == page.status, f"{page}: {answer.status}"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer

    def open_until(self, path: str, selector: str) -> None:
        """Open an address again and again until it shows an element: what the site does by itself takes its time."""
        end = monotonic() + PATIENCE_SECONDS
        self.tab.goto(self.site.address + path)
        while not self.tab.locator(selector).count():
            assert monotonic() < end, f"{path} never shows {selector}"
            self.tab.wait_for_timeout(200)
            self.tab.goto(self.site.address + path)

    def _send(self, page: Page) -> Response:
        sent = [page.path, dict(page.form)]
        for _ in range(page.times - 1):
            self.tab.evaluate(TRY, sent)
        with self.tab.expect_navigation() as navigation:
            self.tab.evaluate(SEND, sent)
        return navigation.value

    def look(self, *, width: int, height: int = 800, scheme: str = "light") -> None:
        """Make the window so wide, in CSS pixels, and light or dark."""
        self.tab.set_viewport_size({"width": width, "height": height})
        self.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")

    def axe(self) -> list[str]:
        """Return what axe finds on the page as it is now, and what it cannot decide of contrast."""
        if not self.tab.evaluate("'axe' in window"):
            self.tab.evaluate(AXE_SCRIPT)
        passed, found = self.tab.evaluate(RUN, [AXE, UNDECIDED])
        assert passed > 12, "axe looked at nothing"
        # The labels of a chart lie over its lines: the measure “faint” decides of them.
        return [f"{rule}: {html}" for rule, html in found if not is_label(html)]

    def measure(self, name: str) -> Any:
        """Return what a measure of measures.js found on the page."""
        return self.tab.evaluate(f"{MEASURES}; measures.{name}()")

    def look_around(self) -> list[str]:
        """Return what axe finds on a phone in the light, and on a desktop in the dark."""
        faults = []
        for width, scheme in VIEWS:
            self.look(width=width, scheme=scheme)
            faults += [f"{width} px, {scheme}: {fault}" for fault in [*self.axe(), *self.measure("faint")]]
        return faults

    def squeeze(self) -> list[str]:
        """Return what is lost in a small window, or by a reader who spaces text: the page stays spaced."""
        faults = []
        for width, height in ((1280, 800), (768, 800), (320, 256)):
            self.look(width=width, height=height)
            faults += self.losses(f"{width} × {height} px", "sideways", "clipped", "overlapping", "small")
        self.measure("space")
        for width in (320, 1280):
            self.look(width=width)
            faults += self.losses(f"{width} px, text spaced", "sideways", "clipped", "overlapping")
        return faults

    def losses(self, where: str, *measures: str) -> list[str]:
        """Return what these measures find on the page as it is now."""
        return [f"{where}: {measure}: {fault}" for measure in measures for fault in self.measure(measure)]

    def hear(self) -> None:
        """Note from now on everything that the browser says."""
        self.tab.add_init_script(REPORT_CSP)
        self.tab.on("console", self._note_message)
        self.tab.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.tab.on("requestfailed", self._note_failure)
        self.tab.on("response", self._note_answer)

    def await_complaint(self, text: str, *, seconds: float = 30) -> None:
        """Wait so many seconds at most for a complaint with this text: a refusal is told after it has refused."""
        end = monotonic() + seconds
        while not any(text in complaint for complaint in self.complaints):
            assert monotonic() < end, f"not heard: {text!r}, but {self.complaints}"
            self.tab.wait_for_timeout(20)

    def _note_message(self, message: ConsoleMessage) -> None:
        # Chromium itself says so of a page that is meant to be an error.
        if self.expected >= 400 and f"the server responded with a status of {self.expected}" in message.text:
            return
        self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _note_failure(self, request: Request) -> None:
        # An icon that was on its way when the visitor left.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url}: {request.failure}")

    def _note_answer(self, response: Response) -> None:
        if response.status >= 400 and response.status != self.expected:
            self.complaints.append(f"{response.status}: {response.url}")


@contextmanager
def window(browser: Browser, *, is_scripted: bool = True) -> Generator[BrowserContext]:
    """Open a window of a browser that keeps nothing from before: French of Québec, and nothing moves.

    Its first tab stays: Chromium takes half the time for a tab beside another one.
    """
    context = browser.new_context(
        locale=TAGS["fr"],
        timezone_id="America/Toronto",
        reduced_motion="reduce",
        java_script_enabled=is_scripted,
    )
    context.new_page()
    try:
        yield context
    finally:
        context.close()


@contextmanager
def visiting(context: BrowserContext, site: Served) -> Generator[Visitor]:
    """Open a tab for one visitor, who is one client of the site."""
    tab = context.new_page()
    tab.set_extra_http_headers(another_client())
    visitor = Visitor(site, tab)
    visitor.hear()
    try:
        yield visitor
    finally:
        tab.close()


def another_client() -> dict[str, str]:
    """Return the header by which the site takes a visitor for someone it has not met."""
    return {"X-Forwarded-For": next(_addresses)}
