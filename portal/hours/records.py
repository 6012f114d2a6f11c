"""Schedules, their weeks, special days and confirmed holidays as they are kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.errors import FIRST_YEAR
from portal.core.languages import Bilingual
from portal.hours.rules import CLOSED, Holidays, Interval, Schedule, SpecialDay, Week, in_order
from portal.store.database import Model, UtcDateTime

LONGEST_KEY = 40
#: The first day of a week that holds since always: kept so that no schedule has two of them.
ALWAYS = date(FIRST_YEAR, 1, 1)
#: An interval begins before it ends, within one day of 1,440 minutes.
IN_ORDER = "opens >= 0 AND opens < closes AND closes <= 1440"


class ScheduleRow(Model):
    """Hours that one line has, or several share."""

    __tablename__ = "schedules"

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    observes_holidays: Mapped[bool]


class WeekRow(Model):
    """The weekly hours of a schedule from a day on: until others do, or to a last day, before those that have none."""

    __tablename__ = "opening_weeks"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="last_day_after_first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_key: Mapped[str] = mapped_column(ForeignKey(ScheduleRow.key))
    first_day: Mapped[date]
    last_day: Mapped[date | None]


_lasts = WeekRow.last_day.is_(None)
Index(None, WeekRow.schedule_key, WeekRow.first_day, unique=True, sqlite_where=_lasts, postgresql_where=_lasts)


class IntervalRow(Model):
    """An interval of a weekday (ISO, Monday is 1), in minutes since midnight."""

    __tablename__ = "opening_intervals"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint(IN_ORDER, name="order"),
    )

    week_id: Mapped[int] = mapped_column(ForeignKey(WeekRow.id), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[int] = mapped_column(primary_key=True)
    closes: Mapped[int]


class SpecialDayRow(Model):
    """A day with other hours, or none; of one schedule, or of all where `schedule_key` is null."""

    __tablename__ = "special_days"
    __table_args__ = (CheckConstraint("why_fr <> '' AND why_en <> ''", name="why_is_whole"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_key: Mapped[str | None] = mapped_column(ForeignKey(ScheduleRow.key))
    day: Mapped[date]
    why_fr: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)


_of_all = SpecialDayRow.schedule_key.is_(None)
_of_one = SpecialDayRow.schedule_key.is_not(None)
Index(None, SpecialDayRow.day, unique=True, sqlite_where=_of_all, postgresql_where=_of_all)
Index(
    None,
    SpecialDayRow.schedule_key,
    SpecialDayRow.day,
    unique=True,
    sqlite_where=_of_one,
    postgresql_where=_of_one,
)


class SpecialIntervalRow(Model):
    """An interval of a special day, in minutes since midnight; a day without any is closed."""

    __tablename__ = "special_intervals"
    __table_args__ = (CheckConstraint(IN_ORDER, name="order"),)

    special_day_id: Mapped[int] = mapped_column(ForeignKey(SpecialDayRow.id), primary_key=True)
    opens: Mapped[int] = mapped_column(primary_key=True)
    closes: Mapped[int]


class HolidayYearRow(Model):
    """A year whose holidays staff confirmed."""

    __tablename__ = "holiday_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HolidayRow(Model):
    """A confirmed holiday."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey(HolidayYearRow.year))
    name_fr: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)


def schedules(session: Session, today: date) -> Mapping[str, Schedule]:
    """Return every schedule by its key, in one statement; of past years nothing special."""
    rows = session.execute(union_all(_weeks(), _special_days(date(today.year, 1, 1)), _holidays(today.year))).all()
    kept, special, confirmed = _weeks_of(rows), _special_days_of(rows), _holidays_of(rows)
    observing = {row.key: bool(row.flag) for row in rows if row.kind == "week"}
    return {
        key: Schedule(
            key,
            in_order(kept.get(key, ())),
            {**special.get(None, {}), **special.get(key, {})},
            confirmed,
            observes_holidays,
        )
        for key, observes_holidays in sorted(observing.items())
    }


def weeks(session: Session) -> Mapping[str, Sequence[Week]]:
    """Return the weeks of each schedule as they are kept: those that have a last day hold before those without."""
    return _weeks_of(session.execute(_weeks()).all())


def holidays(session: Session, since: int = FIRST_YEAR) -> Holidays:
    """Return the holidays of the years, from one on, that staff confirmed."""
    return _holidays_of(session.execute(_holidays(since)).all())


def special_days(session: Session, since: date) -> Mapping[str | None, Mapping[date, SpecialDay]]:
    """Return the special days of each schedule from a day on, by its key, and under None those of all."""
    return _special_days_of(session.execute(_special_days(since)).all())


# The three have the same columns, so that a page asks for them at once.


def _columns(kind: str, **given: Any) -> Select[Any]:
    types: dict[str, Any] = {"key": String, "number": Integer, "first": Date, "last": Date, "fr": Text, "en": Text}
    types |= {"weekday": Integer, "opens": Integer, "closes": Integer, "flag": Boolean}
    columns = [given.get(name, cast(null(), kept)).label(name) for name, kept in types.items()]
    return select(cast(literal(kind), String).label("kind"), *columns)


def _weeks() -> Select[Any]:
    week, interval = WeekRow, IntervalRow
    columns = _columns(
        "week",
        key=ScheduleRow.key,
        number=week.id,
        first=week.first_day,
        last=week.last_day,
        weekday=interval.weekday,
        opens=interval.opens,
        closes=interval.closes,
        flag=ScheduleRow.observes_holidays,
    )
    joined = columns.select_from(ScheduleRow).outerjoin(week, week.schedule_key == ScheduleRow.key)
    return joined.outerjoin(interval, interval.week_id == week.id)


def _special_days(since: date) -> Select[Any]:
    day, interval = SpecialDayRow, SpecialIntervalRow
    texts = {"fr": day.why_fr, "en": day.why_en, "opens": interval.opens, "closes": interval.closes}
    columns = _columns("special", key=day.schedule_key, number=day.id, first=day.day, **texts)
    return columns.select_from(day).outerjoin(interval, interval.special_day_id == day.id).where(day.day >= since)


def _holidays(since: int) -> Select[Any]:
    year, day = HolidayYearRow, HolidayRow
    columns = _columns("holiday", number=year.year, first=day.day, fr=day.name_fr, en=day.name_en)
    return columns.select_from(year).outerjoin(day, day.year == year.year).where(year.year >= since)


def _weeks_of(rows: Sequence[Any]) -> Mapping[str, Sequence[Week]]:
    days: dict[tuple[Any, ...], list[list[Interval]]] = {}
    kept: dict[str, list[Week]] = {}
    for row in (row for row in rows if row.kind == "week"):
        kept.setdefault(row.key, [])
        if row.number is not None:
            found = days.setdefault((row.first, row.number, row.key, row.last), [[] for _ in range(7)])
            if row.weekday:
                found[row.weekday - 1].append(Interval(row.opens, row.closes))
    for (first, _number, key, last), found in sorted(days.items(), key=lambda week: week[0][:2]):
        kept[key].append(Week(tuple(tuple(sorted(hours)) for hours in found), None if first == ALWAYS else first, last))
    return kept


def _special_days_of(rows: Sequence[Any]) -> Mapping[str | None, Mapping[date, SpecialDay]]:
    found: dict[str | None, dict[date, SpecialDay]] = defaultdict(dict)
    for row in (row for row in rows if row.kind == "special"):
        before = found[row.key].get(row.first, SpecialDay(CLOSED, Bilingual(row.fr, row.en)))
        hours = (*before.intervals, Interval(row.opens, row.closes)) if row.closes else CLOSED
        found[row.key][row.first] = replace(before, intervals=tuple(sorted(hours)))
    return {key: dict(sorted(days.items())) for key, days in found.items()}


def _holidays_of(rows: Sequence[Any]) -> Holidays:
    confirmed: dict[int, dict[date, Bilingual]] = defaultdict(dict)
    for row in (row for row in rows if row.kind == "holiday"):
        confirmed[row.number].update({row.first: Bilingual(row.fr, row.en)} if row.first else {})
    return Holidays({year: dict(sorted(days.items())) for year, days in confirmed.items()})
