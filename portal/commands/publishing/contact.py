"""The telephone lines, their hours, special days, and the holidays of a year: list them, change them."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import click

from portal.commands.opening import (
    DayType,
    LineType,
    WhyEnglish,
    WhyFrench,
    actor,
    application,
    now,
    plain_text,
    well_formed_key,
)
from portal.contacts import files as phone_files, keeping as phones_keeping, records as phones
from portal.contacts.rules import UNKNOWN
from portal.core import formats
from portal.core.calendar import day_of, holidays as holidays_of
from portal.core.errors import FIRST_YEAR, LAST_YEAR, CannotChange
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.hours import files, keeping, records
from portal.hours.rules import CLOSED, SpecialDay, Week
from portal.store.changes import Change, recorded_change
from portal.store.database import session

#: Days that one command may close: longer is a change of hours, or a slip.
MOST_DAYS = 92
SATURDAY = 5


def check_key(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Return a key that was given, or refuse one that no address can hold."""
    if value == UNKNOWN:
        raise click.BadParameter(f"“{UNKNOWN}” is what a caller answers who does not know their region")
    return value if value is None else well_formed_key(ctx, param, value)


@click.group("contact")
def contact_group() -> None:
    """The telephone lines and their hours."""


@contact_group.command("hours")
@click.argument("week", required=False)
@click.option("--from", "first_day", type=DayType(), help="The day from which they hold.")
@click.option(
    "--until", "last_day", type=DayType(), help="The last day; after it, what holds without these comes back."
)
@click.option(
    "--schedule", metavar="KEY", callback=check_key, help="Whose hours; not needed where there is one schedule."
)
@click.option("--new", is_flag=True, help="Make a schedule of that key, for lines that have their own hours.")
@click.option("--open-on-holidays", is_flag=True, help="With --new: holidays do not close it.")
@click.option(
    "--remove", is_flag=True, help="Take back the hours that begin on the day of --from; without it, a schedule."
)
def hours(week: str | None, schedule: str | None, new: bool, remove: bool, **options: Any) -> None:
    """List the weekly hours, or change them from a day on.

    WEEK is written as “Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00”, its days may be in French; a day left
    out is closed.
    """
    first_day, last_day = options["first_day"], options["last_day"]
    if options["open_on_holidays"] and not new:
        raise click.UsageError("--open-on-holidays goes with --new")
    if not week and not remove and (first_day or last_day or schedule or new):
        raise click.UsageError("give the hours of the week, or --remove")
    with application():
        if new:
            if not (week and schedule) or first_day or last_day or remove:
                raise click.UsageError("a new schedule takes a week and its key alone; its hours hold since always")
            _make_schedule(week, schedule, observes_holidays=not options["open_on_holidays"])
        elif remove:
            if week or last_day or not (first_day or schedule):
                raise click.UsageError("--remove goes with --from, for hours, or with --schedule alone, for a schedule")
            _remove_hours(first_day, schedule)
        elif week:
            _change_hours(week, first_day, last_day, schedule)
        _list_hours()


def _make_schedule(week: str, key: str, *, observes_holidays: bool) -> None:
    days = files.read_week(week)
    with _changed("contact.hours") as change:
        keeping.new_schedule(change, key, days, observes_holidays=observes_holidays)


def _change_hours(week: str, first_day: date | None, last_day: date | None, key: str | None) -> None:
    days = files.read_week(week)
    if first_day is None:
        raise click.UsageError("say from which day: --from YYYY-MM-DD")
    with _changed("contact.hours") as change:
        keeping.keep_week(change, key or _only_schedule(), Week(days, first_day, last_day), day_of(now()))


def _remove_hours(first_day: date | None, key: str | None) -> None:
    with _changed("contact.hours") as change:
        if first_day:
            keeping.remove_week(change, key or _only_schedule(), first_day)
            return
        users = [phone.key for phone in phones.phones(session(), day_of(now())) if phone.schedule.key == key]
        if users:
            raise CannotChange(f"schedule “{key}” is that of {', '.join(users)}: give them another before")
        keeping.remove_schedule(change, str(key))


@contextmanager
def _changed(action: str) -> Generator[Change]:
    """Open a recorded change of the lines, and say when it changed nothing."""
    with recorded_change("contacts", action=action, actor=actor(), at=now()) as change:
        yield change
        is_change = bool(change.details)
    if not is_change:
        click.echo("Nothing changed.")


def _only_schedule() -> str:
    found = list(records.weeks(session()))
    if len(found) != 1:
        raise CannotChange(f"there are several schedules: give --schedule {' or '.join(sorted(found))}")
    return found[0]


def _list_hours() -> None:
    today = day_of(now())
    for schedule in records.schedules(session(), today).values():
        more = "" if schedule.observes_holidays else ", open on holidays"
        click.echo(f"{schedule.key}{more}")
        holds = schedule.week(today)
        for week in schedule.weeks:
            mark = "*" if week == holds else " "
            span = f"{week.first_day or '…'} – {week.last_day or '…'}"
            click.echo(f"{mark} {span:<23}  {files.written_week(week.days)}")


@contact_group.command("exception")
@click.argument("day", type=DayType(), required=False)
@click.option("--until", "last_day", type=DayType(), help="The last of several days; the first alone unless given.")
@click.option("--closed", is_flag=True, help="Nobody answers on that day.")
@click.option("--hours", "typed", help="Other hours on that day, as “10:00-12:00, 13:00-15:00”.")
@WhyFrench
@WhyEnglish
@click.option("--schedule", metavar="KEY", help="Of one schedule; of every line unless given, whatever one had alone.")
@click.option("--remove", is_flag=True, help="Give the day its usual hours again.")
def exception(day: date | None, closed: bool, typed: str | None, remove: bool, **options: Any) -> None:
    """List the days to come with other hours, or change one: closed, or other hours, and why, in both languages."""
    why = _words(options["why_fr"], options["why_en"])
    if day is None and (closed or typed is not None or remove or why or options["last_day"] or options["schedule"]):
        raise click.UsageError("give the day, YYYY-MM-DD")
    if day and sum((closed, typed is not None, remove)) != 1:
        raise click.UsageError("give one of --closed, --hours and --remove")
    if remove and why:
        raise click.UsageError("--why-fr and --why-en do not go with --remove")
    with application():
        if day:
            days = _days(day, options["last_day"] or day)
            with _changed("contact.exception") as change:
                if remove:
                    keeping.remove_special_days(change, days, options["schedule"])
                else:
                    special = SpecialDay(CLOSED if typed is None else files.read_hours(typed), why)
                    keeping.keep_special_days(change, days, special, options["schedule"], day_of(now()))
        _list_special_days()


def _words(french: str, english: str) -> Bilingual:
    """Return a reason or a name in both languages; pages put it between brackets or before a point of their own."""
    return Bilingual(*(typography(text.rstrip(" ."), tag) for text, tag in ((french, "fr"), (english, "en"))))


def _days(first: date, last: date) -> Sequence[date]:
    count = (last - first).days + 1
    if count < 1:
        raise CannotChange(f"the last day, {last}, is before the first, {first}")
    if count > MOST_DAYS:
        raise CannotChange(f"{count} days are more than {MOST_DAYS}: change the weekly hours instead, with --until")
    return [first + timedelta(days=ahead) for ahead in range(count)]


def _list_special_days() -> None:
    found = sorted(
        (day, key or "every line", special)
        for key, days in records.special_days(session(), day_of(now())).items()
        for day, special in days.items()
    )
    for day, whose, special in found:
        hours = ", ".join(map(files.written, special.intervals)) or "closed"
        click.echo(f"{day}  {whose}: {hours} ({special.why.fr} / {special.why.en})")
    if not found:
        click.echo("No day to come has other hours, holidays left aside.")


@contact_group.command("phone")
@click.argument("line", required=False, callback=check_key)
@click.argument("number", required=False)
@click.option("--region-fr", default="", callback=plain_text, help="Where one calls from, in French.")
@click.option("--region-en", default="", callback=plain_text, help="The same in English.")
@click.option("--schedule", metavar="KEY", help="The hours of the line.")
@click.option("--remove", is_flag=True, help="Take the line away.")
def phone(
    line: str | None, number: str | None, region_fr: str, region_en: str, schedule: str | None, remove: bool
) -> None:
    """List the lines, or change one by its key: its number, its region, its hours."""
    if remove and (not line or number or region_fr or region_en or schedule):
        raise click.UsageError("--remove goes with the key of a line alone")
    if line and not (number or region_fr or region_en or schedule or remove):
        raise click.UsageError("say what changes: the number, --region-fr, --region-en, --schedule, or --remove")
    with application():
        if line:
            region = Bilingual(typography(region_fr, "fr"), typography(region_en, "en"))
            with _changed("contact.phone") as change:
                if remove:
                    phones_keeping.remove_phone(change, line)
                else:
                    kept = number and phone_files.read_phone(number)
                    phones_keeping.keep_phone(change, line, kept, region, schedule)
        for found in phones.phones(session(), day_of(now())):
            told = f"{found.region.fr} / {found.region.en}"
            click.echo(f"{found.key:<12}  {formats.phone(found.number):<24}  {told}, hours: {found.schedule.key}")


@contact_group.command("holidays")
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--propose", is_flag=True, help="List what the rule proposes, confirmed or not.")
@click.option("--confirm", is_flag=True, help="Keep them: what was confirmed before, else what the rule proposes.")
@click.option(
    "--add", type=(DayType(), LineType(), LineType()), multiple=True, metavar="DAY FRENCH ENGLISH", help="One day more."
)
@click.option("--remove", type=DayType(), multiple=True, help="One day less.")
def holidays(
    year: int, propose: bool, confirm: bool, add: Sequence[tuple[date, str, str]], remove: Sequence[date]
) -> None:
    """List the holidays of a year, or confirm them, with days added or removed.

    Where one falls on a weekend, the agency decides whether another day is given: no rule does.
    """
    if propose and confirm:
        raise click.UsageError("--propose lists, --confirm keeps: give one")
    if (add or remove) and not confirm:
        raise click.UsageError("--add and --remove go with --confirm")
    with application():
        if confirm:
            with _changed("contact.holidays") as change:
                found = _holidays_with(records.holidays(session()).of(year), year, add, remove)
                keeping.confirm_holidays(change, year, found, now())
        _list_holidays(year, proposed=propose)


def _holidays_with(
    found: Mapping[date, Bilingual], year: int, add: Sequence[tuple[date, str, str]], remove: Sequence[date]
) -> Mapping[date, Bilingual]:
    days = dict(found)
    for day in remove:
        if day not in days:
            raise CannotChange(f"{day} is no holiday of {year}; see `portal contact holidays {year}`")
        del days[day]
    for day, french, english in add:
        if day.year != year:
            raise CannotChange(f"{day} is not in {year}")
        name = _words(french, english)
        if not (name.fr and name.en):
            raise CannotChange(f"give {day} its name in both languages")
        days[day] = name
    return dict(sorted(days.items()))


def _list_holidays(year: int, *, proposed: bool) -> None:
    known = records.holidays(session())
    is_confirmed = known.is_confirmed(year) and not proposed
    for day, name in (holidays_of(year) if proposed else known.of(year)).items():
        weekday = formats.weekday(day.isoweekday(), "en")
        note = (
            "  (a weekend: decide whether another day is given)"
            if day.weekday() >= SATURDAY and not is_confirmed
            else ""
        )
        click.echo(f"{day}  {weekday:<9}  {name.fr} / {name.en}{note}")
    state = "confirmed" if known.is_confirmed(year) else "not confirmed yet: give --confirm"
    click.echo(f"The holidays of {year} are {state}.")
