"""Which notices are found among more than are ranked: the old one that was meant, and none that nobody may see."""

from collections.abc import Iterator

import pytest

from portal.app import create_app
from portal.core.languages import Bilingual, Language
from portal.notices.records import NoticeRow
from portal.search.records import found
from portal.search.rules import query
from portal.store.changes import recorded_change
from portal.store.database import database, session
from portal.store.words import MOST_RANKED, SearchWordsRow, kept_words
from tests.makers import Office, in_quebec

NOW = in_quebec("2026-11-20 10:00")
BEFORE, LATER = "2026-11-19 10:00", "2026-11-21 10:00"
WORDS = Bilingual("Les registres médicaux, les jours de fermeture.", "Medical registers and closing days.")


@pytest.fixture
def filled(office: Office) -> Iterator[Office]:
    """An office with an old notice in both languages, number 1, and one in French only, number 2."""
    office.publishes_notice()
    office.publishes_notice(key="registry", title_fr="Registres médicaux", title_en="", body_fr="Les voici.")
    with create_app(office.config).app_context():
        yield office
        session().close()
        database.engine.dispose()


def newer_ones(published: str, title: Bilingual) -> None:
    """Write more newer notices than are ranked, which all hold WORDS: publishing them would take a minute."""
    numbers = range(100, 101 + MOST_RANKED)
    empty = dict.fromkeys(("withdrawn_why_fr", "withdrawn_why_en", "promise_fr", "promise_en"), "")
    at = in_quebec(published)
    with recorded_change("notices", action="test", actor="test", at=NOW) as change:
        change.session.add_all(
            NoticeRow(
                id=number,
                key=f"newer-{number}",
                published_at=at,
                updated_at=at,
                revision=1,
                title_fr=title.fr,
                title_en=title.en,
                **empty,
            )
            for number in numbers
        )
        words = kept_words(title, WORDS)
        change.session.add_all(SearchWordsRow(notice_id=number, **words) for number in numbers)
        change.details["test"] = len(numbers)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [("Jours de fermeture", "fr", 1), ("Closing days", "en", 1), ("Registres médicaux", "fr", 2)],
)
def test_a_pasted_title_finds_its_notice_first_however_many_newer_ones_hold_its_words(
    typed: str, language: Language, number: int
) -> None:
    newer_ones(BEFORE, Bilingual("Avis", "Notice"))
    assert found(session(), query(typed), language, NOW).numbers[0] == number


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("typed", "language", "number"), [("fermeture", "fr", 1), ("juin", "fr", 1), ("june", "en", 1)]
)
def test_those_to_come_take_no_place_of_those_that_may_be_seen(typed: str, language: Language, number: int) -> None:
    newer_ones(LATER, Bilingual("Jours de fermeture, 24 juin", "Closing days, June 24"))
    assert found(session(), query(typed), language, NOW).numbers == [number]


@pytest.mark.usefixtures("filled")
def test_in_english_those_in_both_languages_take_no_place_of_those_in_french_only() -> None:
    newer_ones(BEFORE, Bilingual("Registres médicaux: les voici", "Registers"))
    for typed in ("registres médicaux", "voici"):
        assert found(session(), query(typed), "en", NOW).numbers == [2]
