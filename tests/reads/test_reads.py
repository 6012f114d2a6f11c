"""How often the feeds are read: counted at the door, kept day by day, told at the desk; of whom, nobody knows."""

from datetime import date

import pytest
from werkzeug.test import Client

from portal import wsgi
from portal.app import create_app, keep_reads
from portal.reads.counts import Reads
from portal.reads.records import FeedReads, reads_of
from portal.store.database import session
from tests.desk.people import Desk
from tests.makers import PUBLIC_URL, Office, in_quebec
from tests.visitor import Visit

AT = in_quebec("2026-11-20 10:00")
FEED = "/fr/avis/fil.rss"


@pytest.fixture
def reads(demo: Office) -> Reads:
    return Reads(demo.door)


def ask(reads: Reads, path: str, method: str = "GET", **headers: str) -> int:
    return Client(reads).open(path, method=method, base_url=PUBLIC_URL, headers=headers).status_code


def test_a_read_is_counted_with_whether_the_feed_had_changed(reads: Reads, demo: Office) -> None:
    tag = {"If-None-Match": demo.get(FEED).headers["ETag"]}
    assert [ask(reads, FEED), ask(reads, FEED, **tag), ask(reads, FEED, **tag)] == [200, 304, 304]
    assert ask(reads, "/en/dates/feed.atom") == 200
    assert reads.take() == {(FEED, 200): 1, (FEED, 304): 2, ("/en/dates/feed.atom", 200): 1}
    assert not reads.take()


@pytest.mark.parametrize(
    "path", ["/fr/avis/", "/fr/nulle-part/fil.rss", "/fr/avis/fil-1.rss", "/api/v1/notices", "/fr/fil"]
)
def test_what_is_no_feed_is_not_counted(reads: Reads, path: str) -> None:
    ask(reads, path)
    assert not reads.take()


def test_asking_whether_a_feed_is_there_reads_nothing(reads: Reads) -> None:
    assert ask(reads, FEED, "HEAD") == 200
    assert not reads.take()


def test_reads_of_one_day_add_up_and_those_of_a_month_ago_are_forgotten(demo: Office) -> None:
    app = create_app(demo.config)
    keep_reads(app, {(FEED, 200): 1}, in_quebec("2026-10-20 10:00"))
    before = demo.dump()
    keep_reads(app, {}, AT)
    assert demo.dump() == before
    for counts in ({(FEED, 200): 2, (FEED, 304): 5}, {(FEED, 304): 1, ("/en/notices/feed.rss", 200): 1}):
        keep_reads(app, counts, AT)
    with app.app_context():
        assert reads_of(session(), date(2026, 11, 20)) == [
            FeedReads(FEED, 2, 6),
            FeedReads("/en/notices/feed.rss", 1, 0),
        ]
        assert not reads_of(session(), date(2026, 10, 20))


def test_reads_are_no_change_of_the_portal(demo: Office) -> None:
    log, revisions = demo.did("audit"), demo.get("/readyz").text
    keep_reads(create_app(demo.config), {(FEED, 200): 1}, AT)
    assert (demo.did("audit"), demo.get("/readyz").text) == (log, revisions)


def test_what_cannot_be_kept_stays_counted(demo: Office, reads: Reads) -> None:
    loaded = wsgi.Loaded(demo.config)
    Client(loaded).get("/fr/", base_url=PUBLIC_URL)
    reads.add({(FEED, 200): 3})
    (demo.data / "portal.db").rename(demo.data / "away.db")
    with pytest.raises(Exception, match="unable to open"):
        loaded.keep_reads(reads, AT)
    (demo.data / "away.db").rename(demo.data / "portal.db")
    loaded.keep_reads(reads, AT)
    with create_app(demo.config).app_context():
        assert reads_of(session(), AT.date()) == [FeedReads(FEED, 3, 0)]
    assert not reads.take()


def test_the_desk_tells_how_the_feeds_were_read_today(desk: Desk) -> None:
    someone = desk.signed_in("editor")
    assert "Aucun fil pour l’instant." in Visit.of(someone.get("/desk/fr/")).spoken
    keep_reads(create_app(desk.office.config), {(FEED, 200): 12, (FEED, 304): 1234}, AT)
    assert f"{FEED} 12 1 234" in " ".join(
        " ".join(row.to_text(separator=" ").split()) for row in Visit.of(someone.get("/desk/fr/")).all("tbody tr")
    ).replace("\u00a0", " ")
    assert f"{FEED} 12 1,234" in Visit.of(someone.get("/desk/en/")).one("tbody tr").to_text(separator=" ")
