"""The past of a feed (RFC 5005): a new subscriber walks from the newest document back to the first item."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from portal.app import create_app
from portal.core.languages import Bilingual
from portal.dates import records as groups
from portal.dates.records import GroupFeed
from portal.feeds.rules import FORMATS, MOST_ITEMS, TAG, Format
from portal.notices import keeping
from portal.notices.rules import Draft, Told, Touched
from portal.rows import records as rows
from portal.store.changes import recorded_change
from portal.store.database import session
from tests.conftest import DEMO_DAY
from tests.feeds.strict import Asked, Document, faults, read
from tests.makers import PUBLIC_URL, Office, an_office, in_quebec

FIRST = in_quebec("2020-01-06 09:00")
WITHDRAWN = range(0, 130, 10)
ALL = {"fr": "/fr/avis/fil", "en": "/en/notices/feed"}
AUDIENCE = {"fr": "/fr/avis/clientele/developers/fil", "en": "/en/notices/audience/developers/feed"}
TABLE = {"fr": "/fr/dates/fil", "en": "/en/dates/feed"}
ROW = {"fr": "/fr/dates/access-new/fil", "en": "/en/dates/access-new/feed"}
GROUP = {"fr": "/fr/dates/groupes/selat/fil", "en": "/en/dates/groups/selat/feed"}


def a_draft(number: int, body: str = "Texte") -> Draft:
    """Every second notice has an English text, every third is for developers too."""
    return Draft(
        key=f"notice-{number}",
        published_at=FIRST + timedelta(days=number),
        audiences=("professionals", "developers") if number % 3 == 0 else ("professionals",),
        title=Bilingual(f"Avis {number}", f"Notice {number}" if number % 2 == 0 else ""),
        body=Bilingual(body, body if number % 2 == 0 else ""),
    )


def publish(office: Office, first: int, last: int) -> None:
    """Publish many notices in one change; every fifth has a major change the day after."""
    with create_app(office.config).app_context():
        at = FIRST + timedelta(days=last)
        with recorded_change("notices", action="notices.publish", actor="test", at=at) as change:
            for number in range(first, last):
                at = FIRST + timedelta(days=number)
                keeping.keep(change, a_draft(number), at)
                if number % 5 == 0:
                    note = Bilingual("Le texte a changé.", "The text changed.")
                    keeping.keep(change, a_draft(number, "Autre"), at + timedelta(hours=20), note)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Office:
    """An installation with 130 notices, thirteen of them withdrawn, that no test of this file changes."""
    office = an_office(tmp_path_factory.mktemp("past"), like=initialised, PORTAL_HUB_URL="https://hub.example/")
    publish(office, 0, 130)
    at = FIRST + timedelta(days=200)
    with (
        create_app(office.config).app_context(),
        recorded_change("notices", action="notices.withdraw", actor="test", at=at) as change,
    ):
        for number in WITHDRAWN:
            keeping.withdraw(change, f"notice-{number}", at, "mistake")
    return office


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Office:
    """A demonstration, whose table has two years of editions, that no test of this file changes."""
    return an_office(tmp_path_factory.mktemp("site"), like=demonstrated)


def walk(office: Office, path: str, kind: Format) -> list[Document]:
    """Return the documents of a feed from the newest to the oldest, each sound, each leading to its neighbours."""
    newest = f"{PUBLIC_URL}{path}.{kind}"
    address: str | None = newest
    found: list[Document] = []
    seen: list[str] = []
    while address:
        answer = office.get(address.removeprefix(PUBLIC_URL))
        assert answer.status_code == 200, address
        assert faults(answer.data, Asked(address, kind, path[1:3])) == []
        document = read(answer.data, kind)
        if kind != "json":  # which has a word for the older document alone
            assert document.is_archive == (address != newest)
            assert document.links.get("current") == (newest if seen else None)
            assert document.links.get("next-archive") == (seen[-1] if len(seen) > 1 else None)
            assert document.links.get("hub") == (office.settings.get("PORTAL_HUB_URL") if not seen else None)
        found.append(document)
        seen.append(address)
        address = document.links.get("prev-archive")
    assert len(set(seen)) == len(seen)
    return found


def guids(documents: list[Document]) -> list[str]:
    return [entry.guid for document in documents for entry in document.entries]


def expected(language: str, is_for_developers: bool) -> set[str]:
    """What was ever told and not withdrawn."""
    found = set()
    for number in range(130):
        in_feed = (language == "fr" or number % 2 == 0) and (not is_for_developers or number % 3 == 0)
        if in_feed and number not in WITHDRAWN:
            found.add(f"{TAG}/notices/notice-{number}/{language}")
            if number % 5 == 0:
                found.add(f"{TAG}/notices/notice-{number}/2/{language}")
    return found


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("feed", [ALL, AUDIENCE])
def test_a_walk_finds_every_notice_ever_told(past: Office, feed: dict[str, str], language: str, kind: Format) -> None:
    documents = walk(past, feed[language], kind)
    assert set(guids(documents)) == expected(language, feed is AUDIENCE)
    assert len(documents[0].entries) == min(MOST_ITEMS, len(expected(language, feed is AUDIENCE)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("feed", [TABLE, ROW, GROUP])
def test_a_walk_finds_every_change_of_the_table(site: Office, feed: dict[str, str], kind: Format) -> None:
    french, english = (walk(site, feed[language], kind) for language in ("fr", "en"))
    assert len(french) > 2
    # Every archive is full; the newest document holds the rest, and no half of an edition, which has a dozen changes.
    assert {len(document.entries) for document in french[1:]} == {MOST_ITEMS}
    assert MOST_ITEMS <= len(french[0].entries) < MOST_ITEMS + 12
    counted = Counter(guids(french[1:]))
    assert set(counted.values()) == {1}
    assert {guid.removesuffix("/fr") for guid in guids(french)} == {guid.removesuffix("/en") for guid in guids(english)}
    dates = [entry.published for document in french[1:] for entry in document.entries]
    assert dates == sorted(dates, reverse=True)


def test_a_group_loses_no_item_wherever_its_newest_document_ends(site: Office) -> None:
    with create_app(site.config).app_context():
        table = rows.all_rows(session())
        now = in_quebec(f"{DEMO_DAY} 12:00")
        for group in dict.fromkeys(found.row.group.key for found in table):
            own = [found.row for found in table if found.row.group.key == group]
            feed = GroupFeed(
                Touched(sorted({form for row in own for form in row.forms}), [row.key for row in own]), "fr"
            )
            total = groups.count(session(), feed, now)
            every = groups.from_oldest(session(), feed, now, 0, total)
            assert len(every) == total > 2 * MOST_ITEMS
            for limit in range(1, 2 * MOST_ITEMS):
                newest = groups.newest(session(), feed, now, limit)
                assert len(newest) >= limit
                assert newest[::-1] == every[-len(newest) :]
                # And no half of an edition.
                last, before = newest[-1], every[-len(newest) - 1]
                assert isinstance(before, Told) or isinstance(last, Told) or before.edition != last.edition


def test_the_feed_of_the_table_holds_that_of_each_row(site: Office) -> None:
    assert set(guids(walk(site, ROW["fr"], "rss"))) < set(guids(walk(site, TABLE["fr"], "rss")))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_archive_does_not_change_when_something_is_told(past: Office, tmp_path: Path, kind: Format) -> None:
    office = an_office(tmp_path / "office", like=past.data)
    before = [office.get(f"/fr/avis/fil-{number}.{kind}") for number in (1, 2, 3)]
    publish(office, 130, 133)
    after = [office.another_worker().get(f"/fr/avis/fil-{number}.{kind}") for number in (1, 2, 3)]
    assert [answer.data for answer in before] == [answer.data for answer in after]
    assert [answer.headers["ETag"] for answer in before] == [answer.headers["ETag"] for answer in after]


@pytest.mark.parametrize("path", ["/fr/avis/fil-0.rss", "/fr/avis/fil-4.rss", "/en/notices/feed-2.atom"])
def test_there_is_no_archive_before_the_first_or_after_the_last(past: Office, path: str) -> None:
    assert past.get(path).status_code == 404
