"""The one page of hours and telephones, each part a form of its own; and the public page as it would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import nh3
from flask import url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.audit import records as audit
from portal.contacts import records as lines
from portal.core import formats
from portal.core.calendar import instant
from portal.desk.contact.forms import (
    ContactForm,
    HolidaysForm,
    PreviewForm,
    SpecialForm,
    WeekForm,
    names_of,
    typed_hours,
)
from portal.desk.contact.lines import LineForm
from portal.desk.forms import answer
from portal.desk.shown import public_page
from portal.hours import records
from portal.hours.rules import Holidays, Schedule, Week
from portal.staff.sessions import is_fresh
from portal.store import revisions
from portal.store.database import session
from portal.web.locale import language
from portal.web.public import today

#: At which the office is open on every working day.
HOUR = time(10, 30)
#: Of the public page, what is read; nothing to press, no name that the desk's own page has too.
SHOWN = {"a", "br", "caption", "h2", "h3", "li", "ol", "p", "span", "strong", "table", "tbody", "td", "th", "thead"}
SHOWN |= {"div", "dd", "dl", "dt", "time", "tr", "ul"}
PRESSED = {"button", "script", "style"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The main part of the contact page as the public reads it on a day at an hour, in the language of the page."""

    at: datetime
    html: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a form changes: what is kept of it, and what would be."""

    name: str
    now: str
    new: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a form would change, and how the page would read; `meanwhile` are those who changed something before."""

    differences: Sequence[Difference]
    reading: Reading
    meanwhile: Sequence[tuple[str, datetime]] = ()


def reading(day: date, hour: time = HOUR) -> Reading:
    """Return how the contact page reads, within the change under way if there is one."""
    at = instant(day, hour)
    html = public_page(url_for("contacts.contact"), at).get_data(as_text=True)
    main = html[html.index("</h1>") + len("</h1>") : html.index("</main>")]
    attributes = {"*": {"class"}, "time": {"datetime"}, "a": {"href"}, "th": {"scope"}}
    return Reading(at, nh3.clean(main, tags=SHOWN, attributes=attributes, link_rel=None, clean_content_tags=PRESSED))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[Difference]:
    """Return what is not the same."""
    both = [(name, before.get(name, ""), after.get(name, "")) for name in {**before, **after}]
    return [Difference(*one) for one in both if one[1] != one[2]]


def changed_since(expected: int) -> Sequence[tuple[str, datetime]]:
    """Return who changed hours or lines since a revision, and when."""
    return [(line.actor, line.at) for line in audit.since(session(), "contacts", expected)]


def page(
    form: ContactForm | PreviewForm | None = None,
    *,
    trial: Trial | None = None,
    shown: Reading | None = None,
    status: int = 0,
) -> AnyResponse:
    """Return the page, with one form as it was typed."""
    return answer(
        "desk/contact.html",
        "desk_contact.edit",
        form=form,
        status=status,
        trial=trial,
        shown=shown,
        preview=form if isinstance(form, PreviewForm) else PreviewForm(data={"hour": "10:30"}),
        needs_password=not is_fresh(),
        **_parts(form),
    )


def _parts(form: object) -> dict[str, object]:
    """Return what is kept of hours and lines, each read once, and the form of each part."""
    kept = session()
    expected = revisions.numbers(kept)["contacts"]  # before what it counts: a later number would hide a change
    schedules, weeks, known = records.schedules(kept, today()), records.weeks(kept), records.holidays(kept)
    phones = lines.phones_of(kept, schedules)
    names = names_of(schedules, phones)
    return {
        "expected": expected,
        "names": names,
        "weeks": {key: (one.week(today()), _changes(weeks[key])) for key, one in schedules.items()},
        "special": records.special_days(kept, today()),
        "week": form if isinstance(form, WeekForm) else _week(schedules, names),
        "closing": form if isinstance(form, SpecialForm) else SpecialForm(names, prefix="special-"),
        "years": [_year(form, year, known) for year in years()],
        "lines": _lines(phones, names, form),
        "titles": {one.key: one for one in phones},
    }


def years() -> tuple[int, int]:
    """Return the years whose holidays can be confirmed."""
    return today().year, today().year + 1


def _changes(weeks: Sequence[Week]) -> Sequence[Week]:
    """Return the changes of the weekly hours that are to come, or under way for a while, as they are kept."""
    return [week for week in weeks if week.first_day and not (week.last_day or week.first_day) < today()]


def _week(schedules: Mapping[str, Schedule], names: Mapping[str, str]) -> WeekForm:
    """Return the form of a week, filled in with the hours of today."""
    first = next(iter(schedules.values()), None)
    days = first.week(today()).days if first else ()
    form = WeekForm(names, prefix="week-")
    for field, intervals in zip(form.days, days, strict=False):
        field.data = typed_hours(intervals)
    return form


def _year(form: object, year: int, known: Holidays) -> HolidaysForm:
    return form if isinstance(form, HolidaysForm) and form.year == year else HolidaysForm(year, known)


def _lines(phones: Sequence[lines.Phone], names: Mapping[str, str], form: object) -> Sequence[LineForm]:
    """Return a form for each line, and one for a line more."""
    typed = {form.line: form} if isinstance(form, LineForm) else {}
    found = [typed.pop(one.key, None) or _line(one, names) for one in phones]
    # A line that was taken away while somebody changed it stands at the end, as they typed it.
    more = [one for key, one in typed.items() if key]
    return [*found, *more, typed.get("") or LineForm("", names)]


def _line(phone: lines.Phone, names: Mapping[str, str]) -> LineForm:
    words = {"region_fr": phone.region.fr, "region_en": phone.region.en, "schedule": phone.schedule.key}
    return LineForm(phone.key, names, data={"number": formats.phone(phone.number, language()), **words})
