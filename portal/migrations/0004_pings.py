"""Pings of a WebSub hub: a queue, and a counter of its own, since no page shows it."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    revisions = sa.table(
        "revisions",
        sa.column("subject", sa.String),
        sa.column("number", sa.Integer),
        sa.column("changed_at", instant()),
        sa.column("floor", sa.Integer),
    )
    changed_at = datetime(2021, 7, 22, 4, tzinfo=UTC)
    op.bulk_insert(revisions, [{"subject": "hub", "number": 0, "changed_at": changed_at, "floor": 0}])
    op.create_table(
        "pings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("due_at", instant(), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", instant(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done_at", instant()),
        sa.Column("words", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'told', 'refused', 'given_up')", name="state_is_known"),
        sa.CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="done_has_an_instant"),
        sa.CheckConstraint("substr(path, 1, 1) = '/'", name="path_is_our_own"),
    )
    waits = sa.text("done_at IS NULL")
    op.create_index("ix_pings_state_next_try_at", "pings", ["state", "next_try_at"])
    op.create_index("ix_pings_done_at", "pings", ["done_at"])
    op.create_index(
        "ix_pings_path_due_at", "pings", ["path", "due_at"], unique=True, sqlite_where=waits, postgresql_where=waits
    )


def downgrade() -> None:
    op.drop_table("pings")
    op.execute("DELETE FROM changes WHERE subject = 'hub'")
    op.execute("DELETE FROM revisions WHERE subject = 'hub'")
