"""Every refusal and failure as words a person can act on, in the language of the path, with the right status."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request, url_for
from flask_babel import gettext as _, ngettext
from limits.errors import StorageError
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Gone, HTTPException, InternalServerError, NotFound, ServiceUnavailable, TooManyRequests

from portal.core import formats
from portal.core.calendar import day_of
from portal.core.errors import (
    DateInFuture,
    DateTooOld,
    FormNumberMalformed,
    NothingToSearch,
    PortalError,
    ReferenceMalformed,
    ReferenceMistyped,
    SearchTooLong,
    UnknownKey,
    Withdrawn,
)
from portal.core.languages import language_of, other
from portal.core.numbers import EXAMPLE_REFERENCE
from portal.store.copies import Statement
from portal.web.door.headers import INTERFACE, is_embedded
from portal.web.door.page_cache import REVISIONS, STATEMENT
from portal.web.limits import EveryoneRefused
from portal.web.locale import has_failed, language
from portal.web.shared import shared

RETRY_SECONDS = 30
#: The page of a refusal, but at the desk.
FAILURE_PAGE = "failures/failure.html"
#: What it shows beside the refusal: whether someone answers now, and whether all is a demonstration.
SUBJECTS = ("contacts", "site")
#: The statuses of an address where there is nothing, and for how long that may be said without looking again.
ABSENT = frozenset({404, 410})
ABSENT_SECONDS = 1
#: What must not break at the end of a line, as the macro of that name says in a template.
TOGETHER = Markup('<span class="p-together">{}</span>')
MINUTES_OF_AN_HOUR = 60
HOURS_OF_HALF_A_DAY = 12
#: The key, the label and the address of what there is.
Choice = tuple[str, str, str]


def words_of(status: int) -> tuple[str, str]:
    """Return the title of a refusal by its status, and what to do, in the language of the page."""
    words = {
        400: (
            _("Incorrect address or submission"),
            _("We could not read what your browser sent. Go back, reload the page and try again."),
        ),
        401: (_("No access"), _("Give a token that is valid for this: Authorization: Bearer …")),
        403: (_("Refused"), _("This form must be sent from our own page. Open the page and fill in the form there.")),
        404: (
            _("Page not found"),
            _("There is no page at this address. Check the address, or choose one of these pages."),
        ),
        405: (_("Not allowed"), _("This address is not used in that way. Open the page in your browser.")),
        410: (_("Page withdrawn"), _("This page was withdrawn. Choose one of these pages.")),
        413: (_("Too long"), _("What you sent is too long. Shorten it and send it again.")),
        415: (_("Not this kind of file"), _("Send a CSV file: Content-Type: text/csv.")),
        429: (_("Too many tries"), _("You have tried too many times. Wait a little, then try again, or call us.")),
        503: (_("Unavailable for now"), _("The portal cannot answer for now. Try again in a minute, or call us.")),
    }
    unexpected = (
        _("Something went wrong"),
        _("The portal made a mistake. Nothing was lost; try again in a minute, or call us."),
    )
    return words.get(status, words[400] if status < 500 else unexpected)


def words_for(error: PortalError) -> str:
    """Return what a field says of a value that the rules refuse."""
    match error:
        case DateInFuture():
            return _("This date is in the future. Give the date on which we received your request.")
        case DateTooOld():
            return _("This date is before 1990. Check the year.")
        case FormNumberMalformed():
            return _("Give the four digits of the form, for example 4058.")
        case ReferenceMistyped():
            return _("One symbol of this reference is wrong. Compare it with your acknowledgement.")
        case ReferenceMalformed():
            words = _(
                "A reference has 11 characters, for example %(example)s; the last one may be *, ~, $ or =. Copy it "
                "from your acknowledgement."
            )
            return Markup(words) % {"example": TOGETHER.format(EXAMPLE_REFERENCE)}  # noqa: S704 — a sentence of ours
        case NothingToSearch():
            return _("Type at least one word or one number.")
        case SearchTooLong():
            return _(
                "Shorten your search: %(characters)s characters and %(words)s words at most.",
                characters=error.characters,
                words=error.words,
            )
        case _:
            return _("Give the date as year, month and day, for example 2021-07-22.")


def attach(app: Flask) -> None:
    """Give `app` its failure pages."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(UnknownKey, _unknown)
    app.register_error_handler(Withdrawn, _withdrawn)
    app.register_error_handler(SQLAlchemyError, _database_failed)
    app.register_error_handler(StorageError, _limits_failed)
    app.register_error_handler(TooManyRequests, _too_many_tries)
    app.register_error_handler(EveryoneRefused, _everyone_refused)
    app.register_error_handler(Exception, _failed)


def _failed(error: Exception) -> Response:
    # Never the query nor the form: they may hold what is personal.
    current_app.logger.exception("%s %s failed", request.method, _where(), exc_info=error)
    return _page(InternalServerError())


def _where() -> str:
    """Return the pattern of the path for the log: a path may hold a key, or what somebody typed."""
    return str(request.url_rule)


def _database_failed(error: SQLAlchemyError) -> Response:
    # Its class only: a statement's parameters may be personal.
    current_app.logger.error("%s %s: database: %s", request.method, _where(), type(error).__name__)
    return _page(ServiceUnavailable(retry_after=RETRY_SECONDS), with_help=False)


def _limits_failed(error: StorageError) -> Response:
    # Without its count, a limit would be none: nobody is answered, and everyone is told whom to call.
    name = type(error.storage_error).__name__
    current_app.logger.error("%s %s: limits: %s", request.method, _where(), name)
    return _page(ServiceUnavailable(retry_after=RETRY_SECONDS))


def _too_many_tries(error: TooManyRequests) -> Response:
    g.language = language_of(request.path)
    return _page(error, sentence=_wait(error.retry_after) if isinstance(error.retry_after, int) else "")


def _wait(seconds: int) -> str:
    """Return what to do in so many seconds, in the unit that a person counts with."""
    minutes = max(ceil((seconds - 1) / 60), 1)  # the figure is rounded up to the next second
    if minutes < MINUTES_OF_AN_HOUR:
        return ngettext(
            "You have tried too many times. Try again in %(num)s minute, or call us.",
            "You have tried too many times. Try again in %(num)s minutes, or call us.",
            minutes,
        )
    hours = ceil(minutes / MINUTES_OF_AN_HOUR)
    if hours > HOURS_OF_HALF_A_DAY and day_of(g.now + timedelta(seconds=seconds)) > day_of(g.now):
        return _("You have tried too many times. Try again tomorrow at this time, or call us.")
    return ngettext(
        "You have tried too many times. Try again in %(num)s hour, or call us.",
        "You have tried too many times. Try again in %(num)s hours, or call us.",
        hours,
    )


def _everyone_refused(error: EveryoneRefused) -> Response:
    g.language = language_of(request.path)
    sentence = _(
        "So many wrong references were tried that this page is closed for a while, to protect the requests. Call us: "
        "the phone numbers are below."
    )
    return _page(error, sentence=sentence)


def _unknown(error: UnknownKey) -> Response:
    # The same page of what there is: the reader mistyped, or follows a link of another site.
    def place(key: str) -> str:
        arguments: dict[str, Any] = {**(request.view_args or {}), error.argument: key}
        return url_for(str(request.endpoint), **arguments)

    return offered(error, place)


def offered(error: UnknownKey, place: Callable[[str], str]) -> Response:
    """Return the answer 404 with what there is; `place` gives the path of each choice by its key."""
    return _page(NotFound(), [(key, label.in_(language()), place(key)) for key, label in error.choices])


def _withdrawn(error: Withdrawn) -> Response:
    day = formats.day(error.on, language_of(request.path))
    g.language = language_of(request.path)
    sentence = _("This notice was withdrawn on %(day)s.", day=day)
    g.failure_twin = url_for(str(request.endpoint), language=other(g.language), **(request.view_args or {}))
    return _page(Gone(_("Notice withdrawn")), sentence=" ".join([sentence, error.why.in_(g.language)]).strip())


def _refused(error: HTTPException) -> Response:
    return _page(error)


def refused(error: HTTPException, sentence: str) -> Response:
    """Return the answer to a refusal with a sentence of its own in place of the general one."""
    return _page(error, sentence=sentence)


def _page(
    error: HTTPException, choices: Sequence[Choice] = (), sentence: str = "", *, with_help: bool = True
) -> Response:
    if error.response is not None:  # a redirect of the router
        return current_app.make_response(error.response)
    status = error.code or 500
    g.language = language_of(request.path)
    has_failed()
    title, general = words_of(status)
    title = str(error.description) if isinstance(error, Gone) and sentence else title
    sentence = sentence or general
    if request.path.startswith(INTERFACE):
        document: dict[str, object] = {"status": status, "title": title, "detail": sentence}
        if choices:
            document["choices"] = [key for key, _label, _address in choices]
        response = Response(json.dumps(document), status, content_type="application/problem+json")
    else:
        html = _html({"status": status, "title": title, "sentence": sentence, "choices": choices}, with_help)
        response = Response(html, status, content_type="text/html; charset=utf-8")
        response.headers["Content-Language"] = language()
    kept = {"Allow", "Retry-After", "WWW-Authenticate"}
    for name, value in error.get_headers(request.environ):
        if name in kept:
            response.headers[name] = value
    if status in ABSENT and request.environ.get(REVISIONS):
        until = g.now.timestamp() + ABSENT_SECONDS  # nobody knows here what is to appear by itself
        request.environ[STATEMENT] = Statement(request.environ[REVISIONS], valid_until=until)
    return response


def _html(context: Mapping[str, Any], with_help: bool) -> str:
    if is_embedded(request.path):  # in a frame of another site, at 300 × 160 px: a title and where to go
        return render_template("failures/embedded.html", title=context["title"])
    page = current_app.config["FAILURE_PAGE"]
    try:
        if context["status"] not in ABSENT or page != FAILURE_PAGE:
            return render_template(page, with_help=with_help, **context)
        # Strangers ask for what is not there, without end; there is one answer for all of it.
        key = ("failure", language(), *map(str, context.values()), request.endpoint, g.get("failure_twin"), with_help)
        return shared().value(SUBJECTS, key, lambda: render_template(page, with_help=with_help, **context))
    except Exception:  # what is said there reads the database, and may be the very thing that failed
        return render_template(page, with_help=False, **context)
