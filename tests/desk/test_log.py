"""The audit log at the desk: asked for, taken away, verified."""

import csv
import io
import sqlite3
from contextlib import closing
from zipfile import ZipFile

import pytest

from portal.desk.office import log
from tests.desk.people import Colleague, Desk
from tests.visitor import Visit


def told(someone: Colleague, path: str, *, status: int = 200) -> list[str]:
    """Return the actions of the lines that a page of the log shows."""
    page = Visit.of(someone.get(path, status=status))
    return [cell.to_text().strip() for cell in page.all("td[data-label='Action']")]


def test_the_last_changes_come_first(desk: Desk) -> None:
    someone = desk.signed_in("auditor")
    desk.office.publishes_notice()
    assert told(someone, "/desk/en/log/")[:2] == ["notices.publish", "staff.code"]


@pytest.mark.parametrize(
    ("asked", "actions"),
    [
        ("subject=staff&person=Personne+auditor&first_day=2026-11-20", {"staff.code"}),
        ("subject=notices&first_day=2099-01-01", set()),
        ("person=nobody", set()),
        ("first_day=2026-11-20&last_day=2026-11-20", {"staff.code"}),
    ],
)
def test_the_log_is_asked_by_subject_person_and_day(desk: Desk, asked: str, actions: set[str]) -> None:
    assert set(told(desk.signed_in("auditor"), f"/desk/en/log/?{asked}")) == actions


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "/desk/fr/journal/?first_day=hier",
            "Entrez le jour sous la forme année, mois et jour, par exemple 2021-07-22.",
        ),
        ("/desk/en/log/?last_day=2026-13-01", "Enter the day as year, month and day, for example 2021-07-22."),
        ("/desk/en/log/?last_day=9999-01-01", "Enter the day as year, month and day, for example 2021-07-22."),
        ("/desk/en/log/?first_day=2026-11-20&last_day=2026-11-19", "This day comes before the first one."),
        ("/desk/en/log/file.csv?first_day=hier", "Enter the day as year, month and day, for example 2021-07-22."),
    ],
)
def test_a_day_that_is_none_is_refused_beside_its_field(desk: Desk, path: str, sentence: str) -> None:
    page = Visit.of(desk.signed_in("auditor").get(path, status=422))
    assert sentence in page.spoken
    assert len(page.all(".p-field--wrong")) == 1


def test_a_long_log_has_pages_that_keep_what_was_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PER_PAGE", 10)
    someone = desk.signed_in("auditor")
    older = Visit.of(someone.get("/desk/en/log/?subject=staff")).one("a[rel=next]").attrs["href"]
    assert older == "/desk/en/log/?subject=staff&page=2"
    assert "staff.add" in told(someone, older)
    assert Visit.of(someone.get(older)).one("a[rel=prev]").attrs["href"] == "/desk/en/log/?subject=staff&page=1"
    someone.get("/desk/en/log/?page=9999", status=404)


def test_the_log_is_taken_away_for_a_spreadsheet_that_runs_nothing_of_it(desk: Desk) -> None:
    someone = desk.signed_in("auditor")
    formula = '=HYPERLINK("https://evil.example")'
    desk.office.did("staff", "add", "x@agence-essai.ca", "--name", formula, "--role", "editor")
    answer = someone.get("/desk/fr/journal/fichier.csv?subject=staff")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="journal.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert formula in rows[-1]["details"].replace("\\", "")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    book = ZipFile(io.BytesIO(someone.get("/desk/en/log/file.xlsx?subject=staff").data))
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def touch(desk: Desk, assignment: str) -> None:
    """Change line 5 as somebody would who has the database."""
    with closing(sqlite3.connect(desk.office.data / "portal.db")) as connection:
        connection.execute("DROP TRIGGER changes_sealed_update")
        connection.execute(f"UPDATE changes SET {assignment} WHERE id = 5")  # noqa: S608  # our own words
        connection.commit()


def test_a_touched_line_is_named(desk: Desk) -> None:
    someone = desk.signed_in("auditor")
    whole = Visit.of(someone.get("/desk/fr/journal/verification"))
    assert "lignes sont telles qu’elles ont été écrites." in whole.spoken
    touch(desk, "actor = 'someone else'")
    touched = Visit.of(someone.get("/desk/en/log/verification"))
    assert "1 fault was found" in touched.spoken
    assert "line 5" in touched.spoken


@pytest.mark.parametrize("path", ["/desk/en/log/", "/desk/en/log/file.csv", "/desk/en/log/file.xlsx"])
def test_a_line_that_cannot_be_read_leads_to_its_name(desk: Desk, path: str) -> None:
    someone = desk.signed_in("auditor")
    touch(desk, "details = 'no JSON'")
    there = someone.get(path, status=302).headers["Location"]
    assert "line 5" in Visit.of(someone.get(there)).spoken
