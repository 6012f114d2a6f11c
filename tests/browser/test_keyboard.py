"""The portal without a mouse: each thing that people come for, done with Tab, Enter and typing alone."""

from datetime import date

import pytest

from tests.chromium.pages import PAGES, START, Page, requests, routes, verdicts
from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor

PHONE = (320, 568)
#: The forms with errors.
WRONG = [page for page in PAGES if page.status == 422]
VERDICTS = {verdict: (row, day) for verdict, row, day in verdicts()}


@pytest.fixture
def typist(visitor: Visitor) -> Typist:
    return Typist(visitor)


@pytest.mark.parametrize("page", routes(), ids=str)
def test_tab_goes_through_the_whole_page_and_leaves_it(typist: Typist, page: Page) -> None:
    typist.open(page, window=PHONE)
    expected = typist.visitor.measure("stops")
    # A fragment for other sites holds one link, a page of ours its whole frame.
    assert len(expected) > 10 or (page.name == "embeds-row" and len(expected) == 1)
    assert [expected[number] for number in typist.walk()] == expected, "Tab skips something, or turns in a circle"
    assert not typist.tab("Shift+Tab") or typist.visitor.measure("stop") == len(expected) - 1
    assert not typist.visitor.complaints


def test_the_first_stop_leads_past_the_menu(typist: Typist) -> None:
    typist.open(START["dates-table"])
    typist.tab()
    assert typist.is_on("a[href='#main']")
    typist.visitor.tab.keyboard.press("Enter")
    typist.tab()
    assert typist.is_on("main *"), "after the skip link, Tab stops inside the content"


def check_a_date(typist: Typist, verdict: str) -> None:
    row, day = VERDICTS[verdict]
    typist.choose("select[name=type]", row)
    typist.reach("[name=date]")
    typist.type_day(day)
    assert typist.visitor.tab.input_value("[name=date]") == str(day)
    typist.enter()
    assert typist.path == f"/fr/dates/verifier?type={row}&date={day}"


def test_a_date_is_checked_from_the_front_page(typist: Typist) -> None:
    typist.open(START["front-front"])
    check_a_date(typist, "not_yet")
    assert "Non, pas encore" in typist.words
    check_a_date(typist, "suspended")
    assert "Le traitement est suspendu" in typist.words
    assert not typist.visitor.complaints


def test_a_wrong_date_is_corrected(typist: Typist) -> None:
    typist.open(START["check-in-future"])
    typist.reach("a[href='#date']")
    typist.visitor.tab.keyboard.press("Enter")
    assert typist.is_on("[name=date]"), "a link of the summary leads to its field"
    _row, day = VERDICTS["not_yet"]
    typist.type_day(day)
    typist.enter()
    assert typist.path == f"/fr/dates/verifier?type=access-new&date={day}"


def test_a_row_is_reached_from_the_table(typist: Typist) -> None:
    typist.open(START["front-front"])
    typist.follow("nav a[href='/fr/dates/']")
    typist.follow("a[href='/fr/dates/b2b-new/']")
    assert typist.path == "/fr/dates/b2b-new/"
    typist.reach("a[href='/fr/dates/b2b-new/fil.rss']")
    assert not typist.visitor.complaints


def test_a_notice_and_its_audience_are_reached(typist: Typist) -> None:
    typist.open(START["front-front"])
    typist.follow("nav a[href='/fr/avis/']")
    typist.follow("a[href^='/fr/avis/8/']")
    typist.follow("a[href='/fr/avis/clientele/developers/']")
    assert typist.path == "/fr/avis/clientele/developers/"
    assert not typist.visitor.complaints


def test_a_request_is_looked_up_after_a_mistake(typist: Typist) -> None:
    _, right = requests()[0]
    typist.open(START["front-front"])
    typist.follow("nav a[href='/fr/suivi/']")
    typist.reach("[name=reference]")
    typist.type(f"{right['reference'][:-1]}*" if right["reference"][-1] != "*" else f"{right['reference'][:-1]}A")
    typist.reach("[name=date]")
    typist.type_day(date.fromisoformat(right["date"]))
    typist.enter(422)
    typist.reach("a[href='#reference']")
    typist.visitor.tab.keyboard.press("Enter")
    assert typist.is_on("[name=reference]"), "a link of the summary leads to its field"
    typist.visitor.tab.keyboard.press("Control+a")
    typist.type(right["reference"].lower())
    typist.reach("main [type=submit]")
    typist.enter()
    assert "Suivi de votre demande" in typist.words
    assert not typist.visitor.complaints


def test_the_telephones_are_reached(typist: Typist) -> None:
    typist.open(START["front-front"])
    typist.follow("nav a[href='/fr/contact/']")
    typist.reach("main a[href^='tel:']")
    assert not typist.visitor.complaints


def test_the_other_language_is_reached_from_any_page_and_back(typist: Typist) -> None:
    typist.open(START["dates-row"])
    typist.follow("a[hreflang=en-CA]")
    assert typist.path == "/en/dates/access-new/"
    typist.follow("a[hreflang=fr-CA]")
    assert typist.path == "/fr/dates/access-new/"
    assert not typist.visitor.complaints


def test_shift_and_tab_go_back_the_same_way(typist: Typist) -> None:
    typist.open(START["contacts-contact"])
    typist.reach("footer a")
    typist.reach("main a", key="Shift+Tab")


@pytest.mark.parametrize("page", WRONG, ids=str)
def test_the_list_of_errors_leads_to_what_is_said_of_each_field(typist: Typist, page: Page) -> None:
    typist.open(page, window=(375, 667))
    tab = typist.visitor.tab
    links = [str(link.get_attribute("href")) for link in tab.locator(".p-errors a").all()]
    assert links
    for link in links:
        tab.locator(f".p-errors a[href='{link}']").click()
        assert typist.is_on(link)
        for part in ("label", f"{link}-error", link):
            box = tab.locator(f".p-field:has({link}) {part}").bounding_box()
            assert box is not None
            assert box["y"] >= 0, f"{part} is above the window"
            assert box["y"] + box["height"] <= 667, f"{part} is below the window"
