"""Tokens of programs that write, and a counter of their own, since no page shows them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


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
    op.bulk_insert(revisions, [{"subject": "tokens", "number": 0, "changed_at": changed_at, "floor": 0}])
    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("revoked_at", instant()),
        sa.CheckConstraint("made_at < expires_at", name="order"),
        sa.UniqueConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("tokens")
    op.execute("DELETE FROM changes WHERE subject = 'tokens'")
    op.execute("DELETE FROM revisions WHERE subject = 'tokens'")
