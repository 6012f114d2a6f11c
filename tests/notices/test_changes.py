"""A notice corrected and changed: what its readers are told, what its page says, and every text it had."""

from pathlib import Path

import feedparser
import pytest
import time_machine

from tests.makers import Office, a_notice, feed_of, in_quebec
from tests.visitor import said, visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
FEEDS = {"fr": "/fr/avis/fil", "en": "/en/notices/feed"}
PAGES = {"fr": "/fr/avis/1/jours-de-fermeture", "en": "/en/notices/1/closing-days"}
GUID = "tag:ramq.gouv.qc.ca,2021:portail/notices/closing-days"
NOTE = ("--major", "--note-fr", "Le 1er juillet s'ajoute.", "--note-en", "July 1 is added.")
#: The day of the notice, and that on which it was given.
FIRST, GIVEN = "2026-01-05T14:00:00+00:00", "2026-11-18T15:00:00+00:00"
CORRECTED = "2026-11-19T14:00:00+00:00"
CHANGED = "2026-11-20T14:00:00+00:00"


def gives(office: Office, *more: str, **changes: str) -> str:
    return office.did("notices", "publish", office.file(a_notice(**changes), "notice.md"), *more)


def refused(office: Office, *more: str, **changes: str) -> str:
    before = office.dump()
    result = office.portal("notices", "publish", office.file(a_notice(**changes), "notice.md"), *more)
    assert result.exit_code, result.output
    assert office.dump() == before, "what is refused leaves no trace"
    return result.output


def items(office: Office, language: str = "fr") -> list[dict[str, str]]:
    return office.another_worker().get(f"{FEEDS[language]}.json").get_json()["items"]


@pytest.fixture
def published(office: Office) -> Office:
    gives(office)
    return office


@pytest.fixture
def changed(published: Office, clock: time_machine.Traveller) -> Office:
    """A notice, corrected the next day, with a major change in both languages the day after."""
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(published, body_fr="Nous sommes fermés le 25 juin.")
    clock.move_to(in_quebec("2026-11-20 09:00"))
    gives(published, *NOTE, body_fr="Nous sommes fermés le 1er juillet.", body_en="We are closed on July 1.")
    return published


def test_a_correction_is_silent(published: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(published, body_fr="Nous sommes fermés le 25 juin.")
    (french,), (english,) = items(published), items(published, "en")
    assert (french["id"], french["date_published"], french["date_modified"]) == (f"{GUID}/fr", FIRST, CORRECTED)
    assert "25&nbsp;juin" in french["content_html"]
    assert (english["date_published"], english["date_modified"]) == (FIRST, GIVEN), "what stays was not modified"


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_correction_moves_the_date_of_its_item_in_every_format(
    published: Office, kind: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(published, body_fr="Nous sommes fermés le 25 juin.")
    worker = published.another_worker()
    (entry,) = feedparser.parse(feed_of(worker.get(f"/fr/avis/fil.{kind}"))).entries
    assert (entry.id, entry.updated_parsed[:5]) == (f"{GUID}/fr", (2026, 11, 19, 14, 0))
    assert entry.published_parsed[:5] == (2026, 1, 5, 14, 0)
    (english,) = feedparser.parse(feed_of(worker.get(f"/en/notices/feed.{kind}"))).entries
    assert english.updated_parsed[:5] == (2026, 11, 18, 15, 0)


def test_a_major_change_is_one_more_item_that_links_to_the_same_notice(changed: Office) -> None:
    new, old = items(changed, "en")
    assert (new["id"], old["id"]) == (f"{GUID}/3/en", f"{GUID}/en")
    assert new["url"] == old["url"] == f"http://portal.test{PAGES['en']}"
    assert (new["title"], new["date_published"], new["date_modified"]) == ("Changed: Closing days", CHANGED, CHANGED)
    assert new["content_html"] == (
        "<p><strong>Changed on November\u00a020, 2026.</strong> July\u00a01 is added.</p>\n"
        "<p>We are closed on July&nbsp;1.</p>"
    )
    # The older item says from then on that the notice has changed: it was modified too.
    assert (old["title"], old["date_published"], old["date_modified"]) == ("Closing days", FIRST, CHANGED)
    assert "<em>This notice has changed since.</em>" in old["content_html"]
    assert "June&nbsp;24" in old["content_html"], "an item goes on saying what it said"
    assert [item["id"] for item in items(changed)] == [f"{GUID}/3/fr", f"{GUID}/fr"]


def test_the_older_item_shows_its_last_correction_and_says_that_it_has_changed(changed: Office) -> None:
    new, old = items(changed)
    assert (old["date_published"], old["date_modified"]) == (FIRST, CHANGED)
    assert "25&nbsp;juin" in old["content_html"]
    assert old["content_html"].startswith("<p><em>")
    assert f'href="http://portal.test{PAGES["fr"]}"' in old["content_html"]
    assert "1er&nbsp;juillet" in new["content_html"]
    assert "Le 1er\u00a0juillet s’ajoute.</p>" in new["content_html"], "the note has the typography of its language"


def test_a_correction_after_a_major_change_is_told_in_its_item(changed: Office, clock: time_machine.Traveller) -> None:
    before = items(changed)
    clock.move_to(in_quebec("2026-11-21 09:00"))
    gives(changed, body_fr="Nous serons fermés le 1er juillet.", body_en="We are closed on July 1.")
    new, old = items(changed)
    assert (new["id"], new["date_published"]) == (before[0]["id"], CHANGED)
    assert new["date_modified"] == "2026-11-21T14:00:00+00:00"
    assert "serons fermés" in new["content_html"]
    assert old == before[1]


@pytest.mark.parametrize(
    ("language", "note", "day"),
    [("fr", "Le 1er juillet s’ajoute.", "20 novembre 2026"), ("en", "July 1 is added.", "November 20, 2026")],
)
def test_the_page_says_what_changed_and_when(changed: Office, language: str, note: str, day: str) -> None:
    found = visit(changed.another_worker(), PAGES[language])
    (inset,) = [said(one) for one in found.all("main .p-inset") if note in said(one)]
    assert day in inset
    versions = {"fr": "/fr/avis/versions/1/", "en": "/en/notices/versions/1/"}[language]
    assert (
        said(found.one(f"main a[href='{versions}']")) == {"fr": "Voir ses versions", "en": "See all versions"}[language]
    )


def test_a_page_never_corrected_leads_to_no_versions(published: Office) -> None:
    assert not visit(published, PAGES["en"]).all("main a[href*='versions']")
    assert visit(published, "/en/notices/versions/1/").all("tbody tr")


LEFT_AS_IT_WAS = "portal: a major change begins with the French text, and this one leaves it as it was\n"
EACH_LANGUAGE = "portal: say what changed in each language whose text changes\n"
TOGETHER = "--major and --note-fr go together: readers are told what changed"
ENGLISH_ALONE = (
    "portal: a note in English alone is for a text that follows a major change; else give the French one too\n"
)
NEW = {"body_fr": "Fermé.", "body_en": "Closed."}


@pytest.mark.parametrize(
    ("more", "changes", "sentence"),
    [
        (("--major",), NEW, TOGETHER),
        (("--major", "--note-fr", " "), NEW, TOGETHER),
        (("--major", "--note-en", "A word."), NEW, TOGETHER),
        (("--major", "--note-fr", "Un mot."), NEW, EACH_LANGUAGE),
        (("--note-en", "A word."), NEW, ENGLISH_ALONE),
        (("--note-en", "A word."), {"body_fr": "Fermé."}, ENGLISH_ALONE),
        (NOTE, {"body_en": "Closed."}, LEFT_AS_IT_WAS),
        (NOTE, {}, LEFT_AS_IT_WAS),
        (NOTE, {"key": "another"}, "portal: another is not published yet: publish it without a note of changes\n"),
        (NOTE[1:], NEW, TOGETHER),
        (("--major", "--note-fr", "a\x07"), NEW, "there is a control character"),
    ],
)
def test_a_change_that_says_too_little_or_changes_nothing_is_refused(
    published: Office, more: tuple[str, ...], changes: dict[str, str], sentence: str
) -> None:
    assert sentence in refused(published, *more, **changes)


FRENCH_NOTE = ("--major", "--note-fr", "Le 1er juillet s'ajoute.")


@pytest.fixture
def older(published: Office, clock: time_machine.Traveller) -> Office:
    """A notice whose French has had a major change that the English does not follow yet."""
    clock.move_to(in_quebec("2026-11-20 09:00"))
    gives(published, *FRENCH_NOTE, body_fr="Nous sommes fermés le 1er juillet.")
    return published


def test_the_english_page_says_that_its_text_is_older(older: Office) -> None:
    found = visit(older.another_worker(), PAGES["en"])
    (older_text,) = found.all("main .p-inset")  # said once: no box tells of the same change
    assert "This English text dates from November 18, 2026. The French text has changed since" in said(older_text)
    (link,) = older_text.query("a[lang='fr-CA']")
    assert link.attrs["href"] == PAGES["fr"]
    assert "June 24" in found.spoken
    assert "janvier" not in visit(older, PAGES["fr"]).one("main .p-inset").to_text()
    assert older.get("/api/v1/notices").get_json()["notices"][0]["english_at"] == GIVEN


def test_no_english_feed_tells_what_english_does_not_say(older: Office) -> None:
    assert [item["id"] for item in items(older)] == [f"{GUID}/2/fr", f"{GUID}/fr"]
    assert [item["id"] for item in items(older, "en")] == [f"{GUID}/en"]


def test_english_that_follows_is_told_then(older: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-23 09:00"))
    said_so = gives(older, *NOTE[3:], body_fr="Nous sommes fermés le 1er juillet.", body_en="We are closed on July 1.")
    assert said_so == "closing-days: its English text follows; its readers are told.\n"
    new, old = items(older, "en")
    assert (new["id"], new["date_published"]) == (f"{GUID}/2/en", "2026-11-23T14:00:00+00:00")
    assert new["content_html"].startswith(
        "<p><strong>Changed on November\u00a023, 2026.</strong> July\u00a01 is added.</p>"
    )
    assert old["id"] == f"{GUID}/en"
    assert [item["date_published"] for item in items(older)] == [CHANGED, FIRST]
    (changed,) = visit(older.another_worker(), PAGES["en"]).all("main .p-inset")
    assert said(changed) == "Changed on November 20, 2026. July 1 is added. Compare with the previous text"
    assert changed.query("a")[0].attrs["href"] == "/en/notices/versions/1/1/2/"
    assert older.another_worker().get("/api/v1/notices").get_json()["notices"][0]["english_at"] is None


def test_an_english_text_that_comes_late_is_told_then(office: Office, clock: time_machine.Traveller) -> None:
    gives(office, title_en="")
    assert items(office, "en") == []
    clock.move_to(in_quebec("2026-11-19 09:00"))
    gives(office)
    (item,) = items(office, "en")
    assert (item["id"], item["title"]) == (f"{GUID}/en", "Closing days")
    assert (item["date_published"], item["date_modified"]) == (CORRECTED, CORRECTED)
    assert [one["date_modified"] for one in items(office)] == [GIVEN]


def test_a_word_corrected_in_an_older_english_text_is_no_news(older: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-23 09:00"))
    more = gives(older, body_fr="Nous sommes fermés le 1er juillet.", body_en="We're closed on June 24.")
    assert more == (
        "closing-days: corrected, silently.\n"
        "The English text is now older than the French one; let it follow by a correction, with --note-en.\n"
    )
    assert [item["id"] for item in items(older, "en")] == [f"{GUID}/en"]
    assert "This English text dates from November 18, 2026." in visit(older.another_worker(), PAGES["en"]).spoken


VERSIONS = {"fr": "/fr/avis/versions/1/", "en": "/en/notices/versions/1/"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_text_is_listed_newest_first(changed: Office, language: str) -> None:
    found = visit(changed.another_worker(), VERSIONS[language])
    rows = found.all("tbody tr")
    assert [said(row.query("th")[0]) for row in rows] == ["Version 3", "Version 2", "Version 1"]
    note = {"fr": "Le 1er juillet s’ajoute.", "en": "July 1 is added."}[language]
    assert note in said(rows[0])
    links = [link.attrs["href"] for row in rows for link in row.query("a")]
    assert links == [f"{VERSIONS[language]}2/3/", f"{VERSIONS[language]}1/2/"]
    assert found.all(f"main a[href='{VERSIONS[language]}1/3/']")
    assert found.all(f"main a[href='{PAGES[language]}']")


def pieces(office: Office, path: str, selector: str) -> list[str]:
    found = visit(office.another_worker(), path).one(".p-compared")
    for unseen in found.query(".p-unseen"):
        unseen.parent.remove_child(unseen)
    return [said(piece) for piece in found.query(selector)]


@pytest.mark.parametrize(
    ("path", "removed", "added", "paragraphs"),
    [
        ("/fr/avis/versions/1/1/2/", ["24"], ["25"], 2),
        ("/fr/avis/versions/1/2/3/", ["25 juin."], ["1er juillet."], 2),
        ("/fr/avis/versions/1/1/3/", ["24 juin."], ["1er juillet."], 2),
        ("/en/notices/versions/1/2/3/", ["June 24."], ["July 1."], 2),
        ("/en/notices/versions/1/1/2/", [], [], 2),
    ],
)
def test_what_changed_between_two_texts_is_struck_out_and_underlined(
    changed: Office, path: str, removed: list[str], added: list[str], paragraphs: int
) -> None:
    assert pieces(changed, path, "del") == removed
    assert pieces(changed, path, "ins") == added
    assert len(pieces(changed, path, "p")) == paragraphs


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        (
            "fr",
            [
                "Clientèles : Professionnels de la santé Développeurs de logiciels",
                "Date d’entrée en vigueur : 1er décembre 2026",
                "Formulaires dont il est question : 4058 4058 et 4123",
            ],
        ),
        (
            "en",
            [
                "Audiences: Health professionals Software developers",
                "Effective date: December 1, 2026",
                "Forms concerned: 4058 4058 and 4123",
            ],
        ),
    ],
)
def test_what_a_notice_states_is_compared_too(office: Office, language: str, facts: list[str]) -> None:
    def file(lines: str, audiences: str) -> Path:
        return office.file(a_notice(audiences=audiences).replace("--- fr ---", f"{lines}--- fr ---", 1), "notice.md")

    office.did("notices", "publish", file("forms: 4058\n", "professionals"))
    office.did("notices", "publish", file("forms: 4123, 4058\napplies: 2026-12-01\n", "developers"))
    found = visit(office.another_worker(), f"{VERSIONS[language]}1/2/")
    for unseen in found.all("main .p-unseen"):
        unseen.parent.remove_child(unseen)
    assert [said(one.parent) for one in found.all("main p > strong")] == facts
    assert found.all("main p > del")
    assert "The text in this language is the same" not in found.spoken


def test_a_promise_that_is_kept_no_more_is_compared_by_its_title(office: Office) -> None:
    promising = a_notice(key="first").replace("--- fr", "promise_fr: Bientôt.\npromise_en: Soon.\n--- fr", 1)
    office.did("notices", "publish", office.file(promising, "notice.md"))
    keeping = a_notice(key="second", title_en="Done").replace("--- fr", "keeps: first\n--- fr", 1)
    office.did("notices", "publish", office.file(keeping, "notice.md"))
    gives(office, key="second", title_en="Done")
    path = "/en/notices/versions/2/1/2/"
    assert "Keeps the promise of: [removed: Closing days]" in visit(office.another_worker(), path).spoken
    office.did("notices", "withdraw", "first", "--reason", "Over")
    assert "Closing days" not in visit(office.another_worker(), path).spoken


def test_a_list_marks_a_notice_that_has_changed_since(changed: Office) -> None:
    worker = changed.another_worker()
    assert "modifié le 20 novembre 2026" in said(visit(worker, "/fr/avis/").one(".p-notice__facts"))
    assert "changed on November 20, 2026" in said(visit(worker, "/en/notices/").one(".p-notice__facts"))


def test_a_list_says_of_no_english_text_that_it_changed_when_it_did_not(older: Office) -> None:
    worker = older.another_worker()
    assert "modifié le" in said(visit(worker, "/fr/avis/").one(".p-notice__facts"))
    assert "changed on" not in said(visit(worker, "/en/notices/").one(".p-notice__facts"))


def test_a_language_that_did_not_change_says_so(changed: Office) -> None:
    sentence = "The text in this language is the same in both versions."
    assert sentence in visit(changed, "/en/notices/versions/1/1/2/").spoken
    assert sentence not in visit(changed, "/en/notices/versions/1/2/3/").spoken


@pytest.mark.parametrize(
    "numbers", ["0/1", "1/1", "2/1", "1/4", "4/5", "3/2", "3/1", "1/99999999999999999999", "a/b", "-1/2"]
)
def test_versions_that_are_none_or_reversed_are_not_found(changed: Office, numbers: str) -> None:
    for path in VERSIONS.values():
        visit(changed, f"{path}{numbers}/", status=404)


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "a"])
def test_versions_of_no_notice_are_not_found(changed: Office, number: str) -> None:
    for path in (f"/fr/avis/versions/{number}/", f"/en/notices/versions/{number}/1/2/"):
        visit(changed, path, status=404)


def test_a_notice_in_french_only_is_compared_in_french(office: Office) -> None:
    gives(office, title_en="")
    gives(office, title_en="", body_fr="Nous sommes fermés le 25 juin.")
    found = visit(office, "/en/notices/versions/1/1/2/")
    assert found.one(".p-compared").attrs["lang"] == "fr-CA"
    assert [said(one) for one in found.all(".p-compared ins")] == ["[added: 25 ]"]


def test_what_is_compared_cannot_write_html(office: Office) -> None:
    gives(office, body_fr="Un `<script>` & <b>deux</b>.")
    gives(office, body_fr="Un `<script>alert(1)</script>` & <b>trois</b>.")
    found = visit(office, "/fr/avis/versions/1/1/2/")
    assert not found.all(".p-compared b, .p-compared script")
    assert "<script>alert(1)</script>" in said(found.one(".p-compared"))
