"""How often someone may try: by client and by account, and without a lock that a stranger could set."""

import re
from itertools import chain

import pytest
from time_machine import Traveller

from tests.desk.people import PASSWORD, SIGN_IN, Colleague, Desk, address
from tests.makers import PUBLIC_URL, Office, an_office
from tests.staff.test_sessions import cookie

NOW = "2026-11-20 10:00"
CODE = "/desk/fr/session/code"
MARK = "portal_desk_known"


@pytest.fixture(autouse=True)
def standing_clock(clock: Traveller) -> Traveller:
    return clock


def guesses(office: Office, email: str, times: int, network: str = "198.51.100") -> list[int]:
    """Try a wrong password from as many clients; return the statuses."""
    stranger = Colleague(office, email)
    stranger.get(SIGN_IN)
    statuses = []
    for number in range(times):
        stranger.address = f"{network}.{number}"
        form = stranger.posted({"email": email, "password": "trois girafes rapides"})
        statuses.append(stranger.client.post(SIGN_IN, **form).status_code)
    return statuses


def test_one_client_may_try_ten_times_in_a_minute(desk: Desk, clock: Traveller) -> None:
    stranger = Colleague(desk.office, "")
    stranger.get(SIGN_IN)
    for number in range(10):
        stranger.send(SIGN_IN, {"email": f"{number}@agence-essai.ca", "password": "x"}, status=422)
    for path, words in (
        (SIGN_IN, "Vous avez essayé trop souvent. Réessayez dans"),
        ("/desk/en/session", "Try again in 1 minute"),
    ):
        answer = stranger.send(path, {"email": address("editor"), "password": "x"}, status=429)
        assert words in answer.text
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
    clock.shift(61)
    stranger.send(SIGN_IN, {"email": address("editor"), "password": "x"}, status=422)


@pytest.mark.parametrize("email", [address("editor"), "nobody@agence-essai.ca"])
def test_one_account_may_be_tried_ten_times_whether_it_is_there_or_not(desk: Desk, email: str) -> None:
    assert guesses(desk.office, email, 12) == [422] * 10 + [429] * 2


def test_an_account_is_one_however_its_address_is_spelled(desk: Desk) -> None:
    spelled = ["editor@agence-essai.ca", "EDITOR@agence-essai.ca", " editor@ａgence-essai.ca", "editor@agence-essai.CA"]
    statuses = [guesses(desk.office, email, 4, f"198.51.{place}") for place, email in enumerate(spelled)]
    assert list(chain(*statuses)) == [422] * 10 + [429] * 6


def test_no_stranger_locks_a_person_out_of_a_browser_that_is_known(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    someone.get("/desk/fr/")
    someone.send("/desk/fr/session/end")
    assert guesses(desk.office, address("editor"), 11)[-1] == 429
    someone.sign_in().get("/desk/fr/")
    desk.someone("clerk").give_password()


@pytest.mark.parametrize(
    "forged", ["", "x", "x.", ".", "x.y", "{name}.{other}", "{name}x.{signature}", "{name}.{signature}x", "é.ü"]
)
def test_a_mark_can_be_neither_made_nor_moved_to_another_account(desk: Desk, forged: str) -> None:
    name, signature = cookie(desk.someone("clerk").sign_in(), MARK).split(".")
    _name, other = cookie(desk.someone("auditor").sign_in(), MARK).split(".")
    assert guesses(desk.office, address("clerk"), 9) == [422] * 9  # and the one that was right
    stranger = Colleague(desk.office, address("clerk"), address="203.0.113.1")
    value = forged.format(name=name, signature=signature, other=other)
    stranger.get(SIGN_IN)
    stranger.client.set_cookie(MARK, value, domain="portal.test", path="/desk/")
    form = stranger.posted({"email": stranger.email, "password": PASSWORD})
    assert stranger.client.post(SIGN_IN, **form).status_code == 429
    stranger.client.set_cookie(MARK, f"{name}.{signature}", domain="portal.test", path="/desk/")
    assert stranger.client.post(SIGN_IN, **form).status_code == 302


def test_a_known_browser_may_be_guessed_in_no_more_often(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    someone.get("/desk/fr/")
    someone.send("/desk/fr/session/end")
    someone.get(SIGN_IN)
    statuses = []
    for number in range(11):
        someone.address = f"198.51.100.{number}"
        form = someone.posted({"email": someone.email, "password": "x"})
        statuses.append(someone.client.post(SIGN_IN, **form).status_code)
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("step", ["code", "recovery"])
def test_a_second_factor_may_be_tried_ten_times(desk: Desk, step: str) -> None:
    someone = desk.someone("editor")
    someone.get(someone.give_password().headers["Location"])
    for number in range(10):
        someone.address = f"198.51.100.{number}"
        someone.send(f"/desk/fr/session/{step}", {"code": "000000"}, status=422)
    other = desk.someone("editor")  # who begins again
    other.address = "203.0.113.9"
    other.get(other.give_password().headers["Location"])
    other.send(f"/desk/fr/session/{step}", {"code": other.code()}, status=429)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/desk/fr/session/confirm", {"password": "x"}),
        ("/desk/fr/account/password", {"password": "x", "new_password": "y", "new_password_confirm": "y"}),
        ("/desk/fr/personnes/ajouter", {"name": "N", "email": "n@agence-essai.ca", "role": "editor", "password": "x"}),
    ],
)
def test_the_password_of_an_open_session_may_be_guessed_ten_times(
    desk: Desk, clock: Traveller, path: str, form: dict[str, str]
) -> None:
    someone = desk.signed_in("administrator")
    clock.shift(16 * 60)
    someone.get("/desk/fr/compte/")
    statuses = []
    for number in range(11):
        someone.address = f"198.51.100.{number}"
        statuses.append(someone.client.post(path, **someone.posted(form)).status_code)
    assert statuses == [422] * 10 + [429]


def test_where_tries_cannot_be_counted_nobody_signs_in(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    office = an_office(desk.office.data, PORTAL_LIMITS_URL="redis://127.0.0.1:1")
    someone = Colleague(office, address("editor"))
    for path, words in ((SIGN_IN, "Le portail ne peut pas répondre"), ("/desk/en/session", "The portal cannot answer")):
        answer = someone.give_password(path=path, status=503)
        assert words in answer.text
        assert answer.headers["Retry-After"]
    invitation = office.did("staff", "invite", address("editor")).split()[0].removeprefix(PUBLIC_URL)
    someone.get(invitation)
    someone.send(invitation, {"password": PASSWORD, "password_confirm": PASSWORD}, status=503)
    token = invitation.rpartition("/")[2]
    assert re.search("limits: ConnectionError", caplog.text)
    assert token not in caplog.text
    assert "agence-essai" not in caplog.text
