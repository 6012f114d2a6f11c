"""Editions of the dates that come out later."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scheduled_editions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", instant(), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("proposals", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("confirmed", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("why_fr", sa.Text, nullable=False),
        sa.Column("why_en", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id")),
        sa.Column("token", sa.String(40)),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("held", sa.String(20)),
        sa.CheckConstraint("(staff_id IS NULL) <> (token IS NULL)", name="one_author"),
        sa.CheckConstraint("held IN ('changed', 'asked', 'refused', 'author')", name="hold_is_known"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("scheduled_editions")
