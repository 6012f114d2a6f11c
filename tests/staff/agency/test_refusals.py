"""Who is not let in with an account of the agency: one page for every reason, and nothing is kept."""

import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from time_machine import Traveller
from werkzeug.test import TestResponse

from tests.desk.people import SIGN_IN, Colleague, Desk, address
from tests.makers import PUBLIC_URL, Office
from tests.staff.agency.provider import CLIENT_ID, CLIENT_SECRET, START, Provider, comes_back, leaves, query
from tests.staff.authenticator import encoded
from tests.staff.test_sessions import cookie, holds, is_out

NOW = "2026-11-20 10:00"
#: The instant of NOW, in seconds since 1970.
AT = 1_795_186_800
HOUR = 3_600
_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
WORDS = "Votre compte de l’agence n’a pas ouvert le bureau."


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


@pytest.fixture
def plain(agency: Desk) -> str:
    """The page of every refusal."""
    return shown(Colleague(agency.office, "").get(f"{START}?code=x&state=y", status=403))


def shown(answer: TestResponse) -> str:
    return _TOKEN.sub("", answer.text)


def is_refused(someone: Colleague, back: str, plain: str) -> None:
    """Come back, and see nothing but the page of every refusal."""
    before = someone.office.dump()
    answer = comes_back(someone, back, status=403)
    assert shown(answer) == plain
    assert WORDS in plain
    assert is_out(someone)
    assert someone.office.dump() == before


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@agence-essai.ca"},
        {"email": ""},
        {"email": None},
        {"email": ["editor@agence-essai.ca"]},
        {"email": "editor@agence-essai.ca, x"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"iss": "http://localhost:1"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"], "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"exp": AT - HOUR},
        {"exp": None},
        {"iat": AT + HOUR},
        {"nonce": "another"},
        {"nonce": None},
        {"auth_time": "now"},
    ],
    ids=str,
)
def test_what_a_token_must_say(agency: Desk, provider: Provider, plain: str, claims: dict[str, object]) -> None:
    someone = agency.someone("editor")
    provider.knows(**{"email": someone.email, **claims})
    is_refused(someone, provider.signs_in(leaves(someone)), plain)
    provider.knows(someone.email)
    comes_back(someone, provider.signs_in(leaves(someone)))
    assert not is_out(someone)


def a_token(provider: Provider, nonce: str, algorithm: str) -> str:
    """Return what the provider would say, signed by whoever is not the provider."""
    claims = {
        "iss": provider.issuer,
        "aud": CLIENT_ID,
        "sub": "someone",
        "iat": AT,
        "exp": AT + HOUR,
        "nonce": nonce,
        "email": address("editor"),
        "email_verified": True,
    }
    if algorithm == "none":
        return ".".join([*(encoded(json.dumps(part).encode()) for part in ({"alg": algorithm}, claims)), ""])
    key = RSAKey.generate_key(2048) if algorithm == "RS256" else OctKey.import_key(CLIENT_SECRET)
    return jwt.encode({"alg": algorithm}, claims, key, algorithms=[algorithm])


@pytest.mark.parametrize("algorithm", ["RS256", "HS256", "none"])
def test_a_token_that_the_provider_did_not_sign(agency: Desk, provider: Provider, plain: str, algorithm: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    # Whoever stands between may change this too, where the address is not of HTTPS.
    provider.says["/.well-known/openid-configuration"] = {"id_token_signing_alg_values_supported": [algorithm]}
    sent = leaves(someone)
    provider.says["/oauth2/token"] = {"id_token": a_token(provider, query(sent)["nonce"], algorithm)}
    is_refused(someone, provider.signs_in(sent), plain)
    assert provider.asked_for_tokens()


@pytest.mark.parametrize("said", [{"id_token": ""}, {"id_token": None}, {"id_token": "a.b.c"}, {"error": "no"}])
def test_an_answer_without_a_token(agency: Desk, provider: Provider, plain: str, said: dict[str, object]) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    provider.says["/oauth2/token"] = said
    is_refused(someone, provider.signs_in(leaves(someone)), plain)


def test_an_account_that_is_disabled(agency: Desk, provider: Provider, plain: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    back = provider.signs_in(leaves(someone))
    agency.office.did("staff", "disable", someone.email)
    is_refused(someone, back, plain)


def test_whoever_gives_up_at_the_provider(agency: Desk, provider: Provider, plain: str) -> None:
    someone = agency.someone("editor")
    back = provider.signs_in(leaves(someone), action="deny")
    assert query(back)["error"] == "access_denied"
    is_refused(someone, back, plain)
    state = query(leaves(someone))["state"]
    is_refused(someone, f"{PUBLIC_URL}{START}?error=<b>x</b>&error_description=y&state={state}", plain)


@pytest.mark.parametrize("change", ["state=", "state=x", "code=", "code=x"])
def test_a_way_back_that_was_changed(agency: Desk, provider: Provider, plain: str, change: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    back = provider.signs_in(leaves(someone))
    name = change.partition("=")[0]
    is_refused(someone, re.sub(f"{name}=[^&]+", change, back), plain)
    is_refused(someone, back, plain)  # what was asked is good once, right or wrong


def test_a_way_back_is_good_once_and_in_the_browser_that_began(agency: Desk, provider: Provider, plain: str) -> None:
    someone, other = agency.someone("editor"), agency.someone("editor")
    provider.knows(someone.email)
    other.get(SIGN_IN)
    back = provider.signs_in(leaves(someone))
    is_refused(other, back, plain)
    began = cookie(someone)
    comes_back(someone, back)
    someone.get("/desk/fr/compte/")
    someone.send("/desk/fr/session/end")
    is_refused(someone, back, plain)
    is_refused(holds(agency.someone("editor"), began), back, plain)  # to whom the provider gives nothing for it


def test_only_the_last_of_two_beginnings_counts(agency: Desk, provider: Provider, plain: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    first, second = provider.signs_in(leaves(someone)), leaves(someone)
    is_refused(someone, first, plain)
    is_refused(someone, provider.signs_in(second), plain)


def test_whoever_takes_longer_than_a_quarter_of_an_hour(
    agency: Desk, provider: Provider, plain: str, clock: Traveller
) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    sent = leaves(someone)
    clock.shift(timedelta(minutes=15))
    is_refused(someone, provider.signs_in(sent), plain)


def test_a_way_in_that_began_before_somebody_signed_in(agency: Desk, provider: Provider) -> None:
    someone = agency.someone("clerk")
    provider.knows(address("editor"))
    back = provider.signs_in(leaves(someone))
    someone.sign_in()
    comes_back(someone, back, status=403)
    assert "Personne clerk" in someone.get("/desk/fr/").text


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a provider that takes a call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_provider_that_says_nothing_holds_nobody_up(agency: Desk, silent: str) -> None:
    settings = {**agency.office.settings, "PORTAL_OIDC_ISSUER": silent}
    someone = Colleague(Office(agency.office.data, settings), "")
    someone.get(SIGN_IN)
    answer = someone.send(START, status=503)
    assert WORDS in answer.text
    assert answer.headers["Retry-After"]


def test_a_provider_that_fails(agency: Desk, provider: Provider, plain: str) -> None:
    someone = agency.someone("editor")
    provider.knows(someone.email)
    provider.is_down = True
    someone.get(SIGN_IN)
    assert WORDS in someone.send(START, status=503).text
    provider.is_down = False
    back = provider.signs_in(leaves(someone))
    provider.is_down = True
    is_refused(someone, back, plain)


def test_one_client_may_try_ten_times_in_a_minute(agency: Desk, clock: Traveller) -> None:
    stranger, other = Colleague(agency.office, ""), Colleague(agency.office, "", address="192.0.2.2")
    for _ in range(10):
        stranger.get(f"{START}?code=x&state=y", status=403)
    answer = stranger.get(f"{START}?code=x&state=y", status=429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    other.get(f"{START}?code=x&state=y", status=403)
    clock.shift(61)
    stranger.get(f"{START}?code=x&state=y", status=403)


def test_one_client_may_begin_ten_times_in_a_minute(agency: Desk, provider: Provider) -> None:
    someone = agency.someone("editor")
    someone.get(SIGN_IN)
    for _ in range(10):
        someone.send(START, status=200)
        someone.get(SIGN_IN)
    someone.send(START, status=429)


def test_a_refusal_is_said_in_the_language_of_the_page(agency: Desk) -> None:
    page = Colleague(agency.office, "").get("/desk/en/session/agency?code=x&state=y", status=403)
    assert "Your agency account did not open the desk." in page.text
    assert '<html lang="en-CA">' in page.text
