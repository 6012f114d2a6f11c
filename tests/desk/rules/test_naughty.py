"""The big list of naughty strings through every field of the rules: words, and nothing written."""

import pytest
from time_machine import Traveller

from tests.desk.people import Colleague, Desk
from tests.desk.requests.test_naughty import STRINGS, bytes_of
from tests.desk.rules.test_rules import COVER, END, ENDED, NEW, PAGE
from tests.site.typed import dangers

NOW = "2026-11-20 10:00"


@pytest.fixture
def publisher(clock: Traveller, desk: Desk) -> Colleague:
    person = desk.signed_in("publisher")
    person.get(PAGE)
    return person


@pytest.mark.parametrize(("path", "fields"), [(COVER, [*NEW, "confirmed"]), (END, [*ENDED, "confirmed"])])
def test_no_text_breaks_a_form_of_the_rules(publisher: Colleague, path: str, fields: list[str]) -> None:
    before = publisher.office.dump()
    for text in STRINGS[::10]:
        publisher.fill(path, status=422, **dict.fromkeys(fields, bytes_of(text)), expected=bytes_of(text))
        assert not dangers(publisher.page), text
    assert publisher.office.dump() == before
