"""A scheduled notice appears by itself, everywhere, at its very second; a draft never does."""

import pytest
import time_machine
from werkzeug.test import TestResponse

from tests.makers import ROWS, Office, a_notice, in_quebec

NOW = "2026-11-18 10:00"
KINDS = ("rss", "atom", "json")
#: Where a notice about form 4058 appears, and a word of it there.
FEEDS = {
    **{f"/fr/avis/fil.{kind}": "Bientôt" for kind in KINDS},
    **{f"/en/notices/feed.{kind}": "Coming soon" for kind in KINDS},
    **{f"/fr/avis/clientele/professionals/fil.{kind}": "Bientôt" for kind in KINDS},
    **{f"/en/notices/feed.{kind}?clientele=professionals,developers": "Coming soon" for kind in KINDS},
    **{f"/en/dates/groups/exchanges/feed.{kind}": "Coming soon" for kind in KINDS},
}
DOCUMENTS = {**FEEDS, "/api/v1/notices": "Coming soon", "/sitemap.xml": "coming-soon"}
PAGES = {
    "/fr/": "Bientôt",
    "/en/": "Coming soon",
    "/fr/avis/": "Bientôt",
    "/en/notices/?clientele=professionals,developers": "Coming soon",
    "/fr/avis/clientele/professionals/": "Bientôt",
    "/fr/formulaires/4058/": "Bientôt",
    "/en/dates/groups/exchanges/": "Coming soon",
    "/fr/recherche/?q=formulaire": "Bientôt",
}
EVERYWHERE = {**DOCUMENTS, **PAGES}
OWN = {"/fr/avis/1/bientot": "Bientôt", "/en/notices/1/coming-soon": "Coming soon"}
#: Half a minute before, the second before, the very second.
HALF_A_MINUTE, JUST_BEFORE, AT = "2026-11-18 11:19:30", "2026-11-18 11:19:59", "2026-11-18 11:20:00"


def publishes(office: Office, published: str) -> str:
    words = {"title_fr": "Bientôt", "title_en": "Coming soon", "body_fr": "Le formulaire 4058 change."}
    return office.did("notices", "publish", office.file(a_notice(published=published, **words), "notice.md"))


@pytest.fixture
def known(office: Office, clock: time_machine.Traveller) -> Office:
    """A table, without any notice."""
    office.did("dates", "rows", office.file(ROWS))
    return office


def showing(office: Office, places: dict[str, str]) -> set[str]:
    return {path for path, word in places.items() if word in office.get(path).text}


def test_it_appears_at_its_second_in_pages_that_are_kept(known: Office, clock: time_machine.Traveller) -> None:
    assert publishes(known, "2026-11-18 11:20") == "closing-days: scheduled, 2026-11-18 11:20.\n"
    other = known.another_worker()
    for instant in (NOW, JUST_BEFORE):
        clock.move_to(in_quebec(instant))
        for worker in (known, other):
            assert showing(worker, EVERYWHERE) == set()
            assert [worker.get(path).status_code for path in OWN] == [404, 404]
    clock.move_to(in_quebec(AT))
    for worker in (known, other, known.another_worker()):
        assert showing(worker, {**EVERYWHERE, **OWN}) == set({**EVERYWHERE, **OWN})


def max_age(answer: TestResponse) -> int:
    return int(answer.headers["Cache-Control"].removeprefix("public, max-age=").partition(",")[0])


def test_no_cache_may_keep_what_lacks_it_beyond_its_second(known: Office, clock: time_machine.Traveller) -> None:
    publishes(known, "2026-11-18 11:20")
    clock.move_to(in_quebec(HALF_A_MINUTE))
    assert {path: max_age(known.get(path)) for path in EVERYWHERE} == dict.fromkeys(EVERYWHERE, 30)
    clock.move_to(in_quebec(JUST_BEFORE))
    assert {path: max_age(known.get(path)) for path in EVERYWHERE} == dict.fromkeys(EVERYWHERE, 1)
    clock.move_to(in_quebec(AT))
    assert {path: max_age(known.get(path)) for path in DOCUMENTS} == dict.fromkeys(DOCUMENTS, 900)
    assert {path: max_age(known.get(path)) for path in PAGES} == dict.fromkeys(PAGES, 60)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_reader_is_told_304_until_it_appears(known: Office, clock: time_machine.Traveller, path: str) -> None:
    publishes(known, "2026-11-18 11:20")
    before = known.get(path)
    tag, since = before.headers["ETag"], before.headers["Last-Modified"]
    clock.move_to(in_quebec(JUST_BEFORE))
    assert known.get(path, If_None_Match=tag).status_code == 304
    assert known.get(path, If_Modified_Since=since).status_code == 304
    clock.move_to(in_quebec(AT))
    after = known.get(path, If_None_Match=tag)
    assert after.status_code == known.get(path, If_Modified_Since=since).status_code == 200
    assert after.headers["Last-Modified"] == "Wed, 18 Nov 2026 16:20:00 GMT"
    assert known.get(path, If_Modified_Since=after.headers["Last-Modified"]).status_code == 304
    assert known.get(path, If_None_Match=after.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("published", ["draft", "2026-11-18 11:20"])
def test_what_nobody_sees_yet_is_no_last_change(known: Office, clock: time_machine.Traveller, published: str) -> None:
    known.publishes_notice(key="seen")
    before = {path: known.another_worker().get(path).headers["Last-Modified"] for path in FEEDS}
    clock.move_to(in_quebec("2026-11-18 10:30"))
    publishes(known, published)
    worker = known.another_worker()
    assert {path: worker.get(path).headers["Last-Modified"] for path in FEEDS} == before
    assert {path: worker.get(path, If_Modified_Since=before[path]).status_code for path in FEEDS} == dict.fromkeys(
        FEEDS, 304
    )
    known.did("notices", "withdraw", "closing-days", "--reason", "Over")
    worker = known.another_worker()
    assert {path: worker.get(path).headers["Last-Modified"] for path in FEEDS} == before


def test_its_item_is_dated_by_its_second(known: Office, clock: time_machine.Traveller) -> None:
    publishes(known, "2026-11-18 11:20")
    clock.move_to(in_quebec("2026-11-19 09:00"))
    (item,) = known.get("/fr/avis/fil.json").get_json()["items"]
    assert item["date_published"] == item["date_modified"] == "2026-11-18T16:20:00+00:00"


def test_it_may_be_put_off_brought_forward_and_made_a_draft_again(known: Office, clock: time_machine.Traveller) -> None:
    publishes(known, "2026-11-18 11:20")
    assert publishes(known, "2026-11-18 11:30") == "closing-days: scheduled, 2026-11-18 11:30.\n"
    clock.move_to(in_quebec("2026-11-18 11:25"))
    assert showing(known, EVERYWHERE) == set()
    assert publishes(known, "draft") == "closing-days: kept as a draft.\n"
    clock.move_to(in_quebec("2026-11-18 11:35"))
    assert showing(known.another_worker(), EVERYWHERE) == set()
    assert publishes(known, "2026-11-18 11:35") == "closing-days: published, 2026-11-18 11:35.\n"
    assert showing(known.another_worker(), EVERYWHERE) == set(EVERYWHERE)
    assert known.get("/api/v1/notices").get_json()["notices"][0]["revision"] == 1, "nobody saw an older text"


def test_a_draft_never_appears(known: Office, clock: time_machine.Traveller) -> None:
    publishes(known, "draft")
    assert "draft      no date yet       closing-days: Bientôt" in known.did("notices", "list")
    for instant in (NOW, "2026-11-19 00:00", "2027-11-18 10:00"):
        clock.move_to(in_quebec(instant))
        worker = known.another_worker()
        assert showing(worker, EVERYWHERE) == set()
        assert [worker.get(path).status_code for path in (*OWN, "/fr/avis/versions/1/")] == [404] * 3


def test_a_draft_is_in_no_archive(known: Office, clock: time_machine.Traveller) -> None:
    publishes(known, "draft")
    for number in range(51):
        known.publishes_notice(key=f"notice-{number}", published="2026-11-18 10:00", title_en="")
    for kind in KINDS:
        archive = known.another_worker().get(f"/fr/avis/fil-1.{kind}")
        assert archive.status_code == 200
        assert "Jours de fermeture" in archive.text
        assert "Bientôt" not in archive.text


def test_the_list_of_staff_says_where_each_stands(known: Office, clock: time_machine.Traveller) -> None:
    for key, published in (("one", "draft"), ("two", "2026-11-18 11:20"), ("three", "2026-01-05 09:00")):
        known.publishes_notice(key=key, published=published)
    known.publishes_notice(key="four")
    known.publishes_notice(key="four", body_en="We are closed on July 1.")
    clock.move_to(in_quebec("2026-11-18 11:19"))
    states = {line.split()[-4].rstrip(":"): line.split()[0] for line in known.did("notices", "list").splitlines()}
    assert states == {"one": "draft", "two": "scheduled", "three": "published", "four": "corrected"}
    clock.move_to(in_quebec("2026-11-18 11:20"))
    assert "published  2026-11-18 11:20  two: Jours de fermeture" in known.did("notices", "list")
