"""What a cache in front of the portal was told of each subject, and when it is told again."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "purges",
        sa.Column("subject", sa.String(20), primary_key=True),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("telling", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 <= told AND told <= telling", name="told_after_telling"),
        sa.CheckConstraint("tries >= 0", name="tries_are_counted"),
    )


def downgrade() -> None:
    op.drop_table("purges")
