"""What is typed at the desk and not published yet; and a counter of its own."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("form", sa.String(20), primary_key=True),
        sa.Column("item", sa.String(60), primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("at", instant(), nullable=False),
        sa.Column("sent_at", instant()),
        sa.Column("typed", sa.JSON, nullable=False),
        sa.CheckConstraint("form IN ('dates', 'notices')", name="form_is_known"),
    )
    revisions = sa.table(
        "revisions",
        sa.column("subject", sa.String),
        sa.column("number", sa.Integer),
        sa.column("changed_at", instant()),
        sa.column("floor", sa.Integer),
    )
    # A downgrade leaves it, for the lines of the audit log that it stands behind.
    if op.get_bind().scalar(sa.select(revisions.c.number).where(revisions.c.subject == "drafts")) is None:
        changed_at = datetime(2021, 7, 22, 4, tzinfo=UTC)
        op.bulk_insert(revisions, [{"subject": "drafts", "number": 0, "changed_at": changed_at, "floor": 0}])


def downgrade() -> None:
    op.drop_table("drafts")
