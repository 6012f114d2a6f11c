"""The telephones and hours as JSON."""

from datetime import timedelta

from flask import Blueprint, Response

from portal.contacts import records
from portal.contacts.rules import ANNOUNCED_DAYS, closures
from portal.core.calendar import instant
from portal.store.database import session
from portal.web.public import as_json, changed_since, data, now, today, valid_until

blueprint = Blueprint("contacts_api", __name__, url_prefix="/api/v1")


@blueprint.get("/contact")
@data("contacts")
def contact() -> Response:
    """The lines, the week, whether someone answers now and until when."""
    found = records.contact(session())
    state = found.hours.state(now())
    valid_until(state.until)
    changed_since(now())  # whether someone answers: right from now on, and nothing says since when
    valid_until(instant(today() + timedelta(days=1)))
    week = enumerate(found.hours.week, start=1)
    return as_json(
        {
            "phones": [
                {"key": phone.key, "region": {"fr": phone.region.fr, "en": phone.region.en}, "number": phone.number}
                for phone in found.phones
            ],
            "open_now": state.is_open,
            "next_change": state.until.isoformat() if state.until else None,
            "time_zone": "America/Toronto",
            "week": [
                {"weekday": number, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
                for number, intervals in week
                for opens, closes in intervals
            ],
            "closures": [
                {"day": str(day), "reason": {"fr": reason.fr, "en": reason.en}}
                for day, reason in closures(today(), ANNOUNCED_DAYS)
            ],
        }
    )
