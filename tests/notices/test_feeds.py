"""An item of the notices' feeds: the whole text, links that work from anywhere, a guid that never changes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.core.languages import NO_TEXT, Bilingual, Language
from portal.feeds.rules import TAG, Category, Item
from portal.notices import feeds
from portal.notices.rules import Facts, Notice, Telling, Told
from portal.text.markdown import html

S = "\u00a0"
SITE = "https://portail.example"
ADDRESS = f"{SITE}/fr/avis/7/fils-rss"
AT = datetime(2022, 3, 8, 13, 30, tzinfo=UTC)
UPDATED = datetime(2022, 3, 9, 10, 0, tzinfo=UTC)
TEXT = Bilingual("<p>Texte</p>", "<p>Text</p>")
SINCE = f'<p><em>This notice has changed since.</em> <a href="{ADDRESS}">Read the current text</a></p>\n'


def untranslated(sentence: str, **values: str) -> str:
    """The gettext of the language in which messages are written."""
    return sentence % values if values else sentence


#: Enough of a catalogue to see that every sentence passes through it whole.
FRENCH = {"Changed: %(title)s": f"Modifié{S}: %(title)s", "Changed on %(day)s.": "Modifié le %(day)s."}


def french(sentence: str, **values: str) -> str:
    return untranslated(FRENCH[sentence], **values)


def a_notice(**changes: object) -> Notice:
    notice = Notice(
        id=7,
        key="rss-feeds",
        published_at=AT,
        updated_at=UPDATED,
        audiences=("professionals", "developers"),
        title=Bilingual("Fils RSS", "RSS feeds"),
    )
    return replace(notice, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def told(
    language: Language = "fr",
    *,
    notice: Notice | None = None,
    number: int = 1,
    shown: int = 1,
    html: Bilingual = TEXT,
    note: Bilingual = NO_TEXT,
    promise: Bilingual = NO_TEXT,
    applies_on: date | None = None,
) -> Told:
    notice = notice or a_notice()
    telling = Telling(number, language, AT, UPDATED, shown, number)
    return Told(telling, notice, notice.title, html, note, promise, Facts(applies_on=applies_on))


def item(told: Told, address: str, gettext: feeds.Gettext) -> Item:
    return feeds.item(told, lambda notice: address, {}, gettext)


@pytest.mark.parametrize(
    ("language", "title", "text", "names"),
    [
        ("fr", "Fils RSS", "<p>Texte</p>", ("Professionnels de la santé", "Développeurs de logiciels")),
        ("en", "RSS feeds", "<p>Text</p>", ("Health professionals", "Software developers")),
    ],
)
def test_an_item_is_the_whole_notice_in_one_language(
    language: Language, title: str, text: str, names: tuple[str, ...]
) -> None:
    keys = ("professionals", "developers")
    assert item(told(language), ADDRESS, untranslated) == Item(
        guid=f"{TAG}/notices/rss-feeds/{language}",
        title=title,
        link=ADDRESS,
        html=text,
        published=AT,
        updated=UPDATED,
        categories=tuple(Category("audiences", key, name) for key, name in zip(keys, names, strict=True)),
    )


NOTE = Bilingual("Une adresse de plus, <b>ici</b>.", "One more address.")


@pytest.mark.parametrize(
    ("language", "gettext", "title", "words"),
    [
        (
            "fr",
            french,
            f"Modifié{S}: Fils RSS",
            f"<strong>Modifié le 8{S}mars 2022.</strong> Une adresse de plus, &lt;b&gt;ici&lt;/b&gt;.",
        ),
        ("en", untranslated, "Changed: RSS feeds", f"<strong>Changed on March{S}8, 2022.</strong> One more address."),
    ],
)
def test_a_major_change_is_an_item_of_its_own_that_begins_with_its_note(
    language: Language, gettext: object, title: str, words: str
) -> None:
    change = told(language, number=3, shown=4, notice=a_notice(revision=4), note=NOTE)

    found = item(change, ADDRESS, gettext)  # ty: ignore[invalid-argument-type]  # a function of this file

    assert found.guid == f"{TAG}/notices/rss-feeds/3/{language}"
    assert (found.title, found.link) == (title, ADDRESS)
    assert found.html == f"<p>{words}</p>\n{TEXT.in_(language)}"


def test_a_first_text_that_comes_later_is_dated_by_its_coming() -> None:
    late = told("en", shown=2, notice=a_notice(revision=2))
    later = replace(late, telling=replace(late.telling, since=2, at=UPDATED))
    assert item(late, ADDRESS, untranslated).published == AT
    assert item(later, ADDRESS, untranslated).published == UPDATED


def test_an_item_leads_to_the_notice_whose_promise_it_keeps() -> None:
    keeping = replace(told("en", notice=a_notice(keeps=7)), facts=Facts(forms=("4058", "4123"), keeps="promising"))
    promising = a_notice(id=7, title=Bilingual("Promis", "A & B"))
    found = feeds.item(keeping, lambda notice: f"{SITE}/{notice.id}", {7: promising}, untranslated)
    assert found.html == (
        "<p>Text</p>\n<p><strong>Forms concerned:</strong> 4058 and 4123</p>"
        f'\n<p>This notice keeps the promise made in: <a href="{SITE}/7">A &amp; B</a></p>'
    )
    hidden = feeds.item(keeping, lambda notice: ADDRESS, {}, untranslated)
    assert "promise" not in hidden.html
    kept_no_more = feeds.item(replace(keeping, facts=Facts()), lambda notice: ADDRESS, {7: promising}, untranslated)
    assert kept_no_more.html == "<p>Text</p>"


def test_a_change_told_later_in_english_has_no_note_there() -> None:
    change = told("en", number=2, shown=3, notice=a_notice(revision=3), note=Bilingual("Une adresse.", ""))

    found = item(change, ADDRESS, untranslated)

    assert found.html == f"<p><strong>Changed on March{S}8, 2022.</strong></p>\n<p>Text</p>"


@pytest.mark.parametrize(
    ("number", "shown", "revision", "words"),
    [(1, 2, 2, ""), (1, 2, 3, SINCE), (3, 3, 3, ""), (3, 4, 5, SINCE)],
)
def test_an_item_that_a_major_change_outdates_says_so(number: int, shown: int, revision: int, words: str) -> None:
    found = item(told("en", number=number, shown=shown, notice=a_notice(revision=revision)), ADDRESS, untranslated)

    assert found.html.startswith(words or "<p>")
    assert ("has changed since" in found.html) == bool(words)


@pytest.mark.parametrize(
    ("number", "published"),
    [(1, datetime(2021, 7, 22, 12, 30, tzinfo=UTC)), (2, AT)],
)
def test_an_item_has_the_day_of_its_notice_and_that_of_a_change_its_own(number: int, published: datetime) -> None:
    notice = a_notice(published_at=datetime(2021, 7, 22, 12, 30, tzinfo=UTC), revision=2)

    found = item(told(number=number, shown=2, notice=notice), ADDRESS, untranslated)

    assert (found.published, found.updated) == (published, UPDATED)


PROMISE = Bilingual("Nous vous dirons <quand>.", "We will tell you when.")


@pytest.mark.parametrize(
    ("language", "applies_on", "promise", "html"),
    [
        ("en", None, NO_TEXT, "<p>Text</p>"),
        ("en", date(2022, 4, 1), NO_TEXT, f"<p>Text</p>\n<p><strong>Applies as of</strong> April{S}1, 2022</p>"),
        ("en", None, PROMISE, f"<p>Text</p>\n<p><strong>Our promise:</strong> {PROMISE.en}</p>"),
        ("en", None, Bilingual(PROMISE.fr, ""), "<p>Text</p>"),
        (
            "fr",
            date(2022, 4, 1),
            PROMISE,
            f"<p>Texte</p>\n<p><strong>Applies as of</strong> 1er{S}avril 2022</p>"
            "\n<p><strong>Our promise:</strong> Nous vous dirons &lt;quand&gt;.</p>",
        ),
    ],
)
def test_an_item_says_from_when_its_notice_applies_and_what_it_promises(
    language: Language, applies_on: date | None, promise: Bilingual, html: str
) -> None:
    assert item(told(language, applies_on=applies_on, promise=promise), ADDRESS, untranslated).html == html


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("[a](/fr/dates/)", f'<a href="{SITE}/fr/dates/"'),
        ("[a](/)", f'<a href="{SITE}/"'),
        ("[a](/fr/?a=1&b=2)", f'<a href="{SITE}/fr/?a=1&amp;b=2"'),
        ("[a](https://exemple.ca/b)", '<a href="https://exemple.ca/b"'),
        ("[a](//exemple.ca/b)", '<a href="https://exemple.ca/b"'),
        ("[a](mailto:jacques.untel@xx.com)", '<a href="mailto:jacques.untel@xx.com"'),
    ],
)
def test_a_link_works_from_a_feed_reader(body: str, link: str) -> None:
    found = item(told(html=Bilingual(html(body), "")), ADDRESS, untranslated)

    assert link in found.html
    assert found.html.count("href=") == 1


def test_a_text_about_links_stays_as_it_is() -> None:
    text = html('Écrivez `<a href="/fr/">`.')

    assert item(told(html=Bilingual(text, "")), ADDRESS, untranslated).html == text


def test_every_link_of_a_text_is_made_whole() -> None:
    text = html("[a](/fr/a) [b](/fr/b)\n\n- [c](/fr/c)")

    assert item(told(html=Bilingual(text, "")), ADDRESS, untranslated).html.count(f'href="{SITE}/fr/') == 3


def test_the_guid_stays_when_the_notice_is_corrected() -> None:
    corrected = a_notice(
        title=Bilingual("Autre", "Other"),
        published_at=datetime.max.replace(tzinfo=UTC),
        audiences=("rehabilitation",),
        revision=2,
    )

    one = item(told(), ADDRESS, untranslated)
    two = item(told(notice=corrected, shown=2), f"{SITE}/elsewhere", untranslated)

    assert one.title != two.title
    assert one.guid == two.guid
