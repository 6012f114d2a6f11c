"""The notices as JSON, for software."""

from datetime import datetime

import pytest
import time_machine

from portal.core.calendar import QUEBEC
from tests.makers import Office, in_quebec

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
ADDRESS = "/api/v1/notices"


def test_a_document_without_notices_is_whole(office: Office) -> None:
    document = office.get(ADDRESS).get_json()
    assert document == {"demonstration": False, "revision": 0, "total": 0, "page": 1, "per_page": 50, "notices": []}


def test_a_notice_says_what_its_page_says(office: Office) -> None:
    office.publishes_notice(audiences="developers, professionals")
    answer = office.get(ADDRESS)
    (notice,) = answer.get_json()["notices"]
    updated = datetime.fromisoformat(notice.pop("updated_at"))
    assert updated == datetime(2026, 11, 18, 10, tzinfo=QUEBEC)
    assert datetime.fromisoformat(notice.pop("published_at")) == datetime(2026, 1, 5, 9, tzinfo=QUEBEC)
    assert notice == {
        "id": 1,
        "key": "closing-days",
        "revision": 1,
        "english_at": None,
        "applies_on": None,
        "forms": [],
        "rows": [],
        "promise": None,
        "keeps": None,
        "audiences": ["professionals", "developers"],
        "title": {"fr": "Jours de fermeture", "en": "Closing days"},
        "html": {"fr": "<p>Nous sommes fermés le 24&nbsp;juin.</p>", "en": "<p>We are closed on June&nbsp;24.</p>"},
        "address": {
            "fr": "http://portal.test/fr/avis/1/jours-de-fermeture",
            "en": "http://portal.test/en/notices/1/closing-days",
        },
    }


def test_the_addresses_it_gives_answer(demo: Office) -> None:
    notices = demo.get(ADDRESS).get_json()["notices"]
    assert len(notices) > 1
    for notice in notices:
        for address in notice["address"].values():
            assert demo.get(address.removeprefix("http://portal.test")).status_code == 200


def test_any_site_may_read_it_and_a_cache_may_keep_it(office: Office) -> None:
    answer = office.get(ADDRESS)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.content_type == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in answer.headers


def test_it_answers_304_until_a_notice_changes(office: Office) -> None:
    office.publishes_notice()
    tag = office.get(ADDRESS).headers["ETag"]
    again = office.get(ADDRESS, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    office.did("dates", "rows", office.file("row,group,group_fr,group_en,label_fr,label_en\nab,cd,G,G,L,L\n"))
    assert office.another_worker().get(ADDRESS, If_None_Match=tag).status_code == 304
    office.publishes_notice(title_en="Our holidays")
    assert office.another_worker().get(ADDRESS, If_None_Match=tag).status_code == 200


def test_the_first_page_is_the_document_and_one_beyond_the_last_is_none(office: Office) -> None:
    office.publishes_notice()
    first, second = office.get(ADDRESS), office.get(f"{ADDRESS}?page=2")
    assert (second.status_code, second.mimetype) == (404, "application/problem+json")
    assert office.get(f"{ADDRESS}?page=1").headers["ETag"] == first.headers["ETag"]


def test_the_description_names_each_name_a_notice_has(demo: Office) -> None:
    schemas = demo.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    document = demo.get(ADDRESS).get_json()
    assert set(schemas["Notices"]["required"]) == set(document)
    assert set(schemas["Notice"]["required"]) == set(document["notices"][0])


def test_a_reader_that_sends_only_a_date_is_told_304_until_something_changes(
    office: Office, clock: time_machine.Traveller
) -> None:
    clock.shift(0.75)  # a change falls on no whole second, and the header has no fraction
    office.publishes_notice(key="soon", published="2026-11-18 11:20")
    for path in (ADDRESS, "/fr/avis/fil.rss", "/sitemap.xml"):
        since = office.get(path).headers["Last-Modified"]
        assert office.get(path, If_Modified_Since=since).status_code == 304, path


@pytest.mark.parametrize(
    "path", [ADDRESS, "/fr/avis/fil.rss", "/en/notices/audience/professionals/feed.rss", "/sitemap.xml"]
)
def test_a_scheduled_notice_reaches_a_reader_that_sends_only_a_date(
    office: Office, clock: time_machine.Traveller, path: str
) -> None:
    office.publishes_notice(key="soon", published="2026-11-18 11:20")
    since = office.get(path).headers["Last-Modified"]
    clock.move_to(in_quebec("2026-11-18 11:20"))
    answer = office.get(path, If_Modified_Since=since)
    assert answer.status_code == 200
    assert any(slug in answer.text for slug in ("closing-days", "jours-de-fermeture"))
    assert office.get(path, If_Modified_Since=answer.headers["Last-Modified"]).status_code == 304
