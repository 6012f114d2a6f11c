"""The site as it is really served: `portal run` in a process of its own, asked over HTTP."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.makers import Office, a_notice
from tests.serving import PATIENCE_SECONDS, PORTAL, Served, free_port, served

BY_HTTPS = "https://portal.test"


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
        ({"PORTAL_DATA": f"/{'x' * 300}"}, "File name too long"),
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


@pytest.fixture
def production(office: Office) -> dict[str, str]:
    """The settings with which an installation may be put into production."""
    key = str(office.file("s" * 40, "key"))
    return {"PORTAL_ENV": "production", "PORTAL_PUBLIC_URL": BY_HTTPS, "PORTAL_SECRET_FILE": key}


def by_name(site: Served, path: str) -> tuple[int, str]:
    """Ask as the proxy does, by the public name of the site."""
    with closing(HTTPConnection(urlsplit(site.address).netloc, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": urlsplit(BY_HTTPS).netloc})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_production_starts_with_what_it_needs(office: Office, production: dict[str, str]) -> None:
    with served(office.data, settings=production) as site:
        assert site.printed.splitlines()[:2] == [
            f"The portal answers on {site.address} (stop it with Ctrl-C)",
            f"  {BY_HTTPS}/",
        ]
        assert site.ask("/readyz")[0] == 200
        assert site.ask("/fr/")[0] == 400  # asked by address, not by the public name


def test_production_starts_while_its_database_is_down(
    office: Office, production: dict[str, str], tmp_path: Path
) -> None:
    with served(office.data, settings=production) as site:
        assert by_name(site, "/fr/dates/")[0] == 200
    away = [file.rename(tmp_path / file.name) for file in office.data.glob("portal.db*")]
    with served(office.data, settings=production) as site:
        assert "the database does not answer; pages are given as they were last kept" in site.printed
        status, page = by_name(site, "/fr/dates/")
        assert status == 200
        assert "Cette page ne peut pas être mise à jour" in page
        assert by_name(site, "/fr/avis/")[0] == 503
        for file in away:
            file.rename(office.data / file.name)
        end = time.monotonic() + PATIENCE_SECONDS
        while by_name(site, "/fr/avis/")[0] != 200:
            assert time.monotonic() < end, "it never takes the database up again"
            time.sleep(0.2)


@pytest.mark.parametrize("copy", [None, "another-release/page", "floors.json"])
def test_production_without_a_copy_of_its_own_does_not_start_without_its_database(
    office: Office, production: dict[str, str], copy: str | None
) -> None:
    for file in office.data.glob("portal.db*"):
        file.unlink()
    if copy:
        kept = office.data / "pages" / copy
        kept.parent.mkdir(parents=True)
        kept.write_text("{}")
    ended = Office(office.data, {**production, "PORT": str(free_port())}).portal("run")
    assert ended.exit_code == 1
    assert "run `portal init`" in ended.output


@pytest.mark.parametrize(("words", "imported"), [(["run"], "[]"), (["run", "--with-demo"], "['flask', 'sqlalchemy']")])
def test_what_is_ready_is_served_without_its_application(office: Office, words: list[str], imported: str) -> None:
    # In place of becoming the server.
    told = "os.execve = lambda *words: print(sorted({'flask', 'sqlalchemy'} & set(sys.modules)))"
    code = f"import os, sys; {told}; from portal.commands.main import portal; portal({words})"
    environment = {**os.environ, **office.environment, "PORT": str(free_port())}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == imported


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
