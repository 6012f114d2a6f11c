"""A visitor without a mouse, who sees where the focus is after every key."""

import re
from dataclasses import dataclass
from datetime import date

from tests.chromium.pages import Page
from tests.chromium.visitor import Visitor

#: The parts of a date field, and its button that opens a calendar.
MOST_PARTS = 5
#: More stops than any page has.
MOST_STOPS = 300
DESKTOP = (1280, 800)


@dataclass
class Typist:
    """A visitor who has a keyboard only, and sees where the focus is after every key."""

    visitor: Visitor

    def open(self, page: Page, *, window: tuple[int, int] = DESKTOP) -> None:
        self.visitor.look(width=window[0], height=window[1])
        self.visitor.open(page)
        self.visitor.measure("remember")

    def arrive(self, path: str) -> None:
        """Open an address of the site."""
        self.visitor.tab.goto(self.visitor.site.address + path)
        self.visitor.measure("remember")

    def tab(self, key: str = "Tab") -> bool:
        """Go one stop further; say whether it is on the page. Each stop must be seen."""
        self.visitor.tab.keyboard.press(key)
        faults = self.visitor.measure("focus")
        assert not faults, "\n".join(faults)
        return self.visitor.tab.evaluate("document.activeElement !== document.body")

    def walk(self) -> list[int]:
        """Press Tab until the focus leaves the page; return the stops, by their numbers, or those before it turned."""
        met: list[int] = []
        for _ in range(len(self.visitor.measure("stops")) * MOST_PARTS):
            if not self.tab():
                break
            number = self.visitor.measure("stop")
            if met[-1:] != [number]:
                met.append(number)
        return met

    def reach(self, selector: str, key: str = "Tab") -> None:
        """Press Tab until the focus is on this element."""
        for _ in range(MOST_STOPS):
            self.tab(key)
            if self.is_on(selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    def is_on(self, selector: str) -> bool:
        return self.visitor.tab.evaluate("(selector) => document.activeElement.matches(selector)", selector)

    def type(self, text: str) -> None:
        self.visitor.tab.keyboard.type(text)

    def choose(self, selector: str, value: str) -> None:
        """Go down a list of choices as far as this one."""
        self.reach(selector)
        for _ in range(self.visitor.tab.locator(f"{selector} option").count()):
            if self.visitor.tab.input_value(selector) == value:
                return
            self.visitor.tab.keyboard.press("ArrowDown")
        assert self.visitor.tab.input_value(selector) == value

    def type_day(self, day: date) -> None:
        """Type a date in the field that has the focus, in the order of Chromium's own or as the hint shows it."""
        self.type(f"{day:%m%d%Y}" if self.is_on("[type=date]") else str(day))

    def enter(self, status: int = 200) -> None:
        """Press Enter on what leads to another page, and wait for it."""
        self.visitor.expected = status
        with self.visitor.tab.expect_navigation() as navigation:
            self.visitor.tab.keyboard.press("Enter")
        answer = navigation.value
        assert answer is None or answer.status == status
        self.visitor.measure("remember")

    def follow(self, selector: str) -> None:
        self.reach(selector)
        self.enter()

    @property
    def path(self) -> str:
        return self.visitor.tab.url.removeprefix(self.visitor.site.address)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.visitor.tab.inner_text("main"))
