"""A notice from the first word to its readers: typed, previewed, published; later corrected or changed."""

import json

import feedparser
from time_machine import Traveller

from tests.desk.notices.writers import ENGLISH, FRENCH, FRENCH_ONLY, KEY, NOTICE, Writer
from tests.makers import PUBLIC_URL, feed_of

MORE = {
    "promise_fr": "Nous vous dirons quand tout sera rétabli.",
    "promise_en": "We will tell you when all is restored.",
    "applies": "2026-11-23",
    "forms": "4123, 4058",
    "rows": ["access-new"],
    "keeps": "",
}
TABLE_FR = "## Quand\n\n| Jour | Heure |\n|---|---|\n| lundi | 8\u00a0h\u00a030 |"
TABLE_EN = "## When\n\n| Day | Hour |\n|---|---|\n| Monday | 8:30 |"
LONG = {
    **NOTICE,
    **MORE,
    "body_fr": f"{FRENCH}\n\n{TABLE_FR}\n\nVoyez [les dates](/fr/dates/), 418 780-4208.",
    "body_en": f"{ENGLISH}\n\n{TABLE_EN}\n\nSee [the dates](/en/dates/), 418 780-4208.",
}


def feed(writer: Writer, path: str) -> list:
    return feedparser.parse(feed_of(writer.office.another_worker().get(path))).entries


def address_of(writer: Writer, language: str = "en") -> str:
    notices = writer.office.another_worker().get("/api/v1/notices").get_json()["notices"]
    return next(one["address"][language] for one in notices if one["key"] == KEY).removeprefix(PUBLIC_URL)


def main(writer: Writer, language: str) -> str:
    page = writer.office.another_worker().get(address_of(writer, language)).text
    return page[page.index("<h1") : page.index("</main>")]


def test_a_notice_is_on_its_page_and_in_the_feeds_of_its_audience_at_once(paul: Writer) -> None:
    answer = paul.publishes(**NOTICE)
    assert answer.headers["Location"] == paul.path(KEY)
    paul.looks(paul.path(KEY))
    assert "The notice is published." in paul.words
    assert FRENCH in main(paul, "fr")
    assert ENGLISH in main(paul, "en")
    assert feed(paul, "/fr/avis/clientele/professionals/fil.rss")[0].title == "Reprise du service"
    assert feed(paul, "/en/notices/audience/professionals/feed.rss")[0].title == "Service resumes"
    assert feed(paul, "/fr/avis/clientele/developers/fil.rss")[0].title != "Reprise du service"


def test_the_preview_is_the_page_and_the_feed_item_byte_for_byte(paul: Writer) -> None:
    shown = paul.opens(**LONG).sends("preview").get_json()["shown"]
    paul.checks().keeps(confirmed="yes")
    feeds = {"fr": "/fr/avis/fil.json", "en": "/en/notices/feed.json"}
    for language, path in feeds.items():
        page = main(paul, language).replace("<h1", "<p").replace("</h1>", "</p>")
        marked = page.replace(' id="', f' id="{language}-').replace('href="#', f'href="#{language}-')
        assert shown[language]["main"] == marked
        item = json.loads(paul.office.another_worker().get(path).data)["items"][0]
        assert (shown[language]["title"], shown[language]["item"]) == (item["title"], item["content_html"])


def test_the_preview_of_a_change_is_its_page_and_its_feed_item(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    time.shift(600)
    paul.opens(KEY, weight="major", note_fr="Le service reprend mardi.", note_en="It resumes on Tuesday.")
    paul.types(body_fr=FRENCH.replace("lundi", "mardi"), body_en=ENGLISH.replace("Monday", "Tuesday"))
    shown = paul.sends("preview", KEY).get_json()["shown"]
    paul.checks(KEY).keeps(KEY)
    item = json.loads(paul.office.another_worker().get("/en/notices/feed.json").data)["items"][0]
    assert item["title"] == "Changed: Service resumes"
    assert (shown["en"]["title"], shown["en"]["item"]) == (item["title"], item["content_html"])
    assert "It resumes on Tuesday." in shown["en"]["item"]
    assert "Le service reprend mardi." in shown["fr"]["main"]


def test_a_preview_and_a_check_keep_nothing(paul: Writer) -> None:
    paul.opens(**LONG)
    before = paul.office.dump()
    paul.sends("preview")
    paul.checks()
    assert paul.office.dump() == before


def test_a_preview_says_what_it_waits_for(paul: Writer) -> None:
    told = paul.opens(**{**NOTICE, "title_fr": ""}).sends("preview").get_json()
    assert told == {"shown": {}, "errors": ["Title in French – This is required."]}


def test_all_that_a_form_says_is_kept_and_shown_again(paul: Writer) -> None:
    paul.publishes(**LONG)
    shown = paul.opens(KEY).shown()
    expected = {**LONG, "forms": "4058, 4123"}
    assert {name: shown.get(name) for name in expected if name != "when"} == {
        name: value for name, value in expected.items() if name != "when"
    }


def test_a_notice_is_scheduled_and_comes_out_by_itself(paul: Writer, time: Traveller) -> None:
    paul.opens(**{**NOTICE, "when": "at", "day": "2026-11-23", "hour": "08:30"}).checks()
    assert "Schedule" in paul.words
    paul.keeps()
    paul.looks(paul.path(KEY))
    assert "The notice is scheduled (November 23, 2026, 8:30 a.m.)." in paul.words
    assert "Service resumes" not in paul.office.another_worker().get("/en/notices/").text
    time.move_to("2026-11-23T08:30:00-05:00")
    assert "Service resumes" in paul.office.another_worker().get("/en/notices/").text


def test_a_correction_is_silent_even_where_a_note_was_left(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    before = [entry.id for entry in feed(paul, "/fr/avis/fil.rss")]
    time.shift(60)
    paul.publishes(KEY, body_fr=FRENCH.replace("lundi", "mardi"), note_fr="Le service reprend mardi.")
    paul.looks(paul.path(KEY))
    assert "The notice is corrected; nobody is told." in paul.words
    assert [entry.id for entry in feed(paul, "/fr/avis/fil.rss")] == before
    assert "mardi" in main(paul, "fr")


def test_a_change_tells_the_readers_of_the_feeds(paul: Writer, time: Traveller) -> None:
    paul.publishes(**FRENCH_ONLY)
    time.shift(60)
    change = {"weight": "major", "note_fr": "C’est mardi.", "body_fr": FRENCH.replace("lundi", "mardi")}
    paul.publishes(KEY, **change)
    first = feed(paul, "/fr/avis/fil.rss")[0]
    assert first.title == "Modification\xa0: Reprise du service"
    assert "C’est mardi." in first.description


def test_the_english_text_follows_a_change_and_its_readers_are_told(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    assert "The English text follows" not in paul.opens(KEY).words
    time.shift(60)
    paul.publishes(KEY, weight="major", note_fr="C’est mardi.", body_fr=FRENCH.replace("lundi", "mardi"))
    assert feed(paul, "/en/notices/feed.rss")[0].title == "Service resumes"
    time.shift(60)
    assert "The English text follows" in paul.opens(KEY).words
    follows = {"weight": "english", "note_en": "It is Tuesday.", "body_en": ENGLISH.replace("Monday", "Tuesday")}
    paul.publishes(KEY, **follows)
    first = feed(paul, "/en/notices/feed.rss")[0]
    assert first.title == "Changed: Service resumes"
    assert "It is Tuesday." in first.description


def test_a_notice_that_came_out_keeps_its_instant_whatever_a_form_says(paul: Writer, time: Traveller) -> None:
    paul.publishes(**NOTICE)
    time.shift(600)
    paul.opens(KEY, body_fr=f"{FRENCH} Merci.", when="at", day="2027-01-01", hour="08:30").checks(KEY).keeps(KEY)
    notice = paul.office.another_worker().get("/api/v1/notices").get_json()["notices"][0]
    assert (notice["key"], notice["published_at"]) == (KEY, "2026-11-20T15:00:00+00:00")
    assert "Merci" in notice["html"]["fr"]


def test_the_longest_notice_goes_through(paul: Writer) -> None:
    longest = {"body_fr": "é" * 49_999 + "à", "body_en": "🙂" * 50_000}
    answer = paul.opens(**{**NOTICE, **longest}).checks().keeps(confirmed="yes")
    assert answer.headers["Location"] == paul.path(KEY)
    assert len(paul.opens(KEY).shown()["body_en"]) == 50_000


def test_what_is_longer_than_any_notice_is_refused_in_words(paul: Writer) -> None:
    words = paul.opens(**{**NOTICE, "body_en": "🙂" * 300_000}).refused("check", status=413)
    assert "What you sent is too long." in words


def test_the_list_tells_each_state_in_words_of_its_own(paul: Writer) -> None:
    paul.publishes(**{**NOTICE, "when": "draft"})
    paul.looks("/desk/fr/avis/")
    states = [cell.to_text() for cell in paul.all("tbody td:nth-of-type(1)")]
    assert states[0].endswith("Brouillon")
    assert {state.split()[-1] for state in states} == {"Brouillon", "Publié", "Corrigé", "Retiré"}
