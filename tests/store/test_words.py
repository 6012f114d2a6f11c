"""The words kept for the search, on SQLite and PostgreSQL: found by what people type, gone with their notice."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from portal.app import create_app
from portal.core.languages import NO_TEXT, Bilingual, Language
from portal.search.rules import query
from portal.store.changes import recorded_change
from portal.store.database import WriteOutsideChange, database, session
from portal.store.migrate import downgrade, upgrade
from portal.store.words import MOST_RANKED, SearchWordsRow, forget, keep, kept_words, matching
from tests.makers import Office

AT = datetime(2026, 1, 5, 14, tzinfo=UTC)
NOTICES = {
    1: (
        Bilingual("Jours de fermeture", "Closing days"),
        Bilingual("Les bureaux généraux sont fermés.", "The head offices are closed."),
    ),
    2: (
        Bilingual("Mot de passe temporaire", "Temporary password"),
        Bilingual("Il est transmis par courriel: le formulaire 4058 aussi.", "Sent by e-mail: form 4058 too."),
    ),
    3: (Bilingual("Registre médical", ""), Bilingual("Voyez les [dates](/fr/adresse) de fermeture.", "")),
}


@pytest.fixture
def kept(any_office: Office) -> Iterator[Flask]:
    """The application of an office whose database knows the words of three notices."""
    app = create_app(any_office.config)
    with app.app_context():
        keeps(NOTICES)
        yield app
        session().close()
        database.engine.dispose()


def keeps(notices: dict[int, tuple[Bilingual, Bilingual]]) -> None:
    with recorded_change("notices", action="test", actor="test", at=AT) as change:
        for number, (title, body) in notices.items():
            keep(change.session, number, title, body)
        change.details["test"] = sorted(notices)


def found(typed: str, language: Language = "fr", *, every: bool = True, below: int = 10**6) -> list[int]:
    """Return the numbers of the notices `below` a number that hold what is typed, best first."""
    asked = query(typed)
    words = asked.stems[language] if every else asked.alternatives(language)
    among = select(SearchWordsRow.notice_id).where(SearchWordsRow.notice_id < below)
    match = matching(session(), words, language, among=among, every=every)
    rows = session().execute(match.select().order_by(match.c.rank, match.c.notice_id)).all()
    return [row.notice_id for row in rows]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("typed", "language", "numbers"),
    [
        ("fermeture", "fr", [1, 3]),  # in the title first
        ("Fermetures", "fr", [1, 3]),
        ("fermée", "fr", [1]),
        ("ferme", "fr", [1]),
        ("general bureau", "fr", [1]),
        ("médicaux", "fr", [3]),
        ("registres medicales", "fr", [3]),
        ("les mots de passe temporaires", "fr", [2]),
        ("4058", "fr", [2]),
        ("passe fermeture", "fr", []),
        ("adresse", "fr", []),  # the address of a link is no word of the notice
        ("passwords", "fr", []),
        ("passwords", "en", [2]),
        ("email", "en", [2]),
        ("offices closed", "en", [1]),
        ("registre", "en", []),
        ("form", "en", [2]),
        ("forme", "fr", []),
        # What FTS5 and tsquery read as orders is looked for as words, or dropped.
        ("fermeture OR passe", "fr", []),
        ("fermeture*", "fr", [1, 3]),
        ('"fermeture', "fr", [1, 3]),
        ("title_fr:fermeture", "fr", []),
        ("fermeture & !passe | <->", "fr", []),
        ("4e5 0x1f 1.5 b2b", "fr", []),
    ],
)
def test_notices_are_found_by_what_people_type(typed: str, language: Language, numbers: list[int]) -> None:
    assert found(typed, language) == numbers


@pytest.mark.usefixtures("kept")
def test_one_word_or_its_beginning_may_be_enough() -> None:
    assert set(found("fermeture passe", every=False)) == {1, 2, 3}
    assert found("temporai zzz", every=False) == [2]
    assert found("mo", every=False) == []  # too short a beginning


def keeps_many(title: Bilingual, body: Bilingual) -> None:
    """Keep the words of more newer notices than are ranked, all with the same text."""
    numbers = range(100, 100 + MOST_RANKED + 1)
    with recorded_change("notices", action="test", actor="test", at=AT) as change:
        words = kept_words(title, body)
        change.session.execute(insert(SearchWordsRow), [{"notice_id": number, **words} for number in numbers])
        change.details["test"] = len(numbers)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [("Mot de passe temporaire", "fr", 2), ("Temporary password", "en", 2), ("fermeture", "fr", 1)],
)
def test_a_title_finds_its_notice_however_many_newer_ones_hold_its_words(
    typed: str, language: Language, number: int
) -> None:
    keeps_many(
        Bilingual("Avis", "Notice"), Bilingual("Jours de fermeture. Mot de passe temporaire", "Temporary password")
    )
    for every in (True, False):
        best, *others = found(typed, language, every=every)
        assert best == number
        assert len(others) == len(set(others)) == MOST_RANKED


@pytest.mark.usefixtures("kept")
def test_the_newest_are_ranked_where_all_hold_a_word_in_their_title() -> None:
    keeps_many(Bilingual("Jours de fermeture", ""), NO_TEXT)
    assert len(found("fermeture")) == MOST_RANKED
    assert 1 not in found("fermeture")


@pytest.mark.usefixtures("kept")
def test_those_that_may_not_be_found_take_no_place_of_the_others() -> None:
    keeps_many(Bilingual("Jours de fermeture", ""), Bilingual("Bureaux généraux", ""))
    assert found("fermeture", below=100) == [1, 3]
    assert found("bureau", below=100) == [1]
    assert set(found("fermetures temporaires", below=100, every=False)) == {1, 2, 3}


@pytest.mark.usefixtures("kept")
def test_every_stem_is_found_as_it_is_kept() -> None:
    odd = "4e5 0x1f 1e10 b2b 2b a1b2c3 007 1a2 é2é x" + "y" * 60
    keeps({9: (Bilingual("Codes", ""), Bilingual(odd, ""))})
    for word in odd.split():
        assert found(word) == [9], word


@pytest.mark.usefixtures("kept")
def test_a_corrected_notice_is_found_by_its_new_words_alone() -> None:
    keeps({1: (Bilingual("Congés", "Holidays"), Bilingual("Voici.", "Here."))})
    assert (found("conge"), found("bureau"), found("closed", "en")) == ([1], [], [])
    assert found("fermeture") == [3]


@pytest.mark.usefixtures("kept")
def test_a_forgotten_notice_is_found_no_more() -> None:
    with recorded_change("notices", action="test", actor="test", at=AT) as change:
        forget(change.session, 1)
        forget(change.session, 99)  # it had no words
        change.details["test"] = 1
    assert found("fermeture") == [3]


@pytest.mark.usefixtures("kept")
def test_words_are_kept_inside_a_recorded_change_alone() -> None:
    with pytest.raises(WriteOutsideChange):
        keep(session(), 4, Bilingual("Titre", ""), NO_TEXT)
    session().rollback()
    with recorded_change("notices", action="test", actor="test", at=AT) as change:
        keep(change.session, 4, Bilingual("Abandon", ""), NO_TEXT)
    assert found("abandon") == []


@pytest.mark.usefixtures("kept")
def test_the_index_of_sqlite_agrees_with_the_words() -> None:
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as connection:
            connection.execute(text("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"))


def test_the_migration_finds_the_words_of_the_notices_there(any_office: Office) -> None:
    any_office.publishes_notice()
    any_office.publishes_notice(key="other", title_en="", title_fr="Autre", body_fr="Rien")
    app = create_app(any_office.config)
    with app.app_context():
        before = session().get_one(SearchWordsRow, 1).body_fr
        session().rollback()  # a table that is being read cannot be dropped
        downgrade(app, "0002")
        upgrade(app)
        assert (found("fermés"), found("closing", "en"), found("autre")) == ([1], [1], [2])
        assert session().get_one(SearchWordsRow, 1).body_fr == before != ""
        assert session().get_one(SearchWordsRow, 2).title_en == ""
        session().close()
        database.engine.dispose()
