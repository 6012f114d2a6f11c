"""Laws for every route of the desk: what is refused changes nothing, and looking changes nothing."""

import pytest

from portal.staff.rules import ROLES, Role
from tests.desk.people import Colleague, Desk
from tests.desk.routes import Route, routes
from tests.makers import PUBLIC_URL

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
]


def post(someone: Colleague, route: Route, form: dict[str, str], **headers: str):
    return someone.client.post(route.path, base_url=PUBLIC_URL, data=form, headers=headers)


@pytest.mark.parametrize("role", ROLES)
def test_looking_changes_nothing(desk: Desk, role: Role) -> None:
    someone = desk.signed_in(role)
    before = desk.office.dump()
    for route in routes(desk.office):
        if route.method == "GET":
            someone.client.get(route.path, base_url=PUBLIC_URL)
    assert desk.office.dump() == before


def test_a_form_without_its_token_changes_nothing(desk: Desk) -> None:
    someone = desk.signed_in("administrator")
    before = desk.office.dump()
    for route in routes(desk.office):
        if route.method == "POST":
            for form in ({}, {"csrf_token": ""}, {"csrf_token": "made-up"}):
                answer = post(someone, route, form, Origin=PUBLIC_URL)
                assert answer.status_code == 400, (route, answer.status)
    assert desk.office.dump() == before


def test_a_form_with_the_token_of_another_session_changes_nothing(desk: Desk) -> None:
    someone, other = desk.signed_in("administrator"), desk.signed_in("editor")
    other.get("/desk/fr/compte/")
    before = desk.office.dump()
    for route in routes(desk.office):
        if route.method == "POST":
            answer = post(someone, route, {"csrf_token": other.token}, Origin=PUBLIC_URL)
            assert answer.status_code == 400, (route, answer.status)
    assert desk.office.dump() == before


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_that_another_site_sends_changes_nothing(desk: Desk, headers: dict[str, str]) -> None:
    someone = desk.signed_in("administrator")
    someone.get("/desk/fr/compte/")
    before = desk.office.dump()
    for route in routes(desk.office):
        if route.method == "POST":
            answer = post(someone, route, {"csrf_token": someone.token}, **headers)
            assert answer.status_code == 403, (route, answer.status)
    assert desk.office.dump() == before


def test_a_link_of_another_site_leads_to_the_desk(desk: Desk) -> None:
    desk.signed_in("editor").get("/desk/fr/", **{"Sec-Fetch-Site": "cross-site"})


def test_no_answer_of_the_desk_is_kept_by_anyone(desk: Desk) -> None:
    someone = desk.signed_in("administrator")
    for route in routes(desk.office):
        if route.method == "GET":
            answer = someone.client.get(route.path, base_url=PUBLIC_URL)
            assert answer.headers["Cache-Control"] == "no-store", route
            assert "ETag" not in answer.headers, route


def test_public_pages_know_nothing_of_a_session(desk: Desk) -> None:
    someone = desk.signed_in("administrator")
    for path in ("/fr/", "/en/dates/", "/fr/suivi/", "/fr/nulle-part", "/healthz"):
        answer = someone.client.get(path, base_url=PUBLIC_URL)
        assert "Set-Cookie" not in answer.headers, path
        assert "cookie" not in answer.headers.get("Vary", "").lower(), path
        assert answer.data == desk.office.get(path).data, path


def test_the_desk_answers_nothing_public(desk: Desk) -> None:
    for path in ("/desk", "/desk/fr", "/desk/en"):
        assert desk.office.get(path).status_code in {301, 308}, path
    for path in ("/desk/nothing", "/desk/fr/nulle-part", "/desk/fr/suivi/"):
        assert desk.office.get(path).status_code == 404, path
