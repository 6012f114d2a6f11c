"""The export behind a real nginx, with nothing but the files that it wrote: it answers what the site answers."""

import os
import shutil
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import brotli
import pytest
from time_machine import travel

from tests.export.conftest import NOW, Exported
from tests.makers import PUBLIC_URL
from tests.serving import free_port

#: Debian keeps it where an ordinary user's PATH does not look.
NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])) or "nginx"
PATIENCE_SECONDS = 20
CONFIGURATION = """\
daemon off;
{user}
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    {places}
    include {export}/nginx-http.conf;
    server {{
        listen 127.0.0.1:{port};
        root {export}/site;
        include {export}/nginx-server.conf;
    }}
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Host:
    """An nginx that serves an export."""

    port: int

    def ask(self, address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, address, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


@contextmanager
def hosted(export: Path, folder: Path) -> Generator[Host]:
    """Serve an export for the length of a block."""
    folder.mkdir()
    host = Host(free_port())
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    # Another user may not read the folders of tests, where root starts it.
    user = "" if os.geteuid() else "user root;"
    written = CONFIGURATION.format(user=user, folder=folder, export=export, port=host.port, places=places)
    (folder / "nginx.conf").write_text(written)
    command = [NGINX, "-e", "stderr", "-c", folder / "nginx.conf"]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < end, (folder / "said").read_text()
            try:
                host.ask("/robots.txt")
                break
            except OSError:
                time.sleep(0.05)  # no event tells that a port listens
        yield host
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def host(made: Exported, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with hosted(made.folder, tmp_path_factory.mktemp("nginx") / "own") as running:
        yield running


def test_every_address_answers_as_the_site_does(made: Exported, host: Host) -> None:
    own = {"Content-Length", "ETag", "Last-Modified", "Cache-Control"}
    with travel(NOW):
        for address, said in made.addresses.items():
            ours, theirs = made.office.get(address), host.ask(address)
            assert theirs.status == ours.status_code == said["status"], address
            if ours.status_code == 302:
                assert theirs.headers["Location"] == ours.headers["Location"]
                continue
            assert theirs.body == ours.data, address
            ours.close()  # a file of ours
            if said["status"] == 200:
                for name in set(ours.headers.keys()) - own:
                    assert theirs.headers.get_all(name) == [ours.headers[name]], f"{address}: {name}"


@pytest.mark.parametrize(
    "path",
    [
        *("/nulle-part", "/fr/nulle-part", "/en/nowhere", "/api/v1/nowhere", "/en/embed/nothing", "/fr/x.rss"),
        *("/fr/index.html", "/404.html", "/503.html", "/_headers", "/export.json", "/fr/index.html.br"),
        *("/fr/dates", "/en", "/fr/dates?x=1", "/fr/dates/?utm_source=courriel", "/fr/avis/fil.rss?x=1"),
        *("/fr/dates/changements?x=1", "/fr/dates/changements?since=1&x=2"),
    ],
)
def test_what_is_not_there_or_takes_no_argument_answers_the_same(made: Exported, host: Host, path: str) -> None:
    with travel(NOW):
        ours, theirs = made.office.get(path), host.ask(path)
    assert theirs.status == ours.status_code
    assert theirs.headers["Location"] == ours.headers.get("Location")
    if ours.status_code != 308:  # of which nobody reads the words
        assert theirs.body == ours.data
        for name in ("Content-Type", "Content-Language", "Content-Security-Policy"):
            assert theirs.headers[name] == ours.headers.get(name)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5", "br"),
        ("br;q=0, gzip;q=1.0", "gzip"),
        ("br;q=0.0,gzip;q=0", None),
        ("identity", None),
        ("brave", None),
    ],
)
def test_the_twin_that_a_client_takes_is_sent(made: Exported, host: Host, accepted: str, encoding: str | None) -> None:
    answer = host.ask("/fr/dates/", Accept_Encoding=accepted)
    whole = made.content("/fr/dates/")
    ending = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.body == (made.site / f"fr/dates/index.html{ending}").read_bytes()
    assert encoding != "br" or brotli.decompress(answer.body) == whole


def test_a_reader_that_has_the_page_is_told_so(host: Host) -> None:
    first = host.ask("/fr/avis/fil.rss", Accept_Encoding="br")
    again = host.ask("/fr/avis/fil.rss", Accept_Encoding="br", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert host.ask("/fr/avis/fil.rss", If_Modified_Since=first.headers["Last-Modified"]).status == 304
    assert host.ask("/fr/avis/fil.rss", "HEAD").headers["Content-Type"] == "application/rss+xml; charset=utf-8"


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/fr/suivi/"),
        ("POST", "/en/prepare/"),
        ("PUT", "/fr/"),
        ("POST", "/api/v1/editions/publish"),
        ("GET", "/fr/recherche/?q=dates"),
        ("GET", "/en/search/?q=4058&page=2"),
        ("GET", "/fr/dates/verifier?type=new&date=2026-01-26"),
        ("GET", "/fr/dates/changements?since=1&until=2"),
        ("GET", "/fr/avis/?clientele=professionals&clientele=developers"),
        ("GET", "/desk/"),
        ("GET", "/desk/fr/session/"),
    ],
)
def test_what_takes_the_server_is_said_in_both_languages(made: Exported, host: Host, method: str, address: str) -> None:
    answer = host.ask(address, method, b"reference=1" if method == "POST" else None)
    assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] == "fr, en"
    assert answer.body == (made.site / "503.html").read_bytes()


def test_a_script_of_another_site_may_ask_with_a_condition(made: Exported, host: Host) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access_Control_Request_Method": "GET"}
    for address in ("/api/v1/dates", "/fr/avis/fil.json"):
        answer = host.ask(address, "OPTIONS", None, **asked)
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"
        assert host.ask(address).headers["Access-Control-Allow-Origin"] == "*"
    assert host.ask("/fr/", "OPTIONS", None, **asked).headers["Access-Control-Allow-Origin"] is None


def test_what_was_withdrawn_is_gone_and_what_moved_leads_on(exported: Exported, tmp_path: Path) -> None:
    listed = exported.folder / "export.json"
    listed.write_text(listed.read_text().replace('"addresses": [', '"addresses": ["/fr/avis/2/autre-titre",'))
    exported.office.did("notices", "withdraw", "closing-days", "--reason", "An error")
    exported.again()
    with hosted(exported.folder, tmp_path / "nginx") as host:
        gone, ours = host.ask("/fr/avis/1/jours-de-fermeture"), exported.office.get("/fr/avis/1/jours-de-fermeture")
        assert (gone.status, gone.body) == (410, ours.data)
        assert gone.headers["Content-Type"] == ours.headers["Content-Type"]
        moved = host.ask("/fr/avis/2/autre-titre")
        assert (moved.status, moved.headers["Location"]) == (301, "/fr/avis/2/un-avis")
        assert exported.office.get("/fr/avis/2/autre-titre").headers["Location"] in (
            "/fr/avis/2/un-avis",
            f"{PUBLIC_URL}/fr/avis/2/un-avis",
        )
        assert host.ask("/fr/avis/").body == exported.content("/fr/avis/")
