"""Proving again who one is, with an account of the agency, before what is hard to undo."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import Traveller

from tests.desk.people import Colleague, Desk, address
from tests.staff.agency.provider import Provider, comes_back, leaves, query

NOW = "2026-11-20 10:00"
CONFIRM = "/desk/fr/session/confirm"
NEW = {"name": "N", "email": "n@agence-essai.ca", "role": "editor"}


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


def ago(minutes: float) -> int:
    """Return the instant so many minutes ago, as a token says it."""
    return int((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp())


def enters(agency: Desk, provider: Provider, minutes: float) -> Colleague:
    """Let the administrator sign in, who proved so many minutes ago at the provider who they are."""
    someone = agency.someone("administrator")
    provider.knows(someone.email, auth_time=ago(minutes))
    comes_back(someone, provider.signs_in(leaves(someone)))
    someone.get("/desk/fr/personnes/")
    return someone


def confirms(someone: Colleague, provider: Provider, *, status: int, **claims: object) -> str:
    """Press the button of the page that asks who one is, and come back; return what was asked."""
    sent = leaves(someone, opened=CONFIRM)
    provider.knows(**{"email": someone.email, **claims})
    comes_back(someone, provider.signs_in(sent), status=status)
    return sent


def test_whoever_has_just_proved_it_is_not_asked_again(agency: Desk, provider: Provider) -> None:
    enters(agency, provider, 5).send("/desk/fr/personnes/ajouter", NEW, status=200)


@pytest.mark.parametrize("minutes", [15, 600, 1e6])
def test_whoever_proved_it_long_ago_is_asked_before_what_is_hard_to_undo(
    agency: Desk, provider: Provider, minutes: float
) -> None:
    someone = enters(agency, provider, minutes)
    someone.send("/desk/fr/personnes/ajouter", NEW, status=422)
    page = someone.get("/desk/fr/personnes/")
    assert "Confirmer plutôt avec le compte de l’agence" in page.text
    assert f'href="{CONFIRM}" target="_blank"' in page.text
    asked = query(confirms(someone, provider, status=302, auth_time=ago(0)))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    someone.get("/desk/fr/personnes/")
    someone.send("/desk/fr/personnes/ajouter", NEW, status=200)


@pytest.mark.parametrize(
    "page", ["regles/", "contact/", "avis/check-spam-folder/retirer", "dates/editions/106", "personnes/"]
)
def test_each_form_that_asks_for_a_password_leads_to_the_provider_too(
    agency: Desk, provider: Provider, page: str
) -> None:
    roles = ("--role", "publisher", "--role", "administrator")
    agency.office.did("staff", "roles", address("administrator"), *roles)
    someone = enters(agency, provider, 15)
    assert "Confirmer plutôt avec le compte de l’agence" in someone.get(f"/desk/fr/{page}").text


def test_whoever_has_no_password_here_is_asked_for_none(agency: Desk, provider: Provider) -> None:
    agency.office.did("staff", "add", "new@agence-essai.ca", "--name", "Neuve", "--role", "administrator")
    someone = Colleague(agency.office, "new@agence-essai.ca")
    provider.knows(someone.email, auth_time=ago(20))
    comes_back(someone, provider.signs_in(leaves(someone)))
    assert 'name="password"' in enters(agency, provider, 20).get(CONFIRM).text
    assert 'name="password"' not in someone.get(CONFIRM).text
    someone.send(CONFIRM, {"password": ""}, status=422)
    confirms(someone, provider, status=302)
    someone.get("/desk/fr/personnes/")
    someone.send("/desk/fr/personnes/ajouter", NEW, status=200)


def test_a_provider_that_does_not_say_when_proves_nothing_anew(agency: Desk, provider: Provider) -> None:
    someone = agency.someone("administrator")
    provider.knows(someone.email, auth_time=None)
    comes_back(someone, provider.signs_in(leaves(someone)))
    someone.get("/desk/fr/personnes/")
    someone.send("/desk/fr/personnes/ajouter", NEW, status=422)
    confirms(someone, provider, status=403, auth_time=None)
    someone.send("/desk/fr/personnes/ajouter", NEW, status=422)


@pytest.mark.parametrize(
    "claims",
    [{"auth_time": 1}, {"auth_time": "ago"}, {"email": address("editor")}, {"email_verified": False}],
    ids=str,
)
def test_what_is_no_proof_changes_nothing(agency: Desk, provider: Provider, claims: dict[str, object]) -> None:
    someone = enters(agency, provider, 20)
    if claims == {"auth_time": "ago"}:  # two minutes before it was asked
        claims = {"auth_time": ago(2)}
    confirms(someone, provider, status=403, **claims)
    someone.send("/desk/fr/personnes/ajouter", NEW, status=422)
    assert "Personne administrator" in someone.get("/desk/fr/").text


def test_an_instant_to_come_is_no_longer_fresh_than_now(agency: Desk, provider: Provider, clock: Traveller) -> None:
    someone = enters(agency, provider, -1e6)
    clock.shift(timedelta(minutes=15))
    someone.send("/desk/fr/personnes/ajouter", NEW, status=422)


def test_a_proof_is_of_whoever_asked_for_it(agency: Desk, provider: Provider) -> None:
    someone = enters(agency, provider, 20)
    sent = leaves(someone, opened=CONFIRM)
    someone.get("/desk/fr/compte/")
    someone.send("/desk/fr/session/end")
    provider.knows(someone.email)
    comes_back(someone, provider.signs_in(sent), status=403)


def test_a_proof_begins_no_session_and_leads_to_the_page_that_asked(agency: Desk, provider: Provider) -> None:
    someone = enters(agency, provider, 20)
    before = agency.office.dump()
    sent = leaves(someone, opened=CONFIRM, way="/desk/fr/personnes/")
    provider.knows(someone.email)
    answer = comes_back(someone, provider.signs_in(sent))
    assert answer.headers["Location"] == "/desk/fr/personnes/"
    assert agency.office.dump() == before
