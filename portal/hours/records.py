"""Schedules, their weeks, special days and confirmed holidays as they are kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select
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
    """Return every schedule by its key, in four statements whatever their number; of past years nothing special."""
    since = date(today.year, 1, 1)
    special, confirmed, kept = special_days(session, since), holidays(session, today.year), weeks(session)
    found = {}
    columns = select(ScheduleRow.key, ScheduleRow.observes_holidays).order_by(ScheduleRow.key)
    for key, observes_holidays in session.execute(columns):
        days = {**special.get(None, {}), **special.get(key, {})}
        found[key] = Schedule(key, in_order(kept.get(key, ())), days, confirmed, observes_holidays)
    return found


def weeks(session: Session) -> Mapping[str, Sequence[Week]]:
    """Return the weeks of each schedule as they are kept: those that have a last day hold before those without."""
    week, interval = WeekRow, IntervalRow
    columns = select(
        week.id, week.schedule_key, week.first_day, week.last_day, interval.weekday, interval.opens, interval.closes
    )
    days: dict[tuple[Any, ...], list[list[Interval]]] = {}
    order = (week.first_day, week.id, interval.weekday, interval.opens)
    for *of, weekday, opens, closes in session.execute(columns.outerjoin(interval).order_by(*order)):
        found = days.setdefault(tuple(of), [[] for _ in range(7)])
        if weekday:
            found[weekday - 1].append(Interval(opens, closes))
    kept: dict[str, list[Week]] = defaultdict(list)
    for (_number, key, first, last), found in days.items():
        kept[key].append(Week(tuple(map(tuple, found)), None if first == ALWAYS else first, last))
    return dict(kept)


def holidays(session: Session, since: int = FIRST_YEAR) -> Holidays:
    """Return the holidays of the years, from one on, that staff confirmed."""
    columns = select(HolidayYearRow.year, HolidayRow.day, HolidayRow.name_fr, HolidayRow.name_en)
    query = columns.outerjoin(HolidayRow).where(HolidayYearRow.year >= since).order_by(HolidayRow.day)
    confirmed: dict[int, dict[date, Bilingual]] = defaultdict(dict)
    for year, day, fr, en in session.execute(query):
        confirmed[year].update({day: Bilingual(fr, en)} if day else {})
    return Holidays(dict(confirmed))


def special_days(session: Session, since: date) -> Mapping[str | None, Mapping[date, SpecialDay]]:
    """Return the special days of each schedule from a day on, by its key, and under None those of all."""
    day, interval = SpecialDayRow, SpecialIntervalRow
    columns = select(day.schedule_key, day.day, day.why_fr, day.why_en, interval.opens, interval.closes)
    query = columns.outerjoin(interval).where(day.day >= since).order_by(day.day, interval.opens)
    found: dict[str | None, dict[date, SpecialDay]] = defaultdict(dict)
    for key, on, fr, en, opens, closes in session.execute(query):
        before = found[key].get(on, SpecialDay(CLOSED, Bilingual(fr, en)))
        hours = (*before.intervals, Interval(opens, closes)) if closes else CLOSED
        found[key][on] = replace(before, intervals=hours)
    return dict(found)
