"""A feed written as JSON Feed 1.1. Pure; the same input always gives the same bytes."""

import json
from collections.abc import Sequence

from portal.core.languages import TAGS
from portal.feeds.rules import Channel, Item, without_markup

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel, items: Sequence[Item]) -> bytes:
    """Return the JSON Feed of `channel`, items in the order given (newest first)."""
    document: dict[str, object] = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.link,
        "feed_url": channel.address,
        "description": channel.description,
        "language": TAGS[channel.language],
        "authors": [{"name": channel.author}],
    }
    if channel.archives.previous:
        document["next_url"] = channel.archives.previous  # the format’s own word for older items
    if channel.hub:
        document["hubs"] = [{"type": "WebSub", "url": channel.hub}]
    # An object of our own, as the format allows: what RSS and Atom say by links.
    document["_portal"] = {"id": channel.guid, "twin_url": channel.twin, "ttl_minutes": channel.ttl}
    document["items"] = [_item(item) for item in items]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: Item) -> dict[str, object]:
    written: dict[str, object] = {
        "id": item.guid,
        "url": item.link,
        "title": without_markup(item.title),
        "content_html": item.html,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
    }
    return {**written, "tags": [one.label for one in item.categories]} if item.categories else written
