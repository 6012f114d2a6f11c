"""The pages that read several subjects: the front page, the feeds; and what we promise."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.dates.pages import CheckForm, by_group
from portal.feeds.opml import Subscription, opml
from portal.forms.pages import NumberForm
from portal.notices import records as notices
from portal.notices.rules import AUDIENCE_NAMES
from portal.rows import shared as shared_rows
from portal.rows.rules import in_table, latest_as_of, turns
from portal.store.database import session
from portal.web.locale import address_in, language, route
from portal.web.public import (
    absolute,
    channel_title,
    data,
    now,
    page,
    render,
    today,
    turns_on,
    valid_until,
)

blueprint = Blueprint("front", __name__)

LATEST_NOTICES = 3


@blueprint.get("/")
def root() -> AnyResponse:
    """French at the root, by redirect; English is chosen by the visitor, never by Accept-Language."""
    return redirect(address_in("fr", "front.front"), 302)


@route(blueprint, fr="/", en="/")
@page("dates", "notices")
def front() -> Response:
    """The table's dates, whether someone answers now, the latest notices."""
    table = shared_rows.table()
    latest = notices.notices(session(), now(), limit=LATEST_NOTICES)
    valid_until(notices.next_publication(session(), now()))
    form = CheckForm(formdata=None).offer(table)
    context: dict[str, object] = {"groups": by_group(table), "as_of": latest_as_of(table), "today": today()}
    context |= {"form": form, "search": NumberForm(formdata=None)}
    return render("front/front.html", notices=latest, audience_names=AUDIENCE_NAMES, **context)


@route(blueprint, fr="/lexique/", en="/glossary/")
@page()
def glossary() -> Response:
    """The words of the portal, each explained."""
    return render("front/glossary.html")


@route(blueprint, fr="/fils/", en="/feeds/")
@page("dates")
def feeds() -> Response:
    """What a feed is, and the address of each."""
    return render("front/feeds.html", groups=by_group(shared_rows.table()), audience_names=AUDIENCE_NAMES)


@route(blueprint, fr="/fils.opml", en="/feeds.opml")
@data("dates")
def subscriptions() -> Response:
    """Every feed in one file, which a feed reader takes in."""
    every = shared_rows.all_rows()
    groups = by_group(in_table(every, today()))
    turns_on(turns(every))
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
    "forms.index",
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
