"""One request at the desk: found by its reference alone, moved on, corrected; and who looked stands in the log."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from tests.desk.people import Colleague, Desk, refused
from tests.desk.requests.made import NOBODYS, ONE, TWO, a_file, spellings

NOW = "2026-11-20 10:00"
OPEN, MOVE, CORRECT = "/desk/en/requests/open", "/desk/en/requests/stage", "/desk/en/requests/correct"
CORRECTION: dict[str, Any] = {
    "kept__stage": "received",
    "kept__changed_on": "2026-10-05",
    "kept__received_on": "2026-10-01",
    "kept__form_number": "4058",
    "kept__reason": "Typed wrong",
}


@pytest.fixture
def clerk(clock: Traveller, desk: Desk) -> Colleague:
    """A clerk before two requests, in processing since 20 October 2026."""
    person = desk.signed_in("clerk")
    person.office.did("import", "requests", person.office.file(a_file(ONE, TWO)))
    person.get("/desk/en/requests/")
    return person


def opened(clerk: Colleague, reference: str = ONE) -> str:
    """Open a request, and return what its page gives to be sent back."""
    clerk.fill(OPEN, reference=reference)
    return clerk.hidden("opened")


def audited(clerk: Colleague, action: str) -> int:
    return clerk.office.did("audit").count(f"{action}  ")


def stages(clerk: Colleague) -> str:
    clerk.get("/desk/en/requests/")
    return clerk.words("table tbody")


@pytest.mark.parametrize("typed", [ONE, ONE.lower(), ONE.replace("-", " "), f" {ONE.replace('-', '')} "])
def test_a_request_is_found_by_its_reference_however_it_is_written(clerk: Colleague, typed: str) -> None:
    clerk.fill(OPEN, reference=typed)
    assert "Stage In processing Since October 20, 2026 Received date October 1, 2026" in clerk.words()


def test_every_opening_stands_in_the_audit_log_even_of_a_request_that_there_is_not(clerk: Colleague) -> None:
    for times in (1, 2):
        opened(clerk)
        assert audited(clerk, "requests.open") == times
    clerk.fill(OPEN, status=422, reference=NOBODYS)
    assert "No request has this reference." in clerk.words()
    assert audited(clerk, "requests.open") == 3


@pytest.mark.parametrize("typed", ["", " ", "x", ONE[:-1], ONE[:-1] + ("0" if ONE[-1] != "0" else "1"), "é" * 5_000])
def test_what_is_no_reference_is_refused(clerk: Colleague, typed: str) -> None:
    assert "reference" in refused(clerk, OPEN, reference=typed)


def test_a_reference_in_an_address_opens_nothing(clerk: Colleague) -> None:
    before = clerk.office.dump()
    clerk.get(f"/desk/en/requests/?reference={ONE}")
    assert "In processing Since" not in clerk.words()
    clerk.get(f"{OPEN}?reference={ONE}", status=405)
    assert clerk.office.dump() == before


def test_no_reference_stands_in_a_title_an_address_or_the_log(clerk: Colleague) -> None:
    sealed = opened(clerk)
    assert clerk.words("title") == "One request – Desk"
    addresses = [one.get(name, "") for one in clerk.attributes("a, form, link") for name in ("href", "action")]
    clerk.fill(MOVE, status=303, opened=sealed, stage="processed", changed_on="2026-11-19")
    everything = "\n".join([*addresses, clerk.office.did("audit"), *clerk.office.dump()]).lower()
    assert not [word for word in spellings(ONE) if word in everything]


def test_a_request_is_given_its_next_stage(clerk: Colleague) -> None:
    clerk.fill(MOVE, status=303, opened=opened(clerk), stage="processed", changed_on="2026-11-19")
    clerk.get("/desk/en/requests/")
    assert "The request is saved: Processed." in clerk.words()
    told = clerk.office.post("/en/status/", {"reference": ONE, "date": "2026-10-01"})
    assert "Your request has been processed." in told.text
    assert "Personne clerk" in clerk.office.did("audit").splitlines()[0]


def test_the_counts_by_stage_follow(clerk: Colleague) -> None:
    before = stages(clerk)
    clerk.fill(MOVE, status=303, opened=opened(clerk), stage="processed", changed_on="2026-11-19")
    assert before == "Received 1 In line 1 In processing 3 Information asked for 1 Processed 2 Closed 1"
    assert stages(clerk) == "Received 1 In line 1 In processing 2 Information asked for 1 Processed 3 Closed 1"


@pytest.mark.parametrize(
    ("stage", "changed_on", "said"),
    [
        ("received", "2026-11-19", "Choose the stage."),
        ("in_processing", "2026-11-19", "Choose the stage."),
        ("", "2026-11-19", "Choose the stage."),
        ("lost", "2026-11-19", "Choose the stage."),
        ("processed", "2026-10-19", "Give October 20, 2026 or a later day."),
        ("processed", "2026-11-21", "This day is still to come."),
        ("processed", "", "Enter the day as year, month and day"),
        ("processed", "2026-02-30", "Enter the day as year, month and day"),
        ("processed", "hier", "Enter the day as year, month and day"),
    ],
)
def test_a_stage_that_cannot_follow_is_refused(clerk: Colleague, stage: str, changed_on: str, said: str) -> None:
    assert said in refused(clerk, MOVE, opened=opened(clerk), stage=stage, changed_on=changed_on)
    assert "In processing Since October 20, 2026" in clerk.words()


def test_after_the_last_stage_there_is_only_correction(clerk: Colleague) -> None:
    clerk.fill(MOVE, status=303, opened=opened(clerk), stage="closed", changed_on="2026-11-19")
    opened(clerk)
    assert "No stage follows this one." in clerk.words()
    clerk.fill(CORRECT, status=303, opened=clerk.hidden("opened"), **CORRECTION)
    assert "In processing 2" in stages(clerk)


def test_a_correction_may_contradict_what_is_kept_and_says_why(clerk: Colleague) -> None:
    clerk.fill(CORRECT, status=303, opened=opened(clerk), **CORRECTION)
    opened(clerk)
    assert "Stage Received Since October 5, 2026 Received date October 1, 2026 Form 4058" in clerk.words()
    assert "Typed wrong" in clerk.office.did("audit")
    assert audited(clerk, "requests.correct") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kept__reason": ""}, "Say why what is kept may be contradicted."),
        ({"kept__reason": "x" * 1_001}, "Shorten this to 1000 characters."),
        ({"kept__reason": "a\x00b"}, "There is a character that no page can show."),
        ({"kept__reason": "of jacques@xx.com"}, "The reason holds what reads as an e-mail address"),
        ({"kept__reason": f"of {TWO}"}, "The reason holds what reads as a reference"),
        ({"kept__stage": "lost"}, "Choose the stage."),
        ({"kept__form_number": "12"}, "Give the four digits of the form"),
        ({"kept__received_on": "2026-10-06"}, "Give October 6, 2026 or a later day."),
        ({"kept__received_on": "2026-12-01", "kept__changed_on": "2026-12-01"}, "This day is still to come."),
        ({"kept__received_on": "1989-12-31"}, "Enter the day as year, month and day"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(clerk: Colleague, changes: dict[str, Any], said: str) -> None:
    assert said in refused(clerk, CORRECT, opened=opened(clerk), **{**CORRECTION, **changes})


def test_a_double_click_moves_once(clerk: Colleague) -> None:
    sealed = opened(clerk)
    for _click in range(2):
        clerk.fill(MOVE, status=303, opened=sealed, stage="processed", changed_on="2026-11-19")
    assert audited(clerk, "requests.move") == 1


def test_who_opened_a_request_before_it_changed_sees_both_and_may_go_on(clerk: Colleague) -> None:
    sealed = opened(clerk)
    clerk.office.did("import", "requests", clerk.office.file(a_file(ONE, stage="processed", changed_on="2026-11-10")))
    openings = audited(clerk, "requests.open")
    clerk.fill(MOVE, status=409, opened=sealed, stage="closed", changed_on="2026-11-19")
    words = clerk.words()
    assert "This request has changed since you opened it: nothing of yours was saved" in words
    assert "Stage In processing Processed Closed" in words
    assert "Since October 20, 2026 November 10, 2026 November 19, 2026" in words
    assert audited(clerk, "requests.open") == openings + 1, "what it is now is told to nobody without a line in the log"
    clerk.fill(MOVE, status=303, opened=clerk.hidden("opened"), stage="closed", changed_on="2026-11-19")


def test_a_request_removed_meanwhile_is_not_brought_back(clerk: Colleague) -> None:
    clerk.office.did("import", "requests", clerk.office.file(a_file(ONE, stage="closed")))
    sealed = opened(clerk)
    with_purge = clerk.office.another_worker()
    with_purge.settings = {"PORTAL_CLOSED_DAYS": "1"}
    with_purge.did("status", "purge")
    assert "This request was removed meanwhile" in refused(clerk, CORRECT, opened=sealed, **CORRECTION)


def test_a_request_stays_open_for_a_quarter_of_an_hour(clerk: Colleague, clock: Traveller) -> None:
    sealed = opened(clerk)
    clock.shift(timedelta(minutes=15, seconds=2))
    words = refused(clerk, MOVE, opened=sealed, stage="processed", changed_on="2026-11-19")
    assert "The request was open for too long." in words
    refused(clerk, CORRECT, opened=sealed, **CORRECTION)


def test_what_another_person_opened_is_no_way_in(clerk: Colleague, desk: Desk) -> None:
    sealed = opened(clerk)
    clerk.office.did("staff", "roles", "publisher@agence-essai.ca", "--role", "clerk")
    other = desk.signed_in("publisher")
    other.get("/desk/en/requests/")
    refused(other, MOVE, opened=sealed, stage="processed", changed_on="2026-11-19")
    refused(other, MOVE, opened="made up", stage="processed", changed_on="2026-11-19")


def test_extra_fields_change_nothing(clerk: Colleague) -> None:
    extra = {"received_on": "1999-01-01", "form_number": "1234", "id": "1", "reason": "Nobody", "actor": "Nobody"}
    clerk.fill(MOVE, status=303, opened=opened(clerk), stage="processed", changed_on="2026-11-19", **extra)
    opened(clerk)
    assert "Stage Processed Since November 19, 2026 Received date October 1, 2026 Form –" in clerk.words()
    assert "Nobody" not in clerk.office.did("audit")


def test_whoever_is_no_clerk_sees_nothing(desk: Desk, clock: Traveller) -> None:
    publisher = desk.signed_in("publisher")
    publisher.get("/desk/en/requests/", status=403)
