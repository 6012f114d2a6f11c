"""What script adds: finding a row as one types, copying an address, “open now” that changes by itself. Only adds."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, Route, expect

from portal.core.calendar import QUEBEC
from tests.chromium.moments import ALWAYS, MOMENTS, Moment, at_moment, given, prepared, served_here
from tests.chromium.pages import START
from tests.chromium.visitor import Visitor, visiting, window
from tests.makers import Office
from tests.serving import Served

TABLE, FEEDS, CONTACT, CHECK = (
    START[name] for name in ("dates-table", "front-feeds", "contacts-contact", "check-in-future")
)
ROWS = "#dates-table .p-table__row:visible"


@pytest.mark.parametrize(
    ("typed", "rows", "told"),
    [
        ("selat", 3, "Lignes affichées\u00a0: 3"),
        ("MEDICALES", 3, "Lignes affichées\u00a0: 3"),
        ("4058", 1, "Lignes affichées\u00a0: 1"),
        ("b2b certificat", 1, "Lignes affichées\u00a0: 1"),
        ("retrait d'un", 3, "Lignes affichées\u00a0: 3"),
        ("zzz", 0, "Lignes affichées\u00a0: 0"),
        (" ", 13, "Lignes affichées\u00a0: 13"),
    ],
)
def test_the_table_shows_the_rows_that_hold_what_is_typed(visitor: Visitor, typed: str, rows: int, told: str) -> None:
    visitor.open(TABLE)
    visitor.tab.get_by_label("Chercher dans le tableau").press_sequentially(typed)
    assert visitor.tab.locator(ROWS).count() == rows
    expect(visitor.tab.get_by_text(told)).to_be_visible()
    visitor.tab.get_by_label("Chercher dans le tableau").fill("")
    assert visitor.tab.locator(ROWS).count() == 13
    assert not visitor.complaints


def test_the_address_of_a_feed_is_copied(newcomer: Visitor) -> None:
    newcomer.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    newcomer.open(FEEDS)
    newcomer.tab.get_by_role("button", name="Copier l’adresse RSS – Tous les avis").click()
    expect(newcomer.tab.get_by_text("Adresse copiée")).to_be_visible()
    copied = newcomer.tab.evaluate("navigator.clipboard.readText()")
    assert copied == newcomer.tab.get_by_role("link", name="RSS – Tous les avis").evaluate("(link) => link.href")
    assert not newcomer.complaints


def test_what_is_wrong_in_a_form_is_read_first(visitor: Visitor) -> None:
    visitor.open(CHECK)
    assert visitor.tab.evaluate("document.activeElement.matches('.p-errors')")


def test_a_table_in_blocks_is_still_a_table(visitor: Visitor) -> None:
    visitor.look(width=320)
    visitor.open(TABLE)
    row = visitor.tab.get_by_role("table").get_by_role("row", name="Nouvel accès au SELAT")
    expect(row.get_by_role("cell")).to_have_count(3)
    expect(visitor.tab.get_by_role("columnheader")).to_have_count(4)


def test_without_script_nothing_is_shown_that_needs_it(browser: Browser, site: Served) -> None:
    with window(browser, is_scripted=False) as context, visiting(context, site) as visitor:
        for page in (TABLE, FEEDS):
            visitor.open(page)
            assert visitor.tab.locator(".p-scripted").count() > 0
            assert visitor.tab.locator(".p-scripted:visible").count() == 0
        visitor.open(TABLE)
        visitor.tab.locator("[name=type]").select_option("selat-change")
        visitor.tab.locator("[name=date]").fill("2026-10-01")
        visitor.tab.get_by_role("button", name="Vérifier ma date").click()
        expect(visitor.tab.get_by_role("heading", name="Le traitement est suspendu")).to_be_visible()


NOON = datetime(2026, 6, 23, 12, tzinfo=QUEBEC)  # a Tuesday: closed until 13 h
STATE = ".p-now"


@contextmanager
def contact_page(browser: Browser, office: Office, at: datetime) -> Generator[tuple[Visitor, time_machine.Traveller]]:
    """Open the contact page of an office at an instant; the clocks of both go on from there, and are the test's."""
    with (
        time_machine.travel(at, tick=True) as clock,
        served_here(office) as site,
        window(browser) as context,
        visiting(context, site) as visitor,
    ):
        visitor.tab.clock.install(time=at)
        visitor.open(CONTACT)
        yield visitor, clock


def test_open_now_changes_by_itself_and_is_silent_when_it_cannot_know(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=11, minute=59)
    with contact_page(browser, prepared(tmp_path), before) as (visitor, clock):
        words = "Ouvert en ce moment. Nous fermons à 12 h pour la pause du midi et rouvrons à 13 h."
        expect(visitor.tab.locator(STATE)).to_contain_text(words)
        clock.move_to(NOON)
        visitor.tab.clock.fast_forward("01:00")
        expect(visitor.tab.locator(STATE)).to_contain_text("Fermé pour la pause du midi. Nous rouvrons à 13 h.")
        assert not visitor.complaints
        visitor.tab.context.set_offline(True)
        visitor.tab.clock.fast_forward("01:00:00")
        expect(visitor.tab.locator(STATE)).to_be_hidden()
        # Both clocks first: as soon as it is online the page asks, and takes what parts the two for a wrong clock.
        clock.move_to(NOON.replace(hour=13, minute=1))
        visitor.tab.clock.fast_forward("01:00")
        visitor.tab.context.set_offline(False)
        expect(visitor.tab.locator(STATE)).to_contain_text("Ouvert en ce moment. Nous fermons à 16 h 30.")
        for file in tmp_path.glob("portal.db*"):
            file.rename(file.with_suffix(".away"))
        clock.move_to(NOON.replace(hour=16, minute=31))
        visitor.tab.clock.fast_forward("03:30:00")
        expect(visitor.tab.locator(STATE)).to_be_hidden()  # the copy that answers knows no more than the page


def test_open_now_changes_in_the_very_second(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=11, minute=59, second=57)
    with (
        time_machine.travel(before, tick=False) as clock,
        served_here(prepared(tmp_path)) as site,
        window(browser) as context,
        visiting(context, site) as visitor,
    ):
        visitor.tab.clock.install(time=before - timedelta(minutes=1))  # it goes on until it is told to stop
        visitor.tab.clock.pause_at(before)
        visitor.open(CONTACT)
        state = visitor.tab.locator(STATE)
        clock.move_to(NOON)
        visitor.tab.clock.run_for(2_900)
        expect(state).to_contain_text("Ouvert en ce moment.")
        with visitor.tab.expect_response("**/fr/contact/"):  # asked once it is noon, not fifteen seconds later
            visitor.tab.clock.run_for(200)
        expect(state).to_contain_text("Fermé pour la pause du midi.")
        assert state.get_attribute("role") == "status"  # a screen reader says it when it is its turn


def test_lines_with_hours_of_their_own_change_each_for_itself(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=11, minute=59)
    own = (ALWAYS, ("contact", "phone", "elsewhere", "--schedule", "always"))
    with contact_page(browser, prepared(tmp_path, own), before) as (visitor, clock):
        always = visitor.tab.locator(f".p-summary {STATE}[data-schedule=always]")
        expect(always).to_contain_text("Nous répondons jour et nuit.")
        clock.move_to(NOON)
        visitor.tab.clock.fast_forward("01:00")
        usual = visitor.tab.locator(f".p-summary {STATE}[data-schedule=phone]")
        expect(usual).to_contain_text("Fermé pour la pause du midi.")
        expect(always).to_contain_text("Ouvert en ce moment. Nous répondons jour et nuit.")
        assert not visitor.complaints


def test_the_number_of_one_region_does_not_gain_the_names_of_its_lines(browser: Browser, tmp_path: Path) -> None:
    own = (ALWAYS, ("contact", "phone", "elsewhere", "--schedule", "always"))
    with contact_page(browser, prepared(tmp_path, own), NOON.replace(hour=11, minute=59)) as (visitor, clock):
        visitor.open(replace(CONTACT, path=f"{CONTACT.path}?region=quebec"))
        summary, number = visitor.tab.locator(f".p-summary {STATE}"), visitor.tab.locator(f".p-number {STATE}")
        expect(number).to_have_text(re.compile(r"^\s*Ouvert"))
        clock.move_to(NOON)
        visitor.tab.clock.fast_forward("01:00")
        expect(number).to_have_text(re.compile(r"^\s*Fermé pour la pause du midi"))
        expect(summary).to_have_text(re.compile(r"^\s*Québec et Montréal\s*:\s+Fermé pour la pause du midi"))
        assert not visitor.complaints


def test_an_answer_that_a_cache_has_kept_sets_no_clock_wrong(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=11, minute=53)

    def aged(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "age": "40", "date": "Tue, 23 Jun 2026 15:57:20 GMT"})

    with contact_page(browser, prepared(tmp_path), before) as (visitor, clock):
        visitor.tab.route("**/fr/contact/", aged)
        clock.move_to(before.replace(minute=58))
        with visitor.tab.expect_response("**/fr/contact/"):
            visitor.tab.clock.fast_forward("05:00")
        clock.move_to(NOON)
        visitor.tab.clock.fast_forward("02:00")
        expect(visitor.tab.locator(STATE)).to_contain_text("Fermé pour la pause du midi.")


def test_a_page_left_open_over_midnight_tells_the_hours_of_the_new_day(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=23, minute=59, second=50)
    with contact_page(browser, prepared(tmp_path), before) as (visitor, clock):
        today, marked = visitor.tab.locator(".p-summary__as-of"), visitor.tab.locator("tr[aria-current]")
        expect(today).to_contain_text("Aujourd’hui, mardi 23 juin 2026")
        expect(marked).to_contain_text("lundi, mardi, jeudi et vendredi")
        expect(visitor.tab.locator(".p-closures")).to_contain_text("24\xa0juin 2026\xa0: fermé")
        clock.move_to(NOON.replace(day=24, hour=0))
        visitor.tab.clock.fast_forward("00:10")
        expect(today).to_contain_text("Aujourd’hui, mercredi 24 juin 2026\xa0: fermé.")  # a holiday: no line is marked
        expect(marked).to_have_count(0)
        expect(visitor.tab.locator(".p-closures")).not_to_contain_text("24\xa0juin")  # it has come
        assert not visitor.complaints


def test_a_closing_that_staff_decide_reaches_a_page_that_is_open(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=9)
    office = prepared(tmp_path)
    with contact_page(browser, office, before) as (visitor, clock):
        expect(visitor.tab.locator(STATE)).to_contain_text("Ouvert en ce moment.")
        why = ("--why-fr", "tempête", "--why-en", "storm")
        given(office, "contact", "exception", "2026-06-23", "--closed", *why)
        clock.move_to(before.replace(minute=6))
        visitor.tab.clock.fast_forward("06:00")
        expect(visitor.tab.locator(STATE)).to_contain_text("Fermé aujourd’hui\xa0: tempête.")


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_is_sound_at_every_moment(browser: Browser, tmp_path: Path, moment: Moment, width: int) -> None:
    with (
        at_moment(tmp_path, moment) as site,
        window(browser) as context,
        visiting(context, site) as visitor,
    ):
        visitor.look(width=width)
        for path in ("/fr/contact/", "/en/contact/"):
            visitor.tab.goto(f"{site.address}{path}{moment.query}")
            assert visitor.axe() == []
            for measure in ("sideways", "clipped", "overlapping", "faint", "small"):
                assert visitor.measure(measure) == [], measure
        assert not visitor.complaints


def test_what_was_sought_on_screen_is_not_left_out_on_paper(visitor: Visitor) -> None:
    visitor.open(TABLE)
    visitor.tab.get_by_label("Chercher dans le tableau").press_sequentially("selat")
    assert visitor.tab.locator(ROWS).count() == 3
    visitor.tab.emulate_media(media="print")
    assert visitor.tab.locator(ROWS).count() == 13
