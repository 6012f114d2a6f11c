"""When something fails: words a person can act on, in the language of the path, and the last good copy."""

import json
import logging
import re
import shutil
import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, abort
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from portal.app import LONGEST_BODY, create_app
from portal.core.calendar import QUEBEC
from portal.notices.records import NoticeRow
from portal.store.changes import recorded_change
from tests.makers import PUBLIC_URL, Office, an_office
from tests.visitor import inspect

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=QUEBEC)
CLOSED_PORT = "postgresql://someone:a-password@127.0.0.1:1/portal"
WORDS = {
    404: ("Il n’y a pas de page à cette adresse.", "There is no page at this address."),
    405: ("Cette adresse ne s’utilise pas de cette façon.", "This address is not used in that way."),
    413: ("Votre envoi est trop long.", "What you sent is too long."),
    429: ("Vous avez essayé trop souvent.", "You have tried too many times."),
    500: ("Le portail a fait une erreur.", "The portal made a mistake."),
    503: ("Le portail ne peut pas répondre pour l’instant.", "The portal cannot answer for now."),
}
PATHS = {"fr": "/fr/suivi/", "en": "/en/status/"}


@pytest.fixture
def app(demo: Office) -> Flask:
    """The application with pages that fail."""
    app = create_app(demo.config)

    def fail(kind: str) -> str:
        if kind == "database":
            raise OperationalError("SELECT secret", {"reference": "8ZK3M-2QX7A-N"}, Exception("gone"))
        if kind == "fault":
            raise ZeroDivisionError("a fault of ours")
        abort(int(kind))

    for prefix in ("/fr", "/en", "/api/v1"):
        app.add_url_rule(f"{prefix}/fail/<kind>", view_func=fail, endpoint="fail", methods=["GET", "POST"])
    return app


def ask(app: Flask, path: str) -> TestResponse:
    return app.test_client().get(path, base_url=PUBLIC_URL)


def check(office: Office, answer: TestResponse, path: str, status: int) -> None:
    """A failure is a page like another: sound, in its language, not to be kept."""
    assert answer.status_code == status
    language = "en" if path.startswith("/en/") else "fr"
    assert WORDS[status][language == "en"] in answer.text.replace("\u00a0", " ")
    assert WORDS[status][language == "fr"] not in answer.text.replace("\u00a0", " ")
    assert f'<html lang="{language}-CA">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "Traceback" not in answer.text
    if "Content-Security-Policy" in answer.headers:
        inspect(office, answer, path, status=status)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_address_that_leads_nowhere_is_404(demo: Office, language: str) -> None:
    for path in (f"/{language}/nulle-part", f"/{language}/dates/nowhere/", f"/{language}/{'x' * 10_000}"):
        check(demo, demo.get(path), path, 404)


@pytest.mark.parametrize("path", ["/fr/dates/", "/en/dates/"])
def test_another_method_is_405_and_says_which_are_taken(demo: Office, path: str) -> None:
    answer = demo.post(path, {})
    check(demo, answer, path, 405)
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_body_too_long_is_413(demo: Office, language: str) -> None:
    check(demo, demo.post(PATHS[language], {"reference": "x" * LONGEST_BODY}), PATHS[language], 413)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_too_many_tries_is_429(demo: Office, language: str) -> None:
    for _ in range(10):
        assert demo.post(PATHS[language], {"reference": "", "date": ""}).status_code == 422
    check(demo, demo.post(PATHS[language], {"reference": "", "date": ""}), PATHS[language], 429)


WAITS = [
    (1, "dans 1 minute,", "in 1 minute,"),
    (61, "dans 1 minute,", "in 1 minute,"),
    (62, "dans 2 minutes,", "in 2 minutes,"),
    (3_541, "dans 59 minutes,", "in 59 minutes,"),
    (3_542, "dans 1 heure,", "in 1 hour,"),
    (3_602, "dans 2 heures,", "in 2 hours,"),
    (43_200, "dans 12 heures,", "in 12 hours,"),
    (46_801, "dans 13 heures,", "in 13 hours,"),  # at ten, that is eleven in the evening
    (50_401, "demain à la même heure,", "tomorrow at this time,"),
    (86_400, "demain à la même heure,", "tomorrow at this time,"),
]


@pytest.mark.parametrize(("seconds", "french", "english"), WAITS)
def test_too_many_tries_are_told_how_long_to_wait(app: Flask, seconds: int, french: str, english: str) -> None:
    def refuse() -> str:
        raise TooManyRequests(retry_after=seconds)

    for prefix in ("/fr", "/en"):
        app.add_url_rule(f"{prefix}/wait", view_func=refuse, endpoint="wait")
    with time_machine.travel(NOW, tick=False):
        assert french in ask(app, "/fr/wait").text.replace("\u00a0", " ")
        assert english in ask(app, "/en/wait").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_fault_of_ours_is_500_without_its_traceback(demo: Office, app: Flask, language: str) -> None:
    path = f"/{language}/fail/fault"
    answer = ask(app, path)
    check(demo, answer, path, 500)
    assert "a fault of ours" not in answer.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_database_that_does_not_answer_is_503(demo: Office, app: Flask, language: str) -> None:
    path = f"/{language}/fail/database"
    answer = ask(app, path)
    check(demo, answer, path, 503)
    assert answer.headers["Retry-After"] == "30"
    assert "SELECT" not in answer.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_fault_in_what_stands_on_every_page_still_gives_a_page(demo: Office, app: Flask, language: str) -> None:
    words: dict[str, Any] = app.jinja_env.globals
    words["contact_now"] = lambda: 1 // 0
    path = f"/{language}/contact/"
    check(demo, ask(app, path), path, 500)


@pytest.mark.parametrize("status", [400, 403, 410, 418, 502])
def test_any_other_failure_has_words_too(app: Flask, status: int) -> None:
    answer = ask(app, f"/en/fail/{status}")
    assert answer.status_code == status
    assert re.search(r"<h1>[^<]+</h1>\s*<p class=\"p-lead\">[^<]+</p>", answer.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/nowhere", 404), ("/api/v1/fail/fault", 500), ("/api/v1/fail/database", 503), ("/api/v1/fail/410", 410)],
)
def test_a_program_is_told_in_json(app: Flask, path: str, status: int) -> None:
    answer = ask(app, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"  # RFC 9457
    assert answer.headers["Cache-Control"] == "no-store"
    problem = json.loads(answer.text)
    assert set(problem) == {"status", "title", "detail"}
    assert problem["status"] == status
    assert problem["detail"].endswith((".", "pages."))


@pytest.mark.parametrize("kind", ["fault", "database"])
def test_the_log_holds_neither_the_query_nor_the_form(app: Flask, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        app.test_client().post(
            f"/fr/fail/{kind}?reference=query-secret", base_url=PUBLIC_URL, data={"reference": "form-secret"}
        )
    assert "POST /fr/fail/<kind>" in caplog.text  # its pattern: somebody may have typed the path
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    for secret in ("query-secret", "form-secret", "8ZK3M", "SELECT"):
        assert secret not in caplog.text


#: What the portal says of itself; the lookup is never kept, and is not among them.
DOCUMENTS = ["/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/fr/dates/verifier", "/en/dates/check"]
DOCUMENTS += [f"/api/v1/{name}" for name in ("dates", "notices", "contact", "openapi.json")]
FEEDS = ["/fr/avis/fil.rss", "/en/notices/feed.rss", "/fr/dates/fil.rss", "/en/dates/access-new/feed.rss"]
FEEDS += ["/fr/avis/clientele/developers/fil.rss", "/en/notices/audience/dispensers/feed.rss"]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, demonstrated: Path) -> Office:
    """An installation whose every page was opened once."""
    office = an_office(tmp_path_factory.mktemp("seen") / "office", like=demonstrated)
    with time_machine.travel(NOW, tick=False):
        for path in every_page(office):
            assert office.get(path).status_code == 200, path
    return office


def every_page(office: Office) -> list[str]:
    pages = re.findall(rf"<loc>{PUBLIC_URL}([^<]+)</loc>", office.get("/sitemap.xml").text)
    assert len(pages) > 40
    return [path for path in pages if path not in PATHS.values()] + DOCUMENTS + FEEDS


@pytest.fixture
def later() -> Generator[time_machine.Traveller]:
    """Ninety minutes after the pages were seen."""
    with time_machine.travel(NOW + timedelta(minutes=90), tick=False) as traveller:
        yield traveller


def check_copies(worker: Office, paths: list[str]) -> None:
    for path in paths:
        answer = worker.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Age"] == "5400", path
        assert answer.headers["Cache-Control"] == "no-cache"
        assert worker.head(path).headers == answer.headers
        if answer.headers["Content-Type"].startswith("text/html"):
            inspect_copy(path, answer.text.replace("\u00a0", " "))
        else:
            assert worker.get(path, If_None_Match=answer.headers["ETag"]).status_code == 304


def inspect_copy(path: str, text: str) -> None:
    if path.startswith("/fr/"):
        assert "Cette page ne peut pas être mise à jour pour l’instant." in text, path
        assert "20 novembre 2026" in text.partition("Ceci est la copie")[2].partition("</p>")[0]
        assert "10 h" in text.partition("Ceci est la copie")[2].partition("</p>")[0]
    else:
        assert "This page cannot be brought up to date for now." in text, path
        assert "November 20, 2026" in text.partition("This is the copy")[2].partition("</p>")[0]
    assert text.count("p-banner--stale") == 1


def test_with_the_database_dead_a_worker_answers_from_memory(
    tmp_path: Path, demonstrated: Path, later: time_machine.Traveller
) -> None:
    office = an_office(tmp_path / "office", like=demonstrated)
    later.move_to(NOW)
    paths = ["/fr/", "/fr/dates/", "/en/contact/", "/fr/dates/verifier?type=access-new&date=2026-10-01", *FEEDS]
    for path in paths:
        office.get(path)
    shutil.rmtree(office.data / "pages")  # nothing but memory
    (office.data / "portal.db").rename(office.data / "away.db")
    later.move_to(NOW + timedelta(minutes=90))
    assert is_silent(office)
    check_copies(office, paths)


def is_silent(office: Office) -> bool:
    """Say whether the door notices within a second that the database is silent: it looks five times a second."""
    deadline = time.monotonic() + 1  # time-machine leaves this clock alone
    while time.monotonic() < deadline:
        if "Age" in office.get("/fr/dates/").headers:
            return True
    return False


def test_with_the_database_dead_a_new_worker_answers_every_page_from_disk(
    tmp_path: Path, seen: Office, later: time_machine.Traveller
) -> None:
    paths = every_page(seen)
    office = an_office(tmp_path / "office", like=seen.data)
    (office.data / "portal.db").rename(office.data / "away.db")
    check_copies(office, paths)


def test_with_postgresql_gone_a_new_worker_answers_every_page_from_disk(
    tmp_path: Path, seen: Office, later: time_machine.Traveller
) -> None:
    paths = every_page(seen)
    check_copies(an_office(tmp_path / "office", like=seen.data, PORTAL_DATABASE_URL=CLOSED_PORT), paths)


@pytest.mark.parametrize("path", ["/fr/dates/", "/en/dates/", "/fr/suivi/", "/en/status/"])
def test_a_page_never_seen_says_when_to_come_back(office: Office, path: str) -> None:
    worker = an_office(office.data, PORTAL_DATABASE_URL=CLOSED_PORT)
    for answer in (worker.get(path), worker.get(path)):
        check(worker, answer, path, 503)
        assert answer.headers["Retry-After"] == "30"
        assert "a-password" not in answer.text


def test_a_copy_makes_way_when_the_database_is_back(demo: Office, later: time_machine.Traveller) -> None:
    file = demo.data / "portal.db"
    demo.get("/fr/dates/")
    file.rename(demo.data / "away.db")
    worker = demo.another_worker()
    assert "p-banner--stale" in worker.get("/fr/dates/").text
    (demo.data / "away.db").rename(file)
    fresh = demo.another_worker().get("/fr/dates/")
    assert "p-banner--stale" not in fresh.text
    assert "Age" not in fresh.headers
    assert fresh.headers["Cache-Control"].startswith("public, max-age=60, s-maxage=1, ")


def test_a_page_that_is_gone_leaves_memory_and_disk(office: Office) -> None:
    office.publishes_notice(key="gone", title_fr="Bientôt retiré", published="2026-01-05 09:00")
    path = re.findall(r'href="(/fr/avis/\d+/[^"]+)"', office.get("/fr/avis/").text)[0]
    assert office.get(path).status_code == 200
    assert worker_finds(office, path)
    withdraw_all_notices(office)
    fresh = office.another_worker()
    assert fresh.get(path).status_code == 404
    dead = an_office(office.data, PORTAL_DATABASE_URL=CLOSED_PORT)
    for worker in (fresh, dead):
        assert "Bientôt retiré" not in worker.get(path).text
    assert not worker_finds(office, path)


def worker_finds(office: Office, path: str) -> bool:
    """Say whether a worker that cannot ask the database has the page."""
    return an_office(office.data, PORTAL_DATABASE_URL=CLOSED_PORT).get(path).status_code == 200


def withdraw_all_notices(office: Office) -> None:
    far = datetime(2100, 1, 1, tzinfo=UTC)
    with (
        create_app(office.config).app_context(),
        recorded_change("notices", action="test", actor="a test", at=datetime.now(UTC)) as change,
    ):
        change.session.execute(update(NoticeRow).values(published_at=far))
        change.details["withdrawn"] = True
