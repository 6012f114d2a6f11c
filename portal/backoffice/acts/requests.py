"""Requests by a program: a file of them imported; one of them looked at, moved on, corrected.

A reference stands in the body alone: no address holds one, and no log.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

from flask import Response, abort, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from portal.backoffice.answers import (
    PER_CLIENT,
    Call,
    Unknown,
    actor_of,
    asks_for_trial,
    holder,
    problem,
    reason_of,
    whole_body,
    writes,
)
from portal.backoffice.documents import Document
from portal.core.errors import FileRefused, PortalError
from portal.core.numbers import form_number, normal_reference
from portal.core.tables import CONTROL
from portal.opened.keeping import Opened, move_request, open_request
from portal.status.files import LARGEST_FILE
from portal.status.keeping import AlreadyImported, Counts, KeyLost, Terms, import_file
from portal.status.rules import LONGEST_REASON, STAGES, ReasonTellsWhose, Request, Stage
from portal.store.changes import recorded_change
from portal.web.limits import at_most
from portal.web.public import as_json, now, today


@at_most(PER_CLIENT)
def import_requests() -> Response:
    """Import a CSV file of requests: all of it or nothing; `?dry-run=yes` keeps nothing.

    The header `Correction-Reason` (percent-encoded UTF-8) lets requests go against what is kept.
    """
    token = holder("requests.import")
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_FILE
    reason = _reason()
    terms = Terms(current_app.config["KEYS"], today(), current_app.config["CLOSED_DAYS"], reason)
    is_trial = asks_for_trial()
    content = whole_body()
    try:
        counts = import_file(content, terms, now(), actor_of(token), is_trial=is_trial)
    except AlreadyImported as known:
        return as_json({**_report(Counts(), is_trial), "imported_at": known.at.isoformat()})
    except FileRefused as refused:
        return _refused(refused)
    except ReasonTellsWhose as told:
        return problem(400, "Not this reason", f"Nothing was kept: {told}.")
    except KeyLost as lost:
        return problem(503, "A key is missing", f"Nothing was kept: {lost}.")
    return as_json({**_report(counts, is_trial), "imported_at": None})


def _reason() -> str:
    """Return why a file may contradict what is kept, or nothing. Answers 400 for what no log should hold."""
    reason = unquote(request.headers.get("Correction-Reason", "")).strip()
    if len(reason) > LONGEST_REASON or CONTROL.search(reason):
        abort(400)
    return reason


def _report(counts: Counts, is_trial: bool) -> dict[str, object]:
    return {"dry_run": is_trial, **{name: getattr(counts, name) for name in Counts.__slots__}}


def _refused(refused: FileRefused) -> Response:
    """Return the faults of a file, each with its line (0 is the file as a whole); none quotes what may be personal."""
    detail = "Nothing was kept. Mend these lines and send the whole file again."
    problems = [{"line": one.line, "sentence": one.sentence} for one in refused.problems]
    return problem(422, "The file was refused", detail, problems=problems, more=refused.more)


@writes("requests.change")
def look(call: Call) -> Mapping[str, object]:
    """Say how a request stands, by its reference: that a program looked stands in the audit log."""
    reference = _reference(call.document)
    call.document.end()
    return _told(_opened(call, reference).request)


@writes("requests.change")
def move(call: Call) -> Mapping[str, object]:
    """Give a request its next stage, since a day that has come."""
    sent = call.document
    reference, stage, changed_on = _reference(sent), _stage(sent), sent.needed_day("changed_on", today=today())
    sent.end()
    seen = _opened(call, reference)
    new = replace(seen.request, stage=stage, changed_on=changed_on)
    is_change = call.changes("status", "requests.move", lambda change: move_request(change, seen, new))
    return {"is_change": is_change, **_told(new)}


@writes("requests.change")
def correct(call: Call) -> Mapping[str, object]:
    """Correct all that is kept of a request, and say why."""
    sent = call.document
    reference, stage, changed_on = _reference(sent), _stage(sent), sent.needed_day("changed_on", today=today())
    received_on, form = sent.needed_day("received_on", today=today()), _form(sent)
    why = reason_of(sent)
    if changed_on < received_on:
        sent.tell("changed_on", "this is before the day on which it was received")
    sent.end()
    seen, new = _opened(call, reference), Request(received_on, form, stage, changed_on)
    is_change = call.changes("status", "requests.correct", lambda change: move_request(change, seen, new, why))
    return {"is_change": is_change, **_told(new)}


def _reference(sent: Document) -> str:
    typed = sent.text("reference", is_required=True)
    try:
        return normal_reference(typed) if typed else ""
    except PortalError:  # never told as it was typed
        sent.tell("reference", "this is no reference: 11 symbols, the last of which checks the others")
        return ""


def _stage(sent: Document) -> Stage:
    typed = sent.choice("stage", STAGES, is_required=True)
    return next((stage for stage in STAGES if stage == typed), "received")


def _form(sent: Document) -> str:
    typed = sent.line_or_null("form")
    try:
        return form_number(typed) if typed else ""
    except PortalError:
        sent.tell("form", "give the four digits of the form, or null where none is known")
        return ""


def _opened(call: Call, reference: str) -> Opened:
    """Return the request of a reference; the audit log says that a program looked, in a trial too. Raises Unknown."""
    with recorded_change("status", action="requests.open", actor=call.actor, at=now()) as change:
        found = open_request(change, current_app.config["KEYS"], reference)
    if found is None:
        raise Unknown("no request has this reference")
    return found


def _told(request: Request) -> Mapping[str, object]:
    return {
        "received_on": str(request.received_on),
        "form": request.form_number,
        "stage": request.stage,
        "changed_on": str(request.changed_on),
    }
