"""The checker of feeds itself: sound feeds pass, and each fault of a peer’s feed is seen."""

from dataclasses import replace

import pytest

from portal.feeds.documents import atom, rss
from portal.feeds.json_feed import json_feed
from portal.feeds.rules import FORMATS, Format
from tests.feeds.strict import Asked, faults
from tests.feeds.test_documents import ITEMS, a_channel

WRITERS = {"rss": rss, "atom": atom, "json": json_feed}


def written(kind: Format) -> tuple[bytes, Asked]:
    address = f"https://portail.example/fr/dates/fil.{kind}"
    return WRITERS[kind](a_channel(address=address), ITEMS), Asked(address, kind, "fr")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_sound_feed_has_no_fault(kind: Format) -> None:
    document, asked = written(kind)
    assert faults(document, asked) == []
    assert faults(document, replace(asked, language="en")) != []
    assert faults(document, replace(asked, address="https://portail.example/ailleurs")) != []


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("rss", "<title>Titre 1<", "<title>Titre &lt;b&gt;1&lt;/b&gt;<"),
        ("rss", "<title>Titre 1<", "<title>Titre &amp;amp; 1<"),
        ("rss", "dates/1</guid>", "dates/2</guid>"),
        ("rss", 'isPermaLink="false"', 'isPermaLink="true"'),
        ("rss", "tag:ramq", "ramq"),
        ("rss", "Wed, 21 Jul 2021", "Thu, 21 Jul 2021"),
        ("rss", "12:30:00 +0000", "12:30:00 GMT"),
        ("rss", "<link>https://portail.example/fr/dates/1<", "<link>/fr/dates/1<"),
        ("rss", "&lt;p&gt;Texte 1&lt;/p&gt;", "&lt;p&gt;&amp;lt;p&amp;gt;Texte 1&lt;/p&gt;"),
        ("rss", "&lt;p&gt;Texte 1", "&lt;img src=x&gt;Texte 1"),
        ("rss", "&lt;p&gt;Texte 1", "&lt;a href='/fr/'&gt;Texte 1"),
        ("rss", "<ttl>15</ttl>", ""),
        ("rss", "<ttl>15</ttl>", "<ttl>15</ttl><ttl>15</ttl>"),
        ("rss", "<generator>", "<author>Jean</author><generator>"),
        ("rss", ">Professionnels<", ">Établissements<"),
        ("rss", 'rel="self" type="application/rss+xml"', 'rel="self" type="text/xml"'),
        ("atom", '<content type="html">', '<content type="xhtml">'),
        ("atom", 'type="text/html" hreflang="fr-CA"', 'type="application/atom+xml" hreflang="en-CA"'),
        ("atom", "<name>Organisme</name>", "<name> </name>"),
        ("atom", "2021-07-21T12:30:00+00:00</updated>", "2021-07-21</updated>"),
        ("atom", "2021-07-21T12:30:00+00:00</updated>", "2021-07-21T12:30:00</updated>"),
        ("atom", "<title>Titre 1", '<title type="html">Titre 1'),
        ("atom", "<published>2021-07-21", "<published>2021-07-22"),
        ("atom", 'xml:lang="fr-CA"', 'xml:lang="fr"'),
        ("json", "version/1.1", "version/1"),
        ("json", '"title": "Titre 1"', '"title": ""'),
        ("json", '   "id": "tag:', '   "ID": "tag:'),
        ("json", "https://portail.example/fr/dates/1", "fr/dates 1"),
        ("json", '"home_page_url"', '"home"'),
        ("json", "2021-07-21T12:30:00+00:00", "2021-07-21T12:30:00"),
    ],
)
def test_each_fault_is_seen(kind: Format, old: str, new: str) -> None:
    document, asked = written(kind)
    assert old in document.decode()
    broken = document.decode().replace(old, new, 1).encode()
    assert faults(broken, asked) != []
