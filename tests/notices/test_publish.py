"""Publishing notices from the command line: new, again, corrected, refused."""

import feedparser
import pytest
import time_machine

from tests.makers import Office, a_notice, feed_of, in_quebec
from tests.visitor import visit

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")


def refused(office: Office, content: str | bytes) -> str:
    """Publish what must be refused, without a trace, and return what was said."""
    before = office.dump()
    result = office.portal("notices", "publish", office.file(content, "notice.md"))
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert office.dump() == before, "a refused file leaves no trace"
    return result.output


def guids(office: Office) -> dict[str, list[str]]:
    paths = {"fr": "/fr/avis/fil.rss", "en": "/en/notices/feed.rss"}
    worker = office.another_worker()
    return {name: [item.id for item in feedparser.parse(feed_of(worker.get(p))).entries] for name, p in paths.items()}


def test_a_new_notice_is_published_in_both_languages(office: Office) -> None:
    said = office.publishes_notice().splitlines()
    assert said[0] == "closing-days: published, 2026-01-05 09:00."
    assert said[1:] == ["That day is over. If it was mistyped, withdraw the notice and give it another key."]
    assert "fermés le 24 juin" in visit(office, "/fr/avis/1/jours-de-fermeture").words
    assert "closed on June 24" in visit(office, "/en/notices/1/closing-days").words


def test_the_same_file_twice_is_harmless(office: Office) -> None:
    office.publishes_notice()
    before = office.dump()
    assert office.publishes_notice() == "Nothing changed.\n"
    assert office.dump() == before


def test_a_correction_keeps_the_number_and_the_guids_of_a_notice(office: Office) -> None:
    office.publishes_notice(key="other")
    office.publishes_notice()
    before = guids(office)
    office.publishes_notice(title_fr="Nos jours fériés", title_en="Our holidays", body_en="We are closed on June 25.")
    assert guids(office) == before
    assert "June 25" in visit(office.another_worker(), "/en/notices/2/our-holidays").words
    old = office.get("/en/notices/2/closing-days")
    assert (old.status_code, old.headers["Location"]) == (301, "/en/notices/2/our-holidays")
    assert office.get("/api/v1/notices").get_json()["total"] == 2


def test_a_notice_may_change_its_audiences(office: Office) -> None:
    office.publishes_notice()
    assert office.publishes_notice(audiences="developers") == "closing-days: corrected, silently.\n"
    assert visit(office, "/en/notices/audience/developers/").all(".p-notice")
    assert not visit(office, "/en/notices/audience/professionals/").all(".p-notice")


@pytest.mark.parametrize("published", ["2027-01-01 00:00", "2026-02-01 08:30", "draft"])
def test_a_published_notice_keeps_its_instant(office: Office, published: str) -> None:
    office.publishes_notice()
    said = refused(office, a_notice(published=published))
    assert said == (
        "portal: closing-days was published on 2026-01-05: that instant cannot change any more, but the notice can be "
        "corrected or withdrawn\n"
    )
    visit(office.another_worker(), "/en/notices/1/closing-days")


def test_a_notice_may_gain_its_english_text_and_lose_it(office: Office) -> None:
    office.publishes_notice(title_en="")
    assert [len(found) for found in guids(office).values()] == [1, 0]
    office.publishes_notice()
    assert [len(found) for found in guids(office).values()] == [1, 1]
    office.publishes_notice(title_en="")
    assert [len(found) for found in guids(office).values()] == [1, 0]


def test_the_audit_lists_old_and_new(office: Office) -> None:
    office.publishes_notice()
    office.publishes_notice(title_en="Our holidays")
    line, first = office.did("audit").splitlines()[:2]
    assert 'null, ""' not in first, "what a file leaves out is not listed"
    for word in ("command line: ", "notices.publish", "notices 2", '["Closing days", "Our holidays"]'):
        assert word in line
    assert "title_fr" not in line, "what did not change is not listed"
    assert '"title_fr": [null, "Jours de fermeture"]' in first


def test_a_typed_text_gets_the_typography_of_its_language(office: Office) -> None:
    office.publishes_notice(title_fr="L'accueil : « ouvert »", title_en="Today's hours")
    assert visit(office, "/fr/avis/1/l-accueil-ouvert").one("h1").to_text() == "L’accueil\u00a0: «\u00a0ouvert\u00a0»"
    assert visit(office, "/en/notices/1/today-s-hours").one("h1").to_text() == "Today’s hours"


BAD_FILES = {
    "an empty file": (b"", "line 1: the file is empty"),
    "Latin-1": (a_notice().encode("latin-1"), "line 8: the file is not in UTF-8"),
    "a control character": (a_notice(title_en="Bell\x07").encode(), "line 5: there is a control character"),
    "no heading": (b"Bonjour\n", "line 1: expected one of key, published, audiences, title_fr"),
    "a key that is none": (a_notice(key="Fermé!").encode(), "line 1: key: 2 to 60 lower-case letters"),
    "a day that is none": (a_notice(published="2026-02-30 09:00").encode(), "line 2: published: “2026-02-30”"),
    "an hour that is none": (a_notice(published="2026-02-20 24:00").encode(), "line 2: published: write the day"),
    "a day without an hour": (a_notice(published="2026-02-20").encode(), "line 2: published: write the day and hour"),
    "the year 9999": (a_notice(published="9999-12-31 23:59").encode(), "line 2: published: 9999-12-31 is after 2100"),
    "the year 1": (a_notice(published="0001-01-01 00:00").encode(), "line 2: published: 0001-01-01 is before 1990"),
    "an unknown audience": (a_notice(audiences="pros").encode(), "line 3: audiences: “pros” is no audience"),
    "no French title": (a_notice(title_fr="").encode(), "line 4: title_fr: this is required"),
    "no French text": (a_notice(body_fr=" ").encode(), "--- fr ---: the French text is missing"),
    "an English title alone": (
        a_notice(body_en="").encode(),
        "line 5: title_en: give both the English title and the English text",
    ),
    "a title too long": (a_notice(title_fr="x" * 10_000).encode(), "line 4: title_fr: this is longer than 150"),
    "a text too long": (a_notice(body_en="x" * 60_000).encode(), "--- en ---: this is longer than 50000"),
    "a file too large": (a_notice(body_en="x" * 300_000).encode(), "line 1: the file is larger than 200 kB"),
    "a file of 5 MB": (a_notice(body_en="x" * 5_000_000).encode(), "line 1: the file is larger than 200 kB"),
    "the year 1900": (a_notice(published="1900-01-01 00:00").encode(), "line 2: published: 1900-01-01 is before 1990"),
    "two languages swapped": (
        a_notice(
            body_fr="The form is sent to you by mail, and it is not to be sent back to us with the request.",
            body_en="Le formulaire vous est envoyé par la poste, et il n’est pas à nous renvoyer avec la demande.",
        ).encode(),
        "line 7: --- fr ---: this text is in English: are the two texts swapped?",
    ),
    "an image": (
        a_notice(body_fr="Un.\n\n![carte](carte.png)").encode(),
        "line 10: --- fr ---: an image has no place in a notice",
    ),
    "a part that stands twice": (f"{a_notice()}--- fr ---\nx\n".encode(), "--- fr ---: this stands twice"),
    "a name that stands twice": (f"key: x1\n{a_notice()}".encode(), "line 2: key: this stands twice"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_words_and_leaves_no_trace(office: Office, name: str) -> None:
    content, sentence = BAD_FILES[name]
    assert sentence in refused(office, content)


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(office: Office) -> None:
    said = refused(office, a_notice(key="!", published="hier", audiences="pros, amis", title_fr="x" * 151))
    lines = [line.split(":")[0].strip() for line in said.splitlines()[1:]]
    assert lines == ["line 1", "line 2", "line 3", "line 3", "line 4"]


def test_a_refused_correction_leaves_the_notice_as_it_was(office: Office) -> None:
    office.publishes_notice()
    refused(office, a_notice(title_en="New title", audiences="nobody"))
    visit(office, "/en/notices/1/closing-days")


def test_a_bom_and_the_lines_of_windows_are_taken(office: Office) -> None:
    content = b"\xef\xbb\xbf" + a_notice().replace("\n", "\r\n").encode()
    office.did("notices", "publish", office.file(content, "notice.md"))
    before = office.dump()
    assert office.publishes_notice() == "Nothing changed.\n"
    assert office.dump() == before


def test_a_folder_and_a_file_that_is_not_there_are_refused_in_words(office: Office) -> None:
    for path, sentence in ((office.data, "is a directory"), (office.data / "nowhere.md", "does not exist")):
        result = office.portal("notices", "publish", path)
        assert result.exit_code == 2
        assert sentence in result.output


def preview(office: Office, content: str, *more: str) -> str:
    """Preview a notice, without a trace."""
    before = office.dump()
    printed = office.did("notices", "preview", office.file(content, "notice.md"), *more)
    assert office.dump() == before, "a preview keeps nothing"
    return printed


PAGES = {"fr": "/fr/avis/{}/jours-de-fermeture", "en": "/en/notices/{}/closing-days"}
RICH = {
    "body_fr": "# Titre\n\n- [un](/fr/dates/)\n- 418 780-4208\n\n| a |\n|---|\n| b |",
    "body_en": "**Text** <b>x</b> [out](https://exemple.org)",
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("changes", [{}, RICH, {"title_en": ""}, {"published": "2026-11-18 10:00"}])
def test_the_preview_is_the_page_that_is_published(office: Office, language: str, changes: dict[str, str]) -> None:
    office.publishes_notice(key="other")
    content = a_notice(**changes)
    printed = preview(office, content, "--language", language)
    assert "<h1" in printed
    office.did("notices", "publish", office.file(content, "notice.md"))
    slug = "jours-de-fermeture" if changes.get("title_en") == "" else PAGES[language].rpartition("/")[2]
    page = office.another_worker().get(f"{PAGES[language].rpartition('/')[0].format(2)}/{slug}")
    assert page.status_code == 200
    assert printed == page.text + "\n"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_scheduled_notice_is_previewed_as_it_will_be_at_its_instant(
    office: Office, language: str, clock: time_machine.Traveller
) -> None:
    content = a_notice(published="2026-11-20 11:20")
    printed = preview(office, content, "--language", language)
    office.did("notices", "publish", office.file(content, "notice.md"))
    clock.move_to(in_quebec("2026-11-20 11:20"))
    assert printed == office.get(PAGES[language].format(1)).text + "\n"


def test_a_draft_is_previewed_as_if_published_now(office: Office) -> None:
    printed = preview(office, a_notice(published="draft"))
    office.publishes_notice(published="2026-11-18 10:00")
    assert printed == office.get(PAGES["fr"].format(1)).text + "\n"


NOTE = ("--major", "--note-fr", "Un jour de plus.", "--note-en", "One more day.")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("more", [(), NOTE])
def test_a_correction_and_a_major_change_are_previewed(office: Office, language: str, more: tuple[str, ...]) -> None:
    office.publishes_notice()
    content = a_notice(body_fr="Nous sommes fermés le 25 juin.", body_en="We are closed on June 25.")
    printed = preview(office, content, "--language", language, *more)
    assert ("One more day." in printed) == (language == "en" and bool(more))
    office.did("notices", "publish", office.file(content, "notice.md"), *more)
    assert printed == office.another_worker().get(PAGES[language].format(1)).text + "\n"


def test_a_notice_that_would_be_refused_is_not_previewed(office: Office) -> None:
    before = office.dump()
    for content, more in ((a_notice(audiences="pros"), ()), (a_notice(), NOTE)):
        result = office.portal("notices", "preview", office.file(content, "notice.md"), *more)
        assert result.exit_code == 1
        assert "<html" not in result.output
    assert office.dump() == before
