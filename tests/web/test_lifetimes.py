"""How long browsers, and who stands between them and us, may keep a page; by which keys they are told of changes."""

from collections.abc import Generator

import pytest
import time_machine

from tests.makers import Office
from tests.web.test_page_cache import NOTICES, NOW, TABLE, is_kept

#: How long who stands between may keep a page, and what they may do beyond.
LONG = "s-maxage=1, stale-while-revalidate=4, stale-if-error=3600"


@pytest.fixture(autouse=True)
def travel() -> Generator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_a_page_may_be_kept_no_longer_than_it_is_right(demo: Office, travel: time_machine.Traveller) -> None:
    assert demo.get(TABLE).headers["Cache-Control"] == f"public, max-age=60, {LONG}"
    assert demo.get("/fr/dates/fil.rss").headers["Cache-Control"] == f"public, max-age=900, {LONG}"
    travel.move_to(NOW.replace(hour=11, minute=59, second=35))  # the lines close at noon
    assert demo.get(TABLE).headers["Cache-Control"] == "public, max-age=25, s-maxage=1"
    travel.move_to(NOW.replace(hour=11, minute=59, second=59, microsecond=600_000))
    assert demo.get(TABLE).headers["Cache-Control"] == "public, max-age=0, s-maxage=0"
    travel.move_to(NOW.replace(hour=12))
    assert not is_kept(demo, TABLE)
    assert demo.get(TABLE).headers["Cache-Control"].startswith("public, max-age=60, s-maxage=1, ")


def test_who_stands_between_keeps_no_page_beyond_its_instant(demo: Office, travel: time_machine.Traveller) -> None:
    travel.move_to(NOW.replace(hour=11, minute=58, second=57))
    more = "s-maxage=1, stale-while-revalidate=3, stale-if-error=3"
    assert demo.get(TABLE).headers["Cache-Control"] == f"public, max-age=60, {more}"


def test_who_stands_between_is_told_what_a_page_reads(demo: Office) -> None:
    for worker in (demo, demo.another_worker()):  # the second has it from the disk
        assert worker.get(TABLE).headers["Surrogate-Key"] == "contacts dates site"
        assert worker.get(NOTICES).headers["Surrogate-Key"] == "notices site"
        assert "Surrogate-Key" not in worker.get("/fr/suivi/").headers


def test_a_cache_that_is_told_of_changes_keeps_a_page_longer(demo: Office, travel: time_machine.Traveller) -> None:
    told = {"PORTAL_PURGE_URL": "http://127.0.0.1:9/purge", "PORTAL_PURGE_TOKEN": "secret"}
    worker = Office(demo.data, told)
    assert "s-maxage=300" in worker.get(TABLE).headers["Cache-Control"]
    travel.move_to(NOW.replace(hour=11, minute=58))
    assert "s-maxage=120" in worker.get(TABLE).headers["Cache-Control"]
