"""The telephones and hours as JSON."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, url_for

from portal.contacts import records
from portal.contacts.rules import Answering, Phone, answering
from portal.core.calendar import QUEBEC, instant
from portal.core.languages import LANGUAGES, Bilingual
from portal.hours.rules import Day, Intervals, Week, clock
from portal.store.database import session
from portal.web.public import absolute, as_json, changed_since, data, now, revision_of, today, valid_until

blueprint = Blueprint("contacts_api", __name__, url_prefix="/api/v1")
Document = dict[str, Any]


@blueprint.get("/contact")
@data("contacts")
def contact() -> Response:
    """The lines, their hours, whether someone answers now and until when."""
    phones = records.phones(session(), today())
    groups = answering(phones, now())
    changes = [group.state.until for group in groups if group.state.until]
    for change in (*changes, instant(today() + timedelta(days=1))):
        valid_until(change)
    changed_since(
        now().replace(microsecond=0)
    )  # whether someone answers: right from now on, and nothing says since when
    schedules = [_schedule(group, today()) for group in groups]
    return as_json(
        {
            "revision": revision_of("contacts"),
            "phones": [_phone(phone) for phone in phones],
            "open_now": any(group.state.is_open for group in groups),
            "next_change": min(changes).isoformat() if changes else None,
            "time_zone": QUEBEC.key,
            "week": schedules[0]["weeks"][0]["week"] if schedules else [],
            "closures": [
                {"day": str(day.day), "reason": _text(day.why)}
                for day in (groups[0].schedule.upcoming_closures(today()) if groups else ())
            ],
            "schedules": schedules,
        }
    )


def _phone(phone: Phone) -> Document:
    number, _, extension = phone.number.partition(";ext=")
    return {
        "key": phone.key,
        "region": _text(phone.region),
        "number": number,
        "extension": extension or None,
        "is_toll_free": phone.is_toll_free,
        "schedule": phone.schedule.key,
        "card": {name: absolute(url_for("contacts.card", line=phone.key, language=name)) for name in LANGUAGES},
    }


def _schedule(group: Answering, on: date) -> Document:
    schedule, state = group.schedule, group.state
    return {
        "key": schedule.key,
        "open_now": state.is_open,
        "next_change": state.until.isoformat() if state.until else None,
        "today": {"day": str(on), "hours": _hours(state.today.intervals)},
        "weeks": [_weeks(week) for week in (schedule.week(on), *schedule.coming_weeks(on))],
        "special_days": [_special_day(day) for day in schedule.changed_days(on)],
    }


def _weeks(week: Week) -> Document:
    return {
        "first_day": week.first_day and str(week.first_day),
        "last_day": week.last_day and str(week.last_day),
        "week": [
            {"weekday": number, **hours}
            for number, intervals in enumerate(week.days, start=1)
            for hours in _hours(intervals)
        ],
    }


def _special_day(day: Day) -> Document:
    return {
        "day": str(day.day),
        "hours": _hours(day.intervals),
        "reason": _text(day.why),
        "is_confirmed": day.is_confirmed,
    }


def _hours(intervals: Intervals) -> list[Document]:
    return [{"opens": clock(interval.opens), "closes": clock(interval.closes)} for interval in intervals]


def _text(text: Bilingual) -> Document:
    return {"fr": text.fr, "en": text.en}
