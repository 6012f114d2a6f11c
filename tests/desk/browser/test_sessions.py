"""Sessions in a real browser: listed, ended, warned of before they end; and nothing that is typed is lost with them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect
from time_machine import Traveller, travel

from portal.core.calendar import QUEBEC
from tests.chromium.moments import given, served_here
from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor, visiting, window
from tests.desk.browser.people import DESK, Staff, accept, address as desk_address, give_password, send
from tests.desk.people import PASSWORD
from tests.makers import an_office, in_quebec
from tests.serving import free_port

ACCOUNT = f"{DESK}compte/"
PEOPLE = f"{DESK}personnes/"
WARNING = "#session-ends"


def test_the_session_of_another_browser_is_ended(staff: Staff, visitor: Visitor) -> None:
    telephone = accept(visitor, "ines", staff.invitation("ines"))
    with window(staff.browser) as context, visiting(context, staff.site) as elsewhere:
        give_password(elsewhere, "ines")
        send(elsewhere.tab, {"code": telephone.code()})
        typist = Typist(visitor)
        typist.arrive(ACCOUNT)
        expect(visitor.tab.locator("main tbody tr")).to_have_count(2)
        expect(visitor.tab.locator("main tbody button")).to_have_count(1)  # this browser's is ended by signing out
        typist.follow("main tbody button")
        expect(visitor.tab.locator("main tbody tr")).to_have_count(1)
        elsewhere.tab.reload()
        assert elsewhere.tab.url.startswith(f"{staff.site.address}{DESK}session?")
        assert not [*visitor.complaints, *elsewhere.complaints]


def test_a_warning_comes_before_the_end_and_one_stays_by_keyboard(staff: Staff, visitor: Visitor) -> None:
    accept(visitor, "jade", staff.invitation("jade"))
    visitor.tab.clock.install(time=datetime.now(QUEBEC))
    typist = Typist(visitor)
    typist.arrive(ACCOUNT)
    visitor.tab.clock.run_for("27:00")
    expect(visitor.tab.locator(WARNING)).to_be_hidden()
    visitor.tab.clock.run_for("01:10")
    expect(visitor.tab.locator(WARNING)).to_be_visible()
    expect(visitor.tab.locator(f"{WARNING} [data-ends]")).to_contain_text("2 min")
    assert not visitor.axe()
    assert typist.is_on(f"{WARNING} button")
    with visitor.tab.expect_response(f"**{DESK}ici"):
        visitor.tab.keyboard.press("Enter")
    expect(visitor.tab.locator(WARNING)).to_be_hidden()
    visitor.tab.clock.run_for("27:00")
    expect(visitor.tab.locator(WARNING)).to_be_hidden()
    visitor.tab.clock.run_for("03:00")
    words = visitor.tab.locator(f"{WARNING} [data-ends]")
    expect(words).to_have_text(str(visitor.tab.locator(WARNING).get_attribute("data-over")))
    expect(visitor.tab.locator(f"{WARNING} button")).to_be_hidden()
    assert not visitor.complaints


def test_a_form_sent_after_the_end_comes_back_and_is_kept_once_one_has_signed_in(
    staff: Staff, visitor: Visitor
) -> None:
    telephone = accept(visitor, "karim", staff.invitation("karim", "administrator"))
    visitor.tab.goto(staff.site.address + PEOPLE)
    visitor.tab.locator("[name=name]").fill("Léa « Roy »")
    visitor.tab.locator("[name=email]").fill(desk_address("lea"))
    visitor.tab.locator("[name=role][value=auditor]").check()
    with window(staff.browser) as context, visiting(context, staff.site) as elsewhere:
        give_password(elsewhere, "karim")
        send(elsewhere.tab, {"code": telephone.code()})
        elsewhere.tab.goto(staff.site.address + ACCOUNT)
        send(elsewhere.tab, {}, "main tbody button")
    visitor.expected = 401
    assert send(visitor.tab, {}).status == 401
    with visitor.tab.context.expect_page() as opened:
        visitor.tab.locator("main a[target=_blank]").click()
    other = opened.value
    send(other, {"email": desk_address("karim"), "password": PASSWORD})
    send(other, {"code": telephone.code()})
    other.close()
    visitor.expected = 400
    answer = send(visitor.tab, {})
    if answer.status == 400:
        answer = send(visitor.tab, {})
    assert answer.status == 200
    visitor.tab.goto(staff.site.address + PEOPLE)
    expect(visitor.tab.get_by_role("row", name="Léa « Roy »")).to_contain_text(desk_address("lea"))


@contextmanager
def an_administrator(folder: Path, browser: Browser) -> Generator[tuple[Visitor, Traveller]]:
    """Sign an administrator in at a desk whose clock is the test's."""
    port = free_port()
    address = f"http://localhost:{port}"
    office = an_office(folder, PORT=str(port), PORTAL_PUBLIC_URL=address, PORTAL_PROXY_HOPS="1")
    with (
        travel(in_quebec("2026-11-20 10:00"), tick=True) as clock,
        served_here(office, port) as site,
        window(browser) as context,
        visiting(context, replace(site, address=address)) as visitor,
    ):
        given(office, "init")
        who = ("staff", "add", desk_address("louise"), "--name", "Louise", "--role", "administrator")
        accept(visitor, "louise", given(office, *who).split()[0])
        yield visitor, clock


def test_the_password_is_asked_again_before_what_is_hard_to_undo(tmp_path: Path, browser: Browser) -> None:
    typed = {"name": "Malo", "email": "malo@agence-essai.ca", "role": "editor"}
    with an_administrator(tmp_path / "data", browser) as (visitor, clock):
        people = visitor.site.address + PEOPLE
        visitor.tab.goto(people)
        expect(visitor.tab.locator("main [type=password]")).to_have_count(0)
        clock.shift(timedelta(minutes=16))
        visitor.tab.goto(people)
        visitor.expected = 422
        assert send(visitor.tab, {**typed, "password": "trois loutres rapides"}).status == 422
        assert visitor.tab.locator("[name=name]").input_value() == "Malo"
        expect(visitor.tab.get_by_role("row", name="Malo")).to_have_count(0)
        assert send(visitor.tab, {"password": PASSWORD}).status == 200
        expect(visitor.tab.locator("main .p-summary code")).to_contain_text("/desk/fr/invitation/")
        visitor.tab.goto(people)
        expect(visitor.tab.get_by_role("row", name="Malo")).to_have_count(1)
        assert not visitor.complaints


def test_a_form_that_was_open_for_too_long_comes_back(tmp_path: Path, browser: Browser) -> None:
    with an_administrator(tmp_path / "data", browser) as (visitor, clock):
        visitor.tab.goto(visitor.site.address + PEOPLE)
        clock.shift(timedelta(minutes=31))
        visitor.expected = 401
        assert send(visitor.tab, {"name": "Noé"}).status == 401
        assert visitor.tab.locator("main form [name=name]").input_value() == "Noé"
        expect(visitor.tab.locator(f"main a[href='{DESK}session']")).to_be_visible()
        assert not visitor.complaints
