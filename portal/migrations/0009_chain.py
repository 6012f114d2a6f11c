"""The audit log is a chain, and append-only: the database itself refuses to change a line or to delete one."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

#: What the first line follows.
START = "0" * 64
SAID = "id, at, actor, subject, revision, action, details"
REFUSAL = "the audit log is append-only"
#: Lines that are in memory at once: some hold whole notices.
BATCH = 500


def upgrade() -> None:
    """Number the lines without gaps, which changes that were rolled back left on PostgreSQL, and chain them."""
    _set_aside()
    _changes_table(
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("follows", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="only_one"),
    )
    number, last = _chain()
    op.bulk_insert(head, [{"id": 1, "number": number, "hash": last}])
    op.drop_table("changes_before")
    _seal()


def downgrade() -> None:
    """Keep the lines, without their hashes; a later upgrade chains them anew, as it finds them."""
    _unseal()
    _set_aside()
    _changes_table(sa.Column("id", sa.Integer, primary_key=True))
    op.execute(f"INSERT INTO changes ({SAID}) SELECT {SAID} FROM changes_before")  # noqa: S608 — our own words
    if _is_postgres():
        op.execute("SELECT setval(pg_get_serial_sequence('changes', 'id'), max(id)) FROM changes")
    op.drop_table("changes_before")
    op.drop_table("audit_head")


def _set_aside() -> None:
    # By copy: on PostgreSQL a renamed table would keep the name of its primary key.
    op.execute(f"CREATE TABLE changes_before AS SELECT {SAID} FROM changes")  # noqa: S608 — our own words
    op.drop_table("changes")


def _changes_table(identity: sa.Column[int], *more: sa.Column[str]) -> None:
    op.create_table(
        "changes",
        identity,
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column(
            "subject", sa.String(20), sa.ForeignKey("revisions.subject", name="fk_changes_subject"), nullable=False
        ),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        *more,
    )
    op.create_index("ix_changes_action", "changes", ["action"])


def _table(name: str, *more: str) -> sa.TableClause:
    types = {"at": sa.DateTime(timezone=True), "details": sa.JSON()}
    return sa.table(name, *(sa.column(column, types.get(column)) for column in (*SAID.split(", "), *more)))


def _chain() -> tuple[int, str]:
    before, after = _table("changes_before"), _table("changes", "follows", "hash")
    number, last = 0, START
    query = sa.select(before).order_by(before.c.id).execution_options(yield_per=BATCH)
    for lines in op.get_bind().execute(query).mappings().partitions():
        chained = []
        for line in lines:
            number += 1
            entry = {**line, "id": number, "follows": last}
            last = _digest(entry)
            chained.append({**entry, "hash": last})
        op.bulk_insert(after, chained)
    return number, last


def _digest(entry: Mapping[str, object]) -> str:
    # As `core.chain` of this release, and as long as there are databases of the one before: a migration stands still.
    at = entry["at"]
    assert isinstance(at, datetime)  # noqa: S101 — for the types alone
    at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).isoformat(timespec="microseconds")
    names = ("actor", "subject", "revision", "action", "details")
    words = [entry["follows"], entry["id"], at, *(entry[name] for name in names)]
    return sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _is_postgres() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _seal() -> None:
    if _is_postgres():
        op.execute(
            "CREATE FUNCTION refuse_audit_edit() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        for verbs, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER changes_sealed_{each.lower()} BEFORE {verbs} ON changes "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_audit_edit()"
            )
        return
    # INSERT OR REPLACE deletes the line whose number it takes, unseen by triggers of DELETE (sqlite.org/lang_conflict).
    taken = "WHEN EXISTS (SELECT 1 FROM changes WHERE id = NEW.id)"
    for verb, when in (("update", ""), ("delete", ""), ("insert", taken)):
        op.execute(
            f"CREATE TRIGGER changes_sealed_{verb} BEFORE {verb} ON changes {when} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _unseal() -> None:
    if _is_postgres():
        for each in ("row", "statement"):
            op.execute(f"DROP TRIGGER changes_sealed_{each} ON changes")
        op.execute("DROP FUNCTION refuse_audit_edit()")
        return
    for verb in ("update", "delete", "insert"):
        op.execute(f"DROP TRIGGER changes_sealed_{verb}")
