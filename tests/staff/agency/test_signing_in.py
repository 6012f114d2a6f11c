"""Signing in with an account of the agency: the same people, the same sessions, another way in."""

import hashlib
import json
import logging
import re
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode

import pytest

from tests.desk.people import SIGN_IN, Colleague, Desk, address
from tests.makers import PUBLIC_URL
from tests.staff.agency.provider import CLIENT_ID, CLIENT_SECRET, START, Provider, comes_back, leaves, query
from tests.staff.conftest import Ask
from tests.staff.test_sessions import cookie, holds, is_out

BUTTONS = {"fr": "Se connecter avec le compte de l’agence", "en": "Sign in with your agency account"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
#: Asks for the desk where the extra is not installed.
WITHOUT = """
import sys
sys.modules |= dict.fromkeys(["authlib", "requests"])
from werkzeug.test import Client
from portal.config import from_environment
from portal.desk.app import create_desk
desk = Client(create_desk(from_environment()))
print([desk.get(f"/desk/fr/session{{more}}", base_url={public_url!r}).status_code for more in ("", "/agence")])
"""


def enters(desk: Desk, provider: Provider, **claims: object) -> Colleague:
    """Let the editor sign in by the provider."""
    someone = desk.someone("editor")
    provider.knows(someone.email, **claims)
    comes_back(someone, provider.signs_in(leaves(someone)))
    return someone


def test_whoever_has_an_account_here_and_there_is_let_in_and_the_log_says_how(
    agency: Desk, provider: Provider, ask: Ask
) -> None:
    someone = agency.someone("editor")
    provider.knows("Editor@AGENCE-essai.ca")
    there = provider.signs_in(leaves(someone))
    answer = someone.get(there.removeprefix(PUBLIC_URL), status=302, User_Agent=FIREFOX)
    assert answer.headers["Location"] == "/desk/fr/"
    assert "Personne editor" in someone.get("/desk/fr/").text
    ((*line, details),) = ask("SELECT actor, action, details FROM changes ORDER BY id DESC LIMIT 1")
    assert line == ["Personne editor", "staff.agency"]
    assert json.loads(details) == {"person": "Personne editor", "device": "Firefox, Linux"}
    sessions = "SELECT device FROM staff_sessions JOIN staff ON staff.id = staff_id WHERE email = ?"
    assert ("Firefox, Linux",) in ask(sessions, address("editor"))


def test_neither_password_nor_application_of_ours_is_needed(agency: Desk, provider: Provider) -> None:
    agency.office.did("staff", "add", "new@agence-essai.ca", "--name", "Neuve", "--role", "editor")
    someone = Colleague(agency.office, "new@agence-essai.ca")
    provider.knows(someone.email)
    comes_back(someone, provider.signs_in(leaves(someone)))
    assert "Neuve" in someone.get("/desk/fr/compte/").text
    someone.get("/desk/fr/session/confirm")
    someone.send("/desk/fr/session/confirm", {"password": "trois girafes"}, status=422)


def test_it_begins_a_session_under_a_new_name(agency: Desk, provider: Provider) -> None:
    attacker = agency.someone("clerk")
    attacker.get(SIGN_IN)
    prepared = cookie(attacker)
    victim = holds(agency.someone("editor"), prepared)
    provider.knows(victim.email)
    comes_back(victim, provider.signs_in(leaves(victim)))
    assert cookie(victim) != prepared
    assert is_out(attacker)
    victim.get("/desk/fr/compte/")
    old = cookie(victim)
    victim.send("/desk/fr/session/end")
    assert is_out(holds(Colleague(agency.office, ""), old))


def test_what_is_sent_to_the_provider_is_bound_to_who_sent_it(agency: Desk, provider: Provider) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    sent = leaves(someone)
    asked = query(sent)
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT_ID, "S256")
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert asked["redirect_uri"] == PUBLIC_URL + START
    assert min(len(asked["state"]), len(asked["nonce"])) >= 20
    assert not {"prompt", "max_age"} & set(asked)
    comes_back(someone, provider.signs_in(sent))
    (heard,) = provider.asked_for_tokens()
    challenge = urlsafe_b64encode(hashlib.sha256(heard.form["code_verifier"].encode()).digest()).decode()
    assert challenge.rstrip("=") == asked["code_challenge"]
    assert heard.authorization == "Basic " + b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    again = query(leaves(someone.beside()))
    assert not {again[name] for name in ("state", "nonce", "code_challenge")} & set(asked.values())


def test_the_page_that_leads_there_sends_no_form(agency: Desk) -> None:
    someone = agency.someone("editor")
    someone.get(SIGN_IN)
    page = someone.send(START, status=200)
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]  # which a redirect would have to obey
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("way", ["/desk/fr/dates/", "/desk/en/account/?x=1"])
def test_one_is_led_to_the_page_that_one_asked_for(agency: Desk, provider: Provider, way: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    answer = comes_back(someone, provider.signs_in(leaves(someone, way=way)))
    assert answer.headers["Location"] == way


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "/\\evil.example", "/desk/../fr/", "/fr/"])
def test_one_is_led_nowhere_else(agency: Desk, provider: Provider, way: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    back = provider.signs_in(leaves(someone, way=way))
    assert comes_back(someone, f"{back}&next={way}").headers["Location"] == "/desk/fr/"


@pytest.mark.parametrize(("language", "path"), [("fr", START), ("en", "/desk/en/session/agency")])
def test_each_language_has_its_button_and_its_way_back(
    agency: Desk, desk: Desk, provider: Provider, language: str, path: str
) -> None:
    sign_in = f"/desk/{language}/session"
    assert BUTTONS[language] not in desk.someone("editor").get(sign_in).text
    someone = agency.someone("editor")
    page = someone.get(f"{sign_in}?next=/desk/{language}/dates/")
    assert BUTTONS[language] in page.text
    assert f'action="{path}?next=/desk/{language}/dates/"' in page.text
    provider.knows(someone.email)
    sent = leaves(someone, path=path, opened=sign_in)
    assert query(sent)["redirect_uri"] == PUBLIC_URL + path
    answer = comes_back(someone, provider.signs_in(sent))
    assert answer.headers["Location"] == f"/desk/{language}/"


def test_without_a_provider_there_is_no_such_way_and_its_library_is_not_needed(desk: Desk) -> None:
    someone = desk.someone("editor")
    someone.get(SIGN_IN)
    someone.send(START, status=404)
    someone.get(f"{START}?code=x&state=y", status=404)
    words = [sys.executable, "-c", WITHOUT.format(public_url=PUBLIC_URL)]
    asked = subprocess.run(words, env=desk.office.environment, check=True, capture_output=True, text=True)
    assert asked.stdout == "[200, 404]\n"


def test_nobody_is_asked_until_somebody_presses_the_button(agency: Desk, provider: Provider) -> None:
    agency.someone("editor").get(SIGN_IN)
    agency.signed_in("clerk").get("/desk/fr/")
    assert not provider.heard


def test_the_log_and_the_database_hold_no_token(
    agency: Desk, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    with caplog.at_level(logging.DEBUG, logger=""):
        sent = leaves(someone)
        back = provider.signs_in(sent)
        caplog.clear()  # what the provider itself, in this same process, and its visitor say of them
        comes_back(someone, back)
    (heard,) = provider.asked_for_tokens()
    secrets = [heard.form["code"], heard.form["code_verifier"], query(sent)["state"], query(sent)["nonce"]]
    ours = [record.getMessage() for record in caplog.records if not re.match("werkzeug|oidc", record.name)]
    assert not [line for line in [*ours, *agency.office.dump()] if any(secret in line for secret in secrets)]
    assert not [line for line in ours if CLIENT_SECRET in line or "agence-essai" in line]
