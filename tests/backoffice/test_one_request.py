"""One request by a program: looked at, moved on, corrected; its reference is in the body, and in no log."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.backoffice.programs import Program, pointers
from tests.desk.requests.made import NOBODYS, ONE, a_file

OPEN, STAGE, CORRECT = (f"/requests/{name}" for name in ("open", "stage", "correct"))


@pytest.fixture
def clerk(program: Callable[..., Program]) -> Program:
    found = program("requests.change")
    found.office.did("import", "requests", found.office.file(a_file(ONE)))
    return found


def corrected(**changes: Any) -> dict[str, Any]:
    new = {"reference": ONE, "stage": "received", "changed_on": "2026-11-02", "received_on": "2026-10-02"}
    return {**new, "form": "4123", "reason": "Mistyped", **changes}


def test_a_request_is_looked_at_and_the_log_says_so_without_its_reference(clerk: Program) -> None:
    told = clerk.send(OPEN, {"reference": ONE.lower()})
    assert set(told) == {"dry_run", "received_on", "form", "stage", "changed_on"}
    log = clerk.office.did("audit", "--whole")
    assert "requests.open" in log.splitlines()[0]
    assert "token: requests-change" in log.splitlines()[0]
    assert ONE not in log
    assert ONE.replace("-", "") not in log


def test_a_request_moves_on_once(clerk: Program) -> None:
    new = {"reference": ONE, "stage": "processed", "changed_on": "2026-11-20"}
    assert clerk.send(STAGE, new, query="?dry-run=yes")["is_change"] is True
    assert clerk.send(OPEN, {"reference": ONE})["stage"] != "processed"
    assert clerk.send(STAGE, new)["is_change"] is True
    assert clerk.send(OPEN, {"reference": ONE})["stage"] == "processed"
    assert clerk.send(STAGE, new)["is_change"] is False


def test_a_stage_that_cannot_follow_is_refused(clerk: Program) -> None:
    clerk.send(STAGE, {"reference": ONE, "stage": "processed", "changed_on": "2026-11-20"})
    told = clerk.send(STAGE, {"reference": ONE, "stage": "received", "changed_on": "2026-11-20"}, status=422)
    assert "it cannot go from “processed” to “received”" in told["detail"]


def test_a_correction_says_why(clerk: Program) -> None:
    assert clerk.send(CORRECT, corrected())["is_change"] is True
    told = clerk.send(OPEN, {"reference": ONE})
    assert (told["stage"], told["received_on"], told["form"]) == ("received", "2026-10-02", "4123")
    assert '"reason": "Mistyped"' in clerk.office.did("audit", "--whole")


def test_a_form_is_forgotten_only_where_that_is_meant(clerk: Program) -> None:
    document = corrected()
    del document["form"]
    assert pointers(clerk.refused(CORRECT, document)) == {"/form": "this is required"}
    clerk.send(CORRECT, corrected(form=None))
    assert clerk.send(OPEN, {"reference": ONE})["form"] == ""


def test_no_reference_is_told_as_it_was_typed(clerk: Program) -> None:
    wrong = {ONE: "x", "reference": f"{ONE}X", "stage": ONE, "changed_on": ONE}
    assert ONE not in str(clerk.refused(STAGE, wrong))


def test_a_reason_that_says_whose_request_it_is_stands_in_no_log(clerk: Program) -> None:
    told = pointers(clerk.refused(CORRECT, corrected(reason=f"The request {ONE}")))
    assert "a reference" in told["/reason"]
    assert ONE not in told["/reason"]


@pytest.mark.parametrize(
    ("path", "document", "places"),
    [
        (OPEN, {}, {"/reference"}),
        (OPEN, {"reference": "x"}, {"/reference"}),
        (STAGE, {"reference": ONE, "stage": "lost", "changed_on": "2026-11-21"}, {"/stage", "/changed_on"}),
        (CORRECT, corrected(form="12", received_on="2026-11-03", reason=""), {"/form", "/changed_on", "/reason"}),
        (CORRECT, corrected(reference=None, person="x"), {"/reference", "/person"}),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    clerk: Program, path: str, document: dict[str, Any], places: set[str]
) -> None:
    assert set(pointers(clerk.refused(path, document))) == places


def test_a_reference_that_nobody_has_is_not_found(clerk: Program) -> None:
    for path, document in ((OPEN, {"reference": NOBODYS}), (CORRECT, corrected(reference=NOBODYS))):
        assert clerk.send(path, document, status=404)["detail"] == "Nothing was kept: no request has this reference."
