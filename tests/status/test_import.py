"""The file of the back office: one transaction, every fault told, and no reference left anywhere."""

import sqlite3
from contextlib import closing

import pytest

from portal.core.numbers import printed_reference, reference_of
from tests.makers import Office, a_request, a_requests_file

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))


def refused(office: Office, content: str | bytes) -> str:
    """Import what must be refused, without a trace nor a reference in what was said, and return it."""
    before = office.dump()
    result = office.portal("import", "requests", office.file(content))
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert office.dump() == before, "a refused file leaves no trace"
    assert not spellings_in(result.output.encode())
    return result.output


def spellings_in(content: bytes) -> list[str]:
    """The spellings of a reference that stand in some bytes."""
    lower = content.lower()
    bare = [reference.replace("-", "") for reference in (ONE, TWO)]
    return [word for word in (*bare, ONE, TWO, *(word[:10] for word in bare)) if word.lower().encode() in lower]


def test_a_file_is_imported_and_says_what_it_did(office: Office) -> None:
    file = office.file(a_requests_file(a_request(reference=ONE), a_request(reference=TWO, form="4058")))
    assert office.did("import", "requests", file) == "2 requests read: 2 were added, 0 were changed.\n"
    moved = a_requests_file(a_request(reference=ONE, stage="processed", changed_on="2026-11-17"))
    said = office.did("import", "requests", office.file(moved))
    assert said == "1 requests read: 0 were added, 1 were changed.\n"
    answer = office.post("/en/status/", {"reference": ONE, "date": "2026-10-01"})
    assert "Your request has been processed." in answer.text
    assert (
        "Your request is being processed." in office.post("/en/status/", {"reference": TWO, "date": "2026-10-01"}).text
    )


def test_the_same_file_twice_is_harmless(office: Office) -> None:
    content = a_requests_file(a_request(reference=ONE), a_request(reference=TWO))
    office.did("import", "requests", office.file(content))
    before = office.dump()
    said = office.did("import", "requests", office.file(content.replace("-", "", 2).lower()))
    assert said == "2 requests read: 0 were added, 0 were changed.\n"
    assert office.dump() == before


def test_a_dry_run_says_what_would_be_kept_and_keeps_nothing(office: Office) -> None:
    before = office.dump()
    file = office.file(a_requests_file(a_request(reference=ONE)))
    said = office.did("import", "requests", file, "--dry-run")
    assert said == "1 requests read: 1 would be added, 0 would be changed.\n"
    assert office.dump() == before


def test_a_dry_run_tells_the_faults_too(office: Office) -> None:
    result = office.portal("import", "requests", office.file(a_requests_file("x,,,,\n")), "--dry-run")
    assert result.exit_code == 1
    assert "line 2" in result.output


def test_every_fault_is_told_at_once_with_its_line_and_without_a_reference(office: Office) -> None:
    said = refused(
        office,
        a_requests_file(
            a_request(reference=ONE),
            a_request(reference=ONE.replace("-", " ").lower()),
            a_request(reference=ONE[:-1] + ("0" if ONE[-1] != "0" else "1")),
            a_request(reference="x"),
            a_request(reference=TWO, received_on="2026-02-30", stage="lost", form="58"),
            a_request(reference=TWO, received_on="2026-11-19", changed_on="1989-12-31"),
            a_request(reference=printed_reference(reference_of(7)), received_on="2026-10-21"),
        ),
    )
    for sentence in (
        "line 3: the reference stands already on line 2",
        "line 4: the reference is mistyped",
        "line 5: the reference is not ten symbols",
        "line 6: received_on: ",
        "line 6: the stage is one of received, in_line",
        "line 6: the form is a number of four digits",
        "line 7: received_on: 2026-11-19 is in the future",
        "line 7: changed_on: 1989-12-31 is before 1990",
        "line 7: the reference stands already on line 6",
        "line 8: changed_on is before received_on",
    ):
        assert sentence in said
    assert said.startswith("Nothing was kept. Mend these lines and try again:\n")


def test_of_a_wrong_file_the_first_faults_are_told_and_how_many_more_there_are(office: Office) -> None:
    said = refused(office, a_requests_file(*["a,b,c,d,e\n"] * 30)).splitlines()
    assert len(said) == 1 + 100 + 1
    assert (said[1][:9], said[-2][:9], said[-1]) == ("  line 2:", "  line 21", "  … and 50 more")


def test_of_a_file_against_what_is_kept_too(office: Office) -> None:
    references = [printed_reference(reference_of(number)) for number in range(130)]
    office.did("import", "requests", office.file(a_requests_file(*[a_request(reference=one) for one in references])))
    back = [a_request(reference=one, stage="received") for one in references]
    said = refused(office, a_requests_file(*back)).splitlines()
    assert (len(said), said[-1]) == (102, "  … and 30 more")


LINE = a_request(reference=ONE)
BAD_FILES = {
    "an empty file": (b"", "the file is empty"),
    "only a heading": (a_requests_file().encode(), "there is no line under the heading"),
    "no heading": (LINE.encode(), "line 1: the column “reference” is missing"),
    "cells one column to the left": (
        a_requests_file(f"2026-10-01,{ONE},in_line,,2026-10-20\n").encode(),
        "line 2: received_on: ",
    ),
    "Latin-1": (a_requests_file(LINE, "é\n").encode("latin-1"), "line 3: the file is not in UTF-8"),
    "an unknown column": (f"name,{a_requests_file()}".encode(), "the column number 1 is unknown"),
    "a column that stands twice": (f"form,{a_requests_file()}".encode(), "the column “form” stands twice"),
    "a control character": (a_requests_file(f"{ONE}\x00,,,,\n").encode(), "line 2: there is a control character"),
    "too many cells": (a_requests_file(f"{LINE.strip()},x\n").encode(), "line 2: there are 6 cells for 5 columns"),
    "an open quote": (a_requests_file(f'"{LINE}').encode(), "cannot be read as CSV"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_words_without_trace_or_reference(office: Office, name: str) -> None:
    content, sentence = BAD_FILES[name]
    assert sentence in refused(office, content)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_excel_writes_is_taken(office: Office, separator: str) -> None:
    content = b"\xef\xbb\xbf" + a_requests_file(LINE).replace(",", separator).encode()
    assert "1 were added" in office.did("import", "requests", office.file(content))


def test_a_folder_and_a_file_that_is_not_there_are_refused_in_words(office: Office) -> None:
    for path, sentence in ((office.data, "is a directory"), (office.data / "nowhere.csv", "does not exist")):
        result = office.portal("import", "requests", path)
        assert result.exit_code == 2
        assert sentence in result.output


def test_no_reference_is_left_in_what_is_written(office: Office) -> None:
    office.did("import", "requests", office.file(a_requests_file(a_request(reference=ONE), a_request(reference=TWO))))
    (office.data / "file.csv").unlink()
    for form in ({"reference": ONE, "date": "2026-10-01"}, {"reference": TWO, "date": "2026-10-02"}):
        assert office.post("/fr/suivi/", form).status_code == 200
    written = [file for file in office.data.rglob("*") if file.is_file()]
    assert office.data / "portal.db" in written
    assert {str(file): spellings_in(file.read_bytes()) for file in written if spellings_in(file.read_bytes())} == {}


def test_the_audit_holds_counts_and_no_reference(office: Office) -> None:
    office.did("import", "requests", office.file(a_requests_file(a_request(reference=ONE), a_request(reference=TWO))))
    said = office.did("audit")
    assert 'requests.import  status 1  {"added": 2, "changed": 0}' in said
    with closing(sqlite3.connect(office.data / "portal.db")) as connection:
        hashes = [row[0] for row in connection.execute("SELECT hash FROM request_references")]
    assert len(hashes) == 2
    assert not [one for one in hashes if one in said]
    assert not spellings_in(said.encode())


def test_two_offices_keep_the_same_reference_under_different_hashes(office: Office, demo: Office) -> None:
    found = []
    for one in (office, demo):
        one.did("import", "requests", one.file(a_requests_file(a_request(reference=ONE))))
        with closing(sqlite3.connect(one.data / "portal.db")) as connection:
            found.append({row[0] for row in connection.execute("SELECT hash FROM request_references")})
    assert found[0] & found[1] == set()


def test_a_long_file_shows_how_far_it_is_and_is_kept_whole(office: Office) -> None:
    lines = [a_request(reference=printed_reference(reference_of(number))) for number in range(2_500)]
    result = office.portal("import", "requests", office.file(a_requests_file(*lines)))
    assert result.exit_code == 0
    assert "Reading" in result.stderr
    assert result.stdout == "2500 requests read: 2500 were added, 0 were changed.\n"


def test_a_short_file_shows_no_bar(office: Office) -> None:
    assert office.portal("import", "requests", office.file(a_requests_file(LINE))).stderr == ""


def test_a_fault_at_the_end_of_a_long_file_keeps_none_of_it(office: Office) -> None:
    lines = [a_request(reference=printed_reference(reference_of(number))) for number in range(2_500)]
    assert "line 2502: the reference is mistyped" in refused(office, a_requests_file(*lines, "0000000001X,,,,\n"))
