"""The search page: the forms that a query names, then the notices that hold its words; and OpenSearch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, ValidationError

from portal.core.errors import PortalError
from portal.core.languages import Bilingual, Language
from portal.delivery import records as delivery
from portal.forms.rules import known_forms
from portal.notices.records import next_publication, texts as texts_of
from portal.notices.rules import AUDIENCE_NAMES, Notice
from portal.rows import shared as shared_rows
from portal.rows.rules import Row
from portal.search import records
from portal.search.records import Found
from portal.search.rules import MOST_FOUND, PER_PAGE, Piece, Query, passage, query, spaced
from portal.store.database import session
from portal.text.markdown import plain
from portal.web.failures import words_for
from portal.web.locale import language, query_arguments, route
from portal.web.public import (
    PublicForm,
    absolute,
    data,
    known_arguments,
    now,
    page,
    page_number,
    render,
    valid_until,
)

blueprint = Blueprint("search", __name__)

#: What is read of a notice for its passage.
LONGEST_HTML = 20_000


class SearchForm(PublicForm):
    """What to look for."""

    q = StringField()

    def validate_q(self, field: StringField) -> None:
        """Refuse what is too long, and what holds no word."""
        try:
            query(spaced(field.data or ""))
        except PortalError as error:
            raise ValidationError(words_for(error)) from None


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, as one page shows it: the forms stand on the first one."""

    forms: Sequence[tuple[str, Row | None]]
    notices: Sequence[tuple[Notice, Sequence[Piece]]]
    found: Found
    number: int
    pages: int


@route(blueprint, fr="/recherche/", en="/search/")
@page("notices", "dates", "delivery", arguments=("q", "page"))
def index() -> AnyResponse | tuple[Response, int]:
    """The search; with a query, what it finds."""
    given: dict[str, Any] = known_arguments("q", "page")
    asked = spaced(given.pop("q", ""))
    form = SearchForm(formdata=request.args if asked else None)
    if asked and not form.validate():
        return render("search/search.html", form=form, asked="", results=None), 422
    query_arguments({"q": asked} if asked else {})
    if request.args.get("q", asked) != asked:  # one search has one address, and one place among the kept pages
        return redirect(url_for("search.index", **given, q=asked or None), 302)
    if not asked:
        page_number(0, PER_PAGE)
    results = _results(query(asked)) if asked else None
    context = {"asked": asked, "results": results, "audience_names": AUDIENCE_NAMES, "most": MOST_FOUND}
    return render("search/search.html", form=form, **context)


def _results(asked: Query) -> Results:
    valid_until(next_publication(session(), now()))
    forms = _forms(asked)
    found = records.found(session(), asked, language(), now())
    if not forms and not found.numbers:
        found = records.found(session(), asked, language(), now(), every=False)
    number = page_number(len(found.numbers), PER_PAGE)
    start = (number - 1) * PER_PAGE
    shown = records.notices(session(), found.numbers[start : start + PER_PAGE], now())
    texts = texts_of(session(), shown)
    passages = [(notice, _passage(notice, texts[notice.id].html, asked)) for notice in shown]
    return Results([] if start else forms, passages, found, number, max(-(-len(found.numbers) // PER_PAGE), 1))


def _forms(asked: Query) -> Sequence[tuple[str, Row | None]]:
    known = known_forms(shared_rows.table(), delivery.rules(session()))
    named = [(number, row) for number, row in known.items() if asked.names_form(number, _label(row), language())]
    return sorted(named, key=lambda form: form[0] not in asked.words)[:PER_PAGE]


def _label(row: Row | None) -> str:
    return f"{row.label.in_(language())} {row.group.label.in_(language())}" if row else ""


def _passage(notice: Notice, html: Bilingual, asked: Query) -> Sequence[Piece]:
    wanted: Language = language() if notice.is_in(language()) else "fr"
    return passage(plain(html.in_(wanted)[:LONGEST_HTML]), frozenset(asked.stems[wanted]), wanted)


@route(blueprint, fr="/recherche.xml", en="/search.xml")
@data()
def description() -> Response:
    """How a browser can search here by itself (OpenSearch 1.1)."""
    told = {"name": _("Portal"), "sentence": _("Search the notices and the forms of the information portal")}
    document = render_template("search/opensearch.xml", search=absolute(url_for("search.index")), **told)
    return Response(document, content_type="application/opensearchdescription+xml; charset=utf-8")
