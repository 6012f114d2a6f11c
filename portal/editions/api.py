"""The editions as JSON: their list, each of them, and what changed between any two."""

from flask import Blueprint, Response, abort

from portal.editions import records
from portal.editions.rules import Edition, Step, compare
from portal.store.database import session
from portal.web.public import as_json, data, is_demonstration, known_arguments, page_number

blueprint = Blueprint("editions_api", __name__, url_prefix="/api/v1")

PER_PAGE = 50


@blueprint.get("/editions")
@data("dates", arguments=("page",))
def index() -> Response:
    """Every edition, newest first, fifty a page."""
    total = records.count(session())
    number = page_number(total, PER_PAGE)
    found = records.editions(session(), limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    document = {"demonstration": is_demonstration(), "total": total, "page": number, "per_page": PER_PAGE}
    return as_json({**document, "editions": [{**_edition(one), "changes": changes} for one, changes in found]})


@blueprint.get("/editions/<int:number>")
@data("dates")
def edition(number: int) -> Response:
    """One edition, with what it said of each of its rows."""
    found = records.edition(session(), number) or abort(404)
    entries = [{"row": entry.row_key, **_step(entry.step)} for entry in records.entries(session(), number)]
    return as_json({"demonstration": is_demonstration(), **_edition(found), "entries": entries})


@blueprint.get("/changes")
@data("dates", arguments=("since", "until"))
def changes() -> Response:
    """What changed of each row between two editions: those named, or the newest and the one before it."""
    named = {name: records.edition_named(session(), text) for name, text in known_arguments("since", "until").items()}
    if not all(named.values()):
        abort(404)
    until = named.get("until") or next(iter(records.recent(session(), 1)), None) or abort(404)
    since = named.get("since") or records.edition(session(), _before(until) or 0) or abort(404)
    if since.number > until.number:
        abort(404)
    steps = compare(*records.tables_of(session(), since.number, until.number))
    document = {"demonstration": is_demonstration(), "since": _edition(since), "until": _edition(until)}
    return as_json({**document, "changes": [{"row": row.key, **_step(step)} for row, step in steps if step.is_change]})


def _before(edition: Edition) -> int | None:
    older, _newer = records.neighbours(session(), edition.number)
    return older


def _edition(edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.number,
        "as_of": str(edition.as_of),
        "published_at": edition.published_at.isoformat(),
        "why": {"fr": edition.why.fr, "en": edition.why.en},
        "undoes": edition.undoes,
        "undone_by": edition.undone_by,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "old_meaning": step.old_meaning,
        "old_received_on": _iso(step.old_received_on),
        "meaning": step.meaning,
        "received_on": _iso(step.received_on),
        "is_change": step.is_change,
        "working_days": step.working_days,
    }


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
