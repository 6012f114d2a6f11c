"""Notices have drafts, revisions, promises and an end; their feeds read items; a withdrawal outdates older copies."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXTS = ("title_fr", "title_en", "body_fr", "body_en", "html_fr", "html_en")
SENTENCES = ("note_fr", "note_en", "promise_fr", "promise_en")
#: Keys in one text, separated by spaces.
KEYS = ("audiences", "forms", "rows")
FORM = re.compile(r"(?<!\d)(?<!\d{3}[\s.\-\u2010\u2011])[0-9]{4}(?!\d)")


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


NOTICES = sa.table(
    "notices",
    sa.column("id", sa.Integer),
    *(sa.column(name, instant()) for name in ("published_at", "updated_at")),
    *(sa.column(name, sa.Text) for name in TEXTS),
)


def upgrade() -> None:
    with op.batch_alter_table("revisions") as revisions:
        revisions.add_column(sa.Column("floor", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("revisions") as revisions:
        revisions.alter_column("floor", server_default=None)
    tables = _tables()
    kept = list(op.get_bind().execute(sa.select(NOTICES)).mappings())
    for table, rows in zip(tables, (_revisions(kept, _audiences()), _items(kept), _touches(kept)), strict=True):
        if found := list(rows):
            op.bulk_insert(table, found)
    _notices()


def _tables() -> tuple[sa.Table, sa.Table, sa.Table]:
    revisions = op.create_table(
        "notice_revisions",
        _of_notice("notice_revisions"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", instant(), nullable=False),
        sa.Column("weight", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*TEXTS, *SENTENCES, *KEYS)),
        sa.Column("applies_on", sa.Date),
        sa.Column("keeps", sa.String(60), nullable=False),
        sa.CheckConstraint("title_fr <> '' AND body_fr <> ''", name="french_is_there"),
        sa.CheckConstraint("(title_en = '') = (body_en = '')", name="english_is_whole"),
        sa.CheckConstraint("weight IN ('first', 'minor', 'major', 'english')", name="weight_is_known"),
        sa.CheckConstraint("(weight = 'major') = (note_fr <> '')", name="major_has_note"),
    )
    items = op.create_table(
        "notice_items",
        _of_notice("notice_items"),
        sa.Column("language", sa.String(2), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", instant(), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
    )
    columns = ["language", "at", "notice_id", "number"]
    op.create_index("ix_notice_items_language_at_notice_id_number", "notice_items", columns)
    touches = op.create_table(
        "notice_touches",
        _of_notice("notice_touches"),
        sa.Column("kind", sa.String(4), primary_key=True),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("is_stated", sa.Boolean, nullable=False),
        sa.CheckConstraint("kind IN ('form', 'row')", name="kind_is_known"),
    )
    op.create_index("ix_notice_touches_kind_key", "notice_touches", ["kind", "key"])
    return revisions, items, touches


def _of_notice(table: str) -> sa.Column[int]:
    to = sa.ForeignKey("notices.id", name=f"fk_{table}_notice_id")
    return sa.Column("notice_id", sa.Integer, to, primary_key=True, autoincrement=False)


def _audiences() -> dict[int, str]:
    of_notices: dict[int, list[str]] = {}
    query = sa.text("SELECT notice_id, audience FROM notice_audiences ORDER BY notice_id, position")
    for number, audience in op.get_bind().execute(query):
        of_notices.setdefault(number, []).append(audience)
    return {number: " ".join(found) for number, found in of_notices.items()}


def _revisions(kept: list[Any], audiences: dict[int, str]) -> Iterator[dict[str, object]]:
    for row in kept:
        texts = {name: row[name] for name in TEXTS}
        first = {"notice_id": row["id"], "number": 1, "at": row["published_at"], "weight": "first"}
        facts = {"audiences": audiences.get(row["id"], ""), "forms": "", "rows": "", "keeps": "", "applies_on": None}
        yield first | texts | dict.fromkeys(SENTENCES, "") | facts


def _items(kept: list[Any]) -> Iterator[dict[str, object]]:
    for row in kept:
        for language in ("fr", "en"):
            if row[f"title_{language}"]:
                # A notice that was scheduled was last changed before its day.
                at = {"at": row["published_at"], "updated_at": max(row["published_at"], row["updated_at"])}
                yield {"notice_id": row["id"], "language": language, "number": 1, "shown": 1, "since": 1, **at}


def _touches(kept: list[Any]) -> Iterator[dict[str, object]]:
    for row in kept:
        words = "\n".join(row[name] for name in ("title_fr", "body_fr", "title_en", "body_en"))
        for form in sorted(set(FORM.findall(words))):
            yield {"notice_id": row["id"], "kind": "form", "key": form, "is_stated": False}


def _notices() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint("french_is_there", type_="check")
        notices.drop_constraint("english_is_whole", type_="check")
        for name in ("body_fr", "body_en", "html_fr", "html_en"):
            notices.drop_column(name)
        notices.alter_column("published_at", existing_type=instant(), nullable=True)
        notices.add_column(sa.Column("withdrawn_at", instant(), nullable=True))
        notices.add_column(sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
        notices.add_column(sa.Column("changed_at", instant(), nullable=True))
        notices.add_column(sa.Column("english_at", instant(), nullable=True))
        notices.add_column(sa.Column("applies_on", sa.Date, nullable=True))
        for name in ("withdrawn_why_fr", "withdrawn_why_en", "promise_fr", "promise_en"):
            notices.add_column(sa.Column(name, sa.Text, nullable=False, server_default=""))
        notices.add_column(sa.Column("keeps_id", sa.Integer, nullable=True))
        notices.create_foreign_key("fk_notices_keeps_id", "notices", ["keeps_id"], ["id"])
        notices.create_index("ix_notices_keeps_id", ["keeps_id"])
        notices.create_check_constraint("french_is_there", "title_fr <> ''")
        notices.create_check_constraint("keeps_another", "keeps_id <> id")
    with op.batch_alter_table("notices") as notices:
        for name in ("revision", "withdrawn_why_fr", "withdrawn_why_en", "promise_fr", "promise_en"):
            notices.alter_column(name, server_default=None)


def downgrade() -> None:
    """Go back: drafts and what was withdrawn are lost, each other notice keeps its last text.

    The numbers of versions are lost too: after another upgrade, readers that were told of a change take the next one of
    that number for known.
    """
    connection = op.get_bind()
    gone = "SELECT id FROM notices WHERE published_at IS NULL OR withdrawn_at IS NOT NULL"
    connection.execute(sa.text(f"UPDATE notices SET keeps_id = NULL WHERE keeps_id IN ({gone})"))  # noqa: S608 — our own
    for table in ("notice_touches", "notice_items", "notice_revisions", "notice_audiences"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE notice_id IN ({gone})"))  # noqa: S608 — the same
    connection.execute(sa.text("DELETE FROM notices WHERE published_at IS NULL OR withdrawn_at IS NOT NULL"))
    with op.batch_alter_table("notices") as notices:
        notices.drop_constraint("french_is_there", type_="check")
        notices.drop_constraint("keeps_another", type_="check")
        notices.drop_constraint("fk_notices_keeps_id", type_="foreignkey")
        notices.drop_index("ix_notices_keeps_id")
        for name in ("withdrawn_at", "withdrawn_why_fr", "withdrawn_why_en", "changed_at", "english_at"):
            notices.drop_column(name)
        for name in ("applies_on", "promise_fr", "promise_en", "keeps_id"):
            notices.drop_column(name)
        notices.alter_column("published_at", existing_type=instant(), nullable=False)
        for name in ("body_fr", "body_en", "html_fr", "html_en"):
            notices.add_column(sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in ("body_fr", "body_en", "html_fr", "html_en"):
        text = f"SELECT {name} FROM notice_revisions r WHERE r.notice_id = id AND r.number = revision"  # noqa: S608 — our own
        connection.execute(sa.text(f"UPDATE notices SET {name} = ({text})"))  # noqa: S608 — the same
    with op.batch_alter_table("notices") as notices:
        for name in ("body_fr", "body_en", "html_fr", "html_en"):
            notices.alter_column(name, server_default=None)
        notices.drop_column("revision")
        notices.create_check_constraint("french_is_there", "title_fr <> '' AND body_fr <> ''")
        notices.create_check_constraint("english_is_whole", "(title_en = '') = (body_en = '')")
    for table in ("notice_touches", "notice_items", "notice_revisions"):
        op.drop_table(table)
    with op.batch_alter_table("revisions") as revisions:
        revisions.drop_column("floor")
