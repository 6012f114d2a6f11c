"""Editions as the database keeps them, on SQLite and PostgreSQL: written once, taken back once, never cut in half."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from portal.app import create_app
from portal.editions import records
from portal.editions.records import changes, edition_named, last_dates, neighbours, table_of
from portal.history.records import history, points, years
from portal.history.rules import points as points_of
from portal.rows.records import all_rows
from portal.store.database import database, session
from tests.makers import ROWS, Office

HEADING = "row,received_on\n"


@pytest.fixture
def table(any_office: Office) -> Office:
    """Three editions: both rows; `new` alone; both, of which only `new` moved. The third was taken back by a fourth."""
    any_office.did("dates", "rows", any_office.file(ROWS))
    any_office.publishes_dates(HEADING + "new,2025-10-06\nb2b,2025-10-02\n", as_of="2025-11-03")
    any_office.publishes_dates(HEADING + "new,2025-10-13\n", as_of="2025-11-10")
    any_office.publishes_dates(HEADING + "new,2025-10-20\nb2b,2025-10-02\n", as_of="2025-11-17")
    any_office.did("dates", "undo", "3", "--reason", "Typed wrongly")
    return any_office


@pytest.fixture
def kept(table: Office) -> Iterator[Flask]:
    """The application of that table, with its database open."""
    app = create_app(table.config)
    with app.app_context():
        yield app
        session().close()
        database.engine.dispose()


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, {}),
        (1, {"new": ("2025-10-06", "2025-11-03"), "b2b": ("2025-10-02", "2025-11-03")}),
        (2, {"new": ("2025-10-13", "2025-11-10"), "b2b": ("2025-10-02", "2025-11-03")}),
        # Taken back later, it counts at its own time.
        (3, {"new": ("2025-10-20", "2025-11-17"), "b2b": ("2025-10-02", "2025-11-17")}),
        (4, {"new": ("2025-10-13", "2025-11-10"), "b2b": ("2025-10-02", "2025-11-03")}),
        (2**31 - 1, {"new": ("2025-10-13", "2025-11-10"), "b2b": ("2025-10-02", "2025-11-03")}),
    ],
)
def test_the_table_of_an_edition_is_what_stood_then_without_what_was_taken_back_by_then(
    number: int, said: dict[str, tuple[str, str]]
) -> None:
    found = table_of(session(), number)
    assert list(found) == [key for key in ("new", "b2b") if key in said], "in the order of the table"
    assert {key: (str(one.received_on), str(one.as_of)) for key, one in found.items()} == said


@contextmanager
def recorded() -> Generator[list[tuple[str, Any]]]:
    """Note each statement that is sent to the database, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("kept")
def test_the_table_of_an_edition_takes_two_statements_and_those_of_its_rows_and_reads_no_whole_history() -> None:
    session().connection()  # its own settings are sent first
    with recorded() as of_rows:
        all_rows(session())
    session().expire_all()
    with recorded() as sent:
        table_of(session(), 3)
    assert len(sent) == 2 + len(of_rows)
    if database.engine.dialect.name == "sqlite":
        plans = [
            str(step[-1])
            for statement, values in sent
            for step in session().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
        assert any("SEARCH edition_entries" in step for step in plans)
        assert not any(step.startswith("SCAN edition_entries") for step in plans), plans


@pytest.mark.usefixtures("kept")
def test_entries_say_the_as_of_day_that_they_restored() -> None:
    def said(number: int) -> dict[str, str]:
        return {entry.row_key: str(entry.as_of) for entry in records.entries(session(), number)}

    assert said(3) == {"new": "2025-11-17", "b2b": "2025-11-17"}
    assert said(4) == {"new": "2025-11-10", "b2b": "2025-11-03"}
    assert [str(entry.as_of) for entry in changes(session(), ["new"], 2)] == ["2025-11-10", "2025-11-17"]
    assert {said.edition: str(said.as_of) for said in history(session(), "b2b")} == {
        1: "2025-11-03",
        3: "2025-11-17",
        4: "2025-11-03",
    }


def test_editions_are_numbered_without_a_gap_after_trials_and_refusals(table: Office) -> None:
    content = HEADING + "new,2025-10-27\n"
    publish = ("dates", "publish", table.file(content), "--as-of", "2025-11-24", "--reason", "Weekly")
    for _trial in range(3):
        table.did(*publish, "--dry-run")
        table.did("dates", "undo", "2", "--reason", "Typed wrongly", "--dry-run")
        assert (
            table.portal(*publish[:2], table.file(HEADING + "new,2020-01-06\n", "other.csv"), *publish[3:]).exit_code
            == 1
        )
    table.publishes_dates(content, as_of="2025-11-24")
    table.did("dates", "undo", "5", "--reason", "Typed wrongly")
    listed = table.another_worker().get("/api/v1/editions").get_json()["editions"]
    assert [edition["edition"] for edition in listed] == [6, 5, 4, 3, 2, 1]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("tables", ["editions, edition_entries", "editions CASCADE", "edition_entries"])
def test_postgresql_refuses_to_empty_the_editions_too(tables: str) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # it has no TRUNCATE
    with database.engine.connect() as connection:
        with pytest.raises(DatabaseError, match="an edition is never changed"):
            connection.execute(text(f"TRUNCATE {tables}"))
        connection.rollback()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM edition_entries")).scalar() == 7


@pytest.mark.usefixtures("kept")
def test_the_last_dates_are_those_of_rows_without_one_now(table: Office) -> None:
    assert last_dates(session()) == {}
    table.publishes_dates("row,received_on,meaning\nnew,,suspended\n", as_of="2025-11-18")
    table.publishes_dates("row,received_on,meaning\nnew,,up_to_date\n", as_of="2025-11-19")
    session().rollback()
    # What the third edition said was taken back.
    assert {key: str(day) for key, day in last_dates(session()).items()} == {"new": "2025-10-13"}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("limit", "found"),
    [
        (1, [(4, "new")]),
        (2, [(4, "new"), (3, "new")]),
        (3, [(4, "new"), (3, "new"), (2, "new")]),
        # Four would cut the first edition in half.
        (4, [(4, "new"), (3, "new"), (2, "new"), (1, "new"), (1, "b2b")]),
        (50, [(4, "new"), (3, "new"), (2, "new"), (1, "new"), (1, "b2b")]),
    ],
)
def test_the_last_changes_never_cut_an_edition_in_half(limit: int, found: list[tuple[int, str]]) -> None:
    assert [(entry.edition.number, entry.row_key) for entry in changes(session(), None, limit)] == found


@pytest.mark.usefixtures("kept")
def test_the_changes_of_rows_are_their_own() -> None:
    assert [entry.edition.number for entry in changes(session(), ["new"], 2)] == [4, 3]
    assert [entry.edition.number for entry in changes(session(), ["b2b"], 2)] == [1]
    assert [entry.edition.number for entry in changes(session(), ["b2b", "new"], 2)] == [4, 3]
    assert changes(session(), ["nowhere"], 2) == []
    assert changes(session(), [], 2) == []


@pytest.mark.usefixtures("kept")
def test_editions_are_listed_newest_first_with_the_rows_that_they_changed() -> None:
    found = records.editions(session(), limit=3)
    assert [(edition.number, changed, edition.undoes, edition.undone_by) for edition, changed in found] == [
        (4, 1, 3, None),
        (3, 1, None, 4),
        (2, 1, None, None),
    ]
    assert [edition.number for edition, _changed in records.editions(session(), limit=3, offset=3)] == [1]
    assert records.count(session()) == 4


@pytest.mark.usefixtures("kept")
def test_an_edition_knows_those_before_and_after() -> None:
    assert [neighbours(session(), number) for number in (1, 2, 4)] == [(None, 2), (1, 3), (3, None)]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "typed", ["", "0", "5", "-1", "+1", " 1", "1.0", "one", "١", "²", "9" * 10, "9" * 10_000, "\0"]
)
def test_what_is_no_number_of_an_edition_names_none(typed: str) -> None:
    assert edition_named(session(), typed) is None


@pytest.mark.usefixtures("kept")
def test_an_edition_is_named_by_its_number() -> None:
    found = edition_named(session(), "3")
    assert found is not None
    assert (found.number, found.undone_by) == (3, 4)
    assert records.edition(session(), 2**31) is None


@pytest.mark.usefixtures("kept")
def test_the_history_of_a_row_holds_everything_and_a_forecast_learns_from_what_stands() -> None:
    past = history(session(), "new")
    assert [(said.edition, said.is_withdrawn) for said in past] == [(1, False), (2, False), (3, True), (4, True)]
    assert points(session(), "new") == points_of(past)
    assert [str(point.received_on) for point in points_of(past)] == ["2025-10-06", "2025-10-13"]


@pytest.mark.usefixtures("kept")
def test_the_years_of_a_row_are_those_of_its_history() -> None:
    assert years(session()) == {
        key: sorted({said.day.year for said in history(session(), key)}) for key in ("new", "b2b")
    }


STATEMENTS = [
    "UPDATE editions SET reason = 'Another'",
    "UPDATE editions SET undoes = NULL WHERE id = 4",
    "DELETE FROM editions WHERE id = 4",
    "UPDATE edition_entries SET received_on = '2025-10-21' WHERE edition_id = 2",
    "UPDATE edition_entries SET is_change = is_change",
    "DELETE FROM edition_entries WHERE edition_id = 1",
]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses_to_change_or_delete_an_edition(statement: str) -> None:
    with database.engine.connect() as connection:
        with pytest.raises(DatabaseError, match="an edition is never changed"):
            connection.execute(text(statement))
        connection.rollback()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM edition_entries")).scalar() == 7


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("undoes", [3, 9])
def test_an_edition_is_taken_back_once_and_by_a_later_one(undoes: int) -> None:
    statement = text(
        "INSERT INTO editions (id, as_of, published_at, actor, reason, why_fr, why_en, undoes) "
        "SELECT 9, as_of, published_at, actor, reason, why_fr, why_en, :undoes FROM editions WHERE id = 1"
    )
    with database.engine.connect() as connection:
        with pytest.raises(IntegrityError):
            connection.execute(statement, {"undoes": undoes})
        connection.rollback()
