"""What is common to every write of a program: its token, whether it is a trial, each refusal in words (RFC 9457)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps

from flask import Response, abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from portal.backoffice.documents import Document, DocumentRefused, Fault, NotADocument
from portal.core.errors import NeedsConfirmation, PortalError, StaleEdit
from portal.publication.acts import By
from portal.status.rules import LONGEST_REASON, ReasonTellsWhose, check_reason
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.tokens.records import token_of
from portal.tokens.rules import Scope, Token, TokenRefused, bearer, check
from portal.web.limits import at_most
from portal.web.public import as_json, now

#: A program writes a few times a day; one that tries tokens is slowed down.
PER_CLIENT = "60 per minute"
JSON = "application/json"
#: A notice of two languages at its longest, each sign of it escaped.
LARGEST_DOCUMENT = 1_000_000


class SecondPersonNeeded(PortalError):
    """A write needs a second person in this installation: a token is none."""


class Unknown(PortalError):
    """There is nothing of that name; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Call:
    """A write that a program asks for: with which token, whether it is a trial, and what it sent."""

    token: Token
    is_trial: bool
    document: Document

    @property
    def actor(self) -> str:
        """Return the name under which it stands in the audit log."""
        return actor_of(self.token)

    def by(self, expected: int | None) -> By:
        """Return who acts, having begun from the revision `expected`, or from none."""
        return By(self.actor, expected, is_trial=self.is_trial)

    def changes(self, subject: str, action: str, act: Callable[[Change], object], expected: int | None = None) -> bool:
        """Do something as one recorded change of a subject, or try it; say whether it changes anything.

        Raises what `act` raises, and StaleEdit.
        """
        with recorded_change(subject, action=action, actor=self.actor, at=now(), expected=expected) as change:
            act(change)
            is_change = bool(change.details)
            if self.is_trial:
                change.session.flush()
                change.abandon()
        return is_change


View = Callable[..., Mapping[str, object]]


def writes(scope: Scope) -> Callable[[View], Callable[..., Response]]:
    """Make a view a write of programs whose token allows `scope`: it is given a Call, and its answer is told as JSON.

    A trial (`?dry-run=yes`) goes all the way and keeps nothing. What the view raises is told in words, and nothing is
    kept of it.
    """

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        @at_most(PER_CLIENT)
        def answer(**values: object) -> Response:
            token = holder(scope)
            if request.mimetype != JSON:
                abort(problem(415, "Not this kind of body", "Send a JSON object: Content-Type: application/json."))
            request.max_content_length = LARGEST_DOCUMENT
            is_trial, content = asks_for_trial(), whole_body()
            try:
                told = view(Call(token, is_trial, Document.read(content)), **values)
            except PortalError as refused:
                return _refused(refused)
            return as_json({"dry_run": is_trial, **told})

        return answer

    return decorate


def actor_of(token: Token) -> str:
    """Return the name under which the holder of a token stands in the audit log."""
    return f"token: {token.name}"


def holder(scope: Scope) -> Token:
    """Return the token of the request. Answers 401, the same for a token that is none, unknown, expired or revoked."""
    try:
        return check(token_of(session(), bearer(request.headers.get("Authorization", ""))), scope, now())
    except TokenRefused:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "portal"})) from None


def asks_for_trial() -> bool:
    """Say whether nothing is to be kept. Answers 400 for any other query: a trial that is mistyped must not write."""
    given = list(request.args.items(multi=True))
    if given not in ([], [("dry-run", "yes")], [("dry-run", "no")]):
        abort(problem(400, "Not this query", "The one argument is dry-run, once: yes or no. Nothing was kept."))
    return ("dry-run", "yes") in given


def whole_body() -> bytes:
    """Return the body, whole. Answers 400 where fewer bytes came than were announced.

    The server ends an upload that broke off as if it were whole, and Werkzeug believes it (`wsgi.input_terminated`).
    """
    content = request.get_data(cache=False)
    if len(content) != (request.content_length or 0):
        abort(problem(400, "The body is not whole", "It broke off on its way, and nothing was kept. Send it again."))
    return content


def reason_of(sent: Document, *, longest: int = LONGEST_REASON) -> str:
    """Return why something is done, which the audit log keeps for good: it may not say whose request it is about."""
    reason = sent.line("reason", longest=longest, is_required=True)
    try:
        check_reason(reason)
    except ReasonTellsWhose as told:
        sent.tell("reason", told.sentence)
    return reason


def need_no_second_person(act: str) -> None:
    """Refuse what a second person must do where the setting asks for one. Raises SecondPersonNeeded."""
    if current_app.config["SECOND_PERSON"]:
        raise SecondPersonNeeded(f"{act} takes a second person here: do it at the desk")


def problem(status: int, title: str, detail: str, **more: object) -> Response:
    """Return a refusal in words, for whoever looks after the program (RFC 9457)."""
    response = as_json({"status": status, "title": title, "detail": detail, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _refused(refused: PortalError) -> Response:
    match refused:
        case NotADocument():
            return problem(400, "Not a document", _sentence(refused))
        case DocumentRefused(faults=faults):
            return _faulty(faults)
        case NeedsConfirmation(questions=questions):
            detail = "Nothing was kept. If each of these is meant, send the same with “confirmed”: true."
            return problem(422, "This is unusual", detail, questions=list(questions))
        case StaleEdit(expected=expected, found=found):
            detail = f"Nothing was kept: {refused}. Read what it says now, then send yours again."
            return problem(409, "Changed meanwhile", detail, expected=expected, found=found)
        case SecondPersonNeeded():
            return problem(403, "A second person is needed", _sentence(refused))
        case Unknown():
            return problem(404, "Not found", _sentence(refused))
    return problem(422, "Refused", _sentence(refused))


def _faulty(faults: Sequence[Fault]) -> Response:
    detail = "Nothing was kept. Mend these and send the whole document again."
    told = [{"pointer": one.at, "sentence": one.sentence} for one in faults]
    return problem(422, "The document was refused", detail, problems=told)


def _sentence(refused: PortalError) -> str:
    return f"Nothing was kept: {str(refused).rstrip('.')}."
