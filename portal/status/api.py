"""The back office's door: the same import as by the command, for a program that holds a token."""

from urllib.parse import unquote

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized, UnsupportedMediaType

from portal.core.errors import FileRefused
from portal.core.tables import CONTROL
from portal.status.files import LARGEST_FILE
from portal.status.keeping import AlreadyImported, Counts, KeyLost, Terms, import_file
from portal.status.rules import LONGEST_REASON, ReasonTellsWhose
from portal.store.database import session
from portal.tokens.records import token_of
from portal.tokens.rules import Scope, Token, TokenRefused, bearer, check
from portal.web.limits import at_most
from portal.web.public import as_json, now, today

blueprint = Blueprint("status_api", __name__, url_prefix="/api/v1")

#: A program sends a file a day, or a few; one that tries tokens is slowed down.
PER_CLIENT = "60 per minute"


def _holder(scope: Scope) -> Token:
    """Return the token of the request. Answers 401, the same for a token that is none, unknown, expired or revoked."""
    try:
        return check(token_of(session(), bearer(request.headers.get("Authorization", ""))), scope, now())
    except TokenRefused:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "portal"})) from None


@blueprint.post("/requests/import")
@at_most(PER_CLIENT)
def import_requests() -> Response:
    """Import a CSV file of requests: all of it or nothing; `?dry-run=yes` keeps nothing.

    The header `Correction-Reason` (percent-encoded UTF-8) lets requests go against what is kept.
    """
    token = _holder("requests.import")
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_FILE
    reason = _reason()
    terms = Terms(current_app.config["KEYS"], today(), current_app.config["CLOSED_DAYS"], reason)
    is_trial = _is_trial()
    content = _content()
    try:
        counts = import_file(content, terms, now(), f"token: {token.name}", is_trial=is_trial)
    except AlreadyImported as known:
        return as_json({**_report(Counts(), is_trial), "imported_at": known.at.isoformat()})
    except FileRefused as refused:
        return _refused(refused)
    except ReasonTellsWhose as told:
        return _problem(400, "Not this reason", f"Nothing was kept: {told}.")
    except KeyLost as lost:
        return _problem(503, "A key is missing", f"Nothing was kept: {lost}.")
    return as_json({**_report(counts, is_trial), "imported_at": None})


def _is_trial() -> bool:
    """Say whether nothing is to be kept. Answers 400 for any other query: a trial that is mistyped must not write."""
    given = list(request.args.items(multi=True))
    if given not in ([], [("dry-run", "yes")], [("dry-run", "no")]):
        abort(_problem(400, "Not this query", "The one argument is dry-run, once: yes or no. Nothing was kept."))
    return ("dry-run", "yes") in given


def _content() -> bytes:
    """Return the file, whole. Answers 400 where fewer bytes came than were announced.

    The server ends an upload that broke off as if it were whole, and Werkzeug believes it (`wsgi.input_terminated`).
    """
    content = request.get_data(cache=False)
    if len(content) != (request.content_length or 0):
        abort(_problem(400, "The file is not whole", "It broke off on its way, and nothing was kept. Send it again."))
    return content


def _reason() -> str:
    """Return why a file may contradict what is kept, or nothing. Answers 400 for what no log should hold."""
    reason = unquote(request.headers.get("Correction-Reason", "")).strip()
    if len(reason) > LONGEST_REASON or CONTROL.search(reason):
        abort(400)
    return reason


def _report(counts: Counts, is_trial: bool) -> dict[str, object]:
    return {"dry_run": is_trial, **{name: getattr(counts, name) for name in Counts.__slots__}}


def _refused(refused: FileRefused) -> Response:
    """Return the faults of a file, each with its line (0 is the file as a whole); no sentence quotes it."""
    detail = "Nothing was kept. Mend these lines and send the whole file again."
    problems = [{"line": problem.line, "sentence": problem.sentence} for problem in refused.problems]
    return _problem(422, "The file was refused", detail, problems=problems, more=refused.more)


def _problem(status: int, title: str, detail: str, **more: object) -> Response:
    """Return a refusal in words, for whoever looks after the program (RFC 9457)."""
    response = as_json({"status": status, "title": title, "detail": detail, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
