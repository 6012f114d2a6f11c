"""What script adds: finding a row as one types, copying an address, “open now” that changes by itself. Only adds."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from portal.core.calendar import QUEBEC
from tests.chromium.pages import START
from tests.chromium.visitor import Visitor, visiting, window
from tests.makers import an_office
from tests.serving import PORTAL, Served

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
def in_this_process(data: Path) -> Generator[Served]:
    """Serve a site from a thread of this process, so that its clock is the one that the test moves."""
    office = an_office(data)
    # Not in this thread: playwright's event loop runs in it, and the application would look for one of its own.
    subprocess.run([PORTAL, "init"], env={**os.environ, **office.environment}, check=True, capture_output=True)
    server = make_server("127.0.0.1", 0, office.door, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", "", {})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_open_now_changes_by_itself_and_is_silent_when_it_cannot_know(browser: Browser, tmp_path: Path) -> None:
    before = NOON.replace(hour=11, minute=59)
    with (
        time_machine.travel(before, tick=True) as clock,
        in_this_process(tmp_path) as site,
        window(browser) as context,
        visiting(context, site) as visitor,
    ):
        visitor.tab.clock.install(time=before)
        visitor.open(CONTACT)
        expect(visitor.tab.locator(STATE)).to_contain_text("Ouvert en ce moment. Nous fermons à 12 h.")
        clock.move_to(NOON)
        visitor.tab.clock.fast_forward("01:00")
        expect(visitor.tab.locator(STATE)).to_contain_text("Fermé en ce moment. Nous ouvrons aujourd’hui à 13 h.")
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


def test_what_was_sought_on_screen_is_not_left_out_on_paper(visitor: Visitor) -> None:
    visitor.open(TABLE)
    visitor.tab.get_by_label("Chercher dans le tableau").press_sequentially("selat")
    assert visitor.tab.locator(ROWS).count() == 3
    visitor.tab.emulate_media(media="print")
    assert visitor.tab.locator(ROWS).count() == 13
