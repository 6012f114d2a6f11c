"""A notice that is withdrawn: gone everywhere within a second, kept copies included, and its address says so."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from werkzeug.test import TestResponse

from tests.makers import ROWS, Office, a_notice, in_quebec
from tests.serving import served
from tests.visitor import inspect

NOW = "2026-11-18 10:00"
WHY = ("--why-fr", "Ce formulaire n’existe plus.", "--why-en", "This form is no more.")
PAGES = {"fr": "/fr/avis/1/jours-de-fermeture", "en": "/en/notices/1/closing-days"}
KINDS = ("rss", "atom", "json")
#: Where a notice about form 4058 stands, and a word of it there.
EVERYWHERE = {
    "/fr/": "Jours de fermeture",
    "/en/": "Closing days",
    "/fr/avis/": "Jours de fermeture",
    "/en/notices/": "Closing days",
    "/fr/avis/clientele/professionals/": "Jours de fermeture",
    "/en/notices/?clientele=professionals,developers": "Closing days",
    "/fr/formulaires/4058/": "Jours de fermeture",
    "/en/forms/4058/": "Closing days",
    "/fr/dates/groupes/exchanges/": "Jours de fermeture",
    "/en/dates/groups/exchanges/": "Closing days",
    "/api/v1/notices": "closing-days",
    "/sitemap.xml": "closing-days",
    **{f"/fr/avis/fil.{kind}": "Jours de fermeture" for kind in KINDS},
    **{f"/en/notices/audience/professionals/feed.{kind}": "Closing days" for kind in KINDS},
    **{f"/en/notices/feed.{kind}?clientele=professionals,developers": "Closing days" for kind in KINDS},
    **{f"/fr/dates/groupes/exchanges/fil.{kind}": "Jours de fermeture" for kind in KINDS},
}


@pytest.fixture
def known(office: Office, clock: time_machine.Traveller) -> Office:
    """A table, and a notice that touches a form of it."""
    office.did("dates", "rows", office.file(ROWS))
    publishes(office)
    return office


def publishes(office: Office, **changes: str) -> None:
    content = a_notice(**changes).replace("\n--- fr", "\nforms: 4058\n--- fr", 1)
    office.did("notices", "publish", office.file(content, "notice.md"))


def withdraws(office: Office, *more: str) -> str:
    return office.did("notices", "withdraw", "closing-days", "--reason", "Published by mistake", *more)


def soon(becomes: Callable[[], bool], within: float = 1) -> bool:
    """Say whether something becomes true within so many seconds."""
    deadline = time.monotonic() + within  # time-machine leaves this clock alone
    while time.monotonic() < deadline:
        if becomes():
            return True
    return False


SENTENCES = {
    "fr": "Cet avis a été retiré le 18 novembre 2026. Ce formulaire n’existe plus.",
    "en": "This notice was withdrawn on November 18, 2026. This form is no more.",
}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_address_says_that_it_was_withdrawn_and_why(known: Office, language: str) -> None:
    assert withdraws(known, *WHY) == "closing-days: withdrawn.\n"
    versions = {"fr": "/fr/avis/versions/1/", "en": "/en/notices/versions/1/"}[language]
    for path in (PAGES[language], PAGES[language].rpartition("/")[0] + "/x", versions):
        answer = known.another_worker().get(path)
        found = inspect(known, answer, path, status=410)
        assert found.one("main .p-lead").to_text(separator="").replace("\u00a0", " ") == SENTENCES[language]
        for word in ("24", "juin", "June", "Jours", "Closing"):
            assert word not in found.one("main").to_text(), "nothing of its text is told"


def test_a_reason_for_the_public_is_none_where_none_is_given(known: Office) -> None:
    withdraws(known)
    found = inspect(known, known.get(PAGES["en"]), PAGES["en"], status=410)
    assert found.one("main .p-lead").to_text().replace("\u00a0", " ") == SENTENCES["en"].partition(". ")[0] + "."
    assert "mistake" not in known.get(PAGES["en"]).text, "the reason of the audit log is for staff"


def test_the_comparison_of_two_of_its_versions_is_withdrawn_too(known: Office) -> None:
    publishes(known, body_en="We are closed on July 1.")
    paths = ("/fr/avis/versions/1/1/2/", "/en/notices/versions/1/1/2/")
    assert [known.another_worker().get(path).status_code for path in paths] == [200, 200]
    withdraws(known)
    assert [known.another_worker().get(path).status_code for path in paths] == [410, 410]


def test_it_leaves_every_page_feed_and_document(known: Office) -> None:
    assert {path for path, word in EVERYWHERE.items() if word not in known.get(path).text} == set()
    withdraws(known)
    other = known.another_worker()
    assert {path for path, word in EVERYWHERE.items() if word in other.get(path).text} == set()
    for path, word in EVERYWHERE.items():
        assert soon(lambda path=path, word=word: word not in known.get(path).text), path


def test_a_reader_that_sends_what_it_has_is_given_the_feed_without_it(known: Office) -> None:
    paths = [f"/fr/avis/fil.{kind}" for kind in KINDS]
    before = {path: known.get(path) for path in paths}
    withdraws(known)
    other = known.another_worker()
    for path, answer in before.items():
        assert other.get(path, If_None_Match=answer.headers["ETag"]).status_code == 200
        assert other.get(path, If_Modified_Since=answer.headers["Last-Modified"]).status_code == 200


def test_it_leaves_the_archives_and_no_other_item_moves(office: Office, clock: time_machine.Traveller) -> None:
    for number in range(1, 53):
        published = f"2026-{1 + number // 28:02}-{1 + number % 28:02} 09:00"
        office.publishes_notice(key=f"notice-{number}", published=published, title_en="")
    archive = "/fr/avis/fil-1.json"
    before = [item["id"] for item in office.get(archive).get_json()["items"]]
    assert len(before) == 50
    office.did("notices", "withdraw", "notice-7", "--reason", "Published by mistake")
    other = office.another_worker()
    after = [item["id"] for item in other.get(archive).get_json()["items"]]
    assert after == [guid for guid in before if not guid.endswith("/notice-7/fr")]
    for kind in ("rss", "atom"):
        assert "notice-7/" not in other.get(f"/fr/avis/fil-1.{kind}").text
    newest = [item["id"] for item in other.get("/fr/avis/fil.json").get_json()["items"]]
    assert len(set(after) | set(newest)) == 51
    assert other.get("/fr/avis/fil-2.json").status_code == 404


@pytest.mark.parametrize("published", ["draft", "2026-12-01 09:00"])
def test_what_nobody_ever_saw_was_never_there(office: Office, clock: time_machine.Traveller, published: str) -> None:
    office.publishes_notice(published=published)
    withdraws(office, *WHY)
    for day in ("2026-11-18 10:00", "2026-12-01 09:00", "2027-01-05 00:00"):
        clock.move_to(in_quebec(day))
        for path in PAGES.values():
            assert office.another_worker().get(path).status_code == 404, day
    assert office.get("/api/v1/notices").get_json()["total"] == 0


def refused(office: Office, *words: str | Path) -> str:
    before = office.dump()
    result = office.portal(*words)
    assert result.exit_code == 1, result.output
    assert office.dump() == before, "a refused command leaves no trace"
    return result.output


@pytest.mark.parametrize("key", ["unknown", "", "x" * 200])
def test_a_notice_that_is_none_is_refused_in_words(known: Office, key: str) -> None:
    said = refused(known, "notices", "withdraw", key, "--reason", "By mistake")
    assert said == f"portal: there is no notice “{key[:60]}” to withdraw; see the list of notices\n"


def test_a_notice_is_withdrawn_once(known: Office, clock: time_machine.Traveller) -> None:
    withdraws(known, *WHY)
    clock.move_to(in_quebec("2026-11-20 09:00"))
    said = refused(known, "notices", "withdraw", "closing-days", "--reason", "Again")
    assert said == "portal: closing-days was withdrawn already, on 2026-11-18\n"


def test_a_key_that_was_withdrawn_is_not_published_again(known: Office) -> None:
    withdraws(known)
    for content in (a_notice(), a_notice(title_fr="Autre titre"), a_notice(published="draft")):
        said = refused(known, "notices", "publish", known.file(content, "notice.md"))
        assert "closing-days was withdrawn; give its text another key: readers will see a new notice" in said
    known.publishes_notice(key="closing-days-2")
    assert known.another_worker().get("/en/notices/2/closing-days").status_code == 200


@pytest.mark.parametrize("more", [(), ("--reason", " "), ("--reason", "a", "--why-fr", "Une erreur.")])
def test_a_withdrawal_says_why_and_to_the_public_in_both_languages(known: Office, more: tuple[str, ...]) -> None:
    before = known.dump()
    assert known.portal("notices", "withdraw", "closing-days", *more).exit_code == 2
    assert known.dump() == before


def test_staff_see_it_and_why_in_the_list_and_the_audit(known: Office) -> None:
    withdraws(known, *WHY)
    assert known.did("notices", "list").startswith("withdrawn  2026-01-05 09:00  closing-days: Jours de fermeture")
    line = known.did("audit", "--last", "1")
    for word in ("notices.withdraw", "Published by mistake", "Ce formulaire n’existe plus."):
        assert word in line


#: What shows a notice, and pages that never show one.
SHOWING = ("/fr/avis/", "/fr/avis/fil.rss", PAGES["fr"], "/fr/")
OTHERS = ("/fr/contact/", "/fr/dates/", "/fr/dates/fil.rss", "/fr/lexique/")


def without_database(office: Office) -> None:
    for file in office.data.glob("portal.db*"):
        file.rename(office.data / f"away-{file.name}")


def answers(worker: Callable[[str], TestResponse], paths: tuple[str, ...]) -> list[int]:
    return [worker(path).status_code for path in paths]


def test_no_copy_on_disk_shows_it_to_a_new_worker_while_the_database_is_away(known: Office) -> None:
    assert answers(known.get, SHOWING + OTHERS) == [200] * 8
    withdraws(known)
    assert not copies(known.data), "the command throws away the copies of its own folder"
    without_database(known)
    fresh = known.another_worker()
    assert answers(fresh.get, SHOWING) == [503] * 4
    assert answers(fresh.get, OTHERS) == [200] * 4


def test_no_copy_that_is_still_on_disk_shows_it_to_a_new_worker(known: Office) -> None:
    assert answers(known.get, SHOWING + OTHERS) == [200] * 8
    kept = copies(known.data)
    withdraws(known)
    for file, content in kept.items():  # as if there were so many that they are not swept yet
        file.write_bytes(content)
    without_database(known)
    fresh = known.another_worker()
    assert answers(fresh.get, SHOWING) == [503] * 4
    assert answers(fresh.get, OTHERS) == [200] * 4


def test_no_page_in_memory_shows_it_once_the_door_knows(known: Office) -> None:
    assert answers(known.get, (*SHOWING, *OTHERS, "/fr/formulaires/4058/")) == [200] * 9
    withdraws(known)
    # One page says that the door knows: the others are forgotten without being asked for.
    assert soon(lambda: "Jours de fermeture" not in known.get("/fr/formulaires/4058/").text)
    without_database(known)
    assert soon(lambda: "Age" in known.get("/fr/contact/").headers)
    assert answers(known.get, SHOWING) == [503] * 4
    assert answers(known.get, OTHERS) == [200] * 4


def test_copies_made_after_a_withdrawal_stay(known: Office) -> None:
    withdraws(known)
    other = known.another_worker()
    paths = ("/fr/avis/", "/fr/")
    assert answers(other.get, paths) == [200] * 2
    without_database(known)
    assert answers(known.another_worker().get, paths) == [200] * 2


def copies(data: Path) -> dict[Path, bytes]:
    """The copies on disk of what the notices are read for."""
    found = {file: file.read_bytes() for file in data.glob("pages/*/*")}
    return {file: content for file, content in found.items() if b'"notices": ' in content.partition(b"\n")[0]}


def content_of(file: Path) -> bytes:
    """Return what is in a file, or nothing where it is none."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def test_a_running_site_forgets_it_without_being_asked(office: Office, tmp_path: Path) -> None:
    office.publishes_notice()
    elsewhere, database = tmp_path / "elsewhere" / "data", {"PORTAL_DATABASE_URL": office.config.database_url}
    elsewhere.mkdir(parents=True)
    desk = Office(tmp_path / "desk", database)
    with served(office.data) as one, served(elsewhere, settings=database) as two:
        for site in (one, two):
            assert [site.ask(path)[0] for path in SHOWING + OTHERS] == [200] * 8
        kept, others = copies(office.data), copies(elsewhere)
        assert len(kept) == len(others) >= len(SHOWING)
        # By a command with a folder of its own: each site throws away its own copies; that they go says that it knows.
        withdraws(desk)
        before = kept | others
        # They are gone, or made anew by now.
        assert soon(lambda: not any(before[file] == content_of(file) for file in before), within=2)
        without_database(office)
        for site in (one, two):
            for status, text in map(site.ask, SHOWING):
                assert status in (200, 503)
                assert "Jours de fermeture" not in text
            assert [site.ask(path)[0] for path in OTHERS] == [200] * 4
