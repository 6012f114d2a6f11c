"""The notices as visitors and their feed readers find them, in both languages."""

import feedparser
import pytest
import time_machine

from tests.makers import Office, a_notice, feed_of, in_quebec
from tests.visitor import Visit, inspect, visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
LISTS = {"fr": "/fr/avis/", "en": "/en/notices/"}
FEEDS = {"fr": "/fr/avis/fil.rss", "en": "/en/notices/feed.rss"}
AUDIENCE = {"fr": "/fr/avis/clientele/{}/", "en": "/en/notices/audience/{}/"}
NOT_WHOLE = ["0", "abc", "99999999999", "-1", "1.5", "", "٢", "%2B1", "999999"]


@pytest.fixture
def many(office: Office) -> Office:
    """Twelve notices, one a day; every third one is for developers, the others for professionals."""
    for number in range(1, 13):
        office.publishes_notice(
            key=f"notice-{number}",
            published=f"2026-10-{number:02} 09:00",
            audiences="professionals" if number % 3 else "developers",
            title_fr=f"Avis numéro {number}",
            title_en=f"Notice number {number}",
        )
    return office


def titles(found: Visit) -> list[str]:
    return [link.to_text().strip() for link in found.all(".p-notice__title a")]


def items(office: Office, path: str) -> list[feedparser.FeedParserDict]:
    answer = office.get(path)
    assert answer.status_code == 200, path
    parsed = feedparser.parse(feed_of(answer))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed.entries


def test_a_list_without_notices_says_so(office: Office) -> None:
    assert "Il n’y a pas encore d’avis." in visit(office, "/fr/avis/").spoken
    assert "There is no notice yet." in visit(office, "/en/notices/").spoken


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_list_has_pages_newest_first(many: Office, language: str) -> None:
    word = {"fr": "Avis numéro", "en": "Notice number"}[language]
    first, second = visit(many, LISTS[language]), visit(many, f"{LISTS[language]}?page=2")
    assert titles(first) == [f"{word} {number}" for number in range(12, 2, -1)]
    assert titles(second) == [f"{word} {number}" for number in (2, 1)]
    assert first.one("a[rel='next']").attrs["href"] == f"{LISTS[language]}?page=2"
    assert second.one("a[rel='prev']").attrs["href"] == f"{LISTS[language]}?page=1"
    assert not first.all("a[rel='prev']")
    assert not second.all("a[rel='next']")
    assert {"fr": "Page 2 sur 2", "en": "Page 2 of 2"}[language] in second.spoken


@pytest.mark.parametrize("number", [*NOT_WHOLE, "3"])
def test_a_page_that_is_not_there_is_not_found(many: Office, number: str) -> None:
    for path in (*LISTS.values(), AUDIENCE["fr"].format("developers"), AUDIENCE["en"].format("developers")):
        address = f"{path}?page={number}"
        inspect(many, many.get(address), address, status=404)


@pytest.mark.parametrize("number", NOT_WHOLE[:-1])
def test_a_page_of_the_data_that_is_no_number_is_not_found(many: Office, number: str) -> None:
    answer = many.get(f"/api/v1/notices?page={number}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_unknown_arguments_change_nothing(many: Office) -> None:
    assert many.get("/en/notices/?utm=1").headers["ETag"] == many.get("/en/notices/").headers["ETag"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_audience_finds_its_own_notices(many: Office, language: str) -> None:
    path = AUDIENCE[language].format("developers")
    found = visit(many, path)
    assert [title.rsplit(" ")[-1] for title in titles(found)] == ["12", "9", "6", "3"]
    assert found.one(".p-audiences [aria-current='page']").attrs["href"] == path
    feed = path + FEEDS[language].rsplit("/", 1)[1]
    assert len(items(many, feed)) == 4
    assert {tag.attrs["href"] for tag in found.all("link[type='application/rss+xml']")} >= {feed, FEEDS[language]}
    assert titles(visit(many, AUDIENCE[language].format("rehabilitation"))) == []


@pytest.mark.parametrize("audience", ["unknown", "Developers", "professionnels", "x" * 3_000])
def test_an_unknown_audience_is_not_found(many: Office, audience: str) -> None:
    for path in (AUDIENCE["fr"].format(audience), AUDIENCE["en"].format(audience)):
        visit(many, path, status=404)
    assert many.get(AUDIENCE["fr"].format(audience) + "fil.rss").status_code == 404
    assert many.get(AUDIENCE["en"].format(audience) + "feed.rss").status_code == 404


def test_a_notice_shows_its_day_its_audiences_and_its_text(office: Office) -> None:
    office.publishes_notice(audiences="developers, professionals", published="2026-10-01 09:00")
    french, english = visit(office, "/fr/avis/1/jours-de-fermeture"), visit(office, "/en/notices/1/closing-days")
    assert "Publié le 1er octobre 2026" in french.spoken
    assert "Nous sommes fermés le 24 juin." in french.spoken
    assert "Published on October 1, 2026" in english.spoken
    assert "We are closed on June 24." in english.spoken
    assert [tag.to_text().strip() for tag in english.all("main .p-notice__facts a")] == [
        "Health professionals",
        "Software developers",
    ]
    assert [tag.attrs["href"] for tag in french.all("main .p-notice__facts a")] == [
        "/fr/avis/clientele/professionals/",
        "/fr/avis/clientele/developers/",
    ]


def test_the_twin_of_a_notice_has_the_slug_of_its_own_language(office: Office) -> None:
    office.publishes_notice()
    french, english = "/fr/avis/1/jours-de-fermeture", "/en/notices/1/closing-days"
    assert visit(office, french).one("header .p-language").attrs["href"] == english
    assert visit(office, english).one("header .p-language").attrs["href"] == french


@pytest.mark.parametrize("slug", ["x", "closing-days", "Jours-de-fermeture", "é", "-"])
def test_a_wrong_slug_is_redirected_for_good_to_the_right_one(office: Office, slug: str) -> None:
    office.publishes_notice()
    answer = office.get(f"/fr/avis/1/{slug}")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/fr/avis/1/jours-de-fermeture")


def test_a_redirect_is_not_kept_because_a_title_may_be_corrected_back(office: Office) -> None:
    office.publishes_notice()
    assert office.get("/en/notices/1/x").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", ["0", "2", "-1", "99999999999999999999", "abc", "1.0"])
def test_an_unknown_number_is_not_found(office: Office, number: str) -> None:
    office.publishes_notice()
    for path in (f"/fr/avis/{number}/jours-de-fermeture", f"/en/notices/{number}/closing-days"):
        visit(office, path, status=404)


@pytest.fixture
def french_only(office: Office) -> Office:
    """A notice in both languages, then one in French only."""
    office.publishes_notice()
    office.publishes_notice(key="chez-nous", published="2026-02-01 09:00", title_fr="Chez nous", title_en="")
    return office


def test_a_french_notice_on_an_english_list_is_marked_as_french(french_only: Office) -> None:
    link = visit(french_only, "/en/notices/").one(".p-notice__title a[lang]")
    assert link.attrs["lang"] == "fr-CA"
    assert link.to_text().strip() == "Chez nous"
    assert "In French only" in visit(french_only, "/en/notices/").spoken
    assert not visit(french_only, "/fr/avis/").all("main [lang]")


def test_a_french_notice_on_an_english_page_is_marked_as_french(french_only: Office) -> None:
    found = visit(french_only, "/en/notices/2/chez-nous")
    assert "This notice exists in French only." in found.spoken
    prose = found.one(".p-prose")
    assert prose.attrs["lang"] == "fr-CA"
    assert "Nous sommes fermés" in prose.to_text()
    assert not visit(french_only, "/fr/avis/2/chez-nous").all("main [lang], main .p-inset")


def test_the_title_of_a_french_notice_on_an_english_page_is_marked_as_french(french_only: Office) -> None:
    heading = visit(french_only, "/en/notices/2/chez-nous").one("h1")
    assert heading.attrs.get("lang") == "fr-CA" or heading.query("[lang='fr-CA']")


def test_a_french_notice_is_in_no_english_feed(french_only: Office) -> None:
    for language, count in (("fr", 2), ("en", 1)):
        for path in (FEEDS[language], AUDIENCE[language].format("professionals") + FEEDS[language].rsplit("/")[-1]):
            assert len(items(french_only, path)) == count
    assert [one["title"] for one in french_only.get("/api/v1/notices").get_json()["notices"]] == [
        {"fr": "Chez nous"},
        {"fr": "Jours de fermeture", "en": "Closing days"},
    ]


SCHEDULED = {
    "/fr/": "bientot",
    "/en/": "coming-soon",
    "/fr/avis/": "bientot",
    "/en/notices/": "coming-soon",
    "/fr/avis/clientele/professionals/": "bientot",
    "/en/notices/audience/professionals/": "coming-soon",
    "/fr/avis/fil.rss": "bientot",
    "/en/notices/feed.rss": "coming-soon",
    "/fr/avis/clientele/professionals/fil.rss": "bientot",
    "/en/notices/audience/professionals/feed.rss": "coming-soon",
    "/api/v1/notices": "coming-soon",
    "/sitemap.xml": "coming-soon",
}


def test_a_scheduled_notice_is_nowhere_then_everywhere_at_its_instant(
    office: Office, clock: time_machine.Traveller
) -> None:
    office.publishes_notice(key="soon", published="2026-11-18 11:20", title_fr="Bientôt", title_en="Coming soon")
    pages = ("/fr/avis/1/bientot", "/en/notices/1/coming-soon")
    clock.move_to(in_quebec("2026-11-18 11:19:59"))
    assert {path for path, slug in SCHEDULED.items() if slug in office.get(path).text} == set()
    for path in pages:
        visit(office, path, status=404)
    # Another slug must not tell by a redirect that something is there.
    assert office.get("/fr/avis/1/x").status_code == 404
    assert office.get("/api/v1/notices").get_json()["total"] == 0
    clock.move_to(in_quebec("2026-11-18 11:20:00"))
    assert {path for path, slug in SCHEDULED.items() if slug not in office.get(path).text} == set()
    for path in pages:
        visit(office, path)


def test_caches_may_not_keep_a_list_beyond_the_next_notice(office: Office, clock: time_machine.Traveller) -> None:
    office.publishes_notice(key="soon", published="2026-11-18 11:20")
    clock.move_to(in_quebec("2026-11-18 11:19:30"))
    for path in SCHEDULED:
        assert office.get(path).headers["Cache-Control"] == "public, max-age=30, s-maxage=1"


HOSTILE = """\
<script>alert(1)</script> <img src=x onerror=alert(2)> **fort**

[lien](javascript:alert(3)) [bon](https://exemple.org)

<iframe src="https://exemple.org"></iframe>

# Titre
"""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_body_brings_no_html_of_its_own(office: Office, language: str) -> None:
    office.publishes_notice(body_fr=HOSTILE, body_en=HOSTILE, title_fr="A < B & C", title_en="A < B & C")
    page = "/fr/avis/1/a-b-c" if language == "fr" else "/en/notices/1/a-b-c"
    found = visit(office, page)
    assert not found.all("main script, main img, main iframe, main [onerror], main h1 b, .p-prose h1")
    assert [link.attrs["href"] for link in found.all(".p-prose a")] == ["https://exemple.org"]
    assert found.one(".p-prose h2").to_text() == "Titre"
    assert found.one(".p-prose strong").to_text() == "fort"
    (item,) = items(office, FEEDS[language])
    assert "<script" not in item.description
    assert "<iframe" not in item.description
    assert item.title == "A ‹ B & C"


def test_titles_of_the_list_are_text(office: Office) -> None:
    office.publishes_notice(title_fr="Été < i & b > c", title_en="Summer < i & b > c")
    assert titles(visit(office, "/fr/avis/")) == ["Été < i & b > c"]
    assert titles(visit(office, "/en/notices/")) == ["Summer < i & b > c"]


def test_a_feed_asked_twice_gives_the_same_bytes_in_every_process(many: Office) -> None:
    for path in FEEDS.values():
        first, again = many.get(path), many.another_worker().get(path)
        assert first.data == again.data
        assert first.headers["ETag"] == again.headers["ETag"]
        assert many.get(path, If_None_Match=first.headers["ETag"]).status_code == 304


def test_a_file_that_names_no_audience_is_refused(office: Office) -> None:
    result = office.portal("notices", "publish", office.file(a_notice(audiences=","), "notice.md"))
    assert result.exit_code == 1
    assert "name at least one of professionals" in result.output


@pytest.mark.parametrize(
    ("path", "title_en", "name"),
    [
        ("/fr/avis/1/jours-de-fermeture", "Closing days", "Tableau 1"),
        ("/en/notices/1/closing-days", "Closing days", "Table 1"),
        ("/en/notices/1/jours-de-fermeture", "", "Tableau 1"),
    ],
)
def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches(
    office: Office, path: str, title_en: str, name: str
) -> None:
    table = "| Jour | Service |\n| --- | --- |\n| 24 juin | Fermé |"
    office.publishes_notice(body_fr=table, body_en=table, title_en=title_en)
    box = visit(office, path).one(".p-prose > .p-scroll")
    assert (box.attrs["role"], box.attrs["tabindex"], box.attrs["aria-label"]) == ("region", "0", name)
    assert len(box.query("table")) == 1
    assert "p-scroll" not in items(office, "/fr/avis/fil.rss")[0].summary
    assert "p-scroll" not in office.get("/api/v1/notices").text
