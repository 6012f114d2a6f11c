"""The table of dates in a real browser: clerks whose keys and pages are counted."""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from json import load
from urllib.request import urlopen

from playwright.sync_api import expect

from tests.chromium.visitor import Visitor
from tests.serving import Served

DATES = {"fr": "/desk/fr/dates/", "en": "/desk/en/dates/"}


@dataclass
class Clerk:
    """Somebody at the table who touches nothing but the keyboard."""

    visitor: Visitor
    keys: int = 0
    pages: int = 0

    def begins(self) -> "Clerk":
        """Forget what was typed before, and count from here."""
        self.opens(DATES["en"])
        begin_anew = self.visitor.tab.get_by_role("button", name="Begin anew")
        if begin_anew.count():
            with self.visitor.tab.expect_navigation():
                begin_anew.press("Enter")
        self.keys = self.pages = 0
        return self

    def opens(self, path: str) -> None:
        self.visitor.expected = 200
        self.visitor.tab.goto(self.visitor.site.address + path)
        self._looks()

    def _looks(self) -> None:
        """See a page, and the cursor where it puts it: what is typed sooner is lost, in its first key."""
        self.pages += 1
        for entry in self.visitor.tab.locator("[autofocus]").all():
            expect(entry).to_be_focused(timeout=30_000)

    def types(self, text: str) -> None:
        for key in text:
            self.presses(key)

    def presses(self, key: str) -> None:
        self.visitor.tab.keyboard.press(key)
        self.keys += 1

    def sends(self, key: str = "Enter", *, status: int = 200) -> None:
        """Press a key that leads to another page, which must answer so."""
        self.visitor.expected = status
        with self.visitor.tab.expect_navigation() as navigation:
            self.presses(key)
        assert navigation.value is not None
        assert navigation.value.status == status, self.words()
        self._looks()

    def words(self, selector: str = "main") -> str:
        return " ".join(self.visitor.tab.locator(selector).first.inner_text().split())


def dates_after(site: Served) -> dict[str, date]:
    """Return the same once what was just published must show: a change shows within a second."""
    time.sleep(1)
    return dates_now(site)


def dates_now(site: Served) -> dict[str, date]:
    """Return the received date that the public table says of each row that has one."""
    with urlopen(f"{site.address}/api/v1/dates", timeout=10) as answer:  # noqa: S310 — our own site
        rows = load(answer)["rows"]
    return {row["row"]: date.fromisoformat(row["received_on"]) for row in rows if row["received_on"]}


def short(day: date, days: int = 0) -> str:
    """Return a day, or one so many days later, as it is typed short."""
    return f"{day + timedelta(days):%m-%d}"
