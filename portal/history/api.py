"""The history of a row as JSON and CSV, whole."""

from collections.abc import Sequence

from flask import Blueprint, Response

from portal.core.languages import NO_TEXT
from portal.history import records
from portal.history.rules import Said
from portal.rows import shared as shared_rows
from portal.rows.rules import found_row
from portal.store.database import session
from portal.web.public import as_csv, as_json, data, is_demonstration

blueprint = Blueprint("history_api", __name__, url_prefix="/api/v1")

COLUMNS = (
    "edition",
    "published_at",
    "as_of",
    "meaning",
    "received_on",
    "delay_working_days",
    "is_withdrawn",
    "why_fr",
    "why_en",
)


@blueprint.get("/dates/<row>/history")
@data("dates")
def history(row: str) -> Response:
    """What each edition said of a row, oldest first."""
    found = found_row(shared_rows.known_rows(), row).row
    label = {"fr": found.label.fr, "en": found.label.en}
    document = {"demonstration": is_demonstration(), "row": found.key, "label": label}
    return as_json({**document, "entries": _entries(row)})


@blueprint.get("/dates/<row>/history.csv")
@data("dates")
def history_csv(row: str) -> Response:
    """The same as CSV."""
    found = found_row(shared_rows.known_rows(), row).row
    return as_csv(f"history-{found.key}", COLUMNS, _entries(row))


def _entries(row: str) -> Sequence[dict[str, object]]:
    return [_entry(said) for said in records.history(session(), row)]


def _entry(said: Said) -> dict[str, object]:
    received_on = said.step.received_on
    # What is told of an edition is told where it explains something: its other rows moved as usual.
    why = said.why if said.step.is_backwards or said.is_withdrawn else NO_TEXT
    return {
        "edition": said.edition,
        "published_at": said.published_at.isoformat(),
        "as_of": str(said.as_of),
        "meaning": said.step.meaning,
        "received_on": None if received_on is None else str(received_on),
        "delay_working_days": said.delay,
        "is_withdrawn": said.is_withdrawn,
        "why": {"fr": why.fr, "en": why.en},
    }
