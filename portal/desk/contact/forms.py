"""What is typed of hours: a week, special days, the holidays of a year; each form knows how it is kept."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, ValidationError

from portal.contacts.records import phones_of
from portal.contacts.rules import Phone
from portal.core import formats
from portal.core.calendar import holidays as proposed
from portal.core.errors import HoursMalformed
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.desk.forms import DeskForm, day_of, line_of, refuse
from portal.hours import keeping, records
from portal.hours.files import read_hours, written
from portal.hours.rules import Holidays, Intervals, SpecialDay, Week
from portal.store.changes import Change
from portal.web.locale import in_words, language
from portal.web.public import today

#: Days that one form may close: longer is a change of hours, or a slip.
MOST_DAYS = 92
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class ContactForm(DeskForm):
    """One part of what the contact page says."""

    @property
    def place(self) -> str:
        """Return where on the page the form stands."""
        return f"part-{self._prefix}".rstrip("-")

    def keep(self, change: Change) -> None:
        """Keep what was typed, once it is validated. Raises CannotChange."""
        raise NotImplementedError

    def first(self) -> date:
        """Return the day on which the contact page shows it."""
        return today()

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return what is kept now of what the form is about, in words, each under its name."""
        raise NotImplementedError


class ScheduleForm(ContactForm):
    """A form about the hours of a schedule, which is asked for where there are several."""

    schedule = SelectField(validate_choice=False)

    def __init__(self, names: Mapping[str, str], **named: Any) -> None:
        super().__init__(**named)
        self.schedule.choices = list(names.items())

    @property
    def whose(self) -> str:
        """Return the key of the schedule, empty where none is chosen."""
        return self.schedule.data or ""

    def validate_schedule(self, field: SelectField) -> None:
        """Refuse one that there is not."""
        known = [key for key, _name in field.choices]
        field.data = field.data or (known[0] if len(known) == 1 else "")
        if field.data not in known:
            raise ValidationError(_("Choose whose hours they are."))


def schedule_names(kept: Session) -> Mapping[str, str]:
    """Return each schedule with the lines that have it, or its key where none does."""
    schedules = records.schedules(kept, today())
    return names_of(schedules, phones_of(kept, schedules))


def names_of(schedules: Iterable[str], lines: Sequence[Phone]) -> Mapping[str, str]:
    """Return the same of schedules and lines that were read already."""
    regions = {key: [one.region.in_(language()) for one in lines if one.schedule.key == key] for key in schedules}
    return {key: formats.listed(found, language()) if found else key for key, found in sorted(regions.items())}


class WeekForm(ScheduleForm):
    """The hours of a week, day by day, from a day on."""

    first_day = StringField()
    last_day = StringField()
    monday = StringField()
    tuesday = StringField()
    wednesday = StringField()
    thursday = StringField()
    friday = StringField()
    saturday = StringField()
    sunday = StringField()

    @property
    def days(self) -> Sequence[StringField]:
        """Return the fields of the seven days, Monday first."""
        return [
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        ]

    def validate_first_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def validate_last_day(self, field: StringField) -> None:
        """Refuse what is no day; without one, the hours hold for good."""
        if field.data:
            day_of(field)

    def validate(self, *arguments: Any, **named: Any) -> bool:
        """Look at every field, and at the hours of each day."""
        is_right = super().validate(*arguments, **named)
        for field in self.days:
            try:
                hours_of(field)
            except ValidationError as error:
                refuse(field, str(error))
                is_right = False
        return is_right

    def first(self) -> date:
        """Return the first day of the hours."""
        return day_of(self.first_day)

    def keep(self, change: Change) -> None:
        """Keep the week."""
        last = day_of(self.last_day) if self.last_day.data else None
        week = Week(tuple(hours_of(field) for field in self.days), self.first(), last)
        keeping.keep_week(change, self.whose, week, today())

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return the hours of each weekday in the week that holds on the first day."""
        days = records.schedules(kept, today())[self.whose].week(self.first()).days
        return {formats.weekday(number, language()): hours_in_words(found) for number, found in enumerate(days, 1)}


class WeekBackForm(ScheduleForm):
    """A change of the weekly hours that is taken back: the one that begins on a day."""

    first_day = StringField()

    def validate_first_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def keep(self, change: Change) -> None:
        """Take the change back; one that was taken back already stays so."""
        first = day_of(self.first_day)
        if any(week.first_day == first for week in records.weeks(change.session)[self.whose]):
            keeping.remove_week(change, self.whose, first)

    def first(self) -> date:
        """Return the first day of the hours."""
        return day_of(self.first_day)

    said = WeekForm.said


class SpecialForm(ScheduleForm):
    """Days that are closed, or have other hours, and why; of every line unless a schedule is chosen."""

    first_day = StringField()
    last_day = StringField()
    hours = StringField()
    why_fr = StringField()
    why_en = StringField()

    def validate_schedule(self, field: SelectField) -> None:
        """Refuse a schedule that there is not; without one, every line is meant."""
        if field.data and field.data not in dict(field.choices):
            raise ValidationError(_("Choose whose hours they are."))

    def validate_first_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def validate_last_day(self, field: StringField) -> None:
        """Refuse what is no day, one before the first, and more than a season."""
        if not field.data or self.first_day.errors:
            return
        count = (day_of(field) - day_of(self.first_day)).days + 1
        if not 1 <= count <= MOST_DAYS:
            raise ValidationError(
                _("Give 1 to %(most)s days; for longer, change the weekly hours, with a last day.", most=MOST_DAYS)
            )

    def validate_hours(self, field: StringField) -> None:
        """Refuse what says no hours."""
        hours_of(field)

    def validate_why_fr(self, field: StringField) -> None:
        """Refuse no reason."""
        words_of(field)

    def validate_why_en(self, field: StringField) -> None:
        """Refuse no reason."""
        words_of(field)

    def first(self) -> date:
        """Return the first of the days."""
        return day_of(self.first_day)

    def all_days(self) -> Sequence[date]:
        """Return the days."""
        last = day_of(self.last_day) if self.last_day.data else self.first()
        return [self.first() + timedelta(days=ahead) for ahead in range((last - self.first()).days + 1)]

    def keep(self, change: Change) -> None:
        """Keep the days."""
        new = SpecialDay(hours_of(self.hours), bilingual(self.why_fr, self.why_en))
        keeping.keep_special_days(change, self.all_days(), new, self.whose or None, today())

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return the hours of each of the days, and why they are not the usual ones."""
        return dict(_days_in_words(kept, self.all_days(), self.whose))


class SpecialBackForm(ScheduleForm):
    """A day that has its usual hours again."""

    day = StringField()
    validate_schedule = SpecialForm.validate_schedule

    def validate_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def keep(self, change: Change) -> None:
        """Give the day its usual hours; one that has them keeps them."""
        day, key = day_of(self.day), self.whose or None
        if day in records.special_days(change.session, day).get(key, {}):
            keeping.remove_special_days(change, [day], key)

    def first(self) -> date:
        """Return the day."""
        return day_of(self.day)

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return the hours of the day, and why they are not the usual ones."""
        return dict(_days_in_words(kept, [self.first()], self.whose))


def _days_in_words(kept: Session, days: Sequence[date], key: str) -> Iterator[tuple[str, str]]:
    schedules = records.schedules(kept, today())
    names = names_of(schedules, phones_of(kept, schedules))
    for whose in [key] if key else list(schedules):
        for day in days:
            found = schedules[whose].today(day)
            why = f" ({found.why.in_(language())})" if found.why else ""
            name = formats.long_day(day, language())
            yield f"{name} – {names[whose]}" if len(schedules) > 1 else name, hours_in_words(found.intervals) + why


class HolidaysForm(ContactForm):
    """The holidays of a year: those that are checked, and one more perhaps."""

    more = StringField()
    why_fr = StringField()
    why_en = StringField()

    def __init__(self, year: int, known: Holidays, **named: Any) -> None:
        super().__init__(prefix=f"{year}-", **named)
        self.year, self.known = year, known
        self.offered = dict(sorted({**proposed(year), **self.known.of(year)}.items()))
        sent = named.get("formdata")
        self.chosen = set(sent.getlist(f"{year}-day")) if sent is not None else {*map(str, self.known.of(year))}

    @property
    def is_confirmed(self) -> bool:
        """Say whether staff confirmed the year."""
        return self.known.is_confirmed(self.year)

    def validate_more(self, field: StringField) -> None:
        """Refuse a day of another year."""
        if field.data and day_of(field).year != self.year:
            raise ValidationError(_("Give a day of %(year)s.", year=self.year))

    def validate_why_fr(self, field: StringField) -> None:
        """Refuse no name, where there is one day more."""
        if self.more.data:
            words_of(field)

    def validate_why_en(self, field: StringField) -> None:
        """Refuse no name, where there is one day more."""
        if self.more.data:
            words_of(field)

    def keep(self, change: Change) -> None:
        """Confirm the days."""
        found = {day: name for day, name in self.offered.items() if str(day) in self.chosen}
        if self.more.data:
            found[day_of(self.more)] = bilingual(self.why_fr, self.why_en)
        keeping.confirm_holidays(change, self.year, dict(sorted(found.items())), g.now)

    def first(self) -> date:
        """Return the day that is added, or the first that is no holiday any more, or else the first of the year."""
        left_out = [day for day in self.offered if str(day) not in self.chosen]
        added = [day_of(self.more)] if self.more.data else []
        return next(iter([*added, *left_out]), date(self.year, 1, 1))

    def said(self, kept: Session) -> Mapping[str, str]:
        """Return each day with its name, and whether the year is confirmed."""
        found = records.holidays(kept)
        days = {**self.offered, **found.of(self.year)}
        state = _("confirmed") if found.is_confirmed(self.year) else _("not confirmed")
        told = {day: found.of(self.year).get(day) for day in sorted(days)}
        names = {formats.long_day(day, language()): name.in_(language()) if name else "" for day, name in told.items()}
        return {_("Holidays of %(year)s", year=self.year): state, **names}


class PreviewForm(DeskForm):
    """A day and an hour of which somebody asks how the contact page reads."""

    day = StringField()
    hour = StringField()

    def validate_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def validate_hour(self, field: StringField) -> None:
        """Refuse what is no hour."""
        if not _HOUR.fullmatch(field.data or ""):
            raise ValidationError(_("Give the hour in 24 hours, for example 13:30."))

    def at(self) -> tuple[date, time]:
        """Return both, once they are validated."""
        return day_of(self.day), time.fromisoformat(self.hour.data)


def hours_of(field: StringField) -> Intervals:
    """Return the hours typed in a field. Raises ValidationError for none: a day is closed by saying so."""
    try:
        return read_hours(line_of(field))
    except HoursMalformed as error:
        if not (field.data or "").strip():
            raise ValidationError(_("Give the hours, for example 08:30-12:00, or write that it is closed.")) from None
        raise ValidationError(in_words(error.sentence)) from None


def typed_hours(intervals: Intervals) -> str:
    """Return hours as `hours_of` reads them, in the language of the page."""
    return ", ".join(map(written, intervals)) if intervals else _("closed")


def hours_in_words(intervals: Intervals) -> str:
    """Return hours as the public reads them."""
    return formats.hours(intervals, language()) if intervals else _("closed")


def words_of(field: StringField) -> str:
    """Return a reason or a name without its point: pages put it between brackets. Raises ValidationError for none."""
    text = line_of(field).rstrip(" .")
    if not text:
        raise ValidationError(_("Say it in both languages: the public reads both."))
    return text


def bilingual(french: StringField, english: StringField) -> Bilingual:
    """Return what two fields say, with the typography of each language."""
    return Bilingual(typography(words_of(french), "fr"), typography(words_of(english), "en"))
