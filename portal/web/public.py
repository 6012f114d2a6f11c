"""What makes a view a public page: it declares what it reads, and states until when it is right."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from flask import (
    Response,
    abort,
    current_app,
    g,
    get_template_attribute,
    json,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from portal.core.calendar import day_of, instant, parse_day
from portal.core.errors import PortalError
from portal.core.tables import CONTROL, written
from portal.store import revisions
from portal.store.bare.servable import DEMONSTRATION
from portal.store.changes import was_ever
from portal.store.copies import Statement
from portal.store.database import session
from portal.web.door.page_cache import REVISIONS, STATEMENT
from portal.web.failures import words_for
from portal.web.locale import language
from portal.web.shared import right_until, shared

View = Callable[..., Any]
Revisions = Mapping[str, revisions.Revision]
#: Browsers ask again after a minute: a page is right to the minute even where a date was just published.
PAGE_SECONDS = 60
#: Feed readers poll by the quarter of an hour.
FEED_SECONDS = 900
#: Every page shows whether someone answers now, and whether the content is a demonstration.
ON_EVERY_PAGE = ("contacts", "site")


def now() -> datetime:
    """Return the aware instant of this request, the same from its first line to its last."""
    return g.now


def today() -> date:
    """Return the day in Québec of this request."""
    return day_of(now())


def page(
    *subjects: str, arguments: tuple[str, ...] = (), few: bool = False, banner: str = "stale_banner"
) -> Callable[[View], View]:
    """Declare an HTML page that reads `subjects`; `arguments` are the only names of the query it knows.

    `few` says that what it answers 200 to is bounded, whatever is asked: then each answer is kept on disk too. A page
    is valid until midnight in Québec at most: one that says a day must not outlive it. `banner` is the component that
    says how old a copy is.
    """

    def state(stated: Statement, known: Revisions) -> Statement:
        midnight = instant(today() + timedelta(days=1))
        return replace(stated, valid_until=midnight.timestamp(), stale_notice=_stale_notice(banner))

    return _public((*subjects, *ON_EVERY_PAGE), arguments, few, state)


def data(*subjects: str, arguments: tuple[str, ...] = (), few: bool = False) -> Callable[[View], View]:
    """Declare a feed or a data document, dated by the last change of what it reads; any site may read it (headers).

    `arguments` and `few` are as for a page.

    One that reads no subject moves with the release or the calendar: it has no date, its ETag is enough.
    """

    def state(stated: Statement, known: Revisions) -> Statement:
        changed_at = max((known[subject].changed_at.timestamp() for subject in subjects), default=None)
        return replace(stated, max_age=FEED_SECONDS, changed_at=changed_at)

    return _public((*subjects, "site"), arguments, few, state)


def moved(path: str) -> AnyResponse:
    """Return a redirect to the address that a page or feed has now; readers may remember it for a while."""
    response = redirect(path, 301)
    response.headers["Cache-Control"] = f"public, max-age={FEED_SECONDS}"
    return response


def valid_until(at: datetime | None) -> None:
    """State that the page is no longer right from an aware instant on; None changes nothing."""
    if at is not None:
        right_until(at.timestamp())


def kept_in_memory_alone() -> None:
    """State that this answer is one of too many to keep on disk, however `few` others of its path may be.

    With the database away, only a worker that has it in memory answers it.
    """
    g.statement = replace(g.statement, is_one_of_many=True)


def turns_on(days: Iterable[date]) -> None:
    """State the days in Québec on which a document changes by itself: it is right since the last, until the next."""
    for day in days:
        if day > today():
            valid_until(instant(day))
        else:
            changed_since(instant(day))


def changed_since(at: datetime | None) -> None:
    """State that a feed or document changed by itself at an aware instant: a notice appeared, a line closed.

    Without it, a reader that sends only If-Modified-Since would be told 304. None changes nothing.
    """
    stated: Statement = g.statement
    if at is not None and stated.changed_at is not None:
        g.statement = replace(stated, changed_at=max(stated.changed_at, at.timestamp()))


def last_change() -> datetime:
    """Return the aware instant of the last change of a feed or document, as stated so far: its Last-Modified."""
    stated: Statement = g.statement
    return datetime.fromtimestamp(stated.changed_at or 0, UTC)


def revision_of(subject: str) -> int:
    """Return the number of the last change of a subject that the view declares."""
    return g.statement.revisions[subject]


def _public(
    subjects: tuple[str, ...],
    arguments: tuple[str, ...],
    few: bool,
    state: Callable[[Statement, Revisions], Statement],
) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**values: object) -> Response:
            # Before any data: a page newer than its key is made anew, a page older than its key would stay.
            known = revisions.current(session())
            request.environ[REVISIONS] = {subject: found.number for subject, found in known.items()}
            numbers = {subject: known[subject].number for subject in subjects}
            g.statement = state(Statement(numbers, arguments, few, PAGE_SECONDS), known)
            response = current_app.make_response(view(**values))
            if _is_spelled_as_we_do(arguments):
                request.environ[STATEMENT] = g.statement
            return response

        return answer

    return decorate


def _is_spelled_as_we_do(arguments: tuple[str, ...]) -> bool:
    # Only the one spelling is kept, or a stranger fills the disk. Spaces around a value make another key of the same
    # page; bytes that are no text may be read in several ways (Flask gives `%F1` back as it was typed, which the form
    # number in it makes 1405 of `%f1405`); one given twice may mean its first value, or both.
    read = parse_qs(request.query_string.decode(errors="replace"), keep_blank_values=True)
    given = [read[name] for name in arguments if name in read]
    is_plain = all(values == [values[0].strip()] and "\ufffd" not in values[0] for values in given)
    # The router forgives `//fr/` or `/avis/01/…`.
    return is_plain and request.environ["PATH_INFO"] == url_for(str(request.endpoint), **(request.view_args or {}))


def known_arguments(*names: str) -> dict[str, str]:
    """Return the known arguments of the query that were given, trimmed; of one given twice, the first."""
    return {name: request.args[name].strip() for name in names if name in request.args}


def page_number(total: int, per_page: int) -> int:
    """Return the page of a list that the query asks for, the first unless told. Answers 404 where there is none."""
    text = known_arguments("page").get("page", "1")
    pages = max(-(-total // per_page), 1)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(pages)) and 1 <= int(text) <= pages):
        abort(404)
    return int(text)


def _stale_notice(banner: str) -> str:
    return str(get_template_attribute("macros/panel.html", banner)(now()))


def as_json(value: object) -> Response:
    """Return the answer of a JSON document, in UTF-8, keys in the order given."""
    document = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
    return Response(document, content_type="application/json; charset=utf-8")


def as_csv(name: str, columns: Sequence[str], documents: Sequence[Mapping[str, object]]) -> Response:
    """Return the answer of a CSV document: what a JSON one lists, flat (see `written`).

    `name` is that of the file to save, in ASCII without its ending; a demonstration says so in it.
    """
    # No BOM: a program would read it as part of the first heading, and the type says the encoding.
    response = Response(written(columns, documents), content_type="text/csv; charset=utf-8; header=present")
    name = f"demonstration-{name}" if is_demonstration() else name
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_file(content: bytes, content_type: str, name: str) -> Response:
    """Return the answer of a file to save or to open with another program; `name` is in ASCII, with its ending."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class PublicForm(FlaskForm):
    """A form of a public page: no token (a page that is kept can hold none), our own sentences."""

    class Meta(FlaskForm.Meta):
        """No token, no sentence of WTForms’ own."""

        csrf = False

        def get_translations(self, form: BaseForm) -> None:
            """Keep WTForms from reading its catalogues at each request: every sentence is ours."""

        def bind_field(self, form: BaseForm, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            """Give every field a filter: what was typed is shown again, and HTML can hold no control character."""
            return super().bind_field(form, unbound_field, {**options, "filters": [_shown]})


def _shown(typed: str | None) -> str | None:
    return typed and CONTROL.sub("\ufffd", typed)


def received_on(field: Field) -> date:
    """Return the day typed in a field, which must have been reached. Raises ValidationError in words."""
    if not field.data:
        raise ValidationError(_("Give the date on which we received your request."))
    try:
        return parse_day(field.data, today=today())
    except PortalError as error:
        raise ValidationError(words_for(error)) from None


def is_demonstration() -> bool:
    """Say whether the content is a demonstration."""
    return shared().value(("site",), "demonstration", lambda: was_ever(session(), DEMONSTRATION), is_daily=False)


def channel_title(title: str) -> str:
    """Return the title of a feed, which says so when the content is a demonstration."""
    return _("[Demonstration] %(title)s", title=title) if is_demonstration() else title


def absolute(path: str) -> str:
    """Return an absolute address from the configured public URL, never from the request's Host."""
    return current_app.config["PUBLIC_URL"] + path


def render(template: str, **context: object) -> Response:
    """Return a page of a template in the language of its path."""
    response = Response(render_template(template, **context), content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language()
    return response
