"""The measures themselves: each finds the fault that it is there for, and nothing on a sound page."""

import pytest

from tests.chromium.pages import PAGES
from tests.chromium.visitor import Visitor

FRONT = PAGES[0]
SOUND = "<body style='background: white'>"
SOUND += "<p>Read <a href='#'>this</a> first.</p><button type=button style='padding: 1rem'>Large enough</button>"
FAULTS = {
    "sideways": [
        "<p style='width: 50rem'>A wide paragraph</p>",
        "<p style='position: absolute; left: -20px'>Cut off at the left</p>",
        "<p>aWordThatIsFarTooLongForAnyNarrowWindowAndThatNobodyToldTheBrowserToBreakAnywhere</p>",
    ],
    "clipped": [
        "<p style='width: 5rem; overflow: hidden; white-space: nowrap'>More words than the box has room for</p>",
        "<p style='height: 1rem; overflow: clip'>Two lines of text<br>in a box that is one line high</p>",
    ],
    "overlapping": ["<p style='height: .5rem; margin: 0'>One paragraph</p><p style='margin: 0'>lies over another</p>"],
    "faint": [
        "<body style='background: white'><svg><text y='20' fill='#777'>grey</text></svg>",
        "<body style='background: #10161d'><svg><text y='20' fill='#333'>dark</text></svg>",
    ],
    "small": [
        "<a href='#' style='font-size: 1rem'>Alone</a>",
        "<button style='width: 20px; height: 40px; padding: 0'>x</button>",
    ],
}
UNSEEN = [
    "<style>button:focus { outline: none }</style><button>No ring</button>",
    "<button style='position: absolute; left: -100px; top: -100px'>Outside</button>",
    "<button>Under</button><p style='position: absolute; inset: 0; background: white'>A banner over everything</p>",
]


@pytest.mark.parametrize("measure", FAULTS)
def test_a_sound_page_has_no_fault(visitor: Visitor, measure: str) -> None:
    visitor.look(width=320)
    visitor.tab.set_content(SOUND)
    assert visitor.measure(measure) == []


@pytest.mark.parametrize(("measure", "page"), [(measure, page) for measure, pages in FAULTS.items() for page in pages])
def test_each_fault_is_found(visitor: Visitor, measure: str, page: str) -> None:
    visitor.look(width=320)
    visitor.tab.set_content(page)
    assert visitor.measure(measure)


def test_text_is_spaced_under_the_policy_of_the_site(visitor: Visitor) -> None:
    visitor.open(FRONT)
    visitor.measure("space")
    assert visitor.tab.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).letterSpacing)") > 1
    assert not visitor.complaints


@pytest.mark.parametrize("page", UNSEEN)
def test_a_focus_that_nobody_sees_is_found(visitor: Visitor, page: str) -> None:
    visitor.tab.set_content(page)
    visitor.measure("remember")
    visitor.tab.keyboard.press("Tab")
    assert visitor.measure("focus")


def test_a_focus_that_is_seen_is_no_fault(visitor: Visitor) -> None:
    visitor.tab.set_content(SOUND)
    visitor.measure("remember")
    visitor.tab.keyboard.press("Tab")
    assert visitor.tab.evaluate("document.activeElement.matches('a')")
    assert visitor.measure("focus") == []


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        ("console.warn('look')", "console warning: look"),
        ("setTimeout(() => { throw new Error('broken') })", "script: broken"),
        ("document.body.setAttribute('style', 'color: red')", "CSP: style-src-attr refuses inline"),
        ("return fetch('https://elsewhere.test/').catch(() => 0)", "CSP: connect-src refuses https://elsewhere.test/"),
        ("return fetch('/nowhere').then((answer) => answer.text())", "404: "),
    ],
)
def test_each_complaint_of_the_browser_is_heard(visitor: Visitor, act: str, complaint: str) -> None:
    visitor.open(FRONT)
    visitor.tab.evaluate(f"() => {{ {act} }}")
    visitor.await_complaint(complaint)


def test_a_file_that_does_not_come_is_noted(visitor: Visitor) -> None:
    visitor.tab.route("**/*.css", lambda route: route.abort())
    visitor.open(FRONT)
    assert any(complaint.startswith("failed: ") for complaint in visitor.complaints)


def test_axe_finds_what_it_is_asked_for(visitor: Visitor) -> None:
    visitor.open(FRONT)
    visitor.tab.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", "<input><h6>Deep</h6><p id=faint>Faint</p>");
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("#faint { color: #767676; background: #fff }");
        document.adoptedStyleSheets = [sheet];
    }""")
    found = {fault.partition(":")[0] for fault in visitor.axe()}
    assert {"label", "heading-order", "color-contrast-enhanced"} <= found
    assert "color-contrast" not in found, "4.54:1 is enough for AA"
