"""The file of the back office at the desk: tried, then imported when the very same file is given again."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from portal.status.files import LARGEST_FILE
from tests.desk.people import Colleague, Desk, refused
from tests.desk.requests.made import NOBODYS, ONE, TWO, a_file, spellings
from tests.store.importing import with_keys

NOW = "2026-11-20 10:00"
TRY, IMPORT = "/desk/en/requests/try", "/desk/en/requests/import"
FILE = a_file(ONE, TWO)


@pytest.fixture
def clerk(clock: Traveller, desk: Desk) -> Colleague:
    person = desk.signed_in("clerk")
    person.get("/desk/en/requests/")
    return person


def tried(clerk: Colleague, content: bytes = FILE, **more: Any) -> str:
    """Try a file, and return what its page gives to be sent back."""
    clerk.fill(TRY, file=content, **more)
    return clerk.hidden("tried")


def test_a_trial_says_what_a_file_would_do_and_keeps_nothing(clerk: Colleague) -> None:
    before = clerk.office.dump()
    tried(clerk)
    assert "Nothing is saved yet. This is what the file would do: 2 requests read 2 added 0 changed" in clerk.words()
    assert clerk.office.dump() == before


def test_the_same_file_given_again_is_imported(clerk: Colleague) -> None:
    clerk.fill(IMPORT, status=303, file=FILE, tried=tried(clerk))
    clerk.get("/desk/en/requests/")
    assert "The file is imported: 2 requests read, 2 added and 0 changed." in clerk.words()
    assert "Personne clerk" in clerk.office.did("audit").splitlines()[0]
    assert "requests.import" in clerk.office.did("audit").splitlines()[0]


def test_another_file_than_the_one_tried_is_not_imported(clerk: Colleague) -> None:
    words = refused(clerk, IMPORT, tried=tried(clerk), file=FILE + b"\n")
    assert "This is not the file that was tried." in words
    clerk.fill(IMPORT, status=303, file=FILE, tried=clerk.hidden("tried"))


def test_a_file_that_was_never_tried_is_not_imported(clerk: Colleague) -> None:
    assert "No trial of a file is at hand" in refused(clerk, IMPORT, file=FILE)
    assert "No trial of a file is at hand" in refused(clerk, IMPORT, file=FILE, tried="made up")


def test_what_another_person_tried_is_not_imported(clerk: Colleague, desk: Desk) -> None:
    sealed = tried(clerk)
    other = desk.signed_in("publisher")
    clerk.office.did("staff", "roles", "publisher@agence-essai.ca", "--role", "clerk")
    other.get("/desk/en/requests/")
    assert "No trial of a file is at hand" in refused(other, IMPORT, file=FILE, tried=sealed)


def test_a_trial_is_good_for_an_hour(clerk: Colleague, clock: Traveller) -> None:
    sealed = tried(clerk)
    for _minutes in range(3):
        clock.shift(timedelta(minutes=20, seconds=10))
        clerk.get("/desk/en/requests/")
    assert "it was too long ago" in refused(clerk, IMPORT, file=FILE, tried=sealed)


def test_a_double_click_imports_once(clerk: Colleague) -> None:
    sealed = tried(clerk)
    clerk.fill(IMPORT, status=303, file=FILE, tried=sealed)
    kept = clerk.office.dump()
    clerk.fill(IMPORT, file=FILE, tried=sealed)
    assert "This file was imported already, on November 20, 2026, 10:00 a.m.: nothing to do." in clerk.words()
    assert clerk.office.dump() == kept


def test_a_file_tried_before_requests_changed_is_shown_again_with_both(clerk: Colleague) -> None:
    sealed = tried(clerk)
    clerk.office.did("import", "requests", clerk.office.file(a_file(ONE, stage="received")))
    words = refused(clerk, IMPORT, 409, file=FILE, tried=sealed)
    assert "When you tried the file: 2 requests read, 2 added and 0 changed." in words
    assert "Now: 2 requests read, 1 added and 1 changed." in words
    clerk.fill(IMPORT, status=303, file=FILE, tried=clerk.hidden("tried"))


def test_every_fault_of_a_file_is_told_with_its_line_and_nothing_of_it_is_kept(clerk: Colleague) -> None:
    words = refused(clerk, TRY, file=FILE + b"x,2026-10-01,,lost,2026-10-20\n")
    assert "The file was refused: nothing was saved." in words
    assert "Line 4: The stage is one of received" in words
    assert "Line 4: The reference is not ten symbols and a check symbol." in words


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a;b\n", b"reference,received_on,stage,changed_on\n", b"\x00" * 100]
)
def test_what_is_no_file_of_requests_is_refused(clerk: Colleague, content: bytes) -> None:
    refused(clerk, TRY, file=content)


def test_without_a_file_nothing_is_tried(clerk: Colleague) -> None:
    assert "Choose the file of the back office." in refused(clerk, TRY)
    assert "Choose the file of the back office." in refused(clerk, IMPORT, tried=tried(clerk))


def test_a_file_may_be_larger_than_a_form(clerk: Colleague) -> None:
    tried(clerk, FILE + b"\n" * 1_000_000)
    assert "2 requests read" in clerk.words()


def test_a_file_that_is_too_large_is_refused_in_words(clerk: Colleague) -> None:
    words = refused(clerk, TRY, 413, file=FILE + b"\n" * (LARGEST_FILE + 100_000))
    assert "The file is larger than 20 MB" in words


def test_no_other_form_of_the_desk_takes_more_than_a_form_holds(clerk: Colleague) -> None:
    refused(clerk, "/desk/en/requests/open", 413, reference=ONE, file=b"\n" * 70_000)


def test_a_file_sent_after_the_session_was_over_is_asked_for_again(clerk: Colleague, clock: Traveller) -> None:
    clock.shift(timedelta(minutes=31))
    words = refused(clerk, TRY, 401, file=FILE + b"\n" * 1_000_000)
    assert "Nothing was sent yet" in words
    assert "A file does not come back: the next page asks for it again." in words


def test_a_stranger_uploads_nothing(desk: Desk) -> None:
    refused(desk.someone("clerk"), TRY, 401, file=FILE + b"\n" * (LARGEST_FILE + 100_000))


def test_whoever_is_no_clerk_uploads_nothing(clock: Traveller, desk: Desk) -> None:
    editor = desk.signed_in("editor")
    editor.get("/desk/en/")
    refused(editor, TRY, 403, file=FILE)
    words = refused(editor, TRY, 413, file=FILE + b"\n" * 70_000)
    assert "Where they stand" not in words


def test_nothing_is_imported_while_a_key_is_missing(clerk: Colleague) -> None:
    old = (clerk.office.data / "secret").read_text().strip()
    rotated = with_keys(clerk.office, "2027:" + "n" * 40, f"1:{old}")
    rotated.did("import", "requests", rotated.file(a_file(NOBODYS)))
    words = refused(clerk, TRY, 503, file=FILE)
    assert "A key of the portal is missing: nothing was saved. Tell whoever looks after the portal." in words


def test_a_correction_says_why(clerk: Colleague) -> None:
    clerk.fill(IMPORT, status=303, file=FILE, tried=tried(clerk))
    back = a_file(ONE, stage="received")
    assert "if this is meant, give the file as a correction" in refused(clerk, TRY, file=back)
    words = refused(clerk, TRY, file=back, correct="yes", reason=" ")
    assert "Say why what is kept may be contradicted." in words
    words = refused(clerk, TRY, file=back, correct="yes", reason=f"Error of {ONE}")
    assert "the reason holds what reads as a reference" in words.lower()
    sealed = tried(clerk, back, correct="yes", reason="Stage typed wrong")
    assert "1 against what was kept" in clerk.words()
    clerk.fill(IMPORT, status=303, file=back, tried=sealed)
    kept = clerk.office.dump()
    clerk.fill(IMPORT, status=303, file=back, tried=sealed)  # a double click
    assert clerk.office.dump() == kept
    assert "Stage typed wrong" in clerk.office.did("audit").splitlines()[0]


def test_extra_fields_change_nothing(clerk: Colleague) -> None:
    sealed = tried(clerk, is_trial="", act="import", actor="Nobody", at="1990-01-01")
    clerk.fill(IMPORT, status=303, file=FILE, tried=sealed, actor="Nobody", correct="yes", reason="Never mind")
    line = clerk.office.did("audit").splitlines()[0]
    assert "Personne clerk" in line
    assert "Nobody" not in line
    assert "Never mind" not in line


def test_no_reference_stands_in_the_log_or_in_a_page(clerk: Colleague) -> None:
    clerk.fill(IMPORT, status=303, file=FILE, tried=tried(clerk))
    refused(clerk, TRY, file=a_file(ONE, ONE))
    everything = "\n".join([*clerk.office.dump(), clerk.office.did("audit"), clerk.page]).lower()
    assert not [word for one in (ONE, TWO) for word in spellings(one) if word in everything]
