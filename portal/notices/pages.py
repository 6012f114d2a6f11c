"""The notices: the list, one notice, those of an audience, and their RSS feeds."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core.languages import other
from portal.core.text import excerpt
from portal.feeds.pages import About, Source, answer, feed_route
from portal.feeds.rules import MOST_ITEMS, Format, Item
from portal.notices import feeds, records
from portal.notices.rules import AUDIENCE_NAMES, AUDIENCES, PER_PAGE, Audience, Notice
from portal.store.database import session
from portal.web.locale import language, query_arguments, route, twin_arguments
from portal.web.public import (
    absolute,
    changed_since,
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


@feed_route(blueprint, fr="/avis/fil", en="/notices/feed")
@data("notices")
def all_feed(kind: Format, archive: int | None = None) -> Response:
    """The feed of every notice."""
    return _feed(About(("notices",), _("Notices"), _told(), url_for("notices.index")), None, kind, archive)


@feed_route(blueprint, fr="/avis/clientele/<audience>/fil", en="/notices/audience/<audience>/feed")
@data("notices")
def audience_feed(audience: str, kind: Format, archive: int | None = None) -> Response:
    """The feed of the notices of one audience."""
    key = _audience(audience)
    title = _("Notices: %(audience)s", audience=AUDIENCE_NAMES[key].in_(language()))
    about = About(("notices", key), title, _told(), url_for("notices.audience", audience=key))
    return _feed(about, key, kind, archive)


def _told() -> str:
    return _("Each new notice, with its whole text.")


def _feed(about: About, audience: Audience | None, kind: Format, archive: int | None) -> Response:
    valid_until(records.next_publication(session(), now()))
    changed_since(records.last_publication(session(), now()))

    def told(found: Sequence[Notice]) -> Sequence[Item]:
        return [
            feeds.item(one, absolute(url_for("notices.notice", number=one.id, slug=one.slug(language()))), language())
            for one in found
        ]

    source = Source(
        newest=lambda: told(records.notices(session(), now(), audience=audience, only_in=language(), limit=MOST_ITEMS)),
        count=lambda: 0,
        from_oldest=lambda offset, limit: (),
    )
    return answer(about, source, kind, archive)
