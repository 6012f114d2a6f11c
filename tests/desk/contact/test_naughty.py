"""The big list of naughty strings through every field of hours and telephones: words, and nothing breaks."""

import pytest
from time_machine import Traveller

from tests.desk.contact.test_hours import DAYS, HOLIDAYS, HOURS, PAGE, STORM, WEEK, YEAR
from tests.desk.contact.test_lines import MONTREAL, NEW, PHONES, SECRET
from tests.desk.people import Colleague, Desk
from tests.desk.requests.test_naughty import STRINGS, bytes_of
from tests.site.typed import dangers

NOW = "2026-11-20 10:00"
FORMS: dict[str, tuple[str, dict[str, object]]] = {
    "week": (HOURS, {**WEEK, "week__last_day": "", "week__schedule": ""}),
    "days": (DAYS, {**STORM, "special__last_day": "", "special__schedule": ""}),
    "holidays": (HOLIDAYS, {**YEAR, "2027__more": "", "2027__why_fr": "", "2027__why_en": ""}),
    "line": (PHONES, {**MONTREAL, "line__montreal__schedule": ""}),
    "new line": (PHONES, {**NEW, "line____schedule": ""}),
}


@pytest.fixture
def publisher(clock: Traveller, desk: Desk) -> Colleague:
    person = desk.signed_in("publisher")
    person.get(PAGE)
    person.fill(PHONES, status=303, expected=person.hidden("expected"), **MONTREAL, **SECRET)
    person.get(PAGE)
    return person


@pytest.mark.parametrize(("number", "name"), list(enumerate(FORMS)))
def test_no_text_in_every_field_at_once_is_kept(publisher: Colleague, number: int, name: str) -> None:
    path, fields = FORMS[name]
    before = publisher.office.dump()
    for text in STRINGS[number :: 4 * len(FORMS)]:
        publisher.fill(path, status=422, **dict.fromkeys(fields, bytes_of(text)), expected=bytes_of(text))
        assert not dangers(publisher.page), text
    assert publisher.office.dump() == before


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("days", "special__why_fr"),
        ("days", "special__why_en"),
        ("line", "line__montreal__region_fr"),
        ("holidays", "2027__why_en"),
    ],
)
def test_a_text_that_is_kept_breaks_no_page(publisher: Colleague, name: str, field: str) -> None:
    path, fields = FORMS[name]
    known = {"2027__more": "2027-12-27", "2027__why_fr": "Noël", "2027__why_en": "x"} if name == "holidays" else {}
    passed = 0
    for text in STRINGS[::60]:
        typed = {**fields, **known, field: bytes_of(text)}
        publisher.get(PAGE)
        sent = {key.replace("__", "-"): value for key, value in typed.items()}
        form = {"csrf_token": publisher.token, "expected": publisher.hidden("expected"), **sent}
        answer = publisher.client.post(path, base_url="http://portal.test", data=form)
        assert answer.status_code in (303, 422), text
        passed += answer.status_code == 303
        for page in (publisher.get(PAGE).text, publisher.office.get("/fr/contact/").text):
            assert not dangers(page), text
    assert passed > len(STRINGS[::60]) / 3, "most are words that a reason may hold"
