"""Signing in: two factors, each good once, and answers that do not tell who has an account."""

import logging
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import argon2.low_level
import pytest
from passlib.handlers.argon2 import argon2 as argon2_hash
from time_machine import Traveller
from werkzeug.test import TestResponse

from tests.desk.people import PASSWORD, STEP, Colleague, Desk, address
from tests.staff.conftest import Ask
from tests.store.statements import asked_of_the_database

NOW = "2026-11-20 10:00"
CODE = "/desk/fr/session/code"
#: What differs in any two answers: the token of a form, and the cookie.
_OF_THE_BROWSER = re.compile(r'name="csrf_token" value="[^"]+"')


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


@pytest.fixture
def argon2s(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often argon2, the slow part of signing in, is computed."""
    counted: list[str] = []
    for name in ("hash_secret", "verify_secret"):
        true = getattr(argon2.low_level, name)

        def counting(*arguments: object, name: str = name, true=true, **named: object) -> object:
            counted.append(name)
            return true(*arguments, **named)

        monkeypatch.setattr(argon2.low_level, name, counting)
    return counted


def refused(desk: Desk, email: str, password: str = PASSWORD) -> TestResponse:
    stranger = Colleague(desk.office, email, password=password)
    return stranger.give_password(path="/desk/en/session", status=422)


def shown(answer: TestResponse, email: str) -> tuple[str, list[tuple[str, str]]]:
    """Return everything that an answer says, without what is of the browser that asked or what it typed."""
    headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
    named = [value.split("=")[0] for value in answer.headers.getlist("Set-Cookie")]
    text = _OF_THE_BROWSER.sub("", answer.text).replace(email, "")
    return text, [(name, value) for name, value in headers if name != "Content-Length"] + [("named", str(named))]


def test_no_byte_no_statement_and_no_work_tells_who_has_an_account(desk: Desk, argon2s: list[str]) -> None:
    desk.office.did("staff", "add", "invited@agence-essai.ca", "--name", "Invitée", "--role", "editor")
    desk.office.did("staff", "disable", address("clerk"))
    desk.someone("auditor").get("/desk/en/session")  # what is loaded at first need is loaded
    tries = {
        "wrong": (address("editor"), "trois girafes rapides"),
        "unknown": ("nobody@agence-essai.ca", PASSWORD),
        "disabled": (address("clerk"), PASSWORD),
        "invited": ("invited@agence-essai.ca", PASSWORD),
        "in capitals": (address("editor").replace("editor", "EDITOR"), "trois girafes rapides"),
    }
    seen = {}
    for who, (email, password) in tries.items():
        argon2s.clear()
        with asked_of_the_database() as asked:
            answer = refused(desk, email, password)
        length = int(answer.headers["Content-Length"]) - len(email)
        seen[who] = (answer.status, shown(answer, email), length, len(asked), len(argon2s))
    assert all(told == seen["wrong"] for told in seen.values())
    assert seen["wrong"][-1] == 1
    assert "We do not know this address with this password." in seen["wrong"][1][0]


@pytest.mark.parametrize(
    "password", ["", " ", "ﷺ" * 6_000, "x" * 1025, "\0", "a\0b", "\ud800".encode("utf-8", "replace").decode()]
)
def test_no_odd_password_tells_who_has_an_account(desk: Desk, argon2s: list[str], password: str) -> None:
    known, unknown = address("editor"), "nobody@agence-essai.ca"
    told = shown(refused(desk, known, password), known)
    computed = len(argon2s)
    assert told == shown(refused(desk, unknown, password), unknown)
    assert len(argon2s) == 2 * computed <= 2


def test_an_address_is_typed_in_any_case_and_a_password_in_any_normal_form(desk: Desk, ask: Ask) -> None:
    ask("UPDATE staff SET password = ? WHERE email = ?", an_argon2("élan ﬁer №7"), address("editor"))
    someone = desk.someone("editor")
    someone.email, someone.password = " Editor@AGENCE-essai.ca", "e\u0301lan fier No7"
    someone.email = someone.email.strip()
    someone.sign_in().get("/desk/fr/")


def an_argon2(password: str, rounds: int = 2) -> str:
    kept = argon2_hash.using(type="ID", rounds=rounds, memory_cost=19 * 1024, parallelism=1)
    return kept.hash(unicodedata.normalize("NFKC", password))


def test_a_password_is_kept_as_owasp_advises(ask: Ask) -> None:
    hashes = [kept for (kept,) in ask("SELECT password FROM staff")]
    assert len(set(hashes)) == len(hashes) == 5
    assert all(kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for kept in hashes)


def test_an_older_hash_is_replaced_when_its_password_is_given(desk: Desk, ask: Ask) -> None:
    ask("UPDATE staff SET password = ? WHERE email = ?", an_argon2(PASSWORD, rounds=1), address("editor"))
    ask("UPDATE staff SET password = ? WHERE email = ?", an_argon2(PASSWORD, rounds=1), address("clerk"))
    refused(desk, address("editor"), "trois girafes rapides")
    assert ask("SELECT count(*) FROM staff WHERE password LIKE '%t=1%'") == [(2,)]
    someone = desk.signed_in("editor")
    ((kept,),) = ask("SELECT password FROM staff WHERE password NOT LIKE '%t=1%' AND email = ?", address("editor"))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert ask("SELECT actor, action FROM changes ORDER BY id DESC LIMIT 2")[1] == ("Personne editor", "staff.hash")
    someone.beside().sign_in().get("/desk/fr/")
    assert ask("SELECT count(*) FROM changes WHERE action = 'staff.hash'") == [(1,)]


def test_a_code_is_good_once(desk: Desk) -> None:
    first, second = desk.someone("editor"), desk.someone("editor")
    for someone in (first, second):
        someone.get(someone.give_password().headers["Location"])
    code = first.code()
    first.send(CODE, {"code": code})
    first.get("/desk/fr/")
    second.send(CODE, {"code": code}, status=422)
    second.get("/desk/fr/", status=302)


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_a_code_may_be_one_step_early_or_late(desk: Desk, clock: Traveller, steps: int, status: int) -> None:
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    someone.send(CODE, {"code": someone.code_of(steps)}, status=status)


def test_no_code_older_than_the_last_is_taken(desk: Desk, clock: Traveller) -> None:
    late = desk.someone("editor")
    early_code = late.code_of(-1)
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    someone.send(CODE, {"code": someone.code_of(0)})
    late.get(late.give_password().headers["Location"])
    late.send(CODE, {"code": early_code}, status=422)
    clock.shift(STEP)
    late.send(CODE, {"code": late.code_of(0)})


def test_of_two_who_give_one_code_at_once_one_is_let_in(desk: Desk) -> None:
    pair = [desk.someone("editor"), desk.someone("editor")]
    for someone in pair:
        someone.get(someone.give_password().headers["Location"])
    code = pair[0].code()
    with ThreadPoolExecutor(2) as pool:
        given = [pool.submit(someone.client.post, CODE, **someone.posted({"code": code})) for someone in pair]
    assert sorted(answer.result().status_code for answer in given) == [302, 422]


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "１２３４５６", "-12345", "\0" * 6, "1" * 9000]
)
def test_what_is_no_code_is_refused_in_words(desk: Desk, code: str) -> None:
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    answer = someone.send(CODE.replace("/fr/", "/en/"), {"code": code}, status=422)
    assert re.search("This code is wrong|Enter the code", answer.text)


def test_a_code_of_somebody_else_is_refused(desk: Desk) -> None:
    someone, other = desk.someone("editor"), desk.someone("clerk")
    someone.get(someone.give_password().headers["Location"])
    someone.send(CODE, {"code": other.code()}, status=422)


def recovery_codes(someone: Colleague) -> list[str]:
    someone.get("/desk/fr/account/codes")
    page = someone.send("/desk/fr/account/codes", {"generate_new_codes": "1"}, status=200)
    return re.findall(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", page.text)


def recovers(someone: Colleague, code: str, *, status: int = 302) -> None:
    someone.give_password()
    someone.get("/desk/fr/session/recovery")
    someone.send("/desk/fr/session/recovery", {"code": code}, status=status)


def test_a_recovery_code_is_shown_once_kept_secret_and_good_once(desk: Desk, ask: Ask) -> None:
    someone = desk.signed_in("editor")
    recovers(desk.someone("clerk"), "0000-0000-0000", status=422)  # who has none
    codes = recovery_codes(someone)
    assert len(set(codes)) == 10
    for path in ("/desk/fr/account/codes", "/desk/fr/account/codes?show_codes=1", "/desk/fr/compte/"):
        assert not any(code in someone.get(path).text for code in codes)
    assert not any(code in line for line in desk.office.dump() for code in codes)
    recovers(someone.beside(), codes[3])
    recovers(someone.beside(), codes[3], status=422)
    recovers(desk.someone("clerk"), codes[4], status=422)
    other = someone.beside()
    recovers(other, codes[4])
    other.get("/desk/fr/")
    ((kept,),) = ask("SELECT json_array_length(mf_recovery_codes) FROM staff WHERE email = ?", address("editor"))
    assert kept == 8


def test_new_recovery_codes_take_the_place_of_the_old(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    old, new = recovery_codes(someone), recovery_codes(someone)
    assert not set(old) & set(new)
    recovers(someone.beside(), old[0], status=422)
    recovers(someone.beside(), new[0])


@pytest.mark.parametrize("loggers", ["", "flask_security", "passlib"])
def test_the_log_holds_nothing_of_a_person(desk: Desk, caplog: pytest.LogCaptureFixture, loggers: str) -> None:
    with caplog.at_level(logging.DEBUG, logger=loggers):
        refused(desk, address("editor"), "trois girafes rapides")
        refused(desk, "nobody@agence-essai.ca")
        someone = desk.signed_in("editor")
        codes = recovery_codes(someone)
        someone.client.post(f"/desk/fr/session?next={quote(address('editor'))}", base_url="http://portal.test")
    secrets = [PASSWORD, "trois girafes rapides", "@agence", "Personne", someone.key, *codes]
    assert not [line for line in caplog.messages if any(secret in line for secret in secrets)]
