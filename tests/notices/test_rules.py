"""Notices: their addresses, their languages, the forms that they name."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.notices.rules import (
    AUDIENCE_NAMES,
    AUDIENCES,
    Notice,
    forms_named,
)


def a_notice(**changes: object) -> Notice:
    notice = Notice(
        id=7,
        key="rss-feeds",
        published_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        updated_at=datetime(2022, 3, 8, 13, 30, tzinfo=UTC),
        audiences=("professionals",),
        title=Bilingual("Abonnez-vous à nos fils RSS", "Subscribe to our RSS feeds"),
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


@pytest.mark.parametrize(("title_en", "languages"), [("RSS feeds", ["fr", "en"]), ("", ["fr"])])
def test_every_notice_exists_in_french(title_en: str, languages: list[Language]) -> None:
    notice = a_notice(title=Bilingual("Fils RSS", title_en))

    assert [language for language in LANGUAGES if notice.is_in(language)] == languages


def test_every_audience_has_its_names() -> None:
    assert tuple(AUDIENCE_NAMES) == AUDIENCES
    assert all(name.fr and name.en for name in AUDIENCE_NAMES.values())


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("4058", {"4058"}),
        ("le formulaire 4058.", {"4058"}),
        ("(4058)", {"4058"}),
        ("4058, 4123 et encore 4058", {"4058", "4123"}),
        ("no-4058 formulaire-4123", {"4058", "4123"}),
        # A year is four digits too: no form has its number.
        ("depuis le 22 juillet 2021", {"2021"}),
        ("", set()),
        # A longer number and the end of a telephone name no form.
        *[(text, set()) for text in ("40580", "14058", "418 780-4058", "418 780 4058", "780\u00a04058")],
        *[(text, set()) for text in ("780\u20104058", "780\u20114058", "418.780.4058", "٤٠٥٨")],
    ],
)
def test_a_text_names_forms(text: str, forms: set[str]) -> None:
    assert forms_named(text) == forms
