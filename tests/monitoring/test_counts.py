"""Each answer is counted by what was asked for and who answered, in words that no stranger adds to."""

import sqlite3
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from werkzeug.test import Client

from portal.assets import static_address
from portal.monitoring.counts import MOST_TIMES, Counted as Answer, Counts
from portal.monitoring.kinds import kind_of
from portal.monitoring.middleware import Monitor
from portal.store.bare.watch import INTERVAL_AFTER_FAILURE
from tests.makers import PUBLIC_URL, Office

KINDS = {
    "/": "page",
    "/fr/dates/": "page",
    "/fr/dates/verifier": "page",
    "/fr/suivi/": "lookup",
    "/en/status/": "lookup",
    "/fr/suivi/nulle-part": "page",
    "/fr/avis/fil.rss": "feed",
    "/en/dates/feed-3.atom": "feed",
    "/en/notices/feed.json": "feed",
    "/en/feeds.opml": "file",
    "/fr/joindre/heures.ics": "calendar",
    "/en/contact/quebec.vcf": "file",
    "/api/v1/dates": "api",
    "/api/v1/dates.csv": "api",
    "/api/v1/openapi.json": "api",
    "/en/embed/dates/access-new": "embed",
    "/fr/integrer/dates/access-new.svg": "embed",
    "/static/0123456789ab/css/portal.css": "static",
    "/desk/": "desk",
    "/desk": "desk",
    "/desk/fr/journal.csv": "desk",
    "/healthz": "health",
    "/readyz": "health",
    "/favicon.ico": "file",
    "/fr/wp-login.php": "file",
    "/.env": "file",
    "": "page",
}


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_an_address_has_a_kind_whatever_is_there(path: str, kind: str) -> None:
    assert kind_of(path) == kind


class Counted:
    """A site with its counts around it."""

    def __init__(self, office: Office, *, keeps_times: bool = False) -> None:
        self.counts = Counts(keeps_times=keeps_times)
        self._client = Client(Monitor(office.door, self.counts))

    def asked(self, path: str, method: str = "GET", at: str = PUBLIC_URL, **headers: str) -> Mapping[Answer, int]:
        """Ask once, and return what was counted for that."""
        before = self.counts.answers
        self._client.open(path, method=method, base_url=at, headers=headers).close()
        return {what: n - before.get(what, 0) for what, n in self.counts.answers.items() if n > before.get(what, 0)}


def silence(office: Office) -> None:
    """Take the database away, and wait until the door knows."""
    (office.data / "portal.db").rename(office.data / "away.db")
    time.sleep(INTERVAL_AFTER_FAILURE)


def test_a_page_is_made_once_and_then_a_hit_for_everyone(demo: Office) -> None:
    site = Counted(demo)
    assert site.asked("/fr/dates/") == {("page", "made", 200): 1}
    assert site.asked("/fr/dates/") == site.asked("/fr/dates/", "HEAD") == {("page", "hit", 200): 1}
    assert site.asked("/fr/dates/?nom=personne", **{"If-None-Match": "*"}) == {("page", "hit", 304): 1}
    assert site.asked("/fr/avis/fil.rss") == {("feed", "made", 200): 1}
    assert site.asked(static_address("css/portal.css")) == {("static", "hit", 200): 1}


def test_what_is_kept_for_nobody_is_passed_on_each_time(demo: Office) -> None:
    site = Counted(demo)
    for _time in range(2):
        assert site.asked("/fr/suivi/") == {("lookup", "passed", 200): 1}
        assert site.asked("/healthz") == {("health", "passed", 200): 1}
    assert site.asked("/fr/suivi/", "POST") == {("lookup", "passed", 422): 1}
    assert site.asked("/desk/fr/") == {("desk", "passed", 302): 1}


def test_that_there_is_nothing_is_found_once_and_then_known(demo: Office) -> None:
    site = Counted(demo)
    assert site.asked("/fr/nulle-part") == {("page", "passed", 404): 1}
    assert site.asked("/fr/nulle-part") == {("page", "absent", 404): 1}
    assert site.asked("/static/000000000000/none.css") == {("static", "passed", 404): 1}


@pytest.mark.parametrize(("path", "kind"), [("/fr/dates/", "page"), ("/api/v1/dates", "api")])
def test_what_the_door_refuses_is_counted_as_refused(demo: Office, path: str, kind: str) -> None:
    assert Counted(demo).asked(path, at="http://elsewhere.test") == {(kind, "refused", 400): 1}


def test_while_the_database_is_silent_copies_are_stale_and_the_rest_fails(demo: Office) -> None:
    site = Counted(demo)
    site.asked("/fr/dates/")
    silence(demo)
    assert site.asked("/fr/dates/") == {("page", "stale", 200): 1}
    assert site.asked("/fr/suivi/", "POST") == {("lookup", "passed", 503): 1}


def test_a_page_that_fails_when_it_is_made_anew_is_given_as_a_stale_copy(demo: Office) -> None:
    site = Counted(demo)
    site.asked("/fr/dates/")
    with closing(sqlite3.connect(demo.data / "portal.db")) as connection, demo.hearing():
        connection.execute("UPDATE revisions SET number = number + 1")
        connection.execute("ALTER TABLE date_rows RENAME TO lost")
        connection.commit()
    assert site.asked("/fr/dates/") == {("page", "stale", 200): 1}


def test_the_time_of_what_nobody_waits_for_is_not_taken(demo: Office) -> None:
    site = Counted(demo, keeps_times=True)
    for path in ("/fr/dates/", "/fr/dates/", "/fr/suivi/", "/fr/nulle-part", "/fr/nulle-part"):
        site.asked(path)
    times = site.counts.take_times()
    assert [time[:2] for time in times] == [("page", "made"), ("lookup", "passed"), ("page", "passed")]
    assert all(0 < seconds < 60 for _kind, _outcome, seconds in times)
    assert not site.counts.take_times()


def test_times_that_nobody_takes_are_not_kept(demo: Office) -> None:
    site = Counted(demo)
    site.asked("/fr/dates/")
    assert not site.counts.take_times()


def test_no_answer_is_lost_where_many_are_counted_at_once() -> None:
    counts = Counts(keeps_times=True)

    def answer(_number: int) -> int:
        counts.time("page", "made", 0.1)
        return counts.add("page", "hit", 200)

    with ThreadPoolExecutor(16) as together:
        numbers = list(together.map(answer, range(20_000), chunksize=100))
    assert sorted(numbers) == list(range(1, 20_001))
    assert counts.answers == {("page", "hit", 200): 20_000}
    assert len(counts.take_times()) == MOST_TIMES, "should nobody take them, they fill no memory"
