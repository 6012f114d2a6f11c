"""The table as JSON and as CSV."""

from collections.abc import Sequence

from flask import Blueprint, Response

from portal.rows import shared as shared_rows
from portal.rows.rules import ProcessingDate, in_table, turns
from portal.web.public import as_csv, as_json, data, is_demonstration, revision_of, today, turns_on

blueprint = Blueprint("dates_api", __name__, url_prefix="/api/v1")


#: The names of a row in CSV: those of JSON, a text in two languages as two columns.
COLUMNS = (
    "row",
    "group",
    "label_fr",
    "label_en",
    "forms",
    "state",
    "meaning",
    "received_on",
    "as_of",
    "next_update_on",
    "is_stale",
    "grace_working_days",
    "has_forecast",
    "merged_into",
    "split_from",
    "first_day",
    "last_day",
    "note_fr",
    "note_en",
)


@blueprint.get("/dates")
@data("dates")
def table() -> Response:
    """Every row with its received date and as-of day."""
    document = {"demonstration": is_demonstration(), "revision": revision_of("dates")}
    return as_json({**document, "rows": [_row(found) for found in _table()]})


@blueprint.get("/dates.csv")
@data("dates")
def table_csv() -> Response:
    """The same rows, flat."""
    return as_csv("dates", COLUMNS, [_row(found) for found in _table()])


def _table() -> Sequence[ProcessingDate]:
    every = shared_rows.all_rows()
    turns_on(turns(every))
    return in_table(every, today())


def _row(found: ProcessingDate) -> dict[str, object]:
    row = found.row
    return {
        "row": row.key,
        "group": row.group.key,
        "label": {"fr": row.label.fr, "en": row.label.en},
        "forms": row.forms,
        "state": "merged" if row.merged_into else "current",
        "meaning": found.meaning if found.as_of else None,
        "received_on": _iso(found.received_on),
        "as_of": _iso(found.as_of),
        "next_update_on": _iso(found.next_update_on),
        "is_stale": found.is_stale(today()),
        "grace_working_days": row.grace_days,
        "has_forecast": row.has_forecast,
        "merged_into": row.merged_into,
        "split_from": row.split_from,
        "first_day": _iso(row.first_day),
        "last_day": _iso(row.last_day),
        "note": {"fr": row.note.fr, "en": row.note.en},
    }


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
