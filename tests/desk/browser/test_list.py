"""The list of pages of the desk leaves none out."""

import pytest
from werkzeug.routing import MapAdapter

from portal.desk.access import ACCESS
from portal.desk.app import create_desk
from tests.desk.browser.pages import SCREENS
from tests.makers import an_office

#: What answers a GET without a page of its own, and the page that is reached from another one only.
ELSEWHERE = {
    "agency.finish": "needs a provider",
    "approvals.show": "needs the setting",
    "desk_scheduled.show": "needs an edition to come",
    "desk.entrance": "redirects",
    "desk.here": "is empty",
    "log.file": "is a file",
    "security.forgot_password": "redirects",
    "security.two_factor_rescue": "is for nobody",
    "security.wan_delete": "redirects",
    "security.wan_signin": "passkey",
}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> MapAdapter:
    office = an_office(tmp_path_factory.mktemp("listed"))
    office.did("init")
    return create_desk(office.config).url_map.bind("localhost")


def test_each_page_of_the_desk_is_listed(routes: MapAdapter) -> None:
    paths = [screen.path.partition("?")[0].format(invitation="x", person=1) for screen in SCREENS if not screen.form]
    listed = {routes.match(path)[0] for path in paths if "nulle-part" not in path and "nowhere" not in path}
    can_be_asked = {rule.endpoint for rule in routes.map.iter_rules() if "GET" in (rule.methods or ())}
    assert (can_be_asked & set(ACCESS)) - set(ELSEWHERE) == listed


def test_each_page_has_its_twin_and_a_name_of_its_own() -> None:
    names = [str(screen) for screen in SCREENS]
    assert len(names) == len(set(names))
    assert {one.name for one in SCREENS if one.language == "fr"} == {
        one.name for one in SCREENS if one.language == "en"
    }
