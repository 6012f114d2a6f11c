"""The living page of every component, which exists in development only."""

import re

import pytest
import time_machine

from portal.assets import TEMPLATES
from portal.demo.pages import contracts
from tests.makers import Office, in_quebec
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


@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-25", "2027-01-02"])
def test_each_state_of_the_lines_is_shown_on_a_holiday_too(office: Office, day: str) -> None:
    with time_machine.travel(in_quebec(f"{day} 10:00"), tick=False):
        specimen = visit(office, "/en/components/").one("[data-component='state_now']")
    said = [" ".join(state.to_text(separator="", strip=False).split()) for state in specimen.query(".p-now")]
    beginnings = ["Open now. Closes at noon for lunch", "Closed for lunch.", "Open now. Closes at 4:30", "Closed now."]
    beginnings += ["Closed today: Québec National Holiday.", "Open now.", "Closed now. No opening is planned."]
    assert [
        state.replace("\u00a0", " ")[: len(words)] for state, words in zip(said, beginnings, strict=True)
    ] == beginnings
