"""The pages that read several subjects: the front page, the forms by number, the feeds; and what we promise."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, ValidationError

from portal.core.errors import PortalError
from portal.core.numbers import form_number
from portal.dates.pages import CheckForm, by_group
from portal.delivery import records as delivery
from portal.delivery.rules import Rule, spans
from portal.feeds.opml import Subscription, opml
from portal.notices import records as notices
from portal.notices.rules import AUDIENCE_NAMES, PER_PAGE, Touched
from portal.rows import records as rows
from portal.rows.rules import ProcessingDate, Row, latest_as_of, turns
from portal.store.database import session
from portal.web.failures import words_for
from portal.web.locale import address_in, language, query_arguments, route
from portal.web.public import (
    PublicForm,
    absolute,
    channel_title,
    data,
    known_arguments,
    now,
    page,
    render,
    today,
    turns_on,
    valid_until,
)

blueprint = Blueprint("front", __name__)

LATEST_NOTICES = 3


class NumberForm(PublicForm):
    """The number of a form."""

    number = StringField()
    known: Collection[str] = ()

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
            words = _(
                "Form %(number)s is not in our list. Check the number, or check your date by kind of request.",
                number=number,
            )
            raise ValidationError(words)


@blueprint.get("/")
def root() -> AnyResponse:
    """French at the root, by redirect; English is chosen by the visitor, never by Accept-Language."""
    return redirect(address_in("fr", "front.front"), 302)


@route(blueprint, fr="/", en="/")
@page("dates", "notices")
def front() -> Response:
    """The table's dates, whether someone answers now, the latest notices."""
    table = rows.table(session(), today())
    latest = notices.notices(session(), now(), limit=LATEST_NOTICES)
    valid_until(notices.next_publication(session(), now()))
    form = CheckForm(formdata=None).offer(table)
    context: dict[str, object] = {"groups": by_group(table), "as_of": latest_as_of(table), "today": today()}
    context |= {"form": form, "search": NumberForm(formdata=None)}
    return render("front/front.html", notices=latest, audience_names=AUDIENCE_NAMES, **context)


@route(blueprint, fr="/formulaires/", en="/forms/")
@page("dates", "delivery", arguments=("number",))
def forms() -> AnyResponse | tuple[Response, int]:
    """Every form known by its number; with a number, the way to that form."""
    given = known_arguments("number")
    query_arguments(given)
    known = known_forms(rows.table(session(), today()), delivery.rules(session()))
    search = NumberForm(formdata=request.args if given else None).offer(known)
    if given and search.validate():
        return redirect(url_for("front.form", form=form_number(str(search.number.data))), 302)
    return render("front/forms/forms.html", form=search, known=known.items()), 422 if given else 200


@route(blueprint, fr="/formulaires/<form>/", en="/forms/<form>/")
@page("dates", "delivery", "notices")
def form(form: str) -> Response:
    """One form: the dates of its rows, how its credentials travel, its notices."""
    table = rows.table(session(), today())
    rules = delivery.rules(session())
    if form not in known_forms(table, rules):
        abort(404)
    covering = [found for found in table if form in found.row.forms]
    # A row may send none, as a removal of access; a form that no row covers is judged by its rule alone.
    sends_credentials = not covering or any(found.row.issues_credentials for found in covering)
    decided = spans(rules, form) if sends_credentials else []
    keys = {found.row.notice for found in covering}.union(*(span.notices for span in decided))
    context: dict[str, object] = {
        "number": form,
        "dates": covering,
        "as_of": latest_as_of(covering),
        "spans": decided,
        "sends_credentials": sends_credentials,
        "today": today(),
    }
    context |= {
        "notices": notices.about(session(), Touched(forms=[form]), keys, now(), limit=PER_PAGE),
        "search": NumberForm(formdata=None),
    }
    valid_until(notices.next_publication(session(), now()))
    return render("front/forms/form.html", audience_names=AUDIENCE_NAMES, **context)


def known_forms(table: Sequence[ProcessingDate], rules: Sequence[Rule]) -> Mapping[str, Row | None]:
    """Return every form that a row covers or a rule names, by its number, with its row if there is one."""
    known: dict[str, Row | None] = dict.fromkeys(number for rule in rules for number in rule.forms)
    known |= {number: found.row for found in reversed(table) for number in found.row.forms}
    return dict(sorted(known.items()))


def forms_today() -> Collection[str]:
    """Return the numbers of the forms that have a page today."""
    return known_forms(rows.table(session(), today()), delivery.rules(session()))


@route(blueprint, fr="/lexique/", en="/glossary/")
@page()
def glossary() -> Response:
    """The words of the portal, each explained."""
    return render("front/glossary.html")


@route(blueprint, fr="/fils/", en="/feeds/")
@page("dates")
def feeds() -> Response:
    """What a feed is, and the address of each."""
    return render("front/feeds.html", groups=by_group(rows.table(session(), today())), audience_names=AUDIENCE_NAMES)


@route(blueprint, fr="/fils.opml", en="/feeds.opml")
@data("dates")
def subscriptions() -> Response:
    """Every feed in one file, which a feed reader takes in."""
    groups = by_group(rows.table(session(), today()))
    turns_on(turns(rows.all_rows(session())))
    in_notices = [_subscription(_("Notices"), "notices", "all_feed", "index")]
    for key, name in AUDIENCE_NAMES.items():
        title = _("Notices: %(audience)s", audience=name.in_(language()))
        in_notices.append(_subscription(title, "notices", "audience_feed", "audience", audience=key))
    in_dates = [_subscription(_("Processing dates"), "dates", "table_feed", "table")]
    for group, dates in groups:
        title = _("Dates and notices: %(group)s", group=group.label.in_(language()))
        in_dates.append(_subscription(title, "dates", "group_feed", "group", group=group.key))
        for row in (found.row for found in dates if not found.row.merged_into):
            title = _("Processing date: %(label)s", label=row.label.in_(language()))
            in_dates.append(_subscription(title, "dates", "row_feed", "row", row=row.key))
    title = channel_title(_("Feeds of the information portal"))
    document = opml(title, language(), {_("Notices"): in_notices, _("Processing dates"): in_dates})
    response = Response(document, content_type="text/x-opml; charset=utf-8")
    response.headers["Content-Language"] = language()
    return response


def _subscription(title: str, subject: str, feed: str, page: str, **arguments: Any) -> Subscription:
    # Readers name a feed after this file, not after the feed: both say the same.
    address = absolute(url_for(f"{subject}.{feed}", kind="rss", **arguments))
    return Subscription(channel_title(title), address, absolute(url_for(f"{subject}.{page}", **arguments)))


@route(blueprint, fr="/accessibilite/", en="/accessibility/")
@page()
def accessibility() -> Response:
    """What we do so that everyone can use the portal."""
    return render("front/accessibility.html")


@route(blueprint, fr="/confidentialite/", en="/privacy/")
@page()
def privacy() -> Response:
    """What is kept of a visit: nothing."""
    return render("front/privacy.html", closed_days=current_app.config["CLOSED_DAYS"])


#: The pages that need no argument, in the order in which a newcomer would open them.
PAGES = (
    "front.front",
    "dates.table",
    "dates.check",
    "notices.index",
    "front.forms",
    "prepare.preparing",
    "front.feeds",
    "contacts.contact",
    "status.lookup",
    "front.glossary",
    "front.accessibility",
    "front.privacy",
)


def addresses() -> list[tuple[str, str]]:
    """Return the path of each page in French and in English."""
    return [(address_in("fr", endpoint), address_in("en", endpoint)) for endpoint in PAGES]
