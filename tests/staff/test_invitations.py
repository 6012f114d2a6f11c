"""Invitations, roles and commands: once, for a day, in one transaction, and never the last administrator."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from time_machine import Traveller
from werkzeug.test import TestResponse

from tests.desk.people import PASSWORD, Colleague, Desk, address
from tests.makers import PUBLIC_URL, Office
from tests.staff.conftest import Ask

NOW = "2026-11-20 10:00"
NEW = {"password": "quatre lynx pressés", "password_confirm": "quatre lynx pressés"}
EMAIL = "neuve@agence-essai.ca"
IS_OVER = "This invitation was used already, or its address is incomplete. Ask an administrator for another one."


def _told(someone: Colleague, answer: TestResponse) -> str:
    elsewhere = someone.get(answer.headers["Location"], status=302).headers["Location"]
    return someone.get(elsewhere).text


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


def invited(desk: Desk, email: str = address("editor")) -> str:
    return desk.office.did("staff", "invite", email).split()[0].removeprefix(PUBLIC_URL)


def is_over(desk: Desk, invitation: str) -> str:
    """Return the words with which an invitation is refused, when it is opened and when it is used."""
    someone = Colleague(desk.office, "")
    path = invitation.replace("/fr/", "/en/")
    words = _told(someone, someone.get(path, status=302))
    used = _told(someone, someone.send(path, NEW))
    (first,), (second,) = (re.findall(r"This invitation [^<]*", page) for page in (words, used))
    assert first == second
    return first


def test_an_invitation_is_good_once(desk: Desk) -> None:
    invitation = invited(desk)
    someone = desk.someone("editor")
    someone.get(invitation)
    someone.get(invitation)  # whoever looks into mail for what is bad has used nothing
    someone.send(invitation, NEW)
    assert is_over(desk, invitation) == IS_OVER
    someone.password = NEW["password"]
    someone.sign_in().get("/desk/fr/")


def test_an_invitation_is_good_for_a_day(desk: Desk, clock: Traveller) -> None:
    invitation = invited(desk)
    clock.shift(24 * 3600)
    Colleague(desk.office, "").get(invitation)
    clock.shift(1)
    assert is_over(desk, invitation) == "This invitation has expired. Ask an administrator for another one."


def test_another_invitation_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = invited(desk), invited(desk)
    assert is_over(desk, first) == IS_OVER
    Colleague(desk.office, "").get(second)


def test_whoever_is_let_out_can_use_no_invitation_and_gets_none(desk: Desk) -> None:
    invitation = invited(desk)
    desk.office.did("staff", "disable", address("editor"))
    is_over(desk, invitation)
    refused = desk.office.portal("staff", "invite", address("editor"))
    assert (refused.exit_code, refused.stderr) == (
        1,
        "portal: this account is disabled: enable it first\n",
    )
    administrator = desk.signed_in("administrator")
    administrator.get("/desk/en/people/1/")
    assert "account is disabled" in administrator.send("/desk/en/people/1/keep", {"act": "invite"}, status=422).text
    desk.office.did("staff", "enable", address("editor"))
    is_over(desk, invitation)


@pytest.mark.parametrize("changed", ["x", "{0}x", "x{0}", "{0}/", "%00", "a.b.c", "{0}.{0}"])
def test_what_is_no_invitation_invites_nobody(desk: Desk, changed: str) -> None:
    beginning, _, token = invited(desk).rpartition("/")
    answer = Colleague(desk.office, "").client.get(f"{beginning}/{changed.format(token)}", base_url=PUBLIC_URL)
    assert answer.status_code in (302, 404, 400)
    assert "password" not in answer.text


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("court", "Choose a password of 8 characters at least"),
        ("x" * 257, "Choose a password of 256 characters at most."),
        ("Password123!", "Anybody would try this one first."),
        ("RAMQ-2026-portail", "Anybody would try this one first."),
        ("personne.editor.2026", "This one can be guessed from your name"),
        ("", "Enter your password."),
    ],
)
def test_a_password_is_refused_in_words_beside_its_field(desk: Desk, password: str, words: str) -> None:
    invitation = invited(desk).replace("/fr/", "/en/")
    someone = desk.someone("editor")
    someone.get(invitation)
    page = someone.send(invitation, {"password": password, "password_confirm": password}, status=422).text
    assert re.search(rf'id="password-error"><span class="p-unseen">Error:</span> {re.escape(words)}', page)
    assert password == "" or f'value="{password}"' not in page
    page = someone.send(invitation, {**NEW, "password_confirm": "autre chose encore"}, status=422).text
    assert "The two passwords are not the same." in page


def test_an_invitation_stands_in_no_log_and_goes_to_no_other_site(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    someone = desk.someone("editor")
    with caplog.at_level(logging.DEBUG):
        invitation = invited(desk)
        assert someone.get(invitation).headers["Referrer-Policy"] == "same-origin"
        someone.send(invitation, {**NEW, "password": "court"}, status=422)
        someone.send(invitation, NEW)
        is_over(desk, invitation)
    assert invitation.rpartition("/")[2] not in caplog.text
    assert NEW["password"] not in caplog.text


def test_fields_that_a_form_has_not_change_nothing(desk: Desk, ask: Ask) -> None:
    more = {"active": "0", "roles": "administrator", "role": "administrator", "fs_uniquifier": "x", "remember": "y"}
    more |= {"email": "autre@agence-essai.ca", "name": "Autre", "id": "4", "user_id": "4", "tf_primary_method": "email"}
    kept = "SELECT email, name, active, tf_primary_method, tf_totp_secret FROM staff ORDER BY id"
    roles = "SELECT * FROM staff_roles ORDER BY 1, 2"
    before, had = ask(kept), ask(roles)
    invitation = invited(desk)
    someone = desk.someone("editor")
    someone.get(invitation)
    someone.send(invitation, {**more, **NEW})
    someone.password = NEW["password"]
    someone.get(someone.give_password().headers["Location"])
    answer = someone.send("/desk/fr/session/code", {**more, "code": someone.code()})
    assert {line.split("=")[0] for line in answer.headers.getlist("Set-Cookie")} == {"portal_desk", "portal_desk_known"}
    someone.get("/desk/fr/account/password")
    changed = {"new_password": PASSWORD, "new_password_confirm": PASSWORD}
    someone.send("/desk/fr/account/password", {**more, "password": NEW["password"], **changed})
    someone.get("/desk/fr/compte/")
    someone.send("/desk/fr/compte/sessions", {**more, "session": "others"})
    assert (ask(kept), ask(roles)) == (before, had)
    assert ask("SELECT count(*) FROM staff WHERE fs_uniquifier = 'x'") == [(0,)]


def test_commands_say_what_they_did(desk: Desk) -> None:
    office = desk.office
    added = office.portal("staff", "add", EMAIL.upper(), "--name", "Neuve", "--role", "editor", "--role", "clerk")
    assert re.fullmatch(rf"{PUBLIC_URL}/desk/fr/invitation/\S+\n", added.stdout)
    assert added.stderr == "Good for 24 hours, once. Whoever has this address has the account.\n"
    assert office.did("staff", "roles", EMAIL, "--role", "auditor") == "Neuve: done.\n"
    assert office.did("staff", "roles", EMAIL, "--role", "auditor") == "Nothing changed.\n"
    assert office.did("staff", "disable", EMAIL) == "Neuve: done.\n"
    assert "auditor                         neuve@agence-essai.ca  (disabled)" in office.did("staff", "list")
    assert office.did("staff", "enable", EMAIL) == "Neuve: done.\n"
    assert office.did("staff", "reset-factors", EMAIL) == "Neuve: done.\n"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ("add", address("editor"), "--name", "X", "--role", "editor"),
            "there is, or was, an account with that address",
        ),
        (
            ("add", EMAIL, "--name", "Personne editor", "--role", "editor"),
            "there is, or was, an account with that address",
        ),
        (("add", "neuve", "--name", "X", "--role", "editor"), "this is no e-mail address"),
        (("add", EMAIL, "--name", "X"), "Missing option '--role'"),
        (("add", EMAIL, "--name", "X", "--role", "root"), "'root' is not one of"),
        (("invite", EMAIL), "nobody has an account with that address"),
        (("roles", EMAIL, "--role", "editor"), "nobody has an account with that address"),
        (("disable", EMAIL), "nobody has an account with that address"),
        (("reset-factors", EMAIL), "nobody has an account with that address"),
        (("disable", address("administrator")), "nobody else is an administrator: name another one first"),
        (("roles", address("administrator"), "--role", "editor"), "nobody else is an administrator"),
    ],
)
def test_a_command_that_is_refused_says_why_and_changes_nothing(
    desk: Desk, command: tuple[str, ...], sentence: str
) -> None:
    before = desk.office.dump()
    refused = desk.office.portal("staff", *command)
    assert refused.exit_code != 0
    assert sentence in refused.stderr
    assert desk.office.dump() == before


def test_nobody_is_left_without_a_role(desk: Desk) -> None:
    administrator = desk.signed_in("administrator")
    administrator.get("/desk/en/people/1/")
    before = desk.office.dump()
    administrator.send("/desk/en/people/1/keep", {"act": "roles"}, status=422)
    assert "Give one role at least." in administrator.words(".p-errors")
    assert desk.office.dump() == before


def test_each_change_has_its_line_which_says_who_and_holds_no_secret(desk: Desk, ask: Ask) -> None:
    administrator = desk.signed_in("administrator")
    added = desk.office.did("staff", "add", EMAIL, "--name", "Neuve", "--role", "editor").split()[0]
    someone = Colleague(desk.office, EMAIL, password=NEW["password"]).accept(added)
    administrator.get("/desk/fr/personnes/6/")
    administrator.send("/desk/fr/personnes/6/garder", {"act": "roles", "role": "clerk"}, status=303)
    page = administrator.send("/desk/fr/personnes/6/garder", {"act": "invite"}, status=200)
    another = re.findall(r"/desk/fr/invitation/([\w.-]+)", page.text.replace("<wbr>", ""))[0]
    administrator.send("/desk/fr/personnes/6/garder", {"act": "factors"}, status=303)
    administrator.send("/desk/fr/personnes/6/garder", {"act": "disable"}, status=303)
    lines = ask("SELECT actor, action, details FROM changes WHERE details LIKE '%Neuve%' ORDER BY id")
    command = lines[0][0]
    assert command.startswith("command line: ")
    assert [(actor, action) for actor, action, _details in lines] == [
        (command, "staff.add"),
        ("Neuve", "staff.invitation"),
        ("Neuve", "staff.code"),
        *[("Personne administrator", f"staff.{act}") for act in ("roles", "invite", "factors", "disable")],
    ]
    everything = str(ask("SELECT * FROM changes"))
    for secret in (PASSWORD, NEW["password"], someone.key, added.rpartition("/")[2], another, "argon2", "enckey"):
        assert secret not in everything


def test_of_two_administrators_who_take_each_others_role_at_once_one_is_left(desk: Desk, ask: Ask) -> None:
    office: Office = desk.office
    office.did("staff", "roles", address("publisher"), "--role", "administrator")
    pair = [desk.signed_in("administrator"), desk.signed_in("publisher")]
    numbers = {who: number for number, who in ask("SELECT id, email FROM staff")}
    for someone in pair:
        someone.get("/desk/fr/personnes/")
    with ThreadPoolExecutor(2) as pool:
        for someone, other in zip(pair, reversed(pair), strict=True):
            path = f"/desk/fr/personnes/{numbers[other.email]}/garder"
            pool.submit(someone.client.post, path, **someone.posted({"act": "roles", "role": "auditor"}))
    active = "SELECT count(*) FROM staff_roles JOIN staff ON staff.id = staff_id WHERE active AND staff_roles.name = ?"
    assert ask(active, "administrator") == [(1,)]
