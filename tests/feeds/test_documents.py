"""A feed is RSS 2.0 that strict readers accept, and the same bytes whenever it is asked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, strategies as st

from portal.core.tables import CONTROL
from portal.feeds.documents import ATOM, atom, rss
from portal.feeds.rules import TAG, Category, Channel, Item, guid, without_markup

AT = datetime(2021, 7, 22, 12, 30, tzinfo=UTC)


def a_channel(**changes: object) -> Channel:
    channel = Channel(
        guid=guid("feeds", "dates", "fr"),
        author="Organisme",
        twin="https://portail.example/en/dates/feed.rss",
        ttl=15,
        title="Dates de traitement",
        description="Chaque changement du tableau",
        link="https://portail.example/fr/dates/",
        address="https://portail.example/fr/dates/fil.rss",
        language="fr",
    )
    return replace(channel, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def an_item(number: int = 1, **changes: object) -> Item:
    item = Item(
        guid=guid("dates", number),
        title=f"Titre {number}",
        link=f"https://portail.example/fr/dates/{number}",
        html=f"<p>Texte {number}</p>",
        published=AT - timedelta(days=number),
        updated=AT - timedelta(days=number),
    )
    return replace(item, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def parsed(document: bytes) -> ElementTree.Element:
    """Parse strictly: the first error raises."""
    return ElementTree.fromstring(document)


def texts(document: bytes, path: str) -> list[str]:
    return [element.text or "" for element in parsed(document).findall(path)]


CATEGORIES = (
    Category("audiences", "professionals", "Professionnels"),
    Category("audiences", "institutions", "Établissements"),
)
ITEMS = [an_item(1, categories=CATEGORIES), an_item(2), an_item(3)]


@pytest.mark.parametrize("items", [[], ITEMS])
def test_the_same_feed_asked_twice_is_the_same_bytes(items: list[Item]) -> None:
    assert rss(a_channel(), items) == rss(a_channel(), items)


def test_feeds_built_at_the_same_time_do_not_mix() -> None:
    channels = [a_channel(title=f"Fil {number}") for number in range(40)]
    alone = [rss(channel, ITEMS) for channel in channels]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda channel: rss(channel, ITEMS), channels))

    assert together == alone


def test_the_items_stand_in_the_order_given() -> None:
    assert texts(rss(a_channel(), ITEMS), "channel/item/title") == ["Titre 1", "Titre 2", "Titre 3"]
    assert texts(rss(a_channel(), ITEMS[::-1]), "channel/item/title") == ["Titre 3", "Titre 2", "Titre 1"]


def test_a_guid_is_a_tag_and_not_an_address() -> None:
    guids = parsed(rss(a_channel(), ITEMS)).findall("channel/item/guid")

    assert [element.text for element in guids] == [f"{TAG}/dates/{number}" for number in (1, 2, 3)]
    assert [element.get("isPermaLink") for element in guids] == ["false"] * 3


def test_a_guid_is_made_of_parts_that_never_change() -> None:
    assert guid("dates", "access-new", 12, "fr") == "tag:ramq.gouv.qc.ca,2021:portail/dates/access-new/12/fr"


@pytest.mark.parametrize(("language", "tag"), [("fr", "fr-CA"), ("en", "en-CA")])
def test_the_channel_says_what_it_is(language: str, tag: str) -> None:
    document = rss(a_channel(language=language), ITEMS)

    channel = parsed(document).find("channel")
    assert channel is not None
    told = {name: channel.findtext(name) for name in ("title", "description", "link", "language", "generator", "ttl")}
    assert told == {
        "title": "Dates de traitement",
        "description": "Chaque changement du tableau",
        "link": "https://portail.example/fr/dates/",
        "language": tag,
        "generator": "portal",
        "ttl": "15",
    }


def test_the_channel_gives_its_own_address_and_its_twins() -> None:
    links = parsed(rss(a_channel(), ITEMS)).findall("channel/{http://www.w3.org/2005/Atom}link")

    assert [dict(link.attrib) for link in links] == [
        {"href": "https://portail.example/fr/dates/fil.rss", "rel": "self", "type": "application/rss+xml"},
        {"href": "https://portail.example/fr/dates/", "rel": "alternate", "type": "text/html", "hreflang": "fr-CA"},
        {
            "href": "https://portail.example/en/dates/feed.rss",
            "rel": "alternate",
            "type": "application/rss+xml",
            "hreflang": "en-CA",
        },
    ]


def test_an_item_carries_its_link_text_date_and_categories() -> None:
    item = parsed(rss(a_channel(), ITEMS[:1])).find("channel/item")

    assert item is not None
    assert item.findtext("link") == "https://portail.example/fr/dates/1"
    assert item.findtext("description") == "<p>Texte 1</p>"
    assert item.findtext("pubDate") == "Wed, 21 Jul 2021 12:30:00 +0000"
    assert [element.text for element in item.findall("category")] == ["Professionnels", "Établissements"]


def test_the_term_of_a_category_is_for_programs_and_its_label_for_people() -> None:
    found = parsed(atom(a_channel(), ITEMS[:1])).findall(f"{{{ATOM}}}entry/{{{ATOM}}}category")
    scheme = f"{TAG}/categories/audiences"
    assert [element.attrib for element in found] == [
        {"term": "professionals", "scheme": scheme, "label": "Professionnels"},
        {"term": "institutions", "scheme": scheme, "label": "Établissements"},
    ]


def test_an_item_without_categories_has_none() -> None:
    assert texts(rss(a_channel(), [an_item()]), "channel/item/category") == []


def test_the_last_change_is_that_of_the_newest_item_wherever_it_stands() -> None:
    assert texts(rss(a_channel(), ITEMS[::-1]), "channel/lastBuildDate") == ["Wed, 21 Jul 2021 12:30:00 +0000"]


def test_an_empty_channel_is_a_feed_too() -> None:
    document = rss(a_channel(), [])

    assert texts(document, "channel/item") == []
    assert texts(document, "channel/lastBuildDate") == ["Thu, 22 Jul 2021 00:00:00 -0400"]
    assert not feedparser.parse(document).bozo


def test_a_feed_reader_finds_everything_without_complaint() -> None:
    found = feedparser.parse(rss(a_channel(), ITEMS))

    assert not found.bozo
    assert (found.version, found.encoding.lower()) == ("rss20", "utf-8")
    assert found.feed.title == "Dates de traitement"
    assert [entry.id for entry in found.entries] == [item.guid for item in ITEMS]
    assert [entry.guidislink for entry in found.entries] == [False] * 3
    assert [entry.summary for entry in found.entries] == [item.html for item in ITEMS]
    assert [entry.published_parsed[:5] for entry in found.entries] == [item.published.timetuple()[:5] for item in ITEMS]


def allowed(text: str) -> bool:
    return bool(text.strip()) and not CONTROL.search(text)


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(allowed)
instants = st.datetimes(
    datetime(1990, 1, 2),  # noqa: DTZ001  # hypothesis takes its bounds naive, and the zone apart
    datetime(2100, 1, 1),  # noqa: DTZ001  # the same
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=-4))]),
)


@given(words, words, instants)
def test_whatever_a_file_may_hold_is_carried_unharmed(title: str, html: str, published: datetime) -> None:
    document = rss(a_channel(title=title), [an_item(title=title, html=html, published=published)])

    item = parsed(document).find("channel/item")
    assert item is not None
    assert item.findtext("title") == without_markup(title)
    assert item.findtext("description") == html
    assert parsedate_to_datetime(item.findtext("pubDate") or "") == published.replace(microsecond=0)
    assert texts(document, "channel/title") == [title]
    assert document == rss(a_channel(title=title), [an_item(title=title, html=html, published=published)])
