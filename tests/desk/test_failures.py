"""What the desk says when something fails: words a person can act on, in its own frame, and nothing typed is lost."""

import pytest
from time_machine import Traveller

from tests.desk.people import Desk
from tests.makers import PUBLIC_URL
from tests.visitor import Visit

NOW = "2026-11-20 10:00"
A_SECRET = {"password": "secret"}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("path", "title", "back"),
    [
        ("/desk/fr/nulle-part", "Page introuvable", "Retour à l’accueil du bureau"),
        ("/desk/en/nowhere", "Page not found", "Back to the desk"),
    ],
)
def test_a_page_that_is_not_there_is_told_in_the_frame_of_the_desk(
    desk: Desk, path: str, title: str, back: str
) -> None:
    page = Visit.of(desk.signed_in("editor").get(path, status=404))
    assert title in page.spoken
    assert back in page.spoken
    assert page.one("header .d-out")


@pytest.mark.usefixtures("clock")
def test_a_page_of_another_role_says_so(desk: Desk) -> None:
    page = Visit.of(desk.signed_in("editor").get("/desk/fr/personnes/", status=403))
    assert "Aucun de vos rôles n’ouvre cette page." in page.spoken
    assert page.one("header .d-out")


@pytest.mark.usefixtures("clock")
def test_a_database_that_is_away_is_told_and_the_public_pages_stay(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert desk.office.get("/fr/dates/").status_code == 200
    (desk.office.data / "portal.db").rename(desk.office.data / "away.db")
    answer = someone.get("/desk/fr/", status=503)
    assert answer.headers["Retry-After"]
    assert "Le portail ne peut pas répondre pour l’instant." in Visit.of(answer).spoken
    assert "Traceback" not in answer.text
    assert desk.office.get("/fr/dates/").status_code == 200


def test_a_form_sent_after_the_session_was_over_comes_back_as_it_was_typed(desk: Desk, clock: Traveller) -> None:
    someone = desk.signed_in("administrator")
    someone.get("/desk/fr/personnes/")
    typed = {
        "name": "Jean « Roy »",
        "email": "jean@agence-essai.ca",
        "role": ["editor", "auditor"],
    } | A_SECRET
    clock.shift(31 * 60)
    answer = someone.send("/desk/fr/personnes/ajouter", typed, status=401)
    page = Visit.of(answer)
    fields = [(field.attrs["name"], field.attrs["value"]) for field in page.all("main input[type=hidden]")]
    assert [pair for pair in fields if pair[0] != "csrf_token"] == [
        ("name", "Jean « Roy »"),
        ("email", "jean@agence-essai.ca"),
        ("role", "editor"),
        ("role", "auditor"),
    ]
    assert "secret" not in answer.text
    assert page.all("main a[target=_blank][href='/desk/fr/session']")


def test_what_came_back_is_sent_again_once_one_is_signed_in(desk: Desk, clock: Traveller) -> None:
    someone = desk.signed_in("administrator")
    someone.get("/desk/fr/personnes/")
    typed = {"name": "Jean Roy", "email": "jean@agence-essai.ca", "role": "editor"}
    clock.shift(31 * 60)
    someone.send("/desk/fr/personnes/ajouter", typed, status=401)
    over = someone.token
    someone.sign_in()  # in another window of the same browser
    someone.token = over
    someone.send("/desk/fr/personnes/ajouter", typed, status=400)
    someone.send("/desk/fr/personnes/ajouter", typed, status=200)
    assert "Jean Roy" in someone.get("/desk/fr/personnes/").text


@pytest.mark.usefixtures("clock")
def test_a_form_that_is_no_text_is_refused_in_words(desk: Desk) -> None:
    someone = desk.signed_in("administrator")
    someone.get("/desk/fr/personnes/")
    odd = {"name": "\x00\ud800".encode("utf-8", "surrogatepass"), "email": b"\xff\xfe", "role": "emperor"}
    answer = someone.client.post(
        "/desk/fr/personnes/ajouter", base_url=PUBLIC_URL, data={"csrf_token": someone.token, **odd}
    )
    assert answer.status_code in {400, 422}
