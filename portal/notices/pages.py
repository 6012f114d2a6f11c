"""The notices: the list, one notice and its versions, those of some audiences, and their feeds."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core.errors import UnknownKey
from portal.core.formats import listed
from portal.core.languages import Bilingual, other
from portal.feeds.pages import About, Source, answer, feed_route
from portal.feeds.rules import MOST_ITEMS, Format, Item
from portal.notices import feeds, items, records
from portal.notices.rules import (
    AUDIENCE_NAMES,
    AUDIENCES,
    PER_PAGE,
    Audience,
    Notice,
    Revision,
    Text,
    Told,
    major_changes,
    union,
)
from portal.store.database import session
from portal.text.compare import compared, has_changed, lines
from portal.text.markdown import excerpt, with_tables_in_boxes
from portal.web.failures import offered
from portal.web.locale import language, query_arguments, route, teller, twin_arguments
from portal.web.public import (
    absolute,
    changed_since,
    data,
    kept_in_memory_alone,
    known_arguments,
    moved,
    now,
    page,
    page_number,
    render,
    valid_until,
)

blueprint = Blueprint("notices", __name__)

#: The argument of the query that names several audiences, the same in both languages.
UNION = "clientele"
#: What a table is called in the language of its notice, which may not be that of the page.
TABLE = Bilingual("Tableau", "Table")


@route(blueprint, fr="/avis/", en="/notices/")
@page("notices", arguments=(UNION, "page"), few=True)
def index() -> AnyResponse:
    """Every notice, newest first; those of the audiences that the query names."""
    audiences, elsewhere = _asked()
    return elsewhere or _list(audiences)


@route(blueprint, fr="/avis/clientele/<audience>/", en="/notices/audience/<audience>/")
@page("notices", arguments=("page",), few=True)
def audience(audience: str) -> Response:
    """The notices of one audience, newest first."""
    return _list([_audience(audience)])


def _audience(key: str) -> Audience:
    return next((audience for audience in AUDIENCES if audience == key), None) or abort(404)


def _asked() -> tuple[Sequence[Audience], AnyResponse | None]:
    """Return the audiences that the query names; and, where they are spelled otherwise than we do, the way there.

    One audience and all of them have addresses of their own: a union has one spelling, so that it is kept once.
    """
    given = [value.strip() for value in request.args.getlist(UNION)]  # a form of HTML gives the argument again for each
    if not given:
        return (), None
    audiences = union(UNION, ",".join(given))
    if given == [",".join(audiences)] and 1 < len(audiences) < len(AUDIENCES):
        query_arguments(known_arguments(UNION))
        return audiences, None
    return (), moved(_place(audiences))


@blueprint.errorhandler(UnknownKey)
def _no_such_audience(error: UnknownKey) -> Response:
    # Each audience at its own address: named by the query, it would only be redirected there.
    return offered(error, lambda key: _place([_audience(key)]))


def _place(audiences: Sequence[Audience]) -> str:
    """Return the path of this page or feed for some audiences."""
    is_page = request.endpoint == "notices.index"
    arguments = {} if is_page else dict(request.view_args or {})
    if len(audiences) == 1:
        return url_for("notices.audience" if is_page else "notices.audience_feed", audience=audiences[0], **arguments)
    if len(audiences) < len(AUDIENCES) and audiences:
        arguments[UNION] = ",".join(audiences)
    return url_for(str(request.endpoint), **arguments)


def _list(audiences: Sequence[Audience]) -> Response:
    total = records.count(session(), now(), audiences)
    number = page_number(total, PER_PAGE)
    if number > 1 and len(audiences) > 1:
        kept_in_memory_alone()
    query_arguments(known_arguments(UNION, "page"))
    found = records.notices(session(), now(), audiences=audiences, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    valid_until(records.next_publication(session(), now()))
    context = {"audiences": audiences, "audience_names": AUDIENCE_NAMES, "number": number}
    context["pages"] = max(-(-total // PER_PAGE), 1)
    return render("notices/list.html", notices=found, names=_names(audiences), **context)


def _names(audiences: Sequence[Audience]) -> str:
    return listed([AUDIENCE_NAMES[audience].in_(language()) for audience in audiences], language())


@route(blueprint, fr="/avis/<int:number>/<slug>", en="/notices/<int:number>/<slug>")
@page("notices", "dates", "delivery")
def notice(number: int, slug: str) -> AnyResponse:
    """One notice. The number finds it; another slug is redirected to the right one."""
    found = records.notice(session(), number, now()) or abort(404)
    right = found.slug(language())
    if slug != right:
        return redirect(url_for("notices.notice", number=number, slug=right), 301)
    twin_arguments(slug=found.slug(other(language())))
    return render("notices/notice.html", **_read(found))


def _read(found: Notice) -> dict[str, object]:
    """Return what the page of a notice shows."""
    valid_until(records.next_publication(session(), now()))
    text = records.texts(session(), [found])[found.id]
    return {
        "notice": found,
        "html": Bilingual(with_tables_in_boxes(text.html.fr, TABLE.fr), with_tables_in_boxes(text.html.en, TABLE.en)),
        "excerpt": excerpt(text.html.in_(language())),
        "audience_names": AUDIENCE_NAMES,
        "touched": records.touched(session(), [found])[found.id],
        "changes": major_changes(records.revisions(session(), found.id)),
        "kept_by": records.kept_by(session(), found, now()) if found.promise else None,
        "keeps": next(iter(records.numbered(session(), [found.keeps], now())), None) if found.keeps else None,
    }


@route(blueprint, fr="/avis/versions/<int:changed>/", en="/notices/versions/<int:changed>/")
@page("notices")
def versions(changed: int) -> Response:
    """Every text that a notice has had, and why it changed."""
    found = records.notice(session(), changed, now()) or abort(404)
    past = records.revisions(session(), changed)
    return render("notices/versions.html", notice=found, versions=past[::-1], audience_names=AUDIENCE_NAMES)


@route(
    blueprint,
    fr="/avis/versions/<int:changed>/<int:old>/<int:new>/",
    en="/notices/versions/<int:changed>/<int:old>/<int:new>/",
)
@page("notices", "dates")
def changes(changed: int, old: int, new: int) -> Response:
    """What changed from one text of a notice to a later one."""
    found = records.notice(session(), changed, now()) or abort(404)
    past = {one.revision.number: one for one in records.past_texts(session(), changed)}
    # One version and the next, or the first and the current one: what may be asked for grows no faster than a notice.
    if old not in past or new not in past or not (new == old + 1 or (1, max(past)) == (old, new)):
        abort(404)
    both = compared(_lines(past[old]), _lines(past[new]))
    before, after = past[old].revision, past[new].revision
    is_changed = before.facts != after.facts or any(map(has_changed, both))
    context: dict[str, object] = {"before": before, "after": after, "paragraphs": both, "has_changed": is_changed}
    context |= {"audience_names": AUDIENCE_NAMES, "titles": _kept_titles(before, after)}
    return render("notices/changes.html", notice=found, is_here=found.is_in(language()), **context)


def _lines(text: Text) -> list[str]:
    # In the language of the page; a text that French alone has is compared in French.
    said = text.revision
    return lines(said.title.in_(language()), text.html.in_(language()), said.promise.in_(language()))


def _kept_titles(*texts: Revision) -> dict[str, Bilingual]:
    keys = {text.facts.keeps for text in texts} - {""}
    found = [records.notice_of_key(session(), key, now()) for key in keys]
    valid_until(records.next_publication(session(), now()))
    return {one.key: one.title for one in found if one}


@feed_route(blueprint, fr="/avis/fil", en="/notices/feed")
@data("notices", arguments=(UNION,), few=True)
def all_feed(kind: Format, archive: int | None = None) -> AnyResponse:
    """The feed of every notice, or of those for the audiences that the query names."""
    audiences, elsewhere = _asked()
    if elsewhere:
        return elsewhere
    if audiences and archive:
        kept_in_memory_alone()
    place = url_for("notices.index", clientele=",".join(audiences) or None)
    about = About(("notices", *audiences), _feed_title(audiences), _told(), place, has_hub=not audiences)
    return _feed(about, audiences, kind, archive)


@feed_route(blueprint, fr="/avis/clientele/<audience>/fil", en="/notices/audience/<audience>/feed")
@data("notices")
def audience_feed(audience: str, kind: Format, archive: int | None = None) -> Response:
    """The feed of the notices of one audience."""
    audiences = [_audience(audience)]
    about = About(
        ("notices", audience), _feed_title(audiences), _told(), url_for("notices.audience", audience=audience)
    )
    return _feed(about, audiences, kind, archive)


def _feed_title(audiences: Sequence[Audience]) -> str:
    return _("Notices: %(audience)s", audience=_names(audiences)) if audiences else _("Notices")


def _told() -> str:
    return _("Each new notice and each major change, with its whole text.")


def _feed(about: About, audiences: Sequence[Audience], kind: Format, archive: int | None) -> Response:
    valid_until(records.next_publication(session(), now()))
    changed_since(records.last_publication(session(), now()))
    feed = items.Feed(language(), audiences)
    source = Source(
        newest=lambda: told_items(items.newest_items(session(), feed, now(), MOST_ITEMS)),
        count=lambda: items.count_items(session(), feed, now()),
        from_oldest=lambda offset, limit: told_items(items.items_from(session(), feed, now(), offset, limit)),
    )
    return answer(about, source, kind, archive)


def told_items(found: Sequence[Told]) -> list[Item]:
    """Return the feed items of what is told of notices, in the language of the page."""
    promising = records.promising(session(), found, now())
    gettext = teller()
    return [feeds.item(told, _address, promising, gettext) for told in found]


def _address(found: Notice) -> str:
    return absolute(url_for("notices.notice", number=found.id, slug=found.slug(language())))
