"""The big list of naughty strings through every field of requests: words and the right status, nothing written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from time_machine import Traveller

from tests.desk.people import Colleague, Desk
from tests.desk.requests.made import ONE, a_file
from tests.site.typed import dangers, sendable

NOW = "2026-11-20 10:00"
STRINGS = json.loads((Path(__file__).parents[2] / "site/naughty/blns.json").read_text("utf-8"))
Typed = Callable[[str, str], dict[str, object]]


def bytes_of(text: str) -> str:
    """Return a text as a browser would send it; what is no Unicode comes as what stands for it."""
    return sendable(text).decode("utf-8", "replace")


@pytest.fixture
def clerk(clock: Traveller, desk: Desk) -> Colleague:
    person = desk.signed_in("clerk")
    person.office.did("import", "requests", person.office.file(a_file(ONE)))
    person.get("/desk/fr/demandes/")
    return person


FORMS: dict[str, tuple[str, list[str]]] = {
    "reference": ("/desk/fr/demandes/ouvrir", ["reference"]),
    "stage": ("/desk/fr/demandes/etape", ["stage", "changed_on"]),
    "opened": ("/desk/fr/demandes/etape", ["opened", "stage", "changed_on"]),
    "correction": (
        "/desk/fr/demandes/corriger",
        ["kept-stage", "kept-changed_on", "kept-received_on", "kept-form_number", "kept-reason"],
    ),
    "trial": ("/desk/fr/demandes/essayer", ["correct", "reason"]),
    "import": ("/desk/fr/demandes/importer", ["tried", "correct", "reason"]),
}


@pytest.mark.parametrize(("number", "name"), list(enumerate(FORMS)))
def test_no_text_breaks_a_form_of_requests(clerk: Colleague, number: int, name: str) -> None:
    path, fields = FORMS[name]
    clerk.fill("/desk/fr/demandes/ouvrir", reference=ONE)
    sealed = clerk.hidden("opened")
    before = clerk.office.dump()
    for text in STRINGS[number :: len(FORMS)]:  # each has its share, and together they have all
        typed = {"opened": sealed, **dict.fromkeys(fields, bytes_of(text))}
        clerk.fill(path, status=422, **typed)
        assert not dangers(clerk.page), text
    assert clerk.office.dump() == before


def test_no_text_in_a_file_breaks_the_trial(clerk: Colleague) -> None:
    before = clerk.office.dump()
    for text in STRINGS[::6]:
        clerk.fill("/desk/fr/demandes/essayer", status=422, file=a_file(ONE) + sendable(text) + b",2026-10-01,,lost,\n")
        assert not dangers(clerk.page), text
    assert clerk.office.dump() == before


@pytest.mark.parametrize("field", FORMS["correction"][1])
def test_no_text_in_one_field_of_a_correction_is_taken_for_what_it_is_not(clerk: Colleague, field: str) -> None:
    right = {
        "kept-stage": "processed",
        "kept-changed_on": "2026-11-19",
        "kept-received_on": "2026-10-01",
        "kept-form_number": "4058",
        "kept-reason": "Saisie",
    }
    may_pass = {"kept-reason", "kept-form_number"}
    for text in STRINGS[::15]:
        clerk.fill("/desk/fr/demandes/ouvrir", reference=ONE)
        typed = {"opened": clerk.hidden("opened"), **right, field: bytes_of(text)}
        answer = clerk.client.post(
            "/desk/fr/demandes/corriger", base_url="http://portal.test", data={"csrf_token": clerk.token, **typed}
        )
        assert answer.status_code == 422 or (answer.status_code == 303 and field in may_pass), text
        assert not dangers(answer.text), text
