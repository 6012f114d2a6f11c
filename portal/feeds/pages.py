"""How a feed answers: one view gives its three formats and its archives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, g, request, url_for
from flask_babel import gettext as _

from portal.core.languages import Language, other
from portal.feeds.json_feed import json_feed
from portal.feeds.rules import MEDIA_TYPES, MOST_ITEMS, Archives, Channel, Format, Item, full_archives, guid
from portal.web.locale import language, route
from portal.web.public import FEED_SECONDS, absolute, channel_title


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself: the parts of its guid, its title and description in the language of its path, and
    the path of the page that shows the same to people.
    """

    key: Sequence[str]
    title: str
    description: str
    page: str
    has_hub: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """Where a feed takes its items from, each asked only if need be.

    `newest` gives the last ones, newest first; `count` how many there ever were; `from_oldest` those from a place on,
    oldest first, as many as told: an item that was withdrawn keeps its place, so that none moves to another archive.
    """

    newest: Callable[[], Sequence[Item]]
    count: Callable[[], int]
    from_oldest: Callable[[int, int], Sequence[Item]]


def feed_route(blueprint: Any, *, fr: str, en: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a feed its addresses, in three formats, with its archives: `fr` and `en` end where the format begins.

    The view takes `kind`, the format, and `archive`, the number of an archive or None.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        for place in ("", "-<int:archive>"):
            ending = f"{place}.<any(rss,atom,json):kind>"
            view = route(blueprint, fr=fr + ending, en=en + ending)(view)
        return view

    return decorate


def answer(about: About, source: Source, kind: Format, archive: int | None) -> Response:
    """Return the answer of a feed or of one of its archives; 404 where there is no such archive."""
    full = full_archives(source.count())
    if archive is None:
        items = source.newest()
        archives = Archives(previous=_address(kind, full) if full else None)
    elif 1 <= archive <= full:
        items = list(reversed(source.from_oldest((archive - 1) * MOST_ITEMS, MOST_ITEMS)))
        archives = Archives(
            current=_address(kind, None),
            previous=_address(kind, archive - 1) if archive > 1 else None,
            next=_address(kind, archive + 1) if archive < full else None,
        )
    else:
        abort(404)
    channel = _channel(about, kind, archive, archives)
    document = _written(kind, channel, items)
    response = Response(document, content_type=f"{MEDIA_TYPES[kind]}; charset=utf-8")
    response.headers["Content-Language"] = language()
    if channel.hub:  # WebSub §4: who reads no feed finds the hub here
        response.headers["Link"] = f'<{channel.hub}>; rel="hub", <{channel.address}>; rel="self"'
    return response


def _channel(about: About, kind: Format, archive: int | None, archives: Archives) -> Channel:
    return Channel(
        guid=guid("feeds", *about.key, language()),
        title=channel_title(about.title),
        description=about.description,
        author=_("Québec health-insurance agency"),
        link=absolute(about.page),
        address=_address(kind, archive),
        twin=_address(kind, None, other(language())),  # the archives of the other language may be others
        language=language(),
        ttl=FEED_SECONDS // 60,
        hub=current_app.config["HUB_URL"] if about.has_hub and archive is None else None,
        archives=archives,
    )


def _address(kind: Format, archive: int | None, wanted: Language | None = None) -> str:
    arguments: dict[str, Any] = {**(request.view_args or {}), **g.get("query_arguments", {})}
    arguments |= {"kind": kind, "archive": archive, "language": wanted or language()}
    return absolute(url_for(str(request.endpoint), **arguments))


def _written(kind: Format, channel: Channel, items: Sequence[Item]) -> bytes:
    """Return a feed in a format."""
    if kind == "json":
        return json_feed(channel, items)
    # Here, because a worker that nobody asks for a feed is spared feedgen and lxml: 9 MB.
    from portal.feeds.documents import atom, rss

    return {"rss": rss, "atom": atom}[kind](channel, items)
