"""The table as JSON."""

from flask import Blueprint, Response

from portal.core.calendar import instant
from portal.rows import records
from portal.rows.rules import ProcessingDate, turns
from portal.store.database import session
from portal.web.public import as_json, changed_since, data, is_demonstration, today, valid_until

blueprint = Blueprint("dates_api", __name__, url_prefix="/api/v1")


@blueprint.get("/dates")
@data("dates")
def table() -> Response:
    """Every row with its received date and as-of day."""
    every = records.all_rows(session())
    for turn in turns(every):
        if turn > today():
            valid_until(instant(turn))
        else:
            changed_since(instant(turn))
    rows = [_row(found) for found in every if found.row.is_in_table(today())]
    return as_json({"demonstration": is_demonstration(), "rows": rows})


def _row(found: ProcessingDate) -> dict[str, object]:
    row = found.row
    return {
        "row": row.key,
        "group": row.group.key,
        "label": {"fr": row.label.fr, "en": row.label.en},
        "forms": row.forms,
        "meaning": found.meaning if found.as_of else None,
        "received_on": _iso(found.received_on),
        "as_of": _iso(found.as_of),
        "next_update_on": _iso(found.next_update_on),
        "is_stale": found.is_stale(today()),
        "grace_working_days": row.grace_days,
        "merged_into": row.merged_into,
        "note": {"fr": row.note.fr, "en": row.note.en},
    }


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
