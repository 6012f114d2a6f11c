"""Editions to come in a real browser: scheduled by the keyboard alone, out by themselves, or held back and taken up."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor, visiting
from tests.desk.browser.pages import PUBLISHER
from tests.desk.browser.people import DESK, Accounts, Staff, desk_site, send
from tests.scheduled.publishers import schedules

NAME = f"Personne {PUBLISHER}"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Generator[Accounts]:
    """A desk of its own: what comes out here surprises nobody elsewhere."""
    with desk_site(tmp_path_factory.mktemp("scheduled")) as site:
        yield Accounts(site)


@pytest.fixture
def paul(staff: Staff) -> Generator[Visitor]:
    """A publisher."""
    with visiting(staff.window(PUBLISHER), staff.site) as visitor:
        yield visitor
        assert not visitor.complaints


def in_good_order(visitor: Visitor) -> None:
    assert visitor.axe() + visitor.look_around() + visitor.squeeze() == []


def test_it_comes_out_by_itself_and_its_address_leads_to_the_edition(paul: Visitor) -> None:
    number = schedules(paul.site.settings, NAME, "access-new", days=2, at=datetime.now(UTC) + timedelta(seconds=1))
    paul.open_until(f"{DESK}dates/a-venir/{number}", "form[action*='/editions/'][action$='/annuler']")
    assert "/dates/editions/" in paul.tab.url
    paul.tab.goto(f"{paul.site.address}{DESK}")
    expect(paul.tab.locator("section[aria-labelledby=out]")).to_contain_text("Édition 107")


def test_what_is_held_back_is_found_seen_and_taken_up_by_the_keyboard(paul: Visitor) -> None:
    number = schedules(paul.site.settings, NAME, "access-change", days=-7, at=datetime.now(UTC))
    held = f"section[aria-labelledby=waiting] a[href$='/dates/a-venir/{number}']"
    paul.open_until(DESK, held)
    typist = Typist(paul)
    typist.arrive(DESK)
    in_good_order(paul)
    typist.arrive(DESK)
    typist.follow(held)
    expect(paul.tab.get_by_role("alert")).to_contain_text("La date recule")
    for language in ("fr/dates/a-venir", "en/dates/scheduled"):
        paul.tab.goto(f"{paul.site.address}/desk/{language}/{number}")
        in_good_order(paul)
    send(paul.tab, {}, "form[action$='/again'] button")
    expect(paul.tab.locator("#date-access-change")).not_to_have_value("")
