"""Signing in with a real browser: an invitation, codes, passkeys and recovery codes, mostly by keyboard alone."""

from playwright.sync_api import expect

from tests.chromium.typist import Typist
from tests.chromium.visitor import Visitor, visiting, window
from tests.desk.browser.people import (
    DESK,
    Staff,
    Telephone,
    accept,
    address,
    give_keys,
    give_password,
    make_passkey,
    send,
)
from tests.desk.people import PASSWORD

CODES = f"{DESK}account/codes"
PASSKEYS = f"{DESK}account/passkeys"
ACCOUNT = f"{DESK}compte/"
SUBMIT = "main form [type=submit]"


def type_password(typist: Typist, who: str) -> None:
    typist.reach("[name=email]")
    typist.type(address(who))
    typist.tab()
    typist.type(PASSWORD)
    typist.enter()


def type_code(typist: Typist, code: str, status: int = 200) -> None:
    if not typist.is_on("[name=code]"):  # where nothing else is to be done, the focus is there already
        typist.reach("[name=code]")
    typist.type(code)
    typist.enter(status)


def sign_out(visitor: Visitor) -> None:
    with visitor.tab.expect_navigation():
        visitor.tab.locator(".d-out button").click()
    visitor.measure("remember")


def enter_as_far_as(path: str, visitor: Visitor) -> None:
    """Press Enter on what asks for a passkey: the page that asks goes on by itself."""
    visitor.tab.keyboard.press("Enter")
    visitor.tab.wait_for_url(visitor.site.address + path)


def is_at_home(visitor: Visitor) -> bool:
    return visitor.tab.url == visitor.site.address + DESK and visitor.tab.locator(".d-out").is_visible()


def test_an_invitation_is_accepted_and_codes_are_set_up_by_keyboard(staff: Staff, visitor: Visitor) -> None:
    typist = Typist(visitor)
    typist.arrive(staff.invitation("claire").removeprefix(staff.site.address))
    typist.reach("[name=password]")
    typist.type(PASSWORD)
    typist.tab()
    typist.type(PASSWORD)
    typist.enter()
    type_password(typist, "claire")
    assert typist.path.startswith(f"{DESK}account/application")
    typist.follow(SUBMIT)
    telephone = Telephone(visitor.tab.locator(".p-together").inner_text().replace("-", ""))
    type_code(typist, telephone.code())
    assert is_at_home(visitor)
    typist.follow(".d-out button")
    assert typist.path == f"{DESK}session"
    type_password(typist, "claire")
    type_code(typist, telephone.code())
    assert is_at_home(visitor)
    assert not visitor.complaints


def test_a_wrong_code_is_corrected_by_keyboard(staff: Staff, visitor: Visitor) -> None:
    telephone = accept(visitor, "denis", staff.invitation("denis"))
    sign_out(visitor)
    typist = Typist(visitor)
    typist.arrive(f"{DESK}session")
    type_password(typist, "denis")
    type_code(typist, "000000", 422)
    typist.reach("a[href='#code']")
    visitor.tab.keyboard.press("Enter")
    assert typist.is_on("[name=code]"), "a link of the summary leads to its field"
    type_code(typist, telephone.code())
    assert is_at_home(visitor)
    assert not visitor.complaints


def test_a_recovery_code_opens_the_desk_once(staff: Staff, visitor: Visitor) -> None:
    accept(visitor, "elise", staff.invitation("elise"))
    typist = Typist(visitor)
    typist.arrive(CODES)
    typist.follow(SUBMIT)
    codes = visitor.tab.locator(".d-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    sign_out(visitor)
    type_password(typist, "elise")
    typist.follow(f"main a[href='{DESK}session/recovery']")
    type_code(typist, codes[3])
    assert is_at_home(visitor)
    visitor.tab.goto(staff.site.address + ACCOUNT)
    assert "9" in visitor.tab.locator(f"main li:has(a[href='{CODES}'])").inner_text()
    sign_out(visitor)
    type_password(typist, "elise")
    typist.follow(f"main a[href='{DESK}session/recovery']")
    type_code(typist, codes[3], 422)
    assert not visitor.complaints


def test_a_passkey_is_made_opens_the_desk_and_is_removed(staff: Staff, visitor: Visitor) -> None:
    accept(visitor, "flore", staff.invitation("flore"))
    give_keys(visitor.tab)
    typist = Typist(visitor)
    typist.arrive(PASSKEYS)
    typist.reach("[name=name]")
    typist.type("ordinateur du bureau")
    enter_as_far_as(ACCOUNT, visitor)
    sign_out(visitor)
    type_password(typist, "flore")
    assert typist.is_on("[value=webauthn]"), "the focus is where most go on"
    typist.enter()
    typist.reach(SUBMIT)
    enter_as_far_as(DESK, visitor)
    assert is_at_home(visitor)
    typist.arrive(PASSKEYS)
    expect(visitor.tab.locator(".d-list")).to_contain_text("ordinateur du bureau")
    typist.follow(".d-list button")
    typist.arrive(PASSKEYS)
    expect(visitor.tab.locator(".d-list")).to_have_count(0)
    sign_out(visitor)
    type_password(typist, "flore")
    assert typist.path.startswith(f"{DESK}session/code"), "there is no other factor to choose"
    assert not visitor.complaints


def test_whoever_has_their_passkey_elsewhere_uses_the_code(staff: Staff, visitor: Visitor) -> None:
    with window(staff.browser) as context, visiting(context, staff.site) as before:
        telephone = accept(before, "gilles", staff.invitation("gilles"))
        give_keys(before.tab)
        make_passkey(before, "Téléphone")
    give_password(visitor, "gilles")
    give_keys(visitor.tab)  # another device, which has none of them
    send(visitor.tab, {}, "[value=webauthn]")
    send(visitor.tab, {})
    words = visitor.tab.locator("[data-failed]")
    expect(words).to_have_text(str(words.get_attribute("data-failed")))
    visitor.tab.locator(f"main a[href^='{DESK}session/factor']").click()
    send(visitor.tab, {}, "[value=authenticator]")
    send(visitor.tab, {"code": telephone.code()})
    assert is_at_home(visitor)
    assert not visitor.complaints


def test_without_script_all_but_a_passkey_works(staff: Staff) -> None:
    with window(staff.browser, is_scripted=False) as context, visiting(context, staff.site) as visitor:
        accept(visitor, "hugo", staff.invitation("hugo"))
        assert is_at_home(visitor)
        visitor.tab.goto(staff.site.address + PASSKEYS)
        expect(visitor.tab.locator("main noscript").first).to_be_visible()
        send(visitor.tab, {"name": "clé"})
        expect(visitor.tab.locator("[data-failed]")).not_to_be_empty()
        sign_out(visitor)
        assert visitor.tab.url == f"{staff.site.address}{DESK}session"
