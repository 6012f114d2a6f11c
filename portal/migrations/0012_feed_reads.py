"""How often each feed was read, day by day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "feed_reads",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("status", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.CheckConstraint("status IN (200, 304)", name="status_is_known"),
    )


def downgrade() -> None:
    op.drop_table("feed_reads")
