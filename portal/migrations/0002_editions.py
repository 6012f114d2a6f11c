"""Rows begin, end, come from another, and have limits; editions say why in public, and take one another back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

DAYS = "update_every_days >= 0 AND tolerance_days >= 0 AND grace_days >= 0"


TABLES = ("editions", "edition_entries")


def upgrade() -> None:
    _rows()
    _editions()
    _entries()
    _seal()


def _rows() -> None:
    with op.batch_alter_table("date_rows") as rows:
        rows.add_column(sa.Column("jump_days", sa.Integer, nullable=False, server_default="30"))
        rows.add_column(sa.Column("has_forecast", sa.Boolean, nullable=False, server_default=sa.true()))
        rows.add_column(sa.Column("split_from", sa.String(40), nullable=True))
        rows.add_column(sa.Column("first_day", sa.Date, nullable=True))
        rows.add_column(sa.Column("last_day", sa.Date, nullable=True))
        rows.drop_constraint("days", type_="check")
        rows.create_check_constraint("days", f"{DAYS} AND jump_days >= 0")
        rows.create_check_constraint("split_from_another", "split_from <> key")
        rows.create_check_constraint("last_day_after_first", "last_day >= first_day")
        rows.create_foreign_key("fk_date_rows_split_from", "date_rows", ["split_from"], ["key"])
    with op.batch_alter_table("date_rows") as rows:
        rows.alter_column("jump_days", server_default=None)
        rows.alter_column("has_forecast", server_default=None)


def _editions() -> None:
    with op.batch_alter_table("editions") as editions:
        editions.add_column(sa.Column("why_fr", sa.Text, nullable=False, server_default=""))
        editions.add_column(sa.Column("why_en", sa.Text, nullable=False, server_default=""))
        editions.add_column(sa.Column("undoes", sa.Integer, nullable=True))
        editions.create_unique_constraint("uq_editions_undoes", ["undoes"])
        editions.create_check_constraint("undoes_an_earlier", "undoes < id")
        editions.create_foreign_key("fk_editions_undoes", "editions", ["undoes"], ["id"])
    with op.batch_alter_table("editions") as editions:
        editions.alter_column("why_fr", server_default=None)
        editions.alter_column("why_en", server_default=None)


def _entries() -> None:
    with op.batch_alter_table("edition_entries") as entries:
        entries.add_column(sa.Column("next_update_on", sa.Date, nullable=True))
        entries.add_column(sa.Column("as_of", sa.Date, nullable=True))
    op.execute("UPDATE edition_entries SET as_of = (SELECT e.as_of FROM editions e WHERE e.id = edition_id)")
    with op.batch_alter_table("edition_entries") as entries:
        entries.alter_column("as_of", existing_type=sa.Date, nullable=False)
    # What only the table knew so far: the next update of each row's last edition.
    op.execute(
        "UPDATE edition_entries SET next_update_on = (SELECT r.next_update_on FROM date_rows r WHERE r.key = row_key) "
        "WHERE edition_id = (SELECT max(e.edition_id) FROM edition_entries e WHERE e.row_key = edition_entries.row_key)"
    )


def _seal() -> None:
    """Make the database itself refuse to change or delete an edition, whoever asks."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'an edition is never changed'; END $$"
        )
    for table in TABLES:
        if op.get_context().dialect.name == "postgresql":
            for verbs, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                op.execute(
                    f"CREATE TRIGGER {table}_sealed_{each.lower()} BEFORE {verbs} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION refuse_edit()"
                )
        else:
            for verb in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_sealed_{verb} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END"
                )


def _unseal() -> None:
    for table in TABLES:
        if op.get_context().dialect.name == "postgresql":
            for each in ("row", "statement"):
                op.execute(f"DROP TRIGGER {table}_sealed_{each} ON {table}")
        else:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_sealed_{verb}")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_edit()")


def downgrade() -> None:
    _unseal()
    with op.batch_alter_table("edition_entries") as entries:
        entries.drop_column("next_update_on")
        entries.drop_column("as_of")
    with op.batch_alter_table("editions") as editions:
        editions.drop_constraint("fk_editions_undoes", type_="foreignkey")
        editions.drop_constraint("undoes_an_earlier", type_="check")
        editions.drop_constraint("uq_editions_undoes", type_="unique")
        for column in ("why_fr", "why_en", "undoes"):
            editions.drop_column(column)
    with op.batch_alter_table("date_rows") as rows:
        rows.drop_constraint("fk_date_rows_split_from", type_="foreignkey")
        for check in ("days", "split_from_another", "last_day_after_first"):
            rows.drop_constraint(check, type_="check")
        for column in ("jump_days", "has_forecast", "split_from", "first_day", "last_day"):
            rows.drop_column(column)
        rows.create_check_constraint("days", DAYS)
