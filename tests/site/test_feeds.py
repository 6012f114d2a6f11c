"""Laws for every feed in its three formats: strict, stable, dated by the data, and found from the pages."""

from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import feedparser
import pytest
from time_machine import travel

from portal.feeds.rules import FORMATS, Format
from portal.notices.rules import AUDIENCES
from tests.addresses import ADDRESSES, address
from tests.feeds.strict import LANGUAGES, MEDIA, Asked, faults, read
from tests.makers import PUBLIC_URL, Office, a_notice, an_office, feed_of
from tests.serving import Served, served
from tests.visitor import visit

_KIND = "<any(rss,atom,json):kind>"


def _feeds() -> Iterator[str]:
    """Yield the address of every feed, its format left open: a new feed cannot be forgotten here."""
    for line in ADDRESSES.read_text("utf-8").splitlines():
        route = line.split()[1]
        if _KIND in route and "archive" not in route:
            yield address(route.replace(_KIND, "{kind}"))
    yield "/fr/avis/fil.{kind}?clientele=professionals,developers"
    yield "/en/notices/feed.{kind}?clientele=professionals,developers"


FEEDS = list(_feeds())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Office:
    """A demonstration with a hub that no test of this file changes."""
    return an_office(tmp_path_factory.mktemp("site"), like=demonstrated, PORTAL_HUB_URL="https://hub.example/")


def test_there_is_a_feed_of_everything_in_each_language() -> None:
    assert len(FEEDS) == 12
    assert {path[:4] for path in FEEDS} == {"/fr/", "/en/"}


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("kind", FORMATS)
def test_a_feed_is_strict_and_says_what_it_is(site: Office, path: str, kind: Format) -> None:
    path = path.format(kind=kind)
    response = site.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == f"{MEDIA[kind]}; charset=utf-8"
    assert response.headers["Content-Language"] == path[1:3]
    assert faults(response.data, Asked(PUBLIC_URL + path, kind, path[1:3])) == []


@pytest.mark.parametrize("path", FEEDS)
def test_the_three_formats_of_a_feed_say_the_same(site: Office, path: str) -> None:
    rss, atom, json = (read(site.get(path.format(kind=kind)).data, kind).entries for kind in FORMATS)
    assert rss
    assert rss == atom == json


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_read_without_a_complaint(site: Office, path: str) -> None:
    both = [feedparser.parse(feed_of(site.get(path.format(kind=kind)))) for kind in ("rss", "atom")]
    for feed in both:
        assert not feed.bozo
        assert feed.feed.title.startswith(("[Démonstration]", "[Demonstration]"))
        assert feed.feed.language == LANGUAGES[path[1:3]]
        assert all(entry.link.startswith(f"{PUBLIC_URL}{path[:4]}") for entry in feed.entries)
    assert [entry.id for entry in both[0].entries] == [entry.id for entry in both[1].entries]
    assert [entry.summary for entry in both[0].entries] == [entry.content[0].value for entry in both[1].entries]


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_asked_twice_is_the_same_to_the_byte(demo: Office, path: str) -> None:
    paths = [path.format(kind=kind) for kind in FORMATS]
    with travel("2026-11-23T10:00:00-05:00"):
        first = [demo.get(path) for path in paths]
    for copy in demo.data.glob("pages/*/*"):
        copy.unlink()  # so that the other worker builds its own
    with travel("2027-03-01T10:00:00-05:00"):
        worker = demo.another_worker()
        second = [worker.get(path) for path in paths]
    for name in ("ETag", "Last-Modified"):
        assert [one.headers[name] for one in first] == [one.headers[name] for one in second]
    assert [one.data for one in first] == [one.data for one in second]


def test_two_processes_give_the_same_bytes(tmp_path: Path, demonstrated: Path) -> None:
    paths = [path.format(kind=kind) for path in FEEDS for kind in FORMATS]
    settings = {"PORTAL_PUBLIC_URL": PUBLIC_URL}
    answers = []
    for name in ("one", "other"):
        office = an_office(tmp_path / name / "data", like=demonstrated)
        with served(office.data, settings=settings) as running:
            answers.append([_sent(running, path) for path in paths])
    assert answers[0] == answers[1]


def _sent(running: Served, path: str) -> tuple[object, ...]:
    with urlopen(running.address + path, timeout=10) as answer:  # noqa: S310 — our own site
        return path, answer.headers["ETag"], answer.headers["Last-Modified"], answer.read()


def test_the_hub_is_named_in_each_format(site: Office) -> None:
    atom = ElementTree.fromstring(site.get("/fr/avis/fil.atom").data)
    rss = ElementTree.fromstring(site.get("/fr/avis/fil.rss").data)[0]
    for feed in (atom, rss):
        links = [link.attrib for link in feed.findall("{http://www.w3.org/2005/Atom}link")]
        assert {"rel": "hub", "href": "https://hub.example/"} in links
    assert site.get("/fr/avis/fil.json").get_json(force=True)["hubs"] == [
        {"type": "WebSub", "url": "https://hub.example/"}
    ]


def test_an_item_is_the_same_in_every_feed_that_tells_it(site: Office) -> None:
    found: dict[str, set[object]] = {}
    for path in FEEDS:
        for entry in read(site.get(path.format(kind="rss")).data, "rss").entries:
            found.setdefault(entry.guid, set()).add(entry)
    assert all(len(entries) == 1 for entries in found.values())
    assert {guid.rpartition("/")[2] for guid in found} == {"fr", "en"}


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/fr/avis/", "/fr/avis/fil"),
        ("/en/notices/audience/developers/", "/en/notices/audience/developers/feed"),
        ("/en/dates/", "/en/dates/feed"),
        ("/fr/dates/access-new/", "/fr/dates/access-new/fil"),
        ("/fr/dates/groupes/selat/", "/fr/dates/groupes/selat/fil"),
        ("/fr/dates/access-new/historique/", "/fr/dates/access-new/fil"),
        ("/en/dates/access-new/history/2026/", "/en/dates/access-new/feed"),
        ("/en/dates/check?type=access-new&date=2026-11-10", "/en/dates/access-new/feed"),
        ("/fr/dates/verifier?type=directives-renewal&date=2026-11-10", "/fr/dates/directives/fil"),
        ("/fr/dates/directives-renewal/", "/fr/dates/directives/fil"),
        ("/en/embed/dates/access-new", "/en/dates/access-new/feed"),
        ("/fr/dates/editions/", "/fr/dates/fil"),
        ("/en/dates/editions/2/", "/en/dates/feed"),
        ("/fr/dates/changements?since=1&until=2", "/fr/dates/fil"),
        ("/fr/formulaires/4058/", "/fr/dates/b2b-new/fil"),
    ],
)
def test_a_page_leads_to_its_own_feed_first_in_each_format(site: Office, page: str, feed: str) -> None:
    links = visit(site, page).all("link[rel='alternate'][type^='application/']")
    assert [(link.attrs["type"], link.attrs["href"]) for link in links[:3]] == [
        (MEDIA[kind], f"{feed}.{kind}") for kind in FORMATS
    ]
    assert len(links) > 3 or "/embed/" in page
    assert {site.get(link.attrs["href"]).status_code for link in links} == {200}


def test_the_page_of_a_form_leads_to_the_feeds_of_its_rows_and_then_of_their_group(site: Office) -> None:
    links = visit(site, "/en/forms/4058/").all("link[type='application/rss+xml']")
    places = [link.attrs["href"] for link in links]
    rows = [link.attrs["href"] + "feed.rss" for link in visit(site, "/en/forms/4058/").all(".p-dates a")]
    assert places == [*rows, "/en/dates/groups/b2b/feed.rss", "/en/notices/feed.rss", "/en/dates/feed.rss"]


@pytest.mark.parametrize(
    ("page", "notices", "audience", "feed"),
    [("/fr/fils/", "/fr/avis", "clientele", "fil"), ("/en/feeds/", "/en/notices", "audience", "feed")],
)
def test_the_page_of_feeds_leads_to_each_in_rss(
    site: Office, page: str, notices: str, audience: str, feed: str
) -> None:
    links = visit(site, page).all("link[rel='alternate'][title]")
    assert [link.attrs["href"] for link in links] == [
        f"{notices}/{feed}.rss",
        *(f"{notices}/{audience}/{key}/{feed}.rss" for key in AUDIENCES),
        f"{page[:4]}dates/{feed}.rss",
    ]


@pytest.mark.parametrize(
    ("audiences", "feed"),
    [("developers", "/fr/avis/clientele/developers/fil.rss"), ("developers, professionals", "/fr/avis/fil.rss")],
)
def test_the_versions_of_a_notice_lead_to_the_feed_of_its_readers(office: Office, audiences: str, feed: str) -> None:
    office.publishes_notice(audiences=audiences)
    office.publishes_notice(audiences=audiences, body_fr="Nous sommes fermés le 1er juillet.")
    for page in ("/fr/avis/1/jours-de-fermeture", "/fr/avis/versions/1/", "/fr/avis/versions/1/1/2/"):
        assert visit(office, page).all("link[type='application/rss+xml']")[0].attrs["href"] == feed


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        ("/fr/", ["/fr/avis/fil.rss", "/fr/dates/fil.rss"]),
        ("/en/contact/", ["/en/notices/feed.rss", "/en/dates/feed.rss"]),
    ],
)
def test_a_page_without_a_feed_leads_to_the_notices_and_to_the_table(site: Office, page: str, feeds: list[str]) -> None:
    assert [link.attrs["href"] for link in visit(site, page).all("link[type='application/rss+xml']")] == feeds


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


def test_a_major_change_is_told_with_its_note_and_the_whole_text(office: Office) -> None:
    with travel("2026-03-02T10:00:00-05:00"):
        office.publishes_notice(body_fr="Un **mot**.")
    file = office.file(a_notice(body_fr="Deux **mots**."), "notice.md")
    with travel("2026-03-03T10:00:00-05:00"):
        office.did("notices", "publish", file, "--major", "--note-fr", "Un mot <b>de plus</b>.")
    for kind in FORMATS:
        change, first = read(office.get(f"/fr/avis/fil.{kind}").data, kind).entries
        assert "<strong>Modifié le 3\u00a0mars 2026.</strong> Un mot &lt;b&gt;de plus&lt;/b&gt;.</p>" in change.html
        assert change.html.endswith("<p>Deux <strong>mots</strong>.</p>")
        assert first.html.endswith("</a></p>\n<p>Un <strong>mot</strong>.</p>")
        assert change.link == first.link
        assert change.title == f"Modification\u00a0: {first.title}"
