"""The second person in a real browser: one prepares, a colleague finds it, sees it and does it, by keyboard alone."""

from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor, visiting
from tests.desk.browser.pages import COLLEAGUE, PUBLISHER
from tests.desk.browser.people import DESK, Accounts, Staff, address, desk_site, send

WITHDRAWAL = f"{DESK}avis/check-spam-folder/retirer"
REFUSE = "summary:has(+ form[action*='/approbations/'])"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Generator[Accounts]:
    """A desk where two people do together what is hard to take back."""
    with desk_site(tmp_path_factory.mktemp("pair"), PORTAL_SECOND_PERSON="yes") as site:
        people = {who: ("staff", "add", address(who), "--name", f"Personne {who}") for who in (PUBLISHER, COLLEAGUE)}
        # Not at the desk, where somebody added waits for a second person too.
        yield Accounts(site, {who: site.did(*words, "--role", PUBLISHER).strip() for who, words in people.items()})


def in_good_order(visitor: Visitor) -> None:
    assert visitor.axe() + visitor.look_around() + visitor.squeeze() == []


def test_what_one_prepares_another_finds_sees_and_does(staff: Staff) -> None:
    with visiting(staff.window(PUBLISHER), staff.site) as paul, visiting(staff.window(COLLEAGUE), staff.site) as anne:
        paul.tab.goto(staff.site.address + WITHDRAWAL)
        send(paul.tab, {"reason": "Il répète un autre avis"})
        expect(paul.tab.get_by_role("status").first).to_contain_text("une deuxième personne doit approuver")
        in_good_order(paul)
        prepared = paul.tab.url.removeprefix(staff.site.address)
        typist = Typist(anne)
        typist.arrive(DESK)
        in_good_order(anne)
        typist.follow(f"section[aria-labelledby=approvals] a[href='{prepared}']")
        expect(anne.tab.locator(".d-facts")).to_contain_text("Il répète un autre avis")
        in_good_order(anne)
        typist.reach(REFUSE)
        anne.tab.keyboard.press("Enter")
        in_good_order(anne)
        typist.arrive(typist.path)
        typist.follow("main form.p-form:not([action*='/approbations/']) button")
        expect(anne.tab.get_by_role("status").first).to_contain_text("L’avis est retiré")
        assert not [*paul.complaints, *anne.complaints]


def test_a_refusal_without_a_reason_is_told_in_english_too(staff: Staff) -> None:
    with visiting(staff.window(PUBLISHER), staff.site) as paul:
        paul.tab.goto(f"{staff.site.address}{DESK}regles/")
        paul.tab.locator("summary:has(+ form[action$='/finir'])").click()
        send(
            paul.tab, {"end-key": "forms-still-by-mail", "end-last_day": "2031-02-28"}, "form[action$='/finir'] button"
        )
        paul.tab.goto(paul.tab.url.replace("/fr/approbations/", "/en/approvals/"))
        in_good_order(paul)
        paul.expected = 422
        paul.tab.locator("summary:has(+ form[action*='/approvals/'])").click()
        send(paul.tab, {}, "form[action*='/approvals/'] button")
        expect(paul.tab.get_by_role("alert").first).to_contain_text("Say why, for the audit log.")
        in_good_order(paul)
