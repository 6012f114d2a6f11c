"""Laws for every feed: strict, stable, dated by the data, and found from the pages."""

from xml.etree import ElementTree

import feedparser
import pytest
from time_machine import travel

from tests.makers import Office, feed_of
from tests.visitor import visit

FEEDS = [
    *(f"/{language}/{path}" for language, path in (("fr", "avis/fil.rss"), ("en", "notices/feed.rss"))),
    *(
        path
        for audience in ("professionals", "dispensers", "institutions", "developers", "rehabilitation")
        for path in (f"/fr/avis/clientele/{audience}/fil.rss", f"/en/notices/audience/{audience}/feed.rss")
    ),
    "/fr/dates/fil.rss",
    "/en/dates/feed.rss",
    "/fr/dates/access-new/fil.rss",
    "/en/dates/access-new/feed.rss",
]


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_strict_and_says_what_it_is(demo: Office, path: str) -> None:
    response = demo.get(path)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=900"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    channel = ElementTree.fromstring(response.data)[0]
    links = channel.findall("{http://www.w3.org/2005/Atom}link")
    assert links[0].get("rel") == "self"
    assert links[0].get("href") == f"http://portal.test{path}"
    assert channel.findtext("language") == path[1:3] + "-CA"
    assert channel.findtext("title", "").startswith("[Démonstration]" if path.startswith("/fr") else "[Demonstration]")
    guids = [item.findtext("guid", "") for item in channel.findall("item")]
    assert guids
    assert len(guids) == len(set(guids))
    assert all(guid.startswith("tag:") and "portal.test" not in guid for guid in guids)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_read_without_a_complaint(demo: Office, path: str) -> None:
    feed = feedparser.parse(feed_of(demo.get(path)))
    assert not feed.bozo
    assert all(entry.link.startswith("http://portal.test/") for entry in feed.entries)
    dates = [entry.published_parsed for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_asked_twice_is_the_same_to_the_byte(demo: Office, path: str) -> None:
    with travel("2026-11-23T10:00:00-05:00"):
        first = demo.get(path)
    for copy in demo.data.glob("pages/*/*"):
        copy.unlink()  # so that the other worker builds its own
    with travel("2027-03-01T10:00:00-05:00"):
        second = demo.another_worker().get(path)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Last-Modified"] == second.headers["Last-Modified"]


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_unchanged_is_not_sent_again(demo: Office, path: str) -> None:
    first = demo.get(path)
    assert demo.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
    assert demo.get(path, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    head = demo.head(path)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(first.data)))


@pytest.mark.parametrize("page", ["/fr/", "/en/dates/", "/fr/dates/access-new/", "/en/notices/audience/developers/"])
def test_a_page_leads_to_its_feeds(demo: Office, page: str) -> None:
    found = [link.attrs["href"] for link in visit(demo, page).all("link[type='application/rss+xml']")]
    assert len(found) >= 2
    assert set(found) <= set(FEEDS)


def test_no_change_of_title_or_host_renames_an_item(office: Office) -> None:
    office.publishes_notice(title_fr="Premier titre")
    before = feedparser.parse(feed_of(office.get("/fr/avis/fil.rss"))).entries[0]
    office.publishes_notice(title_fr="Second titre")
    after = feedparser.parse(feed_of(office.another_worker().get("/fr/avis/fil.rss"))).entries[0]
    assert (before.title, after.title) == ("Premier titre", "Second titre")
    assert after.link != before.link
    assert after.id == before.id


def test_a_new_public_address_shows_at_once_and_renames_nothing(demo: Office) -> None:
    before = feedparser.parse(feed_of(demo.get("/fr/avis/fil.rss")))
    moved = Office(demo.data, {"PORTAL_PUBLIC_URL": "https://nouveau.test"})
    answer = moved.get("/fr/avis/fil.rss", Host="nouveau.test")
    after = feedparser.parse(feed_of(answer))
    assert "portal.test" not in answer.text
    assert all(entry.link.startswith("https://nouveau.test/") for entry in after.entries)
    assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]


def test_a_correction_moves_the_date_of_the_channel_and_not_the_item(office: Office) -> None:
    with travel("2026-03-02T10:00:00-05:00"):
        office.publishes_notice()
    first = feedparser.parse(feed_of(office.get("/fr/avis/fil.rss")))
    with travel("2026-03-03T10:00:00-05:00"):
        office.publishes_notice(body_fr="Nous sommes fermés le 1er juillet.")
    second = feedparser.parse(feed_of(office.another_worker().get("/fr/avis/fil.rss")))
    assert second.feed.updated_parsed > first.feed.updated_parsed
    assert second.entries[0].published == first.entries[0].published


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/fr/dates/", "http://portal.test/fr/dates/"),
        ("?page=2", "http://portal.test/fr/avis/1/jours-de-fermeture?page=2"),
        ("#a", "http://portal.test/fr/avis/1/jours-de-fermeture#a"),
        ("../x", "http://portal.test/fr/avis/x"),
    ],
)
def test_every_link_of_an_item_works_from_a_reader(office: Office, link: str, absolute: str) -> None:
    office.publishes_notice(body_fr=f"Voyez [ceci]({link}).")
    item = feedparser.parse(feed_of(office.get("/fr/avis/fil.rss"))).entries[0]
    assert f'href="{absolute}"' in item.summary
