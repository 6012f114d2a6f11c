"""What may be served at once, asked by the bare driver, on each database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from portal.assets import newest_migration
from portal.store.bare.connections import DatabaseSilent
from portal.store.bare.servable import is_servable
from tests.makers import Office

NOWHERE = ("sqlite:////nowhere/portal.db", "postgresql+psycopg://127.0.0.1:1/portal")


def test_what_has_every_migration_and_no_demonstration_is(any_office: Office) -> None:
    assert is_servable(any_office.config.database_url, newest_migration())


def test_what_lacks_a_migration_is_not(any_office: Office) -> None:
    assert not is_servable(any_office.config.database_url, "9999")


def test_what_has_no_tables_is_not(bare_office: Office) -> None:
    url = bare_office.config.database_url
    if url.startswith("sqlite"):
        sqlite3.connect(bare_office.data / "portal.db").close()
    assert not is_servable(url, newest_migration())


def test_a_demonstration_is_not(any_office: Office) -> None:
    any_office.did("demo", "--day", "2026-11-20")
    assert not is_servable(any_office.config.database_url, newest_migration())


@pytest.mark.parametrize("url", NOWHERE)
def test_what_cannot_be_reached_is_silent(url: str) -> None:
    with pytest.raises(DatabaseSilent):
        is_servable(url, newest_migration())


def test_a_name_of_any_letters_is_found(office: Office, tmp_path: Path) -> None:
    there = tmp_path / "l’été #1 ? 100 %" / "portal.db"
    there.parent.mkdir()
    with closing(sqlite3.connect(office.data / "portal.db")) as source, closing(sqlite3.connect(there)) as copy:
        source.backup(copy)
    named = Office(there.parent)
    assert is_servable(named.config.database_url, newest_migration())
