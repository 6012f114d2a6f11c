"""Where the time of an answer went: a browser shows it while one develops, and nobody hears of it in production."""

import re
import urllib.request
from pathlib import Path

from werkzeug.test import Client, TestResponse

from portal.assets import static_address
from portal.monitoring.counts import Counts
from portal.monitoring.middleware import Monitor
from tests.desk.people import Desk
from tests.makers import PUBLIC_URL, Office, an_office
from tests.monitoring.sites import in_production
from tests.serving import served

APP = r"app;dur=\d+\.\d"
DATABASE = r'db;dur=\d+\.\d;desc="[1-9]\d* times"'
TEMPLATE = r'template;dur=\d+\.\d;desc="[1-9]\d* times"'
AT_HAND = f"cache;desc=hit, {APP}"


def asked(office: Office, path: str, at: str = PUBLIC_URL, **headers: str) -> TestResponse:
    client = Client(Monitor(office.door, Counts(), tells_times=True))
    return client.get(path, base_url=at, headers={name.replace("_", "-"): value for name, value in headers.items()})


def timing(office: Office, path: str, at: str = PUBLIC_URL, **headers: str) -> str:
    with asked(office, path, at, **headers) as answer:
        (told,) = answer.headers.getlist("Server-Timing")
        return told


def test_each_answer_says_what_it_took(demo: Office) -> None:
    assert re.fullmatch(f"cache;desc=made, {APP}, {DATABASE}, {TEMPLATE}", timing(demo, "/fr/dates/"))
    assert re.fullmatch(AT_HAND, timing(demo, "/fr/dates/"))
    assert re.fullmatch(AT_HAND, timing(demo, "/fr/dates/", If_None_Match="*"))
    assert re.fullmatch(AT_HAND, timing(demo, static_address("css/portal.css")))
    assert re.fullmatch(f"cache;desc=passed, {APP}, {TEMPLATE}", timing(demo, "/fr/suivi/"))
    assert re.fullmatch(f"cache;desc=refused, {APP}", timing(demo, "/fr/dates/", at="http://elsewhere.test"))


def test_what_a_page_took_is_not_kept_with_it(demo: Office) -> None:
    timing(demo, "/fr/dates/")
    assert re.fullmatch(AT_HAND, timing(demo.another_worker(), "/fr/dates/")), "from the disk"
    kept = [path for path in Path(demo.data, "pages").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"dur=" in path.read_bytes()]
    assert "Server-Timing" not in demo.get("/fr/dates/").headers, "an export asks such a door"


def test_the_desk_says_it_too(desk: Desk) -> None:
    told = timing(desk.office, "/desk/fr/session")
    assert re.match(f"cache;desc=passed, {APP}.*, {TEMPLATE}", told)


def test_a_site_under_development_tells_a_browser(tmp_path: Path, initialised: Path) -> None:
    office = an_office(tmp_path / "developed", like=initialised)
    with (
        served(office.data) as site,
        urllib.request.urlopen(f"{site.address}/fr/avis/") as answer,  # noqa: S310 — our own site
    ):
        assert answer.headers["Server-Timing"].startswith("cache;desc=made, app;dur=")


def test_in_production_nobody_hears_of_it(tmp_path: Path, initialised: Path) -> None:
    with in_production(an_office(tmp_path / "data", like=initialised)) as site:
        for path in ("/fr/dates/", "/fr/dates/", "/fr/suivi/", "/desk/fr/session", "/healthz"):
            with urllib.request.urlopen(site.address + path) as answer:  # noqa: S310 — our own site
                assert "Server-Timing" not in answer.headers, path
