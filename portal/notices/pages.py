"""The notices: the list, one notice, those of an audience, and their RSS feeds."""

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core.feeds import MOST_ITEMS, Channel
from portal.core.languages import other
from portal.notices import feeds, records
from portal.notices.rules import AUDIENCE_NAMES, AUDIENCES, PER_PAGE, Audience, excerpt
from portal.store.database import session
from portal.web.locale import language, query_arguments, route, twin_arguments
from portal.web.public import (
    absolute,
    as_rss,
    changed_since,
    channel_title,
    data,
    known_arguments,
    now,
    page,
    page_number,
    render,
    valid_until,
)

blueprint = Blueprint("notices", __name__)

#: A notice's number has no more digits; a database's integers take no more than 64 bits.
MOST_DIGITS = 6


def _audience(key: str) -> Audience:
    return next((audience for audience in AUDIENCES if audience == key), None) or abort(404)


@route(blueprint, fr="/avis/", en="/notices/")
@page("notices", arguments=("page",))
def index() -> Response:
    """Every notice, newest first."""
    return _list(None)


@route(blueprint, fr="/avis/clientele/<audience>/", en="/notices/audience/<audience>/")
@page("notices", arguments=("page",))
def audience(audience: str) -> Response:
    """The notices of one audience, newest first."""
    return _list(_audience(audience))


def _list(audience: Audience | None) -> Response:
    given = known_arguments("page")
    total = records.count(session(), now(), audience)
    number = page_number(total, PER_PAGE)
    query_arguments(given)
    found = records.notices(session(), now(), audience=audience, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    valid_until(records.next_publication(session(), now()))
    context = {"audience": audience, "audience_names": AUDIENCE_NAMES, "number": number}
    context["pages"] = max(-(-total // PER_PAGE), 1)
    return render("notices/list.html", notices=found, **context)


@route(blueprint, fr="/avis/<int:number>/<slug>", en="/notices/<int:number>/<slug>")
@page("notices")
def notice(number: int, slug: str) -> AnyResponse:
    """One notice. The number finds it; another slug is redirected to the right one."""
    found = records.notice(session(), number, now()) if len(str(number)) <= MOST_DIGITS else None
    if found is None:
        abort(404)
    right = found.slug(language())
    if slug != right:
        return redirect(url_for("notices.notice", number=number, slug=right), 301)
    twin_arguments(slug=found.slug(other(language())))
    words = excerpt(found.html.in_(language()))
    return render("notices/notice.html", notice=found, excerpt=words, audience_names=AUDIENCE_NAMES)


@route(blueprint, fr="/avis/fil.rss", en="/notices/feed.rss")
@data("notices")
def all_feed() -> Response:
    """The feed of every notice."""
    return _feed(None, _("Notices"), url_for("notices.index"), url_for("notices.all_feed"))


@route(blueprint, fr="/avis/clientele/<audience>/fil.rss", en="/notices/audience/<audience>/feed.rss")
@data("notices")
def audience_feed(audience: str) -> Response:
    """The feed of the notices of one audience."""
    key = _audience(audience)
    title = _("Notices: %(audience)s", audience=AUDIENCE_NAMES[key].in_(language()))
    return _feed(key, title, url_for("notices.audience", audience=key), request.path)


def _feed(audience: Audience | None, title: str, link: str, address: str) -> Response:
    description = _("Each new notice, with its whole text.")
    channel = Channel(channel_title(title), description, absolute(link), absolute(address), language())
    found = records.notices(session(), now(), audience=audience, only_in=language(), limit=MOST_ITEMS)
    valid_until(records.next_publication(session(), now()))
    changed_since(records.last_publication(session(), now()))
    items = [
        feeds.item(one, absolute(url_for("notices.notice", number=one.id, slug=one.slug(language()))), language())
        for one in found
    ]
    return as_rss(channel, items)
