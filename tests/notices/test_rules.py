"""Notices: their addresses, their languages, the forms that they name."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.core.languages import Bilingual, Language
from portal.notices.rules import (
    AUDIENCE_NAMES,
    AUDIENCES,
    Notice,
    names_form,
)


def a_notice(**changes: object) -> Notice:
    notice = Notice(
        id=7,
        key="rss-feeds",
        published_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        updated_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        audiences=("professionals",),
        title=Bilingual("Abonnez-vous à nos fils RSS", "Subscribe to our RSS feeds"),
        html=Bilingual("<p>Texte</p>", "<p>Text</p>"),
    )
    return replace(notice, **changes)  # type: ignore[arg-type]  # the names are checked by replace


@pytest.mark.parametrize(
    ("notice", "language", "expected"),
    [
        (a_notice(), "fr", "abonnez-vous-a-nos-fils-rss"),
        (a_notice(), "en", "subscribe-to-our-rss-feeds"),
        (a_notice(title=Bilingual("Avis", "")), "en", "avis"),
    ],
)
def test_the_address_of_a_notice_is_in_the_language_it_is_read_in(
    notice: Notice, language: Language, expected: str
) -> None:
    assert notice.slug(language) == expected


@pytest.mark.parametrize(
    ("body", "languages"),
    [
        (Bilingual("<p>Texte</p>", "<p>Text</p>"), ["fr", "en"]),
        (Bilingual("<p>Texte</p>", ""), ["fr"]),
        (Bilingual("", ""), ["fr"]),
    ],
)
def test_every_notice_exists_in_french(body: Bilingual, languages: list[Language]) -> None:
    notice = a_notice(html=body)

    assert [language for language in ("fr", "en") if notice.is_in(language)] == languages


def test_every_audience_has_its_names() -> None:
    assert tuple(AUDIENCE_NAMES) == AUDIENCES
    assert all(name.fr and name.en for name in AUDIENCE_NAMES.values())


@pytest.mark.parametrize("text", ["4058", "le formulaire 4058.", "(4058)", "4058, 4123", "no-4058", "formulaire-4058"])
def test_a_text_names_a_form(text: str) -> None:
    assert names_form(text, "4058")


@pytest.mark.parametrize(
    "text", ["", "40580", "14058", "418 780-4058", "418 780 4058", "780\u00a04058", "780\u20114058", "418.780.4058"]
)
def test_a_longer_number_and_the_end_of_a_telephone_name_no_form(text: str) -> None:
    assert not names_form(text, "4058")
