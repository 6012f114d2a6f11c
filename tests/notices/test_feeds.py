"""An item of the notices' feeds: the whole text, links that work from anywhere, a guid that never changes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.core.languages import Bilingual, Language
from portal.core.text import html
from portal.feeds.rules import TAG, Item
from portal.notices.feeds import item
from portal.notices.rules import Notice

SITE = "https://portail.example"
ADDRESS = f"{SITE}/fr/avis/7/fils-rss"
AT = datetime(2022, 3, 8, 13, 30, tzinfo=UTC)
UPDATED = datetime(2022, 3, 9, 10, 0, tzinfo=UTC)


def a_notice(**changes: object) -> Notice:
    notice = Notice(
        id=7,
        key="rss-feeds",
        published_at=AT,
        updated_at=UPDATED,
        audiences=("professionals", "developers"),
        title=Bilingual("Fils RSS", "RSS feeds"),
        html=Bilingual("<p>Texte</p>", "<p>Text</p>"),
    )
    return replace(notice, **changes)  # type: ignore[arg-type]  # the names are checked by replace


@pytest.mark.parametrize(
    ("language", "title", "text", "categories"),
    [
        ("fr", "Fils RSS", "<p>Texte</p>", ("Professionnels de la santé", "Développeurs de logiciels")),
        ("en", "RSS feeds", "<p>Text</p>", ("Health professionals", "Software developers")),
    ],
)
def test_an_item_is_the_whole_notice_in_one_language(
    language: Language, title: str, text: str, categories: tuple[str, ...]
) -> None:
    assert item(a_notice(), ADDRESS, language) == Item(
        guid=f"{TAG}/notices/rss-feeds/{language}",
        title=title,
        link=ADDRESS,
        html=text,
        published=AT,
        updated=UPDATED,
        categories=categories,
    )


def test_a_notice_in_french_only_is_told_in_french() -> None:
    notice = a_notice(title=Bilingual("Fils RSS", ""), html=Bilingual("<p>Texte</p>", ""))

    found = item(notice, ADDRESS, "en")

    assert (found.title, found.html) == ("Fils RSS", "<p>Texte</p>")
    assert found.categories == ("Health professionals", "Software developers")


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("[a](/fr/dates/)", f'<a href="{SITE}/fr/dates/"'),
        ("[a](/)", f'<a href="{SITE}/"'),
        ("[a](https://exemple.ca/b)", '<a href="https://exemple.ca/b"'),
        ("[a](//exemple.ca/b)", '<a href="https://exemple.ca/b"'),
        ("[a](mailto:jacques.untel@xx.com)", '<a href="mailto:jacques.untel@xx.com"'),
    ],
)
def test_a_link_works_from_a_feed_reader(body: str, link: str) -> None:
    found = item(a_notice(html=Bilingual(html(body), "")), ADDRESS, "fr")

    assert link in found.html
    assert found.html.count("href=") == 1


def test_a_text_about_links_stays_as_it_is() -> None:
    text = html('Écrivez `<a href="/fr/">`.')

    assert item(a_notice(html=Bilingual(text, "")), ADDRESS, "fr").html == text


def test_every_link_of_a_text_is_made_whole() -> None:
    text = html("[a](/fr/a) [b](/fr/b)\n\n- [c](/fr/c)")

    assert item(a_notice(html=Bilingual(text, "")), ADDRESS, "fr").html.count(f'href="{SITE}/fr/') == 3


def test_the_guid_stays_when_the_notice_is_corrected() -> None:
    corrected = a_notice(
        title=Bilingual("Autre", "Other"),
        html=Bilingual("<p>Autre</p>", ""),
        published_at=datetime.max.replace(tzinfo=UTC),
    )

    one = item(a_notice(), ADDRESS, "fr")
    two = item(corrected, f"{SITE}/elsewhere", "fr")

    assert one.title != two.title
    assert one.guid == two.guid
