"""Sessions: a new one at each sign-in, ended at once by whatever must end them, and under which keys."""

import re
from http.cookies import SimpleCookie

import pytest
from time_machine import Traveller
from werkzeug.http import parse_cookie

from tests.desk.people import PASSWORD, SIGN_IN, Colleague, Desk, address
from tests.makers import PUBLIC_URL, an_office
from tests.staff.conftest import Ask
from tests.staff.test_sign_in import recovers, recovery_codes

NOW = "2026-11-20 10:00"
COOKIE = "portal_desk"


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


def cookie(someone: Colleague, name: str = COOKIE) -> str:
    kept = someone.client.get_cookie(name, "portal.test", "/desk/")
    assert kept
    return kept.value


def holds(someone: Colleague, value: str) -> Colleague:
    """Put a cookie into somebody's browser."""
    someone.client.set_cookie(COOKIE, value, domain="portal.test", path="/desk/")
    return someone


def is_out(someone: Colleague) -> bool:
    return someone.client.get("/desk/fr/", base_url=PUBLIC_URL).status_code == 302


def replayed(desk: Desk, value: str) -> Colleague:
    return holds(Colleague(desk.office, ""), value)


def test_signing_in_begins_a_session_under_a_new_name(desk: Desk) -> None:
    attacker = desk.someone("clerk")
    attacker.get(SIGN_IN)
    prepared = cookie(attacker)
    victim = holds(desk.someone("editor"), prepared)
    victim.sign_in()
    assert cookie(victim) != prepared
    assert is_out(attacker)
    attacker.sign_in()
    second = holds(desk.someone("editor"), cookie(attacker))  # a session of the attacker's own
    second.get("/desk/fr/compte/")
    assert is_out(replayed(desk, prepared))


def test_every_sign_in_has_a_name_of_its_own_which_is_not_kept(desk: Desk, ask: Ask) -> None:
    someone = desk.someone("editor").sign_in()
    other = someone.beside().sign_in()
    hashes = [kept for (kept,) in ask("SELECT hash FROM staff_sessions WHERE staff_id = 1")]
    assert len(set(hashes)) == len(hashes) == 3
    assert cookie(someone) != cookie(other)
    held = [max(cookie(one).split("."), key=len) for one in (someone, other)]
    assert not any(value in line for line in desk.office.dump() for value in held)


def test_the_cookies_are_of_the_desk_alone(desk: Desk) -> None:
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    answer = someone.send("/desk/fr/session/code", {"code": someone.code()})
    assert_for_the_desk_alone(answer.headers.getlist("Set-Cookie"), {COOKIE, "portal_desk_known"}, is_secure=False)


def assert_for_the_desk_alone(lines: list[str], names: set[str], *, is_secure: bool) -> None:
    sent = {name: morsel for line in lines for name, morsel in SimpleCookie(line).items()}
    assert set(sent) == names
    for morsel in sent.values():
        assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == ("/desk/", True, "Lax")
        assert (bool(morsel["secure"]), morsel["domain"]) == (is_secure, "")


def test_over_https_the_cookies_are_held_to_it(desk: Desk) -> None:
    office = an_office(desk.office.data, PORTAL_PUBLIC_URL="https://portal.test")
    answer = Colleague(office, "").client.get(SIGN_IN, base_url="https://portal.test")
    names = {"__Secure-portal_desk"}
    assert_for_the_desk_alone(answer.headers.getlist("Set-Cookie"), names, is_secure=True)


@pytest.mark.parametrize("path", ["/fr/", "/en/dates/", "/api/v1/rows", "/fr/nulle-part", "/healthz", "/robots.txt"])
def test_nothing_of_it_touches_a_public_page(desk: Desk, path: str) -> None:
    someone = desk.someone("editor").sign_in()
    held = {"Cookie": f"{COOKIE}={cookie(someone)}; portal_desk_known=x; remember_token=x"}
    for asked in (
        someone.client.get(path, base_url=PUBLIC_URL),
        someone.client.get(path, base_url=PUBLIC_URL, headers=held),
    ):
        assert "Set-Cookie" not in asked.headers
        assert "cookie" not in asked.headers.get("Vary", "").lower()


def test_what_the_desk_answers_is_kept_nowhere(desk: Desk) -> None:
    someone = desk.someone("editor").sign_in()
    for path in ("/desk/fr/", "/desk/fr/compte/", "/desk/fr/account/password", "/desk/fr/nulle-part"):
        answer = someone.client.get(path, base_url=PUBLIC_URL)
        assert answer.headers["Cache-Control"] == "no-store"


def test_half_an_hour_of_silence_ends_a_session(desk: Desk, clock: Traveller) -> None:
    someone, silent = desk.someone("editor").sign_in(), desk.someone("clerk").sign_in()
    for _ in range(3):
        clock.shift(29 * 60)
        someone.get("/desk/fr/ici", status=204)
    assert is_out(silent)
    old = cookie(someone)
    clock.shift(31 * 60)
    assert is_out(replayed(desk, old))


def test_no_session_is_longer_than_twelve_hours(desk: Desk, clock: Traveller) -> None:
    someone = desk.someone("editor").sign_in()
    for _ in range(24):
        clock.shift(29 * 60)
        someone.get("/desk/fr/ici", status=204)
    clock.shift(24 * 60 - 1)
    someone.get("/desk/fr/")
    clock.shift(1)
    assert is_out(someone)


def test_a_session_that_was_signed_out_cannot_be_replayed(desk: Desk) -> None:
    someone = desk.someone("editor").sign_in()
    someone.get("/desk/fr/")
    old = cookie(someone)
    someone.send("/desk/fr/session/end")
    assert is_out(someone)
    assert is_out(replayed(desk, old))


def test_a_new_password_ends_every_other_session(desk: Desk, clock: Traveller) -> None:
    someone = desk.someone("editor").sign_in()
    other = someone.beside().sign_in()
    old, half = cookie(someone), someone.beside()
    half.get(half.give_password().headers["Location"])
    someone.client.set_cookie("remember_token", "1|x", domain="portal.test", path="/desk/")
    someone.get("/desk/fr/account/password")
    new = {"new_password": "quatre lynx pressés", "new_password_confirm": "quatre lynx pressés"}
    answer = someone.send("/desk/fr/account/password", {"password": PASSWORD, **new})
    assert not [line for line in answer.headers.getlist("Set-Cookie") if not line.startswith(COOKIE)]
    someone.get("/desk/fr/")
    assert is_out(other)
    assert is_out(replayed(desk, old))
    clock.shift(60)
    half.send("/desk/fr/session/code", {"code": half.code_of(0)})
    assert is_out(half)


def test_roles_that_are_taken_away_are_gone_at_once(desk: Desk) -> None:
    someone = desk.someone("administrator").sign_in()
    desk.office.did("staff", "add", "b@agence-essai.ca", "--name", "B", "--role", "administrator")
    someone.get("/desk/fr/personnes/")
    desk.office.did("staff", "roles", address("administrator"), "--role", "auditor")
    someone.get("/desk/fr/personnes/", status=403)


@pytest.mark.parametrize("command", ["disable", "reset-factors", "invite"])
def test_what_is_done_to_an_account_ends_its_sessions_for_good(desk: Desk, command: str) -> None:
    someone, other = desk.someone("editor").sign_in(), desk.someone("clerk").sign_in()
    old = cookie(someone)
    desk.office.did("staff", command, address("editor"))
    assert is_out(someone)
    desk.office.did("staff", "enable", address("editor"))
    assert is_out(replayed(desk, old))
    other.get("/desk/fr/")


def test_a_person_sees_and_ends_their_own_sessions_only(desk: Desk, ask: Ask) -> None:
    someone, other = desk.someone("editor").sign_in(), desk.someone("clerk").sign_in()
    here = someone.beside().sign_in()
    there = here.beside().sign_in()
    page = someone.get("/desk/en/account/")
    sessions = re.findall(r'name="session" value="([0-9a-f]{64})"', page.text)
    of_others = [kept for (kept,) in ask("SELECT hash FROM staff_sessions WHERE staff_id <> 1")]
    assert not set(sessions) & set(of_others)
    for kept in of_others:
        someone.send("/desk/fr/compte/sessions", {"session": kept})
    other.get("/desk/fr/")
    someone.send("/desk/fr/compte/sessions", {"session": sessions[0]})
    assert [is_out(one) for one in (here, there)].count(True) == 1
    someone.send("/desk/fr/compte/sessions", {"session": "others"})
    assert is_out(here)
    assert is_out(there)
    someone.get("/desk/fr/")
    other.get("/desk/fr/")


def test_a_changed_cookie_is_none(desk: Desk) -> None:
    value = cookie(desk.someone("editor").sign_in())
    for changed in (value[:-2] + "AA", "A" + value, value.split(".")[0], "", "." * 5):
        assert is_out(replayed(desk, changed))


def test_no_token_of_the_library_signs_in(desk: Desk, ask: Ask) -> None:
    from flask_security.datastore import FSQLALiteUserDatastore

    from portal.desk.app import create_desk

    app = create_desk(desk.office.config)
    with app.app_context():
        store: FSQLALiteUserDatastore = app.extensions["security"].datastore
        row = store.find_user(email=address("administrator"))
        assert row
        token = str(row.get_auth_token())
    someone = Colleague(desk.office, "")
    for path, headers in ((f"/desk/fr/?auth_token={token}", {}), ("/desk/fr/", {"Authentication_Token": token})):
        someone.get(path, status=302, **headers)


def test_a_newer_key_keeps_everyone_and_an_older_one_can_go(desk: Desk, clock: Traveller) -> None:
    someone = desk.someone("editor").sign_in()
    codes = recovery_codes(someone)
    mark = parse_cookie(f"k={cookie(someone, 'portal_desk_known')}")
    assert mark
    secret = desk.office.data / "secret"
    old = secret.read_text().strip()
    first, second = f"1:{old}", "a-2026:" + "n" * 64  # an id that comes first in no order but that of the file
    secret.write_text(f"{second}\n{first}\n")
    both = Desk(desk.office.another_worker(), desk.keys)
    moved = Colleague(both.office, someone.email, someone.key, last_step=someone.last_step)
    holds(moved, cookie(someone)).get("/desk/fr/")
    again = moved.beside()
    clock.shift(60)
    again.sign_in()
    recovers(moved.beside(), codes[0])
    secret.write_text(f"{second}\n")
    new = Desk(desk.office.another_worker(), desk.keys)
    assert is_out(holds(Colleague(new.office, ""), cookie(someone)))
    holds(Colleague(new.office, ""), cookie(again)).get("/desk/fr/")
    clock.shift(60)
    last = Colleague(new.office, someone.email, someone.key)
    last.sign_in()
    recovers(last.beside(), codes[1])
    never = Colleague(new.office, address("clerk"), desk.keys["clerk"])  # who did not sign in meanwhile
    never.get(never.give_password().headers["Location"])
    never.send("/desk/fr/session/code", {"code": never.code()}, status=422)
