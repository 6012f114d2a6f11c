"""Changing the hours: a week from a day on, a special day, the holidays of a year; each with its audit line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.errors import CannotChange
from portal.core.languages import Bilingual, Sentence
from portal.hours.files import written, written_week
from portal.hours.records import (
    ALWAYS,
    HolidayRow,
    HolidayYearRow,
    IntervalRow,
    ScheduleRow,
    SpecialDayRow,
    SpecialIntervalRow,
    WeekRow,
    holidays,
    special_days,
    weeks,
)
from portal.hours.rules import Days, Intervals, SpecialDay, Week
from portal.store.changes import Change


def new_schedule(change: Change, key: str, days: Days, *, observes_holidays: bool = True) -> None:
    """Keep a schedule whose first week holds since always. Raises CannotChange when there is one of that key."""
    if key in weeks(change.session):
        raise CannotChange(Sentence("there is a schedule “%(key)s” already", key=key))
    change.session.add(ScheduleRow(key=key, observes_holidays=observes_holidays))
    change.session.flush()
    _write_week(change.session, key, Week(days))
    change.details |= {"schedule": key, "week": [None, written_week(days)], "observes_holidays": observes_holidays}


def remove_schedule(change: Change, key: str) -> None:
    """Take away a schedule that no line has, with all it holds. Raises CannotChange for an unknown one."""
    session, found = change.session, _known(change.session, key)
    for week in found:
        _delete_week(session, key, week)
    special = special_days(session, ALWAYS).get(key, {})
    _delete_special_days(session, special, [key])
    session.execute(delete(ScheduleRow).where(ScheduleRow.key == key))
    weeks_told = [[str(week.first_day or ""), str(week.last_day or ""), written_week(week.days)] for week in found]
    days_told = {str(day): _told(old) for day, old in special.items()}
    change.details |= {"schedule": key, "removed": {"weeks": weeks_told, "special_days": days_told}}


def keep_week(change: Change, key: str, new: Week, today: date) -> None:
    """Keep weekly hours of a schedule: from their first day on, or to their last, after which what lasts comes back.

    Raises CannotChange for an unknown schedule, a first day that is over, a last day before the first, and hours for a
    while that meet others for a while.
    """
    found, first, last = _known(change.session, key), new.first_day or ALWAYS, new.last_day
    _check_not_over(first, today)
    if last and last < first:
        raise CannotChange(Sentence("the last day, %(last)s, is before the first, %(first)s", last=last, first=first))
    same = [week for week in found if week.first_day == new.first_day and (week.last_day is None) == (last is None)]
    met = [week for week in found if last and week not in same and _meets(week, first, last)]
    if met:
        raise CannotChange(_other_hours(met[0]))
    if new in same:
        return
    for week in same:
        _delete_week(change.session, key, week)
    _write_week(change.session, key, new)
    before = written_week(same[0].days) if same else None
    change.details |= {"schedule": key, "first_day": str(first), "week": [before, written_week(new.days)]}
    change.details |= {"last_day": [str(same[0].last_day) if same else None, str(last)]} if last else {}


def _other_hours(week: Week) -> Sentence:
    first, last = week.first_day or "…", week.last_day or "…"
    return Sentence("other hours hold from %(first)s to %(last)s: take them back first", first=first, last=last)


def _meets(week: Week, first: date, last: date) -> bool:
    return week.last_day is not None and (week.first_day or ALWAYS) <= last and first <= week.last_day


def remove_week(change: Change, key: str, first_day: date) -> None:
    """Take back the weekly hours that begin on a day, those for a while first. Raises CannotChange where none do."""
    changes = [week for week in _known(change.session, key) if week.first_day]
    found = sorted((week for week in changes if week.first_day == first_day), key=lambda week: week.last_day is None)
    if not found:
        raise CannotChange(_none_begin(key, first_day, [week.first_day for week in changes if week.first_day]))
    _delete_week(change.session, key, found[0])
    change.details |= {"schedule": key, "first_day": str(first_day), "week": [written_week(found[0].days), None]}
    change.details |= {"last_day": [str(found[0].last_day), None]} if found[0].last_day else {}


def _none_begin(key: str, day: date, known: Sequence[date]) -> Sentence:
    if not known:
        return Sentence("no hours of “%(key)s” begin on %(day)s; no change of hours is kept", key=key, day=day)
    return Sentence("no hours of “%(key)s” begin on %(day)s; hours begin on %(known)s", key=key, day=day, known=known)


def keep_special_days(change: Change, days: Sequence[date], new: SpecialDay, key: str | None, today: date) -> None:
    """Keep the hours of special days, none when closed, and why; of every schedule unless one is named.

    Those of every schedule take the place of what one alone had on these days. Raises CannotChange for a reason that
    is missing in a language, a day that is over, and an unknown schedule.
    """
    if not (new.why.fr and new.why.en):
        raise CannotChange(Sentence("say why in both languages"))
    _check_not_over(days[0], today)
    old = _special(change.session, days, key)
    own = [other for other in special_days(change.session, days[0]) if other is not None and key is None]
    replaced = {other: kept for other in own if (kept := _special(change.session, days, other))}
    changed = [day for day in days if old.get(day) != new or any(day in kept for kept in replaced.values())]
    _delete_special_days(change.session, changed, [key, *replaced])
    for day in changed:
        row = SpecialDayRow(schedule_key=key, day=day, why_fr=new.why.fr, why_en=new.why.en)
        change.session.add(row)
        change.session.flush()
        _add(change.session, SpecialIntervalRow, new.intervals, special_day_id=row.id)
    if changed:
        told = {str(day): [_told(old.get(day)), _told(new)] for day in changed}
        change.details |= {"schedule": key or "all", "special_days": told}
        lost = {other: {str(day): _told(was) for day, was in kept.items()} for other, kept in replaced.items()}
        change.details |= {"replaced": lost} if lost else {}


def remove_special_days(change: Change, days: Sequence[date], key: str | None) -> None:
    """Give days their usual hours again. Raises CannotChange where none of them is special."""
    old = _special(change.session, days, key)
    if not old:
        raise CannotChange(_no_special_day(days[0], key))
    _delete_special_days(change.session, old, [key])
    told = {str(day): [_told(found), None] for day, found in old.items()}
    change.details |= {"schedule": key or "all", "special_days": told}


def _no_special_day(day: date, key: str | None) -> Sentence:
    if key is None:
        return Sentence("%(day)s is no special day of every line", day=day)
    return Sentence("%(day)s is no special day of “%(key)s”", day=day, key=key)


def confirm_holidays(change: Change, year: int, found: Mapping[date, Bilingual], at: datetime) -> None:
    """Keep the holidays of a year as staff confirm them, at an aware instant; those confirmed before are replaced."""
    before = holidays(change.session).confirmed.get(year)
    if before == found:
        return
    change.session.execute(delete(HolidayRow).where(HolidayRow.year == year))
    change.session.execute(delete(HolidayYearRow).where(HolidayYearRow.year == year))
    change.session.add(HolidayYearRow(year=year, confirmed_at=at))
    change.session.flush()
    for day, name in found.items():
        change.session.add(HolidayRow(day=day, year=year, name_fr=name.fr, name_en=name.en))
    told = [{str(day): name.fr for day, name in (days or {}).items()} for days in (before, found)]
    change.details |= {"year": year, "holidays": told}


def _check_not_over(day: date, today: date) -> None:
    if day < today:
        raise CannotChange(Sentence("%(day)s is over: only today and days to come can change", day=day))


def check_schedule(known: Sequence[str], key: str) -> None:
    """Refuse the key of a schedule that there is not. Raises CannotChange with those there are."""
    if key in known:
        return
    if not known:
        raise CannotChange(Sentence("schedule “%(key)s” is unknown; there are none yet", key=key))
    raise CannotChange(Sentence("schedule “%(key)s” is unknown; there are %(known)s", key=key, known=known))


def _known(session: Session, key: str) -> Sequence[Week]:
    found = weeks(session)
    check_schedule(sorted(found), key)
    return found[key]


def _delete_week(session: Session, key: str, week: Week) -> None:
    is_it = (
        WeekRow.schedule_key == key,
        WeekRow.first_day == (week.first_day or ALWAYS),
        WeekRow.last_day.is_not_distinct_from(week.last_day),
    )
    session.execute(delete(IntervalRow).where(IntervalRow.week_id.in_(select(WeekRow.id).where(*is_it))))
    session.execute(delete(WeekRow).where(*is_it))


def _write_week(session: Session, key: str, week: Week) -> None:
    row = WeekRow(schedule_key=key, first_day=week.first_day or ALWAYS, last_day=week.last_day)
    session.add(row)
    session.flush()
    for weekday, intervals in enumerate(week.days, start=1):
        _add(session, IntervalRow, intervals, week_id=row.id, weekday=weekday)


def _add(session: Session, kind: type[IntervalRow] | type[SpecialIntervalRow], intervals: Intervals, **of: int) -> None:
    session.add_all(kind(opens=opens, closes=closes, **of) for opens, closes in intervals)


def _special(session: Session, days: Sequence[date], key: str | None) -> Mapping[date, SpecialDay]:
    if key is not None:
        _known(session, key)
    found = special_days(session, min(days)).get(key, {})
    return {day: found[day] for day in days if day in found}


def _delete_special_days(session: Session, days: Iterable[date], keys: Sequence[str | None]) -> None:
    days = list(days)
    for key in keys:
        is_it = (SpecialDayRow.day.in_(days), SpecialDayRow.schedule_key.is_not_distinct_from(key))
        found = select(SpecialDayRow.id).where(*is_it)
        session.execute(delete(SpecialIntervalRow).where(SpecialIntervalRow.special_day_id.in_(found)))
        session.execute(delete(SpecialDayRow).where(*is_it))


def _told(found: SpecialDay | None) -> list[str] | None:
    if found is None:
        return None
    return [", ".join(map(written, found.intervals)) or "closed", found.why.fr, found.why.en]
