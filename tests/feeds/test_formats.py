"""What JSON Feed, Atom and OPML say beside the items: the hub, the archives, the list of feeds."""

import json
from xml.etree import ElementTree

from portal.feeds.documents import atom, rss
from portal.feeds.json_feed import json_feed
from portal.feeds.opml import Subscription, opml
from portal.feeds.rules import Archives
from tests.feeds.test_documents import ITEMS, a_channel

HUB = "https://hub.example/"
ARCHIVE = Archives(current="https://portail.example/c", previous="https://portail.example/p")
HISTORY = "{http://purl.org/syndication/history/1.0}archive"


def test_each_format_names_the_hub_and_the_older_items() -> None:
    channel = a_channel(hub=HUB, archives=ARCHIVE)
    told = json.loads(json_feed(channel, ITEMS))
    assert (told["hubs"], told["next_url"]) == ([{"type": "WebSub", "url": HUB}], ARCHIVE.previous)
    for document in (rss(channel, ITEMS), atom(channel, ITEMS)):
        assert HUB.encode() in document
        assert ElementTree.fromstring(document).find(f".//{HISTORY}") is not None


def test_a_feed_without_hub_or_archive_names_none() -> None:
    told = json.loads(json_feed(a_channel(), ITEMS[1:]))
    assert not {"hubs", "next_url"} & set(told)
    assert "tags" not in told["items"][0]


def test_the_list_of_feeds_is_one_outline_a_feed() -> None:
    listed = opml("Portail", "fr", {"Avis": [Subscription("Tous", "https://a.example/fil.rss", "https://a.example/")]})
    (found,) = ElementTree.fromstring(listed).findall("body/outline/outline")
    assert (found.get("xmlUrl"), found.get("htmlUrl")) == ("https://a.example/fil.rss", "https://a.example/")
