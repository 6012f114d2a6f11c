"""Notices in a real browser: by the keyboard from the first word to the feed, kept while one types, two who write."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.chromium.visitor import Visitor, visiting
from tests.desk.browser.pages import PUBLISHER
from tests.desk.browser.people import DESK, Staff
from tests.desk.notices.writers import ENGLISH, FRENCH
from tests.serving import Served

NOTICES, NEW = f"{DESK}avis/", f"{DESK}avis/new/"
#: What is typed to write a notice, field after field.
WRITTEN = {"title_fr": "Reprise du service", "body_fr": FRENCH, "title_en": "Service resumes", "body_en": ENGLISH}
#: So long as a busy machine may take to answer what a page asks by itself.
PATIENCE = 30_000


@contextmanager
def in_front(staff: Staff, who: str) -> Generator[Visitor]:
    staff.invitation(who, PUBLISHER)
    with visiting(staff.window(who), staff.site) as visitor:
        yield visitor
        assert not visitor.complaints


@pytest.fixture
def paul(staff: Staff) -> Generator[Visitor]:
    with in_front(staff, PUBLISHER) as visitor:
        yield visitor


@pytest.fixture
def anne(staff: Staff) -> Generator[Visitor]:
    """Another publisher."""
    with in_front(staff, "anne") as visitor:
        yield visitor


def opens(visitor: Visitor, path: str) -> None:
    visitor.expected = 200
    visitor.tab.goto(visitor.site.address + path)


def presses(visitor: Visitor, words: str, *, status: int = 200) -> None:
    """Press the button with these words by the keyboard."""
    visitor.expected = status
    with visitor.tab.expect_navigation() as navigation:
        visitor.tab.get_by_role("button", name=words, exact=True).press("Enter")
    assert navigation.value.status == status


def reaches(visitor: Visitor, name: str) -> None:
    """Go on with Tab until a field has the focus."""
    for _ in range(60):
        visitor.tab.keyboard.press("Tab")
        if visitor.tab.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"no Tab leads to {name}")


def writes(visitor: Visitor, **changes: str) -> None:
    """Write a notice for the health professionals, to be published at once, with the keyboard alone."""
    keyboard = visitor.tab.keyboard
    for name, text in {**WRITTEN, **changes}.items():
        reaches(visitor, name)
        keyboard.insert_text(text)
    reaches(visitor, "audiences-professionals")
    keyboard.press("Space")
    reaches(visitor, "when-draft")
    keyboard.press("ArrowDown")


def words(visitor: Visitor, selector: str = "main") -> str:
    return " ".join(visitor.tab.locator(selector).first.inner_text().split())


def read(site: Served, path: str) -> str:
    with urlopen(site.address + path, timeout=10) as answer:  # noqa: S310 — our own site
        return answer.read().decode()


def test_a_notice_goes_from_the_first_key_to_the_feed_of_its_audience(paul: Visitor) -> None:
    opens(paul, f"{NEW}?draft=no")
    writes(paul)
    presses(paul, "Vérifier")
    presses(paul, "Publier")
    assert "L’avis est publié." in words(paul)
    feed = read(paul.site, "/fr/avis/clientele/professionals/fil.rss")
    link = re.search(r"<link>http://[^<]*?(/fr/avis/\d+/reprise-du-service)</link>", feed)
    assert link
    assert FRENCH in read(paul.site, link[1])
    assert "Service resumes" in read(paul.site, "/en/notices/audience/professionals/feed.rss")


def test_the_preview_follows_what_is_typed(paul: Visitor) -> None:
    opens(paul, f"{NEW}?draft=no")
    paul.tab.locator("#title_fr").fill("Un titre")
    expect(paul.tab.locator("#shown-fr")).to_contain_text("Le texte français manque.", timeout=PATIENCE)
    writes(paul, title_fr=" écrit")
    expect(paul.tab.locator("#shown-en .d-shown").nth(1)).to_contain_text(ENGLISH, timeout=PATIENCE)
    expect(paul.tab.locator("#shown-fr .d-shown").first).to_contain_text("Un titre écrit")
    assert paul.look_around() + paul.squeeze() == []


def test_what_is_typed_is_kept_and_a_colleague_sees_it(paul: Visitor, anne: Visitor) -> None:
    opens(anne, f"{NEW}?draft=no")
    anne.tab.locator("#title_fr").fill("À moitié écrit")
    anne.tab.locator("#audiences-developers").check()
    expect(anne.tab.locator("[data-saved]")).to_contain_text("Gardé comme brouillon", timeout=PATIENCE)
    opens(anne, NEW)
    assert anne.tab.locator("#title_fr").input_value() == "À moitié écrit"
    assert anne.tab.locator("#audiences-developers").is_checked()
    assert "il n’est pas publié" in words(anne)
    opens(paul, NOTICES)
    with paul.tab.expect_navigation():
        paul.tab.get_by_role("link", name="À moitié écrit").click()
    assert "Personne anne a écrit ce texte" in words(paul)
    assert paul.look_around() + paul.squeeze() == []


def test_what_was_typed_in_the_last_second_is_kept_too(anne: Visitor) -> None:
    opens(anne, f"{NEW}?draft=no")
    anne.tab.locator("#title_fr").fill("Écrit en partant")
    # What a page sends as it is left behind waits for nobody, and nobody for it.
    anne.open_until(NOTICES, "main a:text-is('Écrit en partant')")
    opens(anne, NEW)
    assert anne.tab.locator("#title_fr").input_value() == "Écrit en partant"


def test_who_cannot_reach_the_desk_is_told_that_nothing_is_kept(anne: Visitor) -> None:
    opens(anne, f"{NEW}?draft=no")
    anne.tab.route("**/brouillon", lambda route: route.abort())
    anne.tab.locator("#title_fr").fill("Hors ligne")
    expect(anne.tab.locator("[data-saved]")).to_contain_text("Non enregistré", timeout=PATIENCE)
    anne.tab.unroute("**/brouillon")
    anne.complaints.clear()  # of the request that was cut off


def test_two_who_write_at_a_time_both_see_both_texts(paul: Visitor, anne: Visitor) -> None:
    path = f"{NOTICES}check-spam-folder/?draft=no"
    for visitor, added in ((paul, "Ajout de Paul."), (anne, "Ajout d’Anne.")):
        opens(visitor, path)
        text = visitor.tab.locator("#body_fr")
        text.fill(f"{text.input_value()}\n\n{added}")
    presses(anne, "Vérifier")
    anne.tab.locator("#confirmed").check()
    presses(anne, "Publier la modification")
    presses(paul, "Vérifier", status=409)
    assert "L’avis a changé depuis que vous avez commencé" in words(paul, ".p-errors")
    assert paul.tab.evaluate("document.activeElement.className") == "p-errors"
    assert all(added in words(paul) for added in ("Ajout d’Anne.", "Ajout de Paul."))
    assert paul.look_around() + paul.squeeze() == []
    paul.tab.locator("#confirmed").check()
    presses(paul, "Garder le mien à la place de l’autre")
    page = read(paul.site, "/fr/avis/4/courriel-introuvable-verifiez-vos-courriels-indesirables")
    assert "Ajout de Paul." in page
