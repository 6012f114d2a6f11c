"""A feed written as RSS 2.0 and as Atom 1.0, by feedgen. The same input always gives the same bytes."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from portal.core.languages import TAGS, other
from portal.feeds.rules import MEDIA_TYPES, Channel, Format, Item, last_change, without_markup

Element = Any  # lxml has no types
ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
#: RFC 5005 §4: says of a document that it is an archive, which will not change.
HISTORY = "http://purl.org/syndication/history/1.0"
#: The name under which feedgen keeps our extensions of it.
OWN = "portal"
#: feedgen sets the process-wide locale to write each date: one builder at a time.
_one_builder = Lock()


class ChannelExtension(BaseExtension):
    """What feedgen leaves out of a channel: in RSS every link but its own address, in both the mark of an archive."""

    links: Sequence[dict[str, str]] = ()
    is_archive = False

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces of what is written below."""
        return {"dc": DUBLIN_CORE, **({"fh": HISTORY} if self.is_archive else {})}

    def extend_rss(self, feed: Element) -> None:
        """Write the links and the mark into the channel of an RSS document."""
        for link in self.links:
            xml_elem(f"{{{ATOM}}}link", feed[0], **link)
        self.extend_atom(feed[0])

    def extend_atom(self, feed: Element) -> None:
        """Write the mark of an archive."""
        if self.is_archive:
            xml_elem(f"{{{HISTORY}}}archive", feed)


class ItemExtension(BaseEntryExtension):
    """What feedgen leaves out of an RSS item: who wrote it, and when it was last changed."""

    author = ""
    updated = ""

    def extend_rss(self, feed: Element) -> None:
        """Write both into an item."""
        xml_elem(f"{{{DUBLIN_CORE}}}creator", feed).text = self.author
        xml_elem(f"{{{ATOM}}}updated", feed).text = self.updated


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """Return the RSS 2.0 document of `channel`, items in the order given (newest first)."""
    feed = _feed(channel, items, "rss")
    for item in items:
        entry = _entry(feed, item)
        entry.description(item.html)
        own: ItemExtension = vars(entry)[OWN]
        own.author, own.updated = channel.author, item.updated.isoformat()
    with _one_builder:
        return feed.rss_str(pretty=True)


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """Return the Atom 1.0 document of `channel` (RFC 4287), items in the order given (newest first)."""
    feed = _feed(channel, items, "atom")
    for item in items:
        entry = _entry(feed, item)
        entry.content(item.html, type="html")
    with _one_builder:
        return feed.atom_str(pretty=True)


def _feed(channel: Channel, items: Sequence[Item], form: Format) -> FeedGenerator:
    feed = FeedGenerator()
    feed.register_extension(OWN, ChannelExtension, ItemExtension)
    own: ChannelExtension = vars(feed)[OWN]
    feed.id(channel.guid)
    feed.title(channel.title)
    feed.description(channel.description)
    feed.author(name=channel.author)
    feed.language(TAGS[channel.language])
    feed.generator("portal")
    feed.ttl(channel.ttl)
    feed.updated(last_change(items))
    own.is_archive = channel.archives.current is not None
    own.links = links = _links(channel, form)
    feed.link(href=channel.address, rel="self", type=MEDIA_TYPES[form])
    feed.link(**links[0])  # the page: the last one that feedgen is told of is the link of an RSS channel
    for link in links[1:] if form == "atom" else ():
        feed.link(**link)
    return feed


def _links(channel: Channel, form: Format) -> list[dict[str, str]]:
    media, twin = MEDIA_TYPES[form], TAGS[other(channel.language)]
    # The page first: many readers take the first alternate for the site.
    links = [{"href": channel.link, "rel": "alternate", "type": "text/html", "hreflang": TAGS[channel.language]}]
    links.append({"href": channel.twin, "rel": "alternate", "type": media, "hreflang": twin})
    archives = channel.archives
    related = {"hub": channel.hub, "current": archives.current}
    related |= {"prev-archive": archives.previous, "next-archive": archives.next}
    return links + [{"href": address, "rel": rel} for rel, address in related.items() if address]


def _entry(feed: FeedGenerator, item: Item) -> FeedEntry:
    entry = feed.add_entry(order="append")
    entry.id(item.guid)
    entry.guid(item.guid, permalink=False)
    entry.title(without_markup(item.title))
    entry.link(href=item.link, rel="alternate", type="text/html")
    # RFC 4287 §4.2.2: `term` is for programs, `label` for people; feedgen gives RSS the label.
    entry.category([{"term": one.key, "scheme": one.scheme, "label": one.label} for one in item.categories])
    entry.published(item.published)
    entry.updated(item.updated)
    return entry
