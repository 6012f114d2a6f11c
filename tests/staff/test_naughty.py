"""The big list of naughty strings through every field by which one comes in, and by which people are let in."""

from collections.abc import Callable, Mapping

import pytest

from tests.desk.people import PASSWORD, SIGN_IN, Colleague, Desk, address
from tests.desk.requests.test_naughty import STRINGS, bytes_of
from tests.makers import PUBLIC_URL
from tests.site.typed import dangers

PEOPLE, ACCOUNT = "/desk/en/people/", "/desk/fr/account/"
#: What a form is answered: another page, what is wrong with it, that it does not exist, that there were too many.
TOLD = {200, 302, 303, 400, 404, 422, 429}
SHARE = STRINGS[::12]


def answered(someone: Colleague, path: str, form: Mapping[str, object]) -> int:
    """Send a form as it is, and return the status of the answer."""
    answer = someone.client.post(path, **someone.posted(form))
    assert not dangers(answer.text), form
    return answer.status_code


@pytest.mark.parametrize("fields", [("email", "password"), ("email",), ("password",), ("next", "remember")])
def test_no_text_signs_anybody_in(desk: Desk, fields: tuple[str, ...]) -> None:
    someone = desk.someone("publisher")
    right = {"email": address("publisher"), "password": "trois girafes rapides"}
    for number, text in enumerate(SHARE):
        someone.address = f"192.0.{number}.7"
        someone.get(SIGN_IN)
        assert answered(someone, SIGN_IN, {**right, **dict.fromkeys(fields, bytes_of(text))}) in {422, 429}, text
    someone.get("/desk/fr/compte/", status=302)


@pytest.mark.parametrize("path", ["/desk/fr/session/code", "/desk/fr/session/recovery"])
def test_no_text_is_a_code(desk: Desk, path: str) -> None:
    someone = desk.someone("publisher")
    someone.get(someone.give_password().headers["Location"])
    for number, text in enumerate(SHARE):
        someone.address = f"192.0.{number}.7"
        assert answered(someone, path, {"code": bytes_of(text)}) in TOLD - {303}, text
    someone.get("/desk/fr/compte/", status=302)


def test_no_text_in_an_address_is_an_invitation(desk: Desk) -> None:
    someone = desk.someone("publisher")
    for text in filter(str.strip, SHARE):
        answer = someone.client.get("/desk/fr/invitation/" + bytes_of(text), base_url=PUBLIC_URL)
        assert answer.status_code in TOLD | {308}, text
        assert not dangers(answer.text), text


SECRETS = {"password": PASSWORD}
FORMS: Mapping[str, tuple[str, Mapping[str, object], tuple[str, ...]]] = {
    "add": (f"{PEOPLE}add", SECRETS, ("name", "email", "role")),
    "name": (f"{PEOPLE}add", SECRETS | {"email": "nouvelle@agence-essai.ca"}, ("role",)),
    "keep": (f"{PEOPLE}1/keep", SECRETS, ("act", "role")),
    "password": (f"{ACCOUNT}password", {}, ("password", "new_password", "new_password_confirm")),
    "confirm": ("/desk/fr/session/confirm", {}, ("password",)),
    "passkey": (f"{ACCOUNT}passkeys/remove", {}, ("name",)),
    "sessions": ("/desk/fr/compte/sessions", {}, ("session",)),
    "refuse": ("/desk/fr/approbations/1/refuser", {}, ("reason",)),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_text_breaks_a_form_of_accounts(desk: Desk, name: str) -> None:
    path, right, fields = FORMS[name]
    someone = desk.signed_in("administrator")
    someone.get("/desk/fr/compte/")
    before = accounts(desk)
    assert before
    for text in SHARE:
        status = answered(someone, path, {**right, **dict.fromkeys(fields, bytes_of(text))})
        assert status in TOLD, (text, status)
    assert accounts(desk) == before


def test_a_name_of_any_kind_breaks_no_page(desk: Desk) -> None:
    someone = desk.signed_in("administrator")
    someone.get(PEOPLE)
    added = 0
    for number, text in enumerate(STRINGS[::40]):
        form = {"name": bytes_of(text), "email": f"personne{number}@agence-essai.ca", "role": "editor", **SECRETS}
        status = answered(someone, f"{PEOPLE}add", form)
        assert status in {200, 422}, text
        added += status == 200
        for path in (PEOPLE, "/desk/fr/journal/"):
            assert not dangers(someone.get(path).text), text
    assert added > len(STRINGS[::40]) / 3, "most are words that a name may hold"


@pytest.mark.parametrize("ask", [str, lambda text: text * 2], ids=["once", "twice"])
def test_no_question_breaks_the_log(desk: Desk, ask: Callable[[str], str]) -> None:
    someone = desk.signed_in("auditor")
    for text in SHARE:
        for path in ("/desk/en/log/", "/desk/en/log/file.csv"):
            asked = dict.fromkeys(("subject", "person", "first_day", "last_day", "page"), ask(bytes_of(text)))
            answer = someone.client.get(path, base_url=PUBLIC_URL, query_string=asked)
            assert answer.status_code in TOLD, text
            assert not dangers(answer.text), text


def accounts(desk: Desk) -> list[str]:
    """Return what is kept of accounts, without what tells how often they were tried."""
    return [line for line in desk.office.dump() if 'INTO "staff' in line and "sessions" not in line]
