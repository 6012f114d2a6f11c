"""Notices of the first release come up with their lives, and go down again: nothing that readers know is lost."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import Connection, inspect, text

from portal.store.database import database
from portal.store.migrate import alembic_of, downgrade, upgrade
from tests.makers import Office, a_notice, in_quebec
from tests.store.test_migrations import found, opened

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
BEFORE = "0002"
#: As the first release kept a notice.
NOTICE = """
INSERT INTO notices (id, key, published_at, updated_at, title_fr, title_en, body_fr, body_en, html_fr, html_en)
VALUES (:id, :key, :published_at, :updated_at, :title_fr, :title_en, :body_fr, :body_en, :html_fr, :html_en)
"""
AUDIENCE = "INSERT INTO notice_audiences (notice_id, audience, position) VALUES (:id, 'professionals', 0)"
MARCH = datetime(2026, 3, 2, 13, 30, tzinfo=UTC)
CORRECTED = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
SCHEDULED = datetime(2026, 11, 18, 16, 20, tzinfo=UTC)


def keeps(connection: Connection, number: int, published_at: datetime, updated_at: datetime, en: str) -> None:
    texts = {f"{name}_fr": f"{name} fr {number} 4058" for name in ("title", "body")}
    texts |= {f"{name}_en": en and f"{name} {en} {number}, 418\u00a0780-4123" for name in ("title", "body")}
    texts |= {"html_fr": "<p>Le texte</p>", "html_en": en and "<p>The text</p>"}
    # SQLite's driver takes no zone.
    is_sqlite = connection.dialect.name == "sqlite"
    at = [one.replace(tzinfo=None) if is_sqlite else one for one in (published_at, updated_at)]
    facts = {"id": number, "key": f"notice-{number}", "published_at": at[0], "updated_at": at[1]}
    if is_sqlite:
        facts |= {name: f"{facts[name]:%Y-%m-%d %H:%M:%S.%f}" for name in ("published_at", "updated_at")}
    connection.execute(text(NOTICE), {**facts, **texts})
    connection.execute(text(AUDIENCE), {"id": number})


@pytest.fixture
def first_release(any_office: Office) -> Office:
    """A database of the first release: a notice that was corrected, one in French only, one that is scheduled."""
    with opened(any_office) as app:
        downgrade(app, BEFORE)
        with database.engine.begin() as connection:
            keeps(connection, 1, MARCH, CORRECTED, "en")
            keeps(connection, 2, MARCH, MARCH, "")
            keeps(connection, 3, SCHEDULED, CORRECTED, "en")
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT setval('notices_id_seq', 3)"))
    return any_office


def goes_up(office: Office) -> None:
    with opened(office) as app:
        upgrade(app)
        assert alembic_of(app).compare_metadata() == []


GUID = "tag:ramq.gouv.qc.ca,2021:portail/notices"


def test_each_notice_has_its_one_text_its_items_and_its_forms(first_release: Office) -> None:
    goes_up(first_release)
    with opened(first_release):
        columns = "notice_id, number, weight, title_fr, body_en, html_fr, note_fr, promise_en"
        assert found(f"SELECT {columns} FROM notice_revisions ORDER BY 1") == [  # noqa: S608 — our own columns
            (1, 1, "first", "title fr 1 4058", "body en 1, 418\u00a0780-4123", "<p>Le texte</p>", "", ""),
            (2, 1, "first", "title fr 2 4058", "", "<p>Le texte</p>", "", ""),
            (3, 1, "first", "title fr 3 4058", "body en 3, 418\u00a0780-4123", "<p>Le texte</p>", "", ""),
        ]
        assert found("SELECT notice_id, language, number, shown FROM notice_items ORDER BY 1, 2") == [
            (1, "en", 1, 1),
            (1, "fr", 1, 1),
            (2, "fr", 1, 1),
            (3, "en", 1, 1),
            (3, "fr", 1, 1),
        ]
        # The end of a telephone is no form.
        touches = "SELECT notice_id, kind, key, is_stated FROM notice_touches ORDER BY 1, 3"
        assert [(*row[:3], bool(row[3])) for row in found(touches)] == [(n, "form", "4058", False) for n in (1, 2, 3)]
        assert found("SELECT DISTINCT revision, withdrawn_at, english_at, keeps_id, promise_fr FROM notices") == [
            (1, None, None, None, "")
        ]
        assert found("SELECT DISTINCT floor FROM revisions") == [(0,)]


def test_readers_find_what_they_knew_under_the_same_guids(first_release: Office, clock: time_machine.Traveller) -> None:
    goes_up(first_release)
    items = first_release.get("/fr/avis/fil.json").get_json()["items"]
    assert [item["id"] for item in items] == [f"{GUID}/notice-2/fr", f"{GUID}/notice-1/fr"]
    assert [item["date_published"] for item in items] == ["2026-03-02T13:30:00+00:00"] * 2
    assert [item["date_modified"] for item in items] == ["2026-03-02T13:30:00+00:00", "2026-03-09T14:00:00+00:00"]
    assert [item["content_html"] for item in items] == ["<p>Le texte</p>"] * 2
    english = first_release.get("/en/notices/feed.json").get_json()["items"]
    assert [item["id"] for item in english] == [f"{GUID}/notice-1/en"]
    clock.move_to(in_quebec("2026-11-18 11:20"))
    newest = first_release.get("/en/notices/feed.json").get_json()["items"][0]
    assert newest["id"] == f"{GUID}/notice-3/en"
    assert newest["date_published"] == newest["date_modified"] == "2026-11-18T16:20:00+00:00"


def test_each_goes_on_with_its_life(first_release: Office) -> None:
    goes_up(first_release)
    assert [line.split()[0] for line in first_release.did("notices", "list").splitlines()] == [
        "scheduled",
        "published",
        "published",
    ]
    first_release.did("notices", "withdraw", "notice-1", "--reason", "Over")
    first_release.publishes_notice(key="notice-4")
    worker = first_release.another_worker()
    assert worker.get("/fr/avis/1/title-fr-1-4058").status_code == 410
    assert worker.get("/en/notices/4/closing-days").status_code == 200
    assert worker.get("/fr/avis/2/title-fr-2-4058").status_code == 200


LISTED = "SELECT key, title_fr, title_en, body_fr, body_en, html_fr, html_en FROM notices ORDER BY id"
NOTES = ("--note-fr", "Le 25.", "--note-en", "The 25th.")


@pytest.fixture
def lived(any_office: Office) -> Office:
    """Notices of every state: corrected, changed, a draft that keeps nothing, one withdrawn that kept a promise."""
    any_office.publishes_notice(key="changed")
    any_office.publishes_notice(key="changed", body_fr="Le 24 ou le 25.")
    file = any_office.file(a_notice(key="changed", body_fr="Le 25.", body_en="The 25th."), "notice.md")
    any_office.did("notices", "publish", file, "--major", *NOTES)
    promising = a_notice(key="promising").replace("--- fr", "promise_fr: Bientôt.\npromise_en: Soon.\n--- fr", 1)
    any_office.did("notices", "publish", any_office.file(promising, "notice.md"))
    keeping = a_notice(key="keeping").replace("--- fr", "keeps: promising\n--- fr", 1)
    any_office.did("notices", "publish", any_office.file(keeping, "notice.md"))
    any_office.publishes_notice(key="draft", published="draft")
    any_office.publishes_notice(key="french", title_en="")
    any_office.did("notices", "withdraw", "promising", "--reason", "Over")
    return any_office


def test_a_life_goes_down_to_its_last_text_and_comes_up_again(lived: Office) -> None:
    with opened(lived) as app:
        downgrade(app, BEFORE)
        assert [row[0] for row in found(LISTED)] == ["changed", "keeping", "french"]
        assert found(LISTED)[0][3:] == ("Le 25.", "The 25th.", "<p>Le 25.</p>", "<p>The 25th.</p>")
        assert found(LISTED)[2][2:] == (
            "",
            "Nous sommes fermés le 24\u00a0juin.",
            "",
            "<p>Nous sommes fermés le 24&nbsp;juin.</p>",
            "",
        )
        assert found("SELECT DISTINCT notice_id FROM notice_audiences ORDER BY 1") == [(1,), (3,), (5,)]
        assert not {"notice_revisions", "notice_items", "notice_touches"} & set(
            inspect(database.engine).get_table_names()
        )
        upgrade(app)
        assert alembic_of(app).compare_metadata() == []
        facts = "SELECT DISTINCT audiences, applies_on, forms, rows, keeps FROM notice_revisions"
        assert found(facts) == [("professionals", None, "", "", "")]
    items = lived.another_worker().get("/fr/avis/fil.json").get_json()["items"]
    assert sorted(item["id"] for item in items) == [f"{GUID}/{key}/fr" for key in ("changed", "french", "keeping")]
    assert lived.publishes_notice(key="promising").startswith("promising: published, 2026-01-05 09:00.\n")
