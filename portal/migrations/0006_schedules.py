"""Hours are schedules of weeks valid from a day on, with special days and confirmed holidays; lines share them."""

from collections.abc import Iterable
from datetime import date, time

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

#: The schedule of the lines kept so far, and the day from which its hours hold: always.
ONLY = "phone"
ALWAYS = date(1990, 1, 1)
IN_ORDER = "opens >= 0 AND opens < closes AND closes <= 1440"
LAST_MINUTE = 24 * 60 - 1

SCHEDULES = sa.table("schedules", sa.column("key"), sa.column("observes_holidays"))
WEEKS = sa.table(
    "opening_weeks",
    sa.column("id"),
    sa.column("schedule_key"),
    sa.column("first_day", sa.Date),
    sa.column("last_day", sa.Date),
)
INTERVALS = sa.table("opening_intervals", *map(sa.column, ("week_id", "weekday", "opens", "closes")))
OLD = sa.table("opening_intervals", sa.column("weekday"), sa.column("opens", sa.Time), sa.column("closes", sa.Time))


def upgrade() -> None:
    connection = op.get_bind()
    kept = list(connection.execute(sa.select(OLD.c.weekday, OLD.c.opens, OLD.c.closes)))
    op.drop_table("opening_intervals")
    _week_tables()
    _special_tables()
    if kept or connection.scalar(sa.text("SELECT count(*) FROM phones")):
        connection.execute(sa.insert(SCHEDULES).values(key=ONLY, observes_holidays=True))
        connection.execute(sa.insert(WEEKS).values(schedule_key=ONLY, first_day=ALWAYS))
        week = {"week_id": connection.scalar(sa.select(WEEKS.c.id))}
        rows = [week | {"weekday": day, "opens": _minute(a), "closes": _minute(b)} for day, a, b in kept]
        op.bulk_insert(INTERVALS, rows)
    with op.batch_alter_table("phones") as phones:
        phones.add_column(sa.Column("schedule_key", sa.String(40), nullable=False, server_default=ONLY))
        phones.alter_column("number", existing_type=sa.String(20), type_=sa.String(40))
        phones.create_foreign_key("fk_phones_schedule_key", "schedules", ["schedule_key"], ["key"])
    with op.batch_alter_table("phones") as phones:
        phones.alter_column("schedule_key", server_default=None)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _week_tables() -> None:
    op.create_table(
        "schedules",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("observes_holidays", sa.Boolean, nullable=False),
    )
    op.create_table(
        "opening_weeks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("schedule_key", sa.String(40), _of("opening_weeks", "schedule_key", "schedules.key"), nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=True),
        sa.CheckConstraint("last_day >= first_day", name="last_day_after_first"),
    )
    lasts = sa.column("last_day").is_(None)
    op.create_index(
        "ix_opening_weeks_schedule_key_first_day",
        "opening_weeks",
        ["schedule_key", "first_day"],
        unique=True,
        sqlite_where=lasts,
        postgresql_where=lasts,
    )
    op.create_table(
        "opening_intervals",
        sa.Column("week_id", sa.Integer, _of("opening_intervals", "week_id", "opening_weeks.id"), primary_key=True),
        sa.Column("weekday", sa.Integer, primary_key=True),
        sa.Column("opens", sa.Integer, primary_key=True),
        sa.Column("closes", sa.Integer, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint(IN_ORDER, name="order"),
    )


def _special_tables() -> None:
    special = op.create_table(
        "special_days",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("schedule_key", sa.String(40), _of("special_days", "schedule_key", "schedules.key"), nullable=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("why_fr", sa.Text, nullable=False),
        sa.Column("why_en", sa.Text, nullable=False),
        sa.CheckConstraint("why_fr <> '' AND why_en <> ''", name="why_is_whole"),
    )
    whose = special.c.schedule_key
    for name, columns, where in (
        ("ix_special_days_day", ["day"], whose.is_(None)),
        ("ix_special_days_schedule_key_day", ["schedule_key", "day"], whose.is_not(None)),
    ):
        op.create_index(name, "special_days", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "special_intervals",
        sa.Column(
            "special_day_id",
            sa.Integer,
            _of("special_intervals", "special_day_id", "special_days.id"),
            primary_key=True,
        ),
        sa.Column("opens", sa.Integer, primary_key=True),
        sa.Column("closes", sa.Integer, nullable=False),
        sa.CheckConstraint(IN_ORDER, name="order"),
    )
    op.create_table(
        "holiday_years",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("year", sa.Integer, _of("holidays", "year", "holiday_years.year"), nullable=False),
        sa.Column("name_fr", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
    )


def _of(table: str, name: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(target, name=f"fk_{table}_{name}")


def downgrade() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("phones") as phones:
        phones.drop_constraint("fk_phones_schedule_key", type_="foreignkey")
        phones.drop_column("schedule_key")
    # Extensions were unknown, and too long for some.
    connection.execute(sa.text("UPDATE phones SET number = substr(number, 1, 12)"))
    with op.batch_alter_table("phones") as phones:
        phones.alter_column("number", existing_type=sa.String(40), type_=sa.String(20))
    # One schedule was known: of the first, the week that holds today; one that has an end before one that has none.
    today, last = sa.func.current_date(), WEEKS.c.last_day
    holds = sa.select(WEEKS.c.id).where(WEEKS.c.first_day <= today, sa.or_(last.is_(None), last >= today))
    week = connection.scalar(holds.order_by(WEEKS.c.schedule_key, last.is_(None), WEEKS.c.first_day.desc()).limit(1))
    columns = sa.select(INTERVALS.c.weekday, INTERVALS.c.opens, INTERVALS.c.closes)
    kept = list(connection.execute(columns.where(INTERVALS.c.week_id == week)))
    for table in ("holidays", "holiday_years", "special_intervals", "special_days"):
        op.drop_table(table)
    for table in ("opening_intervals", "opening_weeks", "schedules"):
        op.drop_table(table)
    _old_table(kept)


def _old_table(kept: Iterable[sa.Row]) -> None:
    op.create_table(
        "opening_intervals",
        sa.Column("weekday", sa.Integer, primary_key=True),
        sa.Column("opens", sa.Time, primary_key=True),
        sa.Column("closes", sa.Time, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint("opens < closes", name="order"),
    )
    rows = [{"weekday": day, "opens": _time(a), "closes": _time(b)} for day, a, b in kept]
    op.bulk_insert(OLD, rows)


def _time(minute: int) -> time:
    return time(*divmod(min(minute, LAST_MINUTE), 60))
