"""The front page answers three questions without a click; and what machines read of every page."""

import json
import re

import pytest
import time_machine

from portal.assets import STATIC
from tests.makers import Office
from tests.visitor import Visit, visit

FRONT = ["/fr/", "/en/"]


def linked_data(found: Visit, kind: str) -> dict:
    documents = [json.loads(script.to_text()) for script in found.all("script[type='application/ld+json']")]
    return next(document for document in documents if document["@type"] == kind)


@pytest.mark.parametrize(
    ("path", "state", "as_of", "notice"),
    [
        (
            "/fr/",
            "Ouvert en ce moment. Nous fermons à 16 h 30.",
            "en date du 19 novembre 2026",
            "Fermetures de la période",
        ),
        (
            "/en/",
            "Open now. Closes at 4:30 p.m.",
            "as of November 19, 2026",
            "Closing days for the 2026–2027 holiday season",
        ),
    ],
)
def test_three_questions_are_answered_without_a_click(
    demo: Office, path: str, state: str, as_of: str, notice: str
) -> None:
    with time_machine.travel("2026-11-20T14:00:00-05:00"):
        found = visit(demo, path)
    assert state in found.spoken
    assert as_of in found.spoken
    assert notice in found.spoken
    assert len(found.all("main .p-phones a")) == 3
    assert len(found.all("main .p-dates__row")) == 11


def test_the_office_is_described_with_its_hours_and_closures(office: Office) -> None:
    with time_machine.travel("2026-12-20T14:00:00-05:00"):
        for path in ("/fr/", "/en/", "/fr/contact/", "/en/contact/"):
            office_data = linked_data(visit(office, path), "GovernmentOffice")
            assert [point["telephone"] for point in office_data["contactPoint"]] == [
                "+14187804208",
                "+15146873612",
                "+18883303023",
            ]
            for point in office_data["contactPoint"]:
                hours = point["hoursAvailable"]
                week = {(d, spec["opens"], spec["closes"]) for spec in hours for d in spec.get("dayOfWeek", ())}
                assert ("Wednesday", "10:00", "12:00") in week
                assert ("Friday", "08:30", "12:00") in week
                assert len(week) == 10
                closed = [spec["validFrom"] for spec in hours if "validFrom" in spec]
                assert closed == ["2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01"]


def test_a_notice_is_described_as_an_article(office: Office) -> None:
    office.publishes_notice(title_fr='Jours « de » fermeture </script> "x"', title_en="Closing <b>days</b>")
    path = office.get("/fr/avis/1/x").headers["Location"].removeprefix("http://portal.test")
    article = linked_data(visit(office, path), "NewsArticle")
    assert article["headline"].endswith('fermeture </script> "x"')
    assert article["datePublished"] == "2026-01-05T09:00:00-05:00"
    assert article["mainEntityOfPage"] == f"http://portal.test{path}"
    assert article["inLanguage"] == "fr-CA"


def test_a_notice_in_french_only_is_a_french_article_on_its_english_page(office: Office) -> None:
    office.publishes_notice(title_en="")
    assert linked_data(visit(office, "/en/notices/1/jours-de-fermeture"), "NewsArticle")["inLanguage"] == "fr-CA"


def test_a_page_below_another_says_where_it_stands(demo: Office) -> None:
    found = visit(demo, "/en/dates/access-new/")
    steps = linked_data(found, "BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3]
    assert [step["item"].removeprefix("http://portal.test") for step in steps] == [
        "/en/",
        "/en/dates/",
        "/en/dates/access-new/",
    ]
    assert [link.attrs["href"] for link in found.all(".p-trail a")] == ["/en/", "/en/dates/"]


@pytest.mark.parametrize("path", [*FRONT, "/fr/dates/", "/en/forms/4058/"])
def test_a_page_shared_elsewhere_says_what_it_is(demo: Office, path: str) -> None:
    found = visit(demo, path)
    said = {tag.attrs["property"]: tag.attrs["content"] for tag in found.all("meta[property^='og:']")}
    assert said["og:url"] == found.one("link[rel='canonical']").attrs["href"] == f"http://portal.test{path}"
    assert said["og:locale"] == ("fr_CA" if path.startswith("/fr") else "en_CA")
    assert said["og:description"] == found.one("meta[name='description']").attrs["content"]
    picture = demo.get(said["og:image"].removeprefix("http://portal.test"))
    assert (picture.status_code, picture.mimetype) == (200, "image/png")


@pytest.mark.parametrize("path", FRONT)
def test_the_manifest_names_icons_that_exist_in_their_size(demo: Office, path: str) -> None:
    address = visit(demo, path).one("link[rel='manifest']").attrs["href"]
    answer = demo.get(address)
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert manifest["start_url"] == path
    assert manifest["lang"][:2] == path[1:3]
    for icon in manifest["icons"]:
        with demo.get(icon["src"]) as answer:
            data = answer.get_data()
        width, height = (int.from_bytes(data[place : place + 4], "big") for place in (16, 20))  # PNG, IHDR
        assert icon["sizes"] == f"{width}x{height}"


def test_the_icon_is_where_feed_readers_and_telephones_ask_for_it(demo: Office) -> None:
    answer = demo.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/vnd.microsoft.icon")
    assert answer.data[:4] == b"\0\0\1\0"
    answer = demo.get("/apple-touch-icon.png")
    assert (answer.status_code, answer.mimetype, answer.data[1:4]) == (200, "image/png", b"PNG")


def test_script_is_small_and_depends_on_nothing() -> None:
    files = list((STATIC / "js").rglob("*.js"))
    assert sum(path.stat().st_size for path in files if "desk" not in str(path.relative_to(STATIC))) <= 10_000
    for path in files:
        # The desk's script is in parts: each takes what it needs from those beside it.
        for needed in re.findall(r"\bimport\b[^;]*|https?://", path.read_text("utf-8")):
            assert re.search(r'from "\./[a-z/]+\.js"$', needed)
            assert path.is_relative_to(STATIC / "js" / "desk") or path.name == "desk.js"
