"""The door: it answers from the disk before Flask is there, and serves static files as kept for ever."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from portal import assets, wsgi
from portal.assets import STATIC, static_address, static_prefix
from tests.makers import Office, an_office

WITHOUT_FLASK = """
import sys
from wsgiref.util import setup_testing_defaults
from portal.wsgi import application

def ask(path):
    answer = []
    environ = {"PATH_INFO": path, "HTTP_HOST": "portal.test"}
    setup_testing_defaults(environ)
    body = b"".join(application(environ, lambda status, headers: answer.extend([status, dict(headers)])))
    return *answer, body

for path in sys.argv[2:]:
    status, headers, body = ask(path)
    assert status == "200 OK", status
    assert len(body) == int(headers["Content-Length"])
    assert "Content-Security-Policy" in headers
loaded = {"flask", "sqlalchemy", "werkzeug", "jinja2", "alembic"} & set(sys.modules)
assert not loaded or sys.argv[1] == "first", loaded
status, headers, body = ask("/fr/nulle-part")
assert status == "404 NOT FOUND", status
assert "flask" in sys.modules
"""


def start(office: Office, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **office.environment}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_worker_answers_kept_pages_without_flask_or_sqlalchemy(demo: Office) -> None:
    paths = [
        "/fr/dates/",
        "/en/notices/feed.rss",
        "/api/v1/dates",
        "/fr/dates/verifier",
        static_address("css/portal.css"),
    ]
    for worker in ("first", "second"):
        run = start(demo, WITHOUT_FLASK, worker, *paths)
        assert run.returncode == 0, run.stderr


def test_importing_the_door_opens_nothing(tmp_path: Path) -> None:
    office = an_office(tmp_path / "office", PORT="eighty")
    assert start(office, "import portal.wsgi").returncode == 0
    assert not office.data.exists()
    with pytest.raises(AttributeError):
        _ = wsgi.anything_else


def test_a_wrong_setting_stops_the_server_at_its_start(tmp_path: Path) -> None:
    run = start(an_office(tmp_path / "office", PORT="eighty"), "from portal.wsgi import application")
    assert run.returncode != 0
    assert run.stderr.strip().splitlines()[-1].endswith("PORT must be a whole number from 1 to 65535, not “eighty”")


def test_the_application_of_the_environment_is_made_once(tmp_path: Path) -> None:
    code = "from portal import wsgi; assert wsgi.application is wsgi.application"
    assert start(an_office(tmp_path / "office"), code).returncode == 0


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("identity", None, bytes)],
)
def test_static_files_are_compressed_and_kept_for_ever(
    office: Office, accepted: str, encoding: str | None, unpack: Callable[[bytes], bytes]
) -> None:
    with office.get(static_address("css/portal.css"), Accept_Encoding=accepted) as answer:
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert unpack(answer.data) == (STATIC / "css" / "portal.css").read_bytes()


def test_a_static_file_that_is_not_there_is_a_page_like_any_other_failure(office: Office) -> None:
    for path in (static_address("css/none.css"), "/static/0123456789ab/css/portal.css", static_prefix()):
        assert office.get(path).status_code == 404
    for path in (f"{static_prefix()}../../secret", f"{static_prefix()}%2e%2e/%2e%2e/secret"):
        assert office.get(path).status_code == 404


def test_static_files_are_compressed_once_for_each_release(tmp_path: Path) -> None:
    folder = assets.compressed_static(tmp_path)
    made = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert (folder / "css" / "portal.css.br").is_file()
    assert assets.compressed_static(tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == made
    assert [path.name for path in (tmp_path / "static").iterdir()] == [folder.name]


def test_the_release_is_the_same_in_every_process_and_folder(tmp_path: Path) -> None:
    code = "from portal import assets; print(assets.release(), assets.static_prefix())"
    run = [sys.executable, "-c", code]
    one, two = (
        subprocess.run(run, capture_output=True, text=True, check=True, cwd=folder).stdout
        for folder in (Path.cwd(), tmp_path)
    )
    assert one == two
    assert one.split()[1] == static_prefix()


def test_workers_that_start_together_do_not_trip_over_each_other(tmp_path: Path) -> None:
    office = an_office(tmp_path / "office")
    code = "from portal.wsgi import application"
    environment = {**os.environ, **office.environment}
    workers = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    errors = [worker.communicate()[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4, errors
