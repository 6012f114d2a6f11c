"""The editions of the table: their list, each of them, and what changed between any two."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort
from flask_babel import gettext as _
from wtforms import SelectField, ValidationError

from portal.core import formats
from portal.editions import records
from portal.editions.rules import Edition, compare
from portal.store.database import session
from portal.web.locale import language, query_arguments, route
from portal.web.public import PublicForm, known_arguments, page, page_number, render

blueprint = Blueprint("editions", __name__)

PER_PAGE = 40
#: Editions offered in a list; any other two are reached from their own pages.
MOST_OFFERED = 100


class CompareForm(PublicForm):
    """Two editions, the earlier and the later."""

    since = SelectField(validate_choice=False)
    until = SelectField(validate_choice=False)

    def offer(self, editions: Sequence[Edition]) -> "CompareForm":
        """Fill both fields with editions, newest first."""
        choices = [(str(edition.number), edition_name(edition)) for edition in editions]
        self.since.choices = self.until.choices = choices
        return self

    def validate_since(self, field: SelectField) -> None:
        """Refuse what is no edition."""
        _check(field)

    def validate_until(self, field: SelectField) -> None:
        """Refuse what is no edition, and one that is not after the other."""
        _check(field)
        if not self.since.errors and int(str(field.data)) <= int(str(self.since.data)):
            raise ValidationError(self._order_words())

    def _order_words(self) -> str:
        number = str(self.since.data)
        if number == self.since.choices[0][0]:
            return _("Edition %(number)s is the latest: nothing has changed since.", number=number)
        return _("In “Until”, choose an edition more recent than edition %(number)s.", number=number)


def _check(field: SelectField) -> None:
    if field.data not in [number for number, _name in field.choices]:
        raise ValidationError(
            _("There is no such edition. Choose one from the list.") if field.data else _("Choose an edition.")
        )


def edition_name(edition: Edition) -> str:
    """Return how a list names an edition: its number, and when it was published."""
    when = formats.instant(edition.published_at, language())
    return _("Edition %(number)s, %(instant)s", number=edition.number, instant=when)


@route(blueprint, fr="/dates/editions/", en="/dates/editions/")
@page("dates", arguments=("page",))
def index() -> Response:
    """Every edition, newest first."""
    total = records.count(session())
    number = page_number(total, PER_PAGE)
    found = records.editions(session(), limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    query_arguments(known_arguments("page"))
    offered = list(records.recent(session(), MOST_OFFERED))
    form = CompareForm(formdata=None).offer(offered)
    pages = max(-(-total // PER_PAGE), 1)
    return render("editions/list.html", editions=found, number=number, pages=pages, form=form)


@route(blueprint, fr="/dates/editions/<int:number>/", en="/dates/editions/<int:number>/")
@page("dates")
def edition(number: int) -> Response:
    """One edition: what it said of each of its rows, and what was said before."""
    found = records.edition(session(), number) or abort(404)
    older, newer = records.neighbours(session(), number)
    entries = records.entries(session(), number)
    return render("editions/edition.html", edition=found, entries=entries, newer=newer, older=older)


@route(blueprint, fr="/dates/changements", en="/dates/changes")
@page("dates", arguments=("since", "until"))
def changes() -> Response | tuple[Response, int]:
    """What changed between two editions; without the later one, until the newest."""
    given = known_arguments("since", "until")
    query_arguments(given)
    offered = list(records.recent(session(), MOST_OFFERED))
    offered += [
        named for text in given.values() if (named := records.edition_named(session(), text)) and named not in offered
    ]
    newest = {"until": str(offered[0].number)} if given.get("since") and "until" not in given and offered else {}
    form = CompareForm(formdata=None, data={**given, **newest}).offer(offered)
    if not given:
        return render("editions/changes.html", form=form, compared=None)
    if not form.validate():
        return render("editions/changes.html", form=form, compared=None), 422
    since, until = int(str(form.since.data)), int(str(form.until.data))
    compared = compare(*records.tables_of(session(), since, until))
    by_number = {edition.number: edition for edition in offered}
    return render("editions/changes.html", form=form, compared=compared, since=by_number[since], until=by_number[until])
