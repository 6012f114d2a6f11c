"""The people of the desk: accounts, roles, passkeys, sessions; and a counter of their own."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ROLE_IS_KNOWN = "name IN ('editor', 'publisher', 'clerk', 'administrator', 'auditor')"


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    _counter()
    _staff()
    op.create_table(
        "staff_roles",
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("name", sa.String(20), primary_key=True),
        sa.CheckConstraint(ROLE_IS_KNOWN, name="role_is_known"),
    )
    _passkeys()
    op.create_table(
        "staff_sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("began_at", instant(), nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sa.Column("ended_at", instant()),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])


def _counter() -> None:
    revisions = sa.table(
        "revisions",
        sa.column("subject", sa.String),
        sa.column("number", sa.Integer),
        sa.column("changed_at", instant()),
        sa.column("floor", sa.Integer),
    )
    connection = op.get_bind()
    # A downgrade leaves it, for the lines of the audit log that it stands behind.
    if connection.scalar(sa.select(revisions.c.number).where(revisions.c.subject == "staff")) is None:
        changed_at = datetime(2021, 7, 22, 4, tzinfo=UTC)
        op.bulk_insert(revisions, [{"subject": "staff", "number": 0, "changed_at": changed_at, "floor": 0}])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("made_at", instant(), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("password", sa.String(255)),
        sa.Column("tf_primary_method", sa.String(20)),
        sa.Column("tf_totp_secret", sa.Text),
        sa.Column("tf_last_counter", sa.BigInteger),
        sa.Column("mf_recovery_codes", sa.JSON),
        sa.Column("fs_webauthn_user_handle", sa.String(64)),
        sa.CheckConstraint("email = lower(email)", name="email_is_lower"),
        sa.CheckConstraint("name <> ''", name="name_is_there"),
        sa.CheckConstraint("(tf_primary_method IS NULL) = (tf_totp_secret IS NULL)", name="second_factor_is_whole"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("fs_uniquifier"),
        sa.UniqueConstraint("fs_webauthn_user_handle"),
    )


def _passkeys() -> None:
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.Integer, nullable=False),
        sa.Column("transports", sa.JSON),
        sa.Column("extensions", sa.Text),
        sa.Column("usage", sa.String(10), nullable=False),
        sa.Column("backup_state", sa.Boolean, nullable=False),
        sa.Column("device_type", sa.String(20), nullable=False),
        sa.Column("lastuse_datetime", instant(), nullable=False),
        sa.UniqueConstraint("credential_id"),
        sa.UniqueConstraint("user_id", "name"),
    )


def downgrade() -> None:
    for table in ("staff_sessions", "staff_passkeys", "staff_roles", "staff"):
        op.drop_table(table)
