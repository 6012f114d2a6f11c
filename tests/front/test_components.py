"""The living page of every component, which exists in development only."""

import re

from portal.assets import TEMPLATES
from portal.demo.pages import contracts
from tests.makers import Office
from tests.visitor import visit

PAGES = ["/fr/composants/", "/en/components/"]


def components() -> set[str]:
    found = set()
    for path in (TEMPLATES / "macros").glob("*.html"):
        found |= set(re.findall(r"{% macro ([a-z]\w*)\(", path.read_text("utf-8")))
    return found


def test_every_component_has_a_contract_of_one_line() -> None:
    assert set(contracts()) == components(), "write {# its contract #} on the line above the macro"


def test_every_component_is_shown_with_its_contract(office: Office) -> None:
    for path in PAGES:
        shown = {section.attrs["data-component"] for section in visit(office, path).all("[data-component]")}
        assert shown == components(), "show it in templates/demo/components.html"


def test_production_has_no_such_page(office: Office) -> None:
    for path in PAGES:
        visit(office, path)  # a copy is kept on disk
    production = {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(office.file("s" * 40, "key"))}
    real = Office(office.data, production)
    assert real.get("/fr/").status_code == 200
    for path in PAGES:
        assert real.get(path).status_code == 404
