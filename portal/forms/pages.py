"""The forms by their number: find one, and what is known of it."""

from collections.abc import Collection

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, ValidationError

from portal.core.errors import PortalError
from portal.core.numbers import form_number
from portal.delivery import records as delivery
from portal.forms.records import registry
from portal.forms.rules import known_forms
from portal.notices import records as notices
from portal.notices.rules import AUDIENCE_NAMES, PER_PAGE, Touched
from portal.rows import shared as shared_rows
from portal.rows.rules import latest_as_of
from portal.store.database import session
from portal.web.failures import words_for
from portal.web.locale import query_arguments, route
from portal.web.public import PublicForm, known_arguments, now, page, render, today, valid_until

blueprint = Blueprint("forms", __name__)


class NumberForm(PublicForm):
    """The number of a form; `unknown` is one that was asked for and is not in our list."""

    number = StringField()
    known: Collection[str] = ()
    unknown = ""

    def offer(self, known: Collection[str]) -> "NumberForm":
        """Say which forms there are."""
        self.known = known
        return self

    def validate_number(self, field: StringField) -> None:
        """Refuse what is not four digits, and a form that we do not know."""
        try:
            number = form_number(field.data or "")
        except PortalError as error:
            raise ValidationError(words_for(error)) from None
        if number not in self.known:
            self.unknown = number
            words = _(
                "Form %(number)s is not in our list. Check the number, or check your date by kind of request.",
                number=number,
            )
            raise ValidationError(words)


@route(blueprint, fr="/formulaires/", en="/forms/")
@page("dates", "delivery", arguments=("number",))
def index() -> AnyResponse | tuple[Response, int]:
    """Every form known by its number; with a number, the way to that form."""
    given = known_arguments("number")
    query_arguments(given)
    known = known_forms(shared_rows.table(), delivery.rules(session()))
    search = NumberForm(formdata=request.args if given else None).offer(known)
    if given and search.validate():
        return redirect(url_for("forms.form", form=form_number(str(search.number.data))), 302)
    return render("forms/list.html", form=search, known=known.items()), 422 if given else 200


@route(blueprint, fr="/formulaires/<form>/", en="/forms/<form>/")
@page("dates", "delivery", "notices")
def form(form: str) -> Response:
    """One form: its group, the dates of its rows, how its credentials travel by received date, its notices."""
    known = registry(session(), today())
    if form not in known:
        abort(404)
    found = known.form(form)
    of_rules = {key for span in found.spans for key in span.notices}
    explaining = notices.about(session(), Touched(), of_rules, now(), limit=max(len(of_rules), 1))
    keys = of_rules | {one.row.notice for one in found.dates}
    context: dict[str, object] = {
        "found": found,
        "as_of": latest_as_of(found.dates),
        "explaining": {notice.key: notice for notice in explaining},
        "notices": notices.about(session(), Touched(forms=[form]), keys, now(), limit=PER_PAGE),
        "today": today(),
        "search": NumberForm(formdata=None),
    }
    valid_until(notices.next_publication(session(), now()))
    return render("forms/form.html", audience_names=AUDIENCE_NAMES, **context)


def forms_today() -> Collection[str]:
    """Return the numbers of the forms that have a page today."""
    return known_forms(shared_rows.table(), delivery.rules(session()))
