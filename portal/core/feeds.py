"""A feed: a channel and its items, written as RSS 2.0. The same input always gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from feedgen.feed import FeedGenerator

from portal.core.calendar import QUEBEC
from portal.core.languages import TAGS, Language

#: RFC 4151: guids belong to the agency and the notice's year, so no change of host, title or address renames an item.
TAG = "tag:ramq.gouv.qc.ca,2021:portail"
#: What a channel without items says of its last change, so that asking twice gives the same bytes.
EPOCH = datetime(2021, 7, 22, tzinfo=QUEBEC)
#: Minutes a reader may keep a feed (RSS 2.0 `ttl`); the HTTP answer says the same in seconds.
TTL = 15
#: Items of a feed: what a reader that comes once a month still finds.
MOST_ITEMS = 50

#: feedgen sets the process-wide locale to write each date: one builder at a time.
_one_builder = Lock()


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. `guid` never changes; `html` is already safe; `published` and `updated` are aware."""

    guid: str
    title: str
    link: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole. `link` is its page, `address` its own; both absolute, from the configured public URL."""

    title: str
    description: str
    link: str
    address: str
    language: Language


def guid(*parts: object) -> str:
    """Return a stable `tag:` guid from parts that never change."""
    return "/".join([TAG, *map(str, parts)])


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """Return the RSS 2.0 document of `channel`, items in the order given (newest first)."""
    feed = FeedGenerator()
    feed.title(channel.title)
    feed.description(channel.description)
    feed.language(TAGS[channel.language])
    feed.link(href=channel.address, rel="self", type="application/rss+xml")
    feed.link(href=channel.link, rel="alternate")  # the last one becomes the channel's link
    feed.generator("portal")
    feed.ttl(TTL)
    feed.lastBuildDate(max((item.updated for item in items), default=EPOCH))
    for item in items:
        entry = feed.add_entry(order="append")
        entry.guid(item.guid, permalink=False)
        entry.title(item.title)
        entry.link(href=item.link)
        entry.description(item.html)
        entry.pubDate(item.published)
        entry.category([{"term": name} for name in item.categories])
    with _one_builder:
        return feed.rss_str(pretty=True)
