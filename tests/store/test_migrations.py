"""The migrations: numbered, one after the other, up and down with data, the same tables as the models."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from portal import assets
from portal.app import create_app
from portal.assets import newest_migration
from portal.store.database import Model, database
from portal.store.migrate import alembic_of, downgrade, upgrade
from portal.web.health import is_migrated
from tests.makers import ROWS, Office


@contextmanager
def opened(office: Office) -> Generator[Flask]:
    """Open the application of an office, and let go of its database at the end."""
    app = create_app(office.config)
    with app.app_context():
        try:
            yield app
        finally:
            database.engine.dispose()


def constraints() -> dict[str, set[str]]:
    """Return the names of the checks and foreign keys of each table of the database."""
    found = inspect(database.engine)
    names = {}
    for table in found.get_table_names():
        kept = [*found.get_check_constraints(table), *found.get_foreign_keys(table)]
        names[table] = {str(one["name"]) for one in kept}
    return names


def test_they_are_numbered_from_one_without_a_gap() -> None:
    names = sorted(path.name for path in assets.MIGRATIONS.glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names)
    assert newest_migration() == names[-1][:4]


def test_there_is_one_head_and_each_follows_the_one_before(office: Office) -> None:
    with opened(office) as app:
        script = alembic_of(app).script_directory
        assert script.get_heads() == [newest_migration()]
        for migration in script.walk_revisions():
            before = int(migration.revision) - 1
            assert migration.down_revision == (f"{before:04}" if before else None)


def test_they_make_the_tables_of_the_models(any_office: Office) -> None:
    with opened(any_office) as app:
        assert alembic_of(app).compare_metadata() == []


def test_constraints_have_the_names_of_the_models(any_office: Office) -> None:
    with opened(any_office):
        kept = constraints()
    for table in Model.metadata.tables.values():
        named = {str(one.name) for one in table.constraints if type(one).__name__.startswith(("Check", "Foreign"))}
        assert kept[table.name] == named, table.name


def fill(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-01\nb2b,2026-09-01\n", as_of="2026-11-20")
    office.publishes_notice()


def test_they_go_down_to_nothing_and_up_again_with_data(any_office: Office) -> None:
    fill(any_office)
    with opened(any_office) as app:
        downgrade(app, "base")
        assert inspect(database.engine).get_table_names() == ["alembic_version"]
    any_office.did("init")
    fill(any_office)
    with opened(any_office) as app:
        assert alembic_of(app).compare_metadata() == []
        with database.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM edition_entries")).scalar() == 2


ENTRIES = "SELECT edition_id, row_key, meaning, received_on, is_change FROM edition_entries ORDER BY 1, 2"
EDITIONS = "SELECT id, as_of, actor, reason FROM editions ORDER BY 1"
DATES = "SELECT key, label_fr, grace_days, meaning, received_on, as_of, next_update_on FROM date_rows ORDER BY 1"


def found(statement: str) -> list[tuple]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_database_of_the_first_release_keeps_its_rows_and_editions(any_office: Office) -> None:
    fill(any_office)
    any_office.publishes_dates("row,received_on,next_update_on\nnew,2026-10-05,2026-12-01\n", as_of="2026-11-21")
    with opened(any_office) as app:
        before = [found(statement) for statement in (ENTRIES, EDITIONS, DATES)]
        downgrade(app, "0001")
        assert [found(statement) for statement in (ENTRIES, EDITIONS, DATES)] == before
        upgrade(app)
        assert [found(statement) for statement in (ENTRIES, EDITIONS, DATES)] == before
        assert alembic_of(app).compare_metadata() == []
        assert found("SELECT DISTINCT why_fr, why_en, undoes FROM editions") == [("", "", None)]
        assert found("SELECT DISTINCT jump_days, split_from, first_day, last_day FROM date_rows") == [
            (30, None, None, None)
        ]
        # What only the table knew: the next update of each row's last edition; of those before, nobody knows.
        updates = found("SELECT edition_id, row_key, next_update_on FROM edition_entries ORDER BY 1, 2")
        assert [(number, key, next_update and str(next_update)) for number, key, next_update in updates] == [
            (1, "b2b", "2026-11-27"),
            (1, "new", None),
            (2, "new", "2026-12-01"),
        ]


def test_entries_of_the_first_release_are_as_of_the_day_of_their_edition(any_office: Office) -> None:
    fill(any_office)
    any_office.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-21")
    statement = "SELECT edition_id, row_key, as_of FROM edition_entries ORDER BY 1, 2"
    with opened(any_office) as app:
        before = found(statement)
        assert [(number, key, str(as_of)) for number, key, as_of in before] == [
            (1, "b2b", "2026-11-20"),
            (1, "new", "2026-11-20"),
            (2, "new", "2026-11-21"),
        ]
        for _time in range(2):
            downgrade(app, "0001")
            assert "as_of" not in {column["name"] for column in inspect(database.engine).get_columns("edition_entries")}
            upgrade(app)
            assert found(statement) == before


def test_a_database_of_the_first_release_is_sealed_and_goes_on(any_office: Office) -> None:
    fill(any_office)
    with opened(any_office) as app:
        downgrade(app, "0001")
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE editions SET reason = 'Another'"))
        upgrade(app)
        with database.engine.connect() as connection, pytest.raises(DatabaseError, match="never changed"):
            connection.execute(text("UPDATE editions SET reason = 'Yet another'"))
        if database.engine.dialect.name == "postgresql":
            with database.engine.connect() as connection, pytest.raises(DatabaseError, match="never changed"):
                connection.execute(text("TRUNCATE edition_entries"))
    any_office.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-21")
    any_office.did("dates", "undo", "2", "--reason", "Typed wrongly")
    assert any_office.another_worker().get("/api/v1/dates").get_json()["rows"][0]["received_on"] == "2026-10-01"


def test_an_upgrade_that_has_nothing_to_do_keeps_everything(any_office: Office) -> None:
    fill(any_office)
    audit = any_office.did("audit")
    any_office.did("init")
    assert any_office.did("audit") == audit


def test_foreign_keys_are_on_again_afterwards(bare_office: Office) -> None:
    with opened(bare_office) as app:
        upgrade(app)
        if database.engine.dialect.name == "sqlite":
            with database.engine.connect() as connection:
                assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_database_with_broken_foreign_keys_is_told(office: Office) -> None:
    with opened(office) as app:
        raw = database.engine.raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO date_row_forms (form_number, row_key) VALUES ('4058', 'nowhere')")
        raw.close()
        with pytest.raises(RuntimeError, match="foreign keys"):
            upgrade(app)


def test_a_database_is_ready_once_it_has_every_migration(bare_office: Office) -> None:
    before = bare_office.get("/readyz")
    assert (before.status_code, before.text) == (503, "the database does not answer\n")
    bare_office.did("init")
    after = bare_office.get("/readyz")
    assert (after.status_code, after.text) == (200, "ok\n")
    with opened(bare_office):
        assert is_migrated()


def test_a_database_of_an_older_release_is_not_ready(office: Office) -> None:
    with opened(office):
        raw = database.engine.raw_connection()
        raw.execute("UPDATE alembic_version SET version_num = '0000'")
        raw.close()
        assert not is_migrated()
    answer = office.get("/readyz")
    assert answer.status_code == 503
    assert "portal init" in answer.text
