"""The first tables."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


MEANING_IS_KNOWN = "meaning IN ('received_on', 'received_up_to', 'up_to_date', 'suspended')"
DATE_FITS_MEANING = "(received_on IS NULL) = (meaning IN ('up_to_date', 'suspended'))"
SUBJECTS = ("contacts", "dates", "delivery", "notices", "site", "status")


def instant() -> sa.DateTime:
    """Return the type of an instant."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    _store()
    _dates()
    _notices()
    _contacts()
    _delivery()
    _status()


def _store() -> None:
    revisions = op.create_table(
        "revisions",
        sa.Column("subject", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("changed_at", instant(), nullable=False),
    )
    # The site's counter begins anywhere: the finished pages of another database never pass for this one's.
    first = dict.fromkeys(SUBJECTS, 0) | {"site": secrets.randbelow(2**30)}
    changed_at = datetime(2021, 7, 22, 4, tzinfo=UTC)
    op.bulk_insert(
        revisions,
        [{"subject": subject, "number": number, "changed_at": changed_at} for subject, number in first.items()],
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", instant(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column(
            "subject", sa.String(20), sa.ForeignKey("revisions.subject", name="fk_changes_subject"), nullable=False
        ),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("ix_changes_action", "changes", ["action"])


def _dates() -> None:
    op.create_table(
        "date_groups",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("label_fr", sa.Text, nullable=False),
        sa.Column("label_en", sa.Text, nullable=False),
    )
    op.create_table(
        "date_rows",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column(
            "group_key", sa.String(40), sa.ForeignKey("date_groups.key", name="fk_date_rows_group_key"), nullable=False
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("label_fr", sa.Text, nullable=False),
        sa.Column("label_en", sa.Text, nullable=False),
        sa.Column("note_fr", sa.Text, nullable=False),
        sa.Column("note_en", sa.Text, nullable=False),
        sa.Column("update_every_days", sa.Integer, nullable=False),
        sa.Column("tolerance_days", sa.Integer, nullable=False),
        sa.Column("grace_days", sa.Integer, nullable=False),
        sa.Column("issues_credentials", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.String(40), sa.ForeignKey("date_rows.key", name="fk_date_rows_merged_into")),
        sa.Column("notice_key", sa.String(60), nullable=False),
        sa.Column("meaning", sa.String(20), nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("as_of", sa.Date),
        sa.Column("next_update_on", sa.Date),
        sa.CheckConstraint(MEANING_IS_KNOWN, name="meaning_is_known"),
        sa.CheckConstraint(f"as_of IS NULL OR {DATE_FITS_MEANING}", name="date_fits_meaning"),
        sa.CheckConstraint("update_every_days >= 0 AND tolerance_days >= 0 AND grace_days >= 0", name="days"),
        sa.CheckConstraint("merged_into <> key", name="merged_into_another"),
    )
    op.create_table(
        "date_row_forms",
        sa.Column("form_number", sa.String(4), primary_key=True),
        sa.Column(
            "row_key", sa.String(40), sa.ForeignKey("date_rows.key", name="fk_date_row_forms_row_key"), nullable=False
        ),
    )
    op.create_index("ix_date_row_forms_row_key", "date_row_forms", ["row_key"])
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("published_at", instant(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "edition_entries",
        sa.Column(
            "edition_id",
            sa.Integer,
            sa.ForeignKey("editions.id", name="fk_edition_entries_edition_id"),
            primary_key=True,
        ),
        sa.Column(
            "row_key",
            sa.String(40),
            sa.ForeignKey("date_rows.key", name="fk_edition_entries_row_key"),
            primary_key=True,
        ),
        sa.Column("meaning", sa.String(20), nullable=False),
        sa.Column("received_on", sa.Date),
        sa.Column("old_meaning", sa.String(20)),
        sa.Column("old_received_on", sa.Date),
        sa.Column("is_change", sa.Boolean, nullable=False),
        sa.CheckConstraint(MEANING_IS_KNOWN, name="meaning_is_known"),
        sa.CheckConstraint(DATE_FITS_MEANING, name="date_fits_meaning"),
    )
    op.create_index("ix_edition_entries_row_key_edition_id", "edition_entries", ["row_key", "edition_id"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(60), nullable=False, unique=True),
        sa.Column("published_at", instant(), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        *(
            sa.Column(f"{name}_{language}", sa.Text, nullable=False)
            for name in ("title", "body", "html")
            for language in ("fr", "en")
        ),
        sa.CheckConstraint("title_fr <> '' AND body_fr <> ''", name="french_is_there"),
        sa.CheckConstraint("(title_en = '') = (body_en = '')", name="english_is_whole"),
    )
    op.create_index("ix_notices_published_at_id", "notices", ["published_at", "id"])
    op.create_table(
        "notice_audiences",
        sa.Column(
            "notice_id", sa.Integer, sa.ForeignKey("notices.id", name="fk_notice_audiences_notice_id"), primary_key=True
        ),
        sa.Column("audience", sa.String(20), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )


def _contacts() -> None:
    op.create_table(
        "phones",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("region_fr", sa.Text, nullable=False),
        sa.Column("region_en", sa.Text, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
    )
    op.create_table(
        "opening_intervals",
        sa.Column("weekday", sa.Integer, primary_key=True),
        sa.Column("opens", sa.Time, primary_key=True),
        sa.Column("closes", sa.Time, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint("opens < closes", name="order"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery_rules",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("password", sa.String(20), nullable=False),
        sa.Column("user_name", sa.String(20), nullable=False),
        sa.Column("notice", sa.String(60), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name="order"),
        sa.CheckConstraint("password <> user_name OR password = 'registered_mail'", name="never_one_mailbox"),
    )
    op.create_table(
        "delivery_rule_forms",
        sa.Column(
            "rule_key",
            sa.String(40),
            sa.ForeignKey("delivery_rules.key", name="fk_delivery_rule_forms_rule_key"),
            primary_key=True,
        ),
        sa.Column("form_number", sa.String(4), primary_key=True),
    )


def _status() -> None:
    op.create_table(
        "requests",
        sa.Column("reference_hash", sa.String(64), primary_key=True),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("form_number", sa.String(4), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("changed_on", sa.Date, nullable=False),
        sa.CheckConstraint(
            "stage IN ('received', 'in_line', 'in_processing', 'more_information', 'processed', 'closed')",
            name="stage_is_known",
        ),
        sa.CheckConstraint("received_on <= changed_on", name="order"),
    )


def downgrade() -> None:
    for table in (
        "requests",
        "delivery_rule_forms",
        "delivery_rules",
        "opening_intervals",
        "phones",
        "notice_audiences",
        "notices",
        "edition_entries",
        "editions",
        "date_row_forms",
        "date_rows",
        "date_groups",
        "changes",
        "revisions",
    ):
        op.drop_table(table)
