"""Requests on both databases: one transaction a file, stages along their arrows."""

import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from hashlib import sha256

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from time_machine import Traveller

from portal.app import create_app, tidy
from portal.core.numbers import printed_reference, reference_of
from portal.status.rules import reference_hash
from portal.store.database import database
from portal.store.migrate import downgrade, upgrade
from tests.makers import Office, a_request, a_requests_file, in_quebec
from tests.serving import PORTAL
from tests.store.importing import FORM, ONE, ROW, THREE, TWO, counts, imports, imports_pairs, pairs, refusal, told
from tests.store.statements import asked_of_the_database

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def by_email(any_office: Office) -> Office:
    """An office with a row that covers FORM."""
    any_office.did("dates", "rows", any_office.file(ROW))
    return any_office


def test_a_request_moves_along_its_arrows(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE, stage="received"))
    for stage, words in (("in_line", "is in line"), ("more_information", "asked for more"), ("processed", "processed")):
        assert "1 were changed" in imports(any_office, a_request(reference=ONE, stage=stage, changed_on="2026-11-01"))
        assert words in told(any_office, ONE)


def test_a_file_against_the_arrows_is_refused_whole(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE, stage="processed"), a_request(reference=TWO, form="4058"))
    before = counts(any_office)
    said = refusal(
        any_office,
        a_request(reference=THREE),
        a_request(reference=ONE, stage="in_line"),
        a_request(reference=TWO, form="4123", received_on="2026-10-01"),
    )
    assert "line 3: it cannot go from “processed” to “in line”; if this is meant, give the file as a correction" in said
    assert "line 4: its form is not the one kept" in said
    assert ONE[:5] not in said
    assert counts(any_office) == before
    assert "has been processed" in told(any_office, ONE)


def test_a_correction_says_why_and_is_audited(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE, stage="closed"))
    said = imports(any_office, a_request(reference=ONE, stage="in_line"), more=("--correct", "Closed by mistake"))
    assert said == "1 requests read: 0 were added, 1 were changed, 1 of them against what was kept.\n"
    assert "is in line" in told(any_office, ONE)
    assert '"corrected": 1, "reason": "Closed by mistake"' in any_office.did("audit", "--whole")
    blank = any_office.portal("import", "requests", any_office.file(a_requests_file()), "--correct", "  ")
    assert blank.exit_code == 2


def test_the_same_file_is_known_again_even_when_requests_have_moved_on(any_office: Office) -> None:
    first = a_request(reference=ONE, stage="received")
    imports(any_office, first)
    imports(any_office, a_request(reference=ONE, stage="processed"))
    said = imports(any_office, first)
    assert said == "This file was imported already, on 2026-11-18 at 10:00: nothing to do.\n"
    assert "has been processed" in told(any_office, ONE)
    assert "1 of them against" in imports(any_office, first, more=("--correct", "Back to the beginning"))
    assert "We have received" in told(any_office, ONE)


def test_both_people_find_the_request_by_their_own_reference(by_email: Office) -> None:
    file = by_email.file(pairs((ONE, TWO, "processed")))
    assert "1 were added" in by_email.did("import", "requests", file)
    assert counts(by_email) == (1, 2)
    assert "You gave the reference of the user" in told(by_email, ONE)
    assert "You gave the reference of the person who authorised" in told(by_email, TWO)


def test_a_second_reference_may_come_later_and_one_alone_takes_none_away(by_email: Office) -> None:
    imports(by_email, a_request(reference=ONE, form=FORM, stage="processed"))
    assert "You gave" not in told(by_email, ONE)
    said = imports_pairs(by_email, (ONE, TWO, "processed"))
    assert "1 references were added to those known, 1 references were given another holder" in said
    assert counts(by_email) == (1, 2)
    assert "You gave the reference of the user" in told(by_email, ONE)
    for reference in (TWO, ONE):
        imports(by_email, a_request(reference=reference, form=FORM, stage="processed", changed_on="2026-11-02"))
        assert counts(by_email) == (1, 2)
        assert "You gave the reference of the user" in told(by_email, ONE)
        assert "You gave the reference of the person who authorised" in told(by_email, TWO)
    imports(by_email, a_request(reference=TWO, form=FORM, stage="closed", changed_on="2026-11-03"))
    assert "is closed" in told(by_email, ONE)


def test_a_person_has_one_reference_until_a_correction_gives_another(by_email: Office) -> None:
    imports_pairs(by_email, (ONE, TWO, "processed"))
    file = by_email.file(pairs((ONE, THREE, "processed")))
    refused = by_email.portal("import", "requests", file)
    assert refused.exit_code == 1
    assert "line 2: it has another reference of the person who authorised it; if this is meant, give" in refused.output
    assert "You gave the reference of the person who authorised" in told(by_email, TWO)
    said = by_email.did("import", "requests", file, "--correct", "The letter was lost")
    assert said == (
        "1 requests read: 0 were added, 0 were changed, 1 references were added to those known, "
        "1 references were replaced by others.\n"
    )
    assert counts(by_email) == (1, 2)
    assert "You gave the reference of the user" in told(by_email, ONE)
    assert "You gave the reference of the person who authorised" in told(by_email, THREE)
    assert "You gave" not in told(by_email, TWO)
    line = by_email.did("audit", "--whole")
    assert '"changed": 0, "referred": 1, "replaced": 1, "reason": "The letter was lost"' in line


def test_two_people_change_places_only_by_a_correction(by_email: Office) -> None:
    imports_pairs(by_email, (ONE, TWO, "processed"))
    file = by_email.file(pairs((TWO, ONE, "closed")))
    said = by_email.portal("import", "requests", file).output
    assert "the reference given as that of the user is kept as that of the person who authorised it; if this" in said
    assert "You gave the reference of the user" in told(by_email, ONE)
    same = by_email.file(pairs((TWO, ONE, "processed")))
    assert "2 references were given another holder" in by_email.did("import", "requests", same, "--correct", "Swapped")
    assert counts(by_email) == (1, 2)
    assert "You gave the reference of the user" in told(by_email, TWO)
    assert "You gave the reference of the person who authorised" in told(by_email, ONE)
    assert '"changed": 0, "reassigned": 2, "reason": "Swapped"' in by_email.did("audit", "--whole")


def test_a_correction_may_change_request_and_references_together(by_email: Office) -> None:
    imports_pairs(by_email, (ONE, TWO, "closed"))
    file = by_email.file(pairs((THREE, ONE, "processed")))
    said = by_email.portal("import", "requests", file).output
    assert "line 2: it cannot go from “closed” to “processed”" in said
    assert "line 2: the reference given as that of the person who authorised it is kept as that of the user" in said
    said = by_email.did("import", "requests", file, "--correct", "All was wrong")
    for words in ("1 of them against", "1 references were replaced", "1 references were given another holder"):
        assert words in said
    assert counts(by_email) == (1, 2)
    assert "You gave the reference of the user" in told(by_email, THREE)
    assert "You gave the reference of the person who authorised" in told(by_email, ONE)


def test_references_of_two_requests_are_not_joined(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE), a_request(reference=TWO))
    result = any_office.portal("import", "requests", any_office.file(pairs((ONE, TWO, "in_processing"))))
    assert "line 2: its two references are those of two requests" in result.output
    assert counts(any_office) == (2, 2)


def test_a_lookup_is_one_statement_without_a_transaction(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE))
    form = {"reference": ONE, "date": "2026-10-01"}
    with asked_of_the_database() as asked:
        any_office.post("/en/status/", form)  # what the answers share is made, what they ask prepared
        any_office.post("/en/status/", form)
    assert ["request_references" in words for words in asked].count(True) == 2
    assert "request_references" in asked[-1]
    with asked_of_the_database() as asked:
        assert "No request found" not in any_office.post("/en/status/", form).text
    assert len(asked) == 1, asked


def test_two_lines_of_one_request_are_refused(any_office: Office) -> None:
    any_office.did("import", "requests", any_office.file(pairs((ONE, TWO, "in_line"))))
    said = refusal(any_office, a_request(reference=ONE), a_request(reference=TWO, stage="processed"))
    assert "line 3: the request stands already on line 2" in said


def test_closed_requests_are_removed_by_command_and_by_the_next_import(any_office: Office, clock: Traveller) -> None:
    closed = [a_request(reference=one, stage="closed", changed_on="2026-11-01") for one in (ONE, TWO)]
    imports(any_office, *closed, a_request(reference=THREE))
    clock.move_to(in_quebec("2027-01-30 10:00"))
    assert any_office.did("status", "purge") == "0 requests were removed: closed more than 90 days ago.\n"
    clock.move_to(in_quebec("2027-01-31 00:00"))
    assert any_office.did("status", "purge", "--dry-run").startswith("2 requests would be removed")
    assert counts(any_office) == (3, 3)
    said = imports(any_office, a_request(reference=THREE, stage="processed"))
    assert "2 were removed, closed too long ago" in said
    assert counts(any_office) == (1, 1)
    assert '"removed": 2' in any_office.did("audit")


def test_a_request_closed_too_long_ago_is_not_kept_at_all(any_office: Office) -> None:
    said = imports(
        any_office, a_request(reference=ONE, received_on="2026-01-05", stage="closed", changed_on="2026-02-02")
    )
    assert said == "1 requests read: 0 were added, 0 were changed, 1 left out, closed too long ago.\n"
    assert counts(any_office) == (0, 0)


def test_the_site_removes_them_by_itself(any_office: Office, clock: Traveller) -> None:
    imports(any_office, a_request(reference=ONE, stage="closed"), a_request(reference=TWO))
    app = create_app(any_office.config)
    tidy(app, in_quebec("2027-01-18 23:59"))
    assert counts(any_office) == (2, 2)
    tidy(app, in_quebec("2027-01-19 00:00"))
    assert counts(any_office) == (1, 1)
    with app.app_context():
        database.engine.dispose()
    assert "the site  requests.purge" in any_office.did("audit")


def test_the_days_are_a_setting(any_office: Office, clock: Traveller) -> None:
    short = replace(any_office, settings={**any_office.settings, "PORTAL_CLOSED_DAYS": "5"})
    imports(short, a_request(reference=ONE, stage="closed", changed_on="2026-11-13"))
    assert "This status is shown until November\u00a018, 2026." in told(short, ONE)
    clock.move_to(in_quebec("2026-11-19 00:00"))
    assert "A request that was closed more than 5 days ago" in told(short, ONE)


def test_a_form_that_nobody_knows_is_kept_and_told(any_office: Office) -> None:
    said = imports(any_office, a_request(reference=ONE, form="9999"), a_request(reference=TWO, form="4058"))
    assert said.endswith("No row and no rule knows these forms; check their numbers: 9999.\n")
    assert counts(any_office) == (2, 2)
    forms = [a_request(reference=printed_reference(reference_of(n)), form=f"90{n:02}") for n in range(12)]
    assert "9008, 9009, …." in imports(any_office, *forms)


def test_a_release_without_keys_is_brought_up_and_back(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE, form="4058"), a_request(reference=TWO, stage="processed"))
    app: Flask = create_app(any_office.config)
    with app.app_context():
        downgrade(app, "0006")
        query = text("SELECT reference_hash, form_number, stage FROM requests ORDER BY stage")
        with database.engine.connect() as connection:
            kept = [tuple(row) for row in connection.execute(query)]
        assert [row[1:] for row in kept] == [("4058", "in_processing"), ("", "processed")]
        upgrade(app)
        database.engine.dispose()
    assert "is being processed" in told(any_office, ONE)
    assert "has been processed" in told(any_office, TWO)
    assert "1 were added" in imports(any_office, a_request(reference=THREE))


def test_no_reference_stands_in_what_a_thief_of_the_database_reads(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE), a_request(reference=TWO))
    app = create_app(any_office.config)
    with app.app_context():
        with database.engine.connect() as connection:
            tables = ("requests", "request_references", "request_files", "changes", "revisions")
            rows = [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]  # noqa: S608 — our own tables
        database.engine.dispose()
    dump = repr(rows)
    # He knows how a reference is made, and what hashes there are; he tries every way but the key, which he lacks.
    hashes = {word for word in dump.replace("'", " ").split() if len(word.strip("(),")) == 64}
    assert len(hashes) >= 2
    for reference in (ONE, TWO):
        bare = reference.replace("-", "")
        assert not [word for word in (reference, bare, bare[:10], bare.lower()) if word in dump]
        for key in (b"", b"portal", bare.encode(), any_office.config.keys[0].id.encode()):
            assert reference_hash(key, bare) not in dump
        assert sha256(bare.encode()).hexdigest() not in dump


def is_writing(office: Office) -> bool:
    """Say whether someone holds the lock under which a file is imported."""
    address = office.config.database_url
    try:
        if address.startswith("sqlite"):
            with closing(sqlite3.connect(office.data / "portal.db", timeout=0, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
        else:
            with psycopg.connect(address.replace("+psycopg", "")) as connection:
                connection.execute("SELECT 1 FROM revisions WHERE subject = 'status' FOR UPDATE NOWAIT")
    except (sqlite3.OperationalError, psycopg.errors.LockNotAvailable):
        return True
    return False


def test_an_import_that_is_killed_keeps_all_or_nothing(any_office: Office) -> None:
    count = 6_000
    lines = [a_request(reference=printed_reference(reference_of(number))) for number in range(count)]
    file = any_office.file(a_requests_file(*lines))
    environment = {**os.environ, **any_office.environment}
    process = subprocess.Popen([PORTAL, "import", "requests", file], env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None and not is_writing(any_office):
        pass
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it was killed while it held the lock, not after its end"
    assert counts(any_office) in ((0, 0), (count, count))
    any_office.portal("import", "requests", file)
    assert counts(any_office) == (count, count)
