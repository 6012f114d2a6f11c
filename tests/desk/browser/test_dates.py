"""The dates in a real browser: by the keyboard alone, pasted from a spreadsheet, and two people at one table."""

from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from tests.chromium.visitor import visiting
from tests.desk.browser.pages import COLLEAGUE, PUBLISHER
from tests.desk.browser.people import Staff
from tests.desk.browser.table import DATES, Clerk, dates_after, dates_now, short
from tests.serving import Served

#: Three dates of five signs, two steps between rows, and three keys that check and publish, with some to spare.
MOST_KEYS = 24
#: The table, the page before publishing, the edition.
MOST_PAGES = 3


@pytest.fixture
def site(staff: Staff) -> Served:
    return staff.site


@pytest.fixture
def paul(staff: Staff) -> Generator[Clerk]:
    """A publisher."""
    with visiting(staff.window(PUBLISHER), staff.site) as visitor:
        clerk = Clerk(visitor).begins()
        yield clerk
        assert not visitor.complaints


@pytest.fixture
def anne(staff: Staff) -> Generator[Clerk]:
    """Another one."""
    with visiting(staff.window(COLLEAGUE), staff.site) as visitor:
        yield Clerk(visitor).begins()


def test_three_dates_are_published_by_the_keyboard_in_few_keys_and_pages(paul: Clerk, site: Served) -> None:
    before = dates_now(site)
    keys = list(before)[:3]
    paul.opens(DATES["fr"])
    for place, key in enumerate(keys):
        if place:
            paul.presses("ArrowDown")
        paul.types(short(before[key], 2))
    paul.sends()
    paul.presses("Tab")
    paul.sends()
    assert "/dates/editions/" in paul.visitor.tab.url
    assert paul.keys <= MOST_KEYS
    assert paul.pages <= MOST_PAGES
    after = dates_after(site)
    assert [(after[key] - before[key]).days for key in keys] == [2, 2, 2]


def test_a_key_pressed_twice_publishes_nothing_unseen(paul: Clerk, site: Served) -> None:
    before = dates_now(site)
    paul.opens(DATES["fr"])
    paul.types(short(before["access-new"], 2))
    paul.sends()
    paul.presses("Enter")
    paul.presses("Enter")
    assert paul.visitor.tab.url.endswith("/dates/verifier")
    assert dates_after(site) == before


def test_a_slip_is_told_beside_its_row_before_anything_is_sent(paul: Clerk, site: Served) -> None:
    paul.opens(DATES["en"])
    paul.types(short(dates_now(site)["access-new"], -7))
    expect(paul.visitor.tab.locator("#words-access-new")).to_contain_text("The date goes back", timeout=30_000)


def test_a_spreadsheet_is_pasted_into_the_table(paul: Clerk, site: Served) -> None:
    now, tab = dates_now(site), paul.visitor.tab
    paul.opens(DATES["en"])
    lines = [f"New SELAT access\t{short(now['selat-new'], 1)}", f"b2b-new\t{short(now['b2b-new'], 1)}", "Nobody\t01-01"]
    tab.locator("#date-access-new").fill("")
    tab.locator("summary", has_text="From a spreadsheet").press("Enter")
    tab.locator("#pasted").fill("\n".join(lines))
    tab.locator("#pasted").press("Control+a")
    tab.locator("#pasted").press("Control+x")
    tab.locator("#date-access-new").press("Control+v")
    expect(tab.locator("#date-selat-new")).to_have_value(short(now["selat-new"], 1), timeout=30_000)
    expect(tab.locator("#date-b2b-new")).to_have_value(short(now["b2b-new"], 1))
    expect(tab.locator("#date-access-new")).to_have_value("")
    expect(tab.locator("[data-told]")).to_have_text("Line 3: No row of the table is called “Nobody”.")


def test_what_is_typed_is_kept_and_a_colleague_sees_it(paul: Clerk, anne: Clerk, site: Served) -> None:
    paul.opens(DATES["en"])
    paul.types(short(dates_now(site)["access-new"], 2))
    expect(paul.visitor.tab.locator("[data-saved]")).to_contain_text("Kept as your draft", timeout=30_000)
    anne.opens(DATES["en"])
    assert "Personne publisher is typing here" in anne.words("#others")
    paul.opens(DATES["en"])
    expect(paul.visitor.tab.locator("#date-access-new")).to_have_value(short(dates_now(site)["access-new"], 2))


def test_two_at_one_table_lose_nothing(paul: Clerk, anne: Clerk, site: Served) -> None:
    now = dates_now(site)["access-new"]
    paul.opens(DATES["en"])
    anne.opens(DATES["en"])
    for typist, days in ((anne, 1), (paul, 2)):
        typist.types(short(now, days))
    anne.sends()
    anne.presses("Tab")
    anne.sends()
    paul.sends(status=409)
    assert "Personne colleague" in paul.words(".d-said--wrong")
    assert not paul.visitor.look_around()
    paul.visitor.tab.get_by_role("button", name="Publish now").focus()
    paul.sends()
    assert (dates_after(site)["access-new"] - now).days == 2
