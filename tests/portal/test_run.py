"""The site as it is really served: `portal run` in a process of its own, asked over HTTP."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.makers import Office, a_notice
from tests.serving import PATIENCE_SECONDS, PORTAL, Served, served


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "data", "--with-demo") as found:
        yield found


def test_a_newcomer_reads_the_site_and_looks_up_a_request(site: Served) -> None:
    pages = re.findall(r"http://\S+(/(?:fr|en)/\S*)", site.printed)
    assert len(pages) == 24
    for path in pages:
        assert site.ask(path)[0] == 200, path
    references = re.findall(r"^  (\S{5}-\S{5}-\S)  (\d{4}-\d\d-\d\d)$", site.printed, re.MULTILINE)
    assert len(references) == 2
    for reference, day in references:
        status, page = site.ask("/fr/suivi/", f"reference={reference.lower()}&date={day}".encode())
        assert status == 200
        assert "Suivi de votre demande" in page


def test_a_change_shows_within_a_second_without_a_restart(site: Served, tmp_path: Path) -> None:
    assert "Jours de fermeture" not in site.ask("/fr/avis/")[1]
    file = tmp_path / "notice.md"
    file.write_text(a_notice(published="2026-11-19 09:00"))
    site.did("notices", "publish", file)
    assert site.soon("/fr/avis/", "Jours de fermeture", within=1)
    assert site.soon("/fr/avis/fil.rss", "Jours de fermeture", within=1)


def test_reads_of_the_feeds_are_kept_without_being_asked(site: Served, tmp_path: Path) -> None:
    assert site.ask("/fr/avis/fil.rss")[0] == 200
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with closing(sqlite3.connect(tmp_path / "data" / "portal.db")) as connection:
            if kept := connection.execute("SELECT path, status, count FROM feed_reads").fetchall():
                break
    assert kept == [("/fr/avis/fil.rss", 200, 1)]


def test_pages_outlive_the_database_and_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data, "--with-demo") as site:
        for path in ("/fr/dates/", "/en/contact/", "/fr/avis/fil.rss"):
            assert site.ask(path)[0] == 200
        for file in data.glob("portal.db*"):
            file.rename(tmp_path / file.name)
        assert site.soon("/fr/dates/", "Cette page ne peut pas être mise à jour", within=2)
        assert "This page cannot be brought up to date" in site.ask("/en/contact/")[1]
        assert site.ask("/fr/avis/fil.rss")[0] == 200


def test_no_other_version_of_http_is_spoken_than_the_one_that_is_guarded(site: Served) -> None:
    where = urlsplit(site.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as connection:
        # The preface of HTTP/2, and a frame of settings that holds none (RFC 9113 §3.4, §6.5).
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        answer = b""
        with suppress(ConnectionResetError):  # it may hang up before it has read all
            answer = connection.recv(9)
    assert answer in (b"", b"HTTP/1.1 "), "no frame of settings"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "http"}, "PORT must be a whole number"),
        ({"PORTAL_ENV": "staging"}, "PORTAL_ENV must be development or production"),
        ({"PORTAL_ENV": "production"}, "PORTAL_PUBLIC_URL must be set"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    office: Office, settings: dict[str, str], sentence: str
) -> None:
    environment = {**os.environ, **office.environment, **settings}
    if settings.get("PORTAL_ENV") == "production":
        del environment["PORTAL_PUBLIC_URL"]
    ended = subprocess.run([PORTAL, "run"], env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_production_starts_with_what_it_needs(office: Office, tmp_path: Path) -> None:
    office.file("s" * 40, "key")
    settings = {
        "PORTAL_ENV": "production",
        "PORTAL_PUBLIC_URL": "https://portal.test",
        "PORTAL_SECRET_FILE": str(office.data / "key"),
    }
    with served(office.data, settings=settings) as site:
        assert "https://portal.test/fr/dates/" in site.printed
        assert site.ask("/readyz")[0] == 200
        assert site.ask("/fr/")[0] == 400  # asked by address, not by the public name


def test_a_database_restored_is_the_one_that_is_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data, "--with-demo") as site:
        assert site.ask("/fr/avis/")[0] == 200
        away = tmp_path / "away"
        away.mkdir()
        for file in data.glob("portal.db*"):
            file.rename(away / file.name)
        assert site.soon("/readyz", "does not answer", within=2)
        assert not (data / "portal.db").exists()
        shutil.copy(away / "portal.db", data)
        if (away / "portal.db-wal").exists():
            shutil.copy(away / "portal.db-wal", data)
        assert site.soon("/readyz", "ok", within=2)
        file = tmp_path / "notice.md"
        file.write_text(a_notice(published="2026-11-19 09:00"))
        site.did("notices", "publish", file)
        assert site.soon("/fr/avis/", "Jours de fermeture", within=2)


def test_production_refuses_demonstration_content(demo: Office) -> None:
    secret = demo.data / "secret"
    production = {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(secret)}
    ended = Office(demo.data, production).portal("run")
    assert ended.exit_code == 1
    assert "demonstration content" in ended.output
