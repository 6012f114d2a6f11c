"""A request may have two references, each kept under the key of its time; files that were imported are known again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

STAGES = "stage IN ('received', 'in_line', 'in_processing', 'more_information', 'processed', 'closed')"
ORDER = "received_on <= changed_on"
KEPT = "received_on, form_number, stage, changed_on"
#: The key of a file that holds one secret.
FIRST_KEY = "1"


def upgrade() -> None:
    _set_aside()
    _request_table(sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    op.create_index("ix_requests_stage_changed_on", "requests", ["stage", "changed_on"])
    op.create_table(
        "request_references",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("key_id", sa.String(20), nullable=False),
        sa.Column("request_id", sa.Integer, sa.ForeignKey("requests.id", ondelete="CASCADE"), nullable=False),
        sa.Column("holder", sa.String(10), nullable=False),
        sa.CheckConstraint("holder IN ('anyone', 'user', 'authoriser')", name="holder_is_known"),
    )
    op.create_index("ix_request_references_request_id", "request_references", ["request_id"])
    op.create_table(
        "request_files",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    number = "row_number() OVER (ORDER BY reference_hash)"
    op.execute(f"INSERT INTO requests (id, {KEPT}) SELECT {number}, {KEPT} FROM requests_before")  # noqa: S608 — our own words
    references = f"SELECT reference_hash, '{FIRST_KEY}', {number}, 'anyone' FROM requests_before"  # noqa: S608 — our own words
    op.execute(f"INSERT INTO request_references (hash, key_id, request_id, holder) {references}")
    op.drop_table("requests_before")


def downgrade() -> None:
    """Keep one reference of each request; those under another key than the first are lost."""
    op.execute(
        f"CREATE TABLE requests_before AS SELECT min(hash) AS reference_hash, {KEPT} FROM requests "  # noqa: S608 — our own words
        f"JOIN request_references ON request_id = id WHERE key_id = '{FIRST_KEY}' GROUP BY id, {KEPT}"
    )
    for table in ("request_files", "request_references", "requests"):
        op.drop_table(table)
    _request_table(sa.Column("reference_hash", sa.String(64), primary_key=True))
    op.execute(
        f"INSERT INTO requests (reference_hash, {KEPT}) SELECT reference_hash, {KEPT} FROM requests_before"  # noqa: S608 — our own words
    )
    op.drop_table("requests_before")


def _set_aside() -> None:
    # By copy: on PostgreSQL a renamed table would keep the name of its primary key.
    op.execute(f"CREATE TABLE requests_before AS SELECT reference_hash, {KEPT} FROM requests")  # noqa: S608 — our own words
    op.drop_table("requests")


def _request_table(identity: sa.Column[object]) -> None:
    op.create_table(
        "requests",
        identity,
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("form_number", sa.String(4), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("changed_on", sa.Date, nullable=False),
        sa.CheckConstraint(STAGES, name="stage_is_known"),
        sa.CheckConstraint(ORDER, name="order"),
    )
