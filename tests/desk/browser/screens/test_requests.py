"""Requests in a real browser: a file tried and imported, a request found, moved and corrected, by keyboard alone."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.chromium.pages import TODAY
from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor, visiting
from tests.desk.browser.pages import CLERK, OPEN, STAGE
from tests.desk.browser.people import DESK, Staff, send
from tests.desk.requests.made import NOBODYS, ONE, TWO, a_file

PAGE = f"{DESK}demandes/"
BEFORE = TODAY - timedelta(days=20)


@pytest.fixture
def clerk(staff: Staff) -> Generator[Visitor]:
    with visiting(staff.window(CLERK), staff.site) as visitor:
        yield visitor


def a_file_of(folder: Path, reference: str, **changes: str) -> Path:
    """Write the file of the back office with one request, received and unchanged for some days."""
    file = folder / "requests.csv"
    file.write_bytes(a_file(reference, **{"received_on": str(BEFORE), "changed_on": str(BEFORE), **changes}))
    return file


def is_told(clerk: Visitor, words: str) -> None:
    expect(clerk.tab.get_by_role("status").first).to_contain_text(words)


def test_a_file_is_tried_then_imported(clerk: Visitor, tmp_path: Path) -> None:
    typist, file = Typist(clerk), a_file_of(tmp_path, NOBODYS)
    typist.arrive(PAGE)
    for _step in ("try", "import"):
        clerk.tab.set_input_files("#file", file)
        typist.reach("form[enctype] .p-button")
        typist.enter()
    is_told(clerk, "Le fichier est importé\xa0: 1 demande lue, 1 ajoutée et 0 modifiée.")
    assert not clerk.complaints


def find(typist: Typist, reference: str) -> None:
    typist.reach("#reference")
    typist.type(reference)
    typist.enter()


def test_a_request_is_found_moved_and_corrected_by_keyboard(clerk: Visitor, tmp_path: Path) -> None:
    clerk.site.did("import", "requests", a_file_of(tmp_path, ONE))
    typist = Typist(clerk)
    typist.arrive(PAGE)
    find(typist, ONE.lower())
    assert ONE[:5] not in clerk.tab.url + clerk.tab.title()
    typist.choose("#stage", "processed")
    typist.follow("form:has(#stage) .p-button")
    is_told(clerk, "La demande est enregistrée\xa0: Traitée.")
    find(typist, ONE)
    typist.reach("summary")
    clerk.tab.keyboard.press("Enter")
    clerk.measure("remember")
    typist.reach("#kept-stage")
    typist.type("Reçue")
    typist.reach("#kept-changed_on")
    typist.type_day(BEFORE)
    typist.reach("#kept-reason")
    typist.type("Saisie erronée")
    typist.enter()
    is_told(clerk, "La demande est enregistrée\xa0: Reçue.")
    assert not clerk.complaints


def test_a_request_that_changed_meanwhile_is_shown_with_both(clerk: Visitor, tmp_path: Path) -> None:
    clerk.site.did("import", "requests", a_file_of(tmp_path, TWO, stage="received"))
    clerk.tab.goto(clerk.site.address + PAGE)
    send(clerk.tab, {"reference": TWO}, OPEN)
    clerk.site.did("import", "requests", a_file_of(tmp_path, TWO, stage="in_line", changed_on=str(TODAY)))
    clerk.expected = 409
    assert send(clerk.tab, {"stage": "closed"}, STAGE).status == 409
    assert not clerk.look_around() + clerk.squeeze()
    clerk.expected = 200
    send(clerk.tab, {}, STAGE)
    is_told(clerk, "La demande est enregistrée\xa0: Fermée.")
    assert not clerk.complaints
