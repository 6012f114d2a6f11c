"""What the forms of the desk share: a line of text, a day, what is sealed; and the page that answers them."""

from datetime import date
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, ValidationError

from portal.core.calendar import parse_day
from portal.core.errors import DateInFuture, PortalError
from portal.core.languages import other
from portal.staff import sessions
from portal.staff.sessions import person
from portal.web.locale import has_failed, language
from portal.web.public import PublicForm, render, today

#: In place of what no text can hold: a control character, bytes that are no UTF-8.
NO_TEXT = "\ufffd"
LONGEST_LINE = 200


class DeskForm(PublicForm):
    """A form of the desk, which reads what is sent to it alone; the token is looked at before any form is read."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **{"formdata": None, **named})

    def tell(self, sentence: str) -> None:
        """Say what is wrong with the form as a whole."""
        self.form_errors = [*self.form_errors, sentence]


def refuse(field: Any, sentence: str) -> None:
    """Say what is wrong with a field that was validated."""
    field.errors = [sentence]


def is_sure(password: Field) -> bool:
    """Say whether the password was typed a short while ago, or now in its field. Raises TooManyRequests."""
    typed, password.data = password.data or "", ""
    if sessions.is_sure(typed):
        return True
    refuse(password, _("This is not your password."))
    return False


def revision_seen() -> int:
    """Return the revision from which the form that was sent began; none at all is older than every change."""
    text = request.form.get("expected", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def line_of(field: Field, longest: int = LONGEST_LINE) -> str:
    """Return the text of a field, trimmed. Raises ValidationError for what no page can hold, or too much of it."""
    text = " ".join((field.data or "").split())
    if NO_TEXT in text:
        raise ValidationError(_("There is a character that no page can show. Delete it and type the text again."))
    if len(text) > longest:
        raise ValidationError(_("Shorten this to %(longest)s characters.", longest=longest))
    return text


def day_of(field: Field, *, has_come: bool = False) -> date:
    """Return the day of a field. Raises ValidationError for no day, one far ahead, and one to come if it `has_come`."""
    try:
        return parse_day(field.data or "", today=today() if has_come else None)
    except DateInFuture:
        raise ValidationError(_("This day is still to come.")) from None
    except PortalError:
        raise ValidationError(_("Enter the day as year, month and day, for example 2021-07-22.")) from None


def answer(
    template: str, page: str, *, form: DeskForm | None = None, status: int = 0, **context: object
) -> AnyResponse:
    """Return a page: 422 where its form is wrong, unless told.

    `page` is the endpoint of the one that has an address: what answers a form has none, and its twin is that page’s.
    """
    if request.method == "POST":
        has_failed()
        g.failure_twin = url_for(page, language=other(language()))
    response = render(template, form=form, **context)
    response.status_code = status or (422 if form and form.errors else 200)
    return response


def sealed(value: object, purpose: str) -> str:
    """Return what a page holds until it is sent back by the same person, for the same purpose, and nobody else."""
    return _seal(purpose).dumps(value)


def unsealed(text: str, purpose: str, seconds: int) -> Any:
    """Return what was sealed so many seconds ago at most, or None."""
    try:
        return _seal(purpose).loads(text, max_age=seconds)
    except BadData:
        return None


def _seal(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"{purpose} of {person().number}")
