"""`portal check --production`: one sentence for each thing that is wrong, and an end with 1."""

import os
import py_compile
import re
import sqlite3
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis import Redis
from time_machine import travel

from portal.commands.deployment.machine import IMPORTED
from tests.deploy.fronts import fronted
from tests.desk.people import a_staffed_office
from tests.makers import Office, an_office
from tests.postgres import running_postgres
from tests.serving import free_port, served
from tests.store.conftest import connections_closed
from tests.web.conftest import Counts

KEY = "3f9a1c77e0b54d2886ab90cd13fe5702"
SOUND = {"PORTAL_ENV": "production", "PORTAL_PUBLIC_URL": "https://portal.test", "PORTAL_PROXY_HOPS": "1"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Path:
    """The folder of an installation without content, with a person for each role."""
    return a_staffed_office(tmp_path_factory.mktemp("people"), initialised)[0]


@pytest.fixture(autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code is compiled, in a folder of the tests' own."""
    folder = tmp_path_factory.mktemp("compiled")
    monkeypatch.setattr(sys, "pycache_prefix", str(folder))
    for name in IMPORTED:
        spec = find_spec(name)
        assert spec
        py_compile.compile(str(spec.origin), doraise=True)
    return folder


def deployed(folder: Path, like: Path, **settings: str) -> Office:
    """An installation as the README says how to make one."""
    office = an_office(folder, like=like)
    key = office.file(KEY, "key")
    key.chmod(0o640)
    office.data.chmod(0o750)
    own = Office(office.data, {**SOUND, "PORTAL_SECRET_FILE": str(key), **settings})
    own.did("unavailable")
    return own


@pytest.fixture
def sound(tmp_path: Path, people: Path) -> Office:
    return deployed(tmp_path / "data", people)


@contextmanager
def before(office: Office, folder: Path, more: str = "") -> Generator[None]:
    """Serve an installation behind its front, at its public address."""
    secure = int(office.settings["PORTAL_PUBLIC_URL"].rpartition(":")[2])
    with served(office.data, settings=office.settings) as site:
        behind = int(site.address.rpartition(":")[2])
        with fronted(folder / "front", office.data, behind, secure, more):
            yield


def wrong(office: Office, *words: str, **settings: str) -> list[str]:
    """Return the sentences of what is wrong, of which there must be some."""
    found = Office(office.data, {**office.settings, **settings}).portal("check", "--production", *words)
    assert found.exit_code == 1, found.output
    assert "Traceback" not in found.output
    return found.stderr.splitlines()


def test_a_sound_deployment_is_told_what_was_looked_at(sound: Office) -> None:
    said = sound.did("check", "--production")
    assert said.startswith("Nothing is wrong with the settings, the keys, the data folder")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORTAL_ENV": "development"}, "PORTAL_ENV is not production"),
        ({"PORTAL_PUBLIC_URL": "http://portal.test"}, "PORTAL_PUBLIC_URL is http://portal.test"),
        ({"PORTAL_PROXY_HOPS": "0"}, "PORTAL_PROXY_HOPS is 0"),
        ({"PORTAL_HUB_URL": "http://hub.test/"}, "PORTAL_HUB_URL does not begin with https://"),
        ({"PORTAL_BIND": "0.0.0.0"}, "PORTAL_BIND is 0.0.0.0"),  # noqa: S104
        ({"GRANIAN_WORKERS": "4"}, "GRANIAN_WORKERS is 4 and PORTAL_LIMITS_URL is not set"),
        ({"GRANIAN_WORKERS": "many"}, "GRANIAN_WORKERS must be a whole number"),
        ({"PORTAL_LIMITS_URL": "redis://:a-secret@127.0.0.1:9/0"}, "does not answer (ConnectionError)"),
    ],
)
def test_each_wrong_setting_has_its_sentence(sound: Office, settings: dict[str, str], sentence: str) -> None:
    (said,) = wrong(sound, **settings)
    assert sentence in said
    assert "a-secret" not in said


def test_a_setting_that_stops_the_start_is_told_alone(sound: Office) -> None:
    said = wrong(sound, PORT="http", PORTAL_PROXY_HOPS="0")
    assert said[0].startswith("PORT must be a whole number")
    assert len(said) == 2


def test_more_workers_than_the_memory_holds(sound: Office) -> None:
    said = wrong(sound, GRANIAN_WORKERS="256")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024 // 1024
    assert any("256 workers need 30976 MB" in sentence for sentence in said) is (memory < 30_976)


@pytest.mark.parametrize(
    ("key", "mode", "sentence"),
    [
        ("short", 0o600, "must hold at least 32 characters"),
        ("ab" * 20, 0o600, "easy to guess"),
        (KEY, 0o644, "chmod 640"),
        (KEY, 0o660, "chmod 640"),
    ],
)
def test_a_key_that_protects_nothing(sound: Office, key: str, mode: int, sentence: str) -> None:
    sound.file(key, "key").chmod(mode)
    said = wrong(sound)
    assert sentence in said[0]
    assert not [line for line in said if key in line]


def test_a_folder_that_all_users_read(sound: Office) -> None:
    sound.data.chmod(0o755)
    (sound.data / "portal.db").chmod(0o640)
    folder, file = wrong(sound)
    assert "is open to every user of the machine" in folder
    assert "portal.db holds received dates" in file


def test_what_a_start_has_not_made_yet(sound: Office, compiled: Path) -> None:
    (style,) = (sound.data / "static").glob("*/css/portal.css.br")
    style.rename(sound.data / "away")
    (sound.data / "front" / "429.html").unlink()
    next(compiled.rglob("wsgi.*.pyc")).unlink()
    static, page, code = wrong(sound)
    assert "not compressed yet" in static
    assert "(429.html); run `portal unavailable`" in page
    assert "python -m compileall -q" in code


def test_static_files_that_nginx_may_not_read(sound: Office) -> None:
    for folder in (sound.data / "static").iterdir():
        folder.chmod(0o700)
    (said,) = wrong(sound)
    assert "nginx cannot read" in said


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, sound: Office) -> None:
    nowhere = tmp_path / "nowhere"
    said = wrong(sound, PORTAL_DATA=str(nowhere))
    assert any("which is no folder" in sentence for sentence in said)
    assert any("There is no database at" in sentence for sentence in said)
    assert not nowhere.exists()


def changes(office: Office, statement: str) -> None:
    """Change the database as no code of ours does."""
    with closing(sqlite3.connect(office.data / "portal.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_database_of_another_release(sound: Office) -> None:
    changes(sound, "UPDATE alembic_version SET version_num = '0001'")
    (said,) = wrong(sound)
    assert "has not every table of this release" in said


def test_demonstration_content(tmp_path: Path, staffed: tuple[Path, dict[str, str]]) -> None:
    (said,) = wrong(deployed(tmp_path / "data", staffed[0]))
    assert "holds the demonstration of 2026-11-20" in said


def test_nobody_who_lets_people_in(sound: Office) -> None:
    changes(sound, "UPDATE staff SET tf_primary_method = NULL, tf_totp_secret = NULL")
    (said,) = wrong(sound)
    assert "no enabled administrator with a second factor" in said


def test_a_redis_that_forgets(sound: Office, tmp_path: Path) -> None:
    counts = Counts(tmp_path)
    counts.start()
    try:
        settings = {"PORTAL_LIMITS_URL": counts.address, "GRANIAN_WORKERS": "2"}
        assert "Nothing is wrong" in Office(sound.data, {**sound.settings, **settings}).did("check", "--production")
        with Redis.from_url(counts.address) as client:
            client.config_set("maxmemory", "100mb")
            client.config_set("maxmemory-policy", "allkeys-lru")
        (said,) = wrong(sound, **settings)
        assert "set `maxmemory-policy noeviction`" in said
    finally:
        counts.kill()


def test_a_database_on_another_machine(sound: Office) -> None:
    with running_postgres() as server, connections_closed():
        settings = {"PORTAL_DATABASE_URL": server.address_of(server.has_new()), "PORTAL_BIND": "0.0.0.0"}  # noqa: S104
        (empty,) = wrong(sound, **settings)
        assert "The database does not answer, or has no tables" in empty
        Office(sound.data, {**sound.settings, **settings}).did("init")
        (nobody,) = wrong(sound, **settings)
        assert "no enabled administrator" in nobody
        with travel(datetime.now(UTC) + timedelta(minutes=3)):
            clock, _nobody = wrong(sound, **settings)
        assert re.search(r"are 1[78]\d seconds apart", clock)
    (silent,) = wrong(sound, **settings)
    assert "The database does not answer" in silent


class TestThroughTheFront:
    """Asked over the network, as visitors do."""

    @pytest.fixture
    def public(self, sound: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "front" / "certificate.pem"))
        return Office(sound.data, {**sound.settings, "PORTAL_PUBLIC_URL": f"https://localhost:{free_port()}"})

    def test_a_front_as_it_should_be(self, public: Office, tmp_path: Path) -> None:
        assert "does not answer (ConnectionRefusedError" in wrong(public, "--through")[0]
        with before(public, tmp_path):
            assert public.did("check", "--through").endswith("the front, the database and the people of the desk.\n")

    def test_a_certificate_that_browsers_refuse(
        self, public: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with before(public, tmp_path):
            monkeypatch.delenv("SSL_CERT_FILE")
            (said,) = wrong(public, "--through")
        assert "Browsers refuse the certificate" in said

    def test_a_front_that_says_more_and_less(self, public: Office, tmp_path: Path) -> None:
        more = "add_header X-Content-Type-Options nosniff; add_header Set-Cookie a=b; proxy_hide_header ETag;"
        with before(public, tmp_path, more):
            twice, cookie, tag = wrong(public, "--through")
        assert "says again the header x-content-type-options" in twice
        assert "the header set-cookie" in cookie
        assert "without their strong ETag" in tag
