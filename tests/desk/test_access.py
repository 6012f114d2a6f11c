"""Who may open what: the table is held to the routes, and the routes to the table."""

import re
from pathlib import Path

import pytest

from portal.desk.access import ACCESS
from portal.staff.rules import ROLES, Role
from tests.desk.people import SIGN_IN, Colleague, Desk
from tests.desk.routes import Route, routes
from tests.makers import PUBLIC_URL

README = Path(__file__).parents[2] / "README.md"
ADDRESSES = Path(__file__).with_name("addresses.txt")
#: What the desk answers to one of its people who may open a page, or has sent it nothing that makes sense.
OPENED = {200, 204, 302, 303, 400, 404, 409, 422}


#: What a stranger is answered: a page to sign in, or what they typed, to be sent again once they have.
AWAY = {"GET": 302, "POST": 401}


def test_every_route_has_its_cells_in_the_table_and_every_cell_its_route(desk: Desk) -> None:
    assert {route.endpoint for route in routes(desk.office)} == set(ACCESS)


def ask(someone: Colleague, route: Route) -> int:
    """Ask for a route as a page of the desk would, and return the status."""
    if route.method == "GET":
        return someone.client.get(route.path, base_url=PUBLIC_URL).status_code
    form = {"csrf_token": someone.token}
    return someone.client.post(route.path, base_url=PUBLIC_URL, data=form, headers={"Origin": PUBLIC_URL}).status_code


def ends_the_session(route: Route) -> bool:
    return route.endpoint == "security.logout"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_says_and_nothing_else(desk: Desk, role: Role) -> None:
    someone = desk.signed_in(role)
    someone.get("/desk/fr/")
    for route in routes(desk.office):
        if not ends_the_session(route):
            access, status = ACCESS[route.endpoint], ask(someone, route)
            assert (status in OPENED) == (access == "anyone" or role in access), (route, status)
            assert status in OPENED | {403}, (route, status)


def test_a_stranger_is_sent_to_sign_in(desk: Desk) -> None:
    stranger = desk.someone("editor")
    stranger.get(SIGN_IN)
    for route in routes(desk.office):
        if ACCESS[route.endpoint] != "anyone":
            answer = ask(stranger, route)
            assert answer == AWAY[route.method], (route, answer)


def test_someone_who_gave_a_password_alone_is_still_a_stranger(desk: Desk) -> None:
    halfway = desk.someone("administrator")
    halfway.give_password()
    halfway.get("/desk/fr/session/code")
    for route in routes(desk.office):
        if ACCESS[route.endpoint] != "anyone":
            assert ask(halfway, route) == AWAY[route.method], route


def test_the_readme_shows_the_table() -> None:
    shown = {}
    for row in re.findall(r"^\| .*`[a-z_]+\..*$", README.read_text("utf-8"), re.MULTILINE):
        words, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        shown |= dict.fromkeys(re.findall(r"`([a-z_]+\.[a-z_*]+)`", words), cells)
    for endpoint, access in ACCESS.items():
        cells = ["x" if access == "anyone" or role in access else "" for role in ROLES]
        assert shown.get(endpoint, shown.get(f"{endpoint.partition('.')[0]}.*")) == cells, endpoint


def test_the_list_of_addresses_is_a_contract(desk: Desk) -> None:
    found = "\n".join(sorted({f"{route.method:5}{route.path}" for route in routes(desk.office)})) + "\n"
    assert found == ADDRESSES.read_text("utf-8"), (
        "the addresses changed: a new one is added to tests/desk/addresses.txt, "
        f"a removed one needs a redirect and a line in CHANGELOG.md:\n{found}"
    )
