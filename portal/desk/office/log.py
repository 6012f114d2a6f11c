"""The audit log: who changed what and when, asked for, taken away as a file, and whether it was touched."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, json, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.audit import files, records
from portal.audit.rules import EVERYTHING, Asked, DaysReversed, LineUnreadable
from portal.core.calendar import parse_day
from portal.core.errors import DateTooFar, DateTooOld, NotADate
from portal.store.database import session
from portal.web.locale import query_arguments, route
from portal.web.public import known_arguments, page_number, render

blueprint = Blueprint("log", __name__)

PER_PAGE = 50
ARGUMENTS = ("subject", "person", "first_day", "last_day", "page")
MEDIA: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@route(blueprint, fr="/journal/", en="/log/", under="/desk")
def index() -> Response:
    """The last changes, or those that are asked for."""
    given = known_arguments(*ARGUMENTS)
    return _page(given, *_asked(given))


def _page(given: Mapping[str, str], asked: Asked, errors: Mapping[str, str]) -> Response:
    query_arguments(dict(given))
    total = records.count(session(), asked)
    number = page_number(total, PER_PAGE)
    response = render(
        "desk/log.html",
        entries=records.newest(session(), PER_PAGE, asked, offset=(number - 1) * PER_PAGE),
        fields={name: _field(name, given, errors) for name in ("subject", "person", "first_day", "last_day")},
        given={name: value for name, value in given.items() if value and name != "page"},
        errors=errors,
        total=total,
        number=number,
        pages=max(-(-total // PER_PAGE), 1),
    )
    response.status_code = 422 if errors else 200
    return response


@route(blueprint, fr="/journal/verification", en="/log/verification", under="/desk")
def verification() -> Response:
    """Whether each line is as it was written."""
    head, faults = records.verified(session())
    return render("desk/verification.html", head=head, faults=faults)


@route(blueprint, fr="/journal/fichier.<any(csv,xlsx):kind>", en="/log/file.<any(csv,xlsx):kind>", under="/desk")
def file(kind: files.Kind) -> Response:
    """The changes that are asked for, as a file of which a spreadsheet runs nothing."""
    given = known_arguments(*ARGUMENTS)
    asked, errors = _asked(given)
    try:
        files.check_fits(kind, records.count(session(), asked))
    except files.TooManyLines:
        errors["last_day"] = _("There are more lines than a workbook holds. Choose fewer days, or take the CSV file.")
    if errors:
        return _page(given, asked, errors)
    response = Response(files.written(kind, records.each(session(), asked)), content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="journal.{kind}"'
    return response


@blueprint.errorhandler(LineUnreadable)
def say_which(error: LineUnreadable) -> AnyResponse:
    """Lead to where the line that cannot be read is named."""
    return redirect(url_for("log.verification"))


@blueprint.app_template_filter("as_json")
def as_json(details: Mapping[str, object]) -> str:
    """Return what a change holds as one text."""
    return json.dumps(details, ensure_ascii=False)


def _asked(given: dict[str, str]) -> tuple[Asked, dict[str, str]]:
    """Return what is asked for, and what is wrong with it by field, in words.

    A day that cannot be read is taken out of `given`: no browser would show it, and Chromium complains of it.
    """
    days, errors = {}, {}
    for name in ("first_day", "last_day"):
        try:
            days[name] = parse_day(given[name]) if given.get(name) else None
        except (NotADate, DateTooOld, DateTooFar):
            del given[name]
            errors[name] = _("Enter the day as year, month and day, for example 2021-07-22.")
    if errors:
        return EVERYTHING, errors
    try:
        return Asked(given.get("subject") or None, given.get("person") or None, **days), {}
    except DaysReversed:
        return EVERYTHING, {"last_day": _("This day comes before the first one.")}


def _field(name: str, given: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """Return a field as the components draw one."""
    known = {"subject": records.subjects, "person": records.people}.get(name)
    choices = [(one, one) for one in known(session())] if known else None
    wrong = [errors[name]] if name in errors else []
    return {"id": name, "name": name, "data": given.get(name, ""), "choices": choices, "errors": wrong}
