"""A text that is plainly in one of our languages is known to be; any other is left alone."""

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from portal.core.languages import LANGUAGES, Language, other
from portal.text.reading import FEWEST, WORDS, are_swapped, language_read, prose
from portal.writing.files import read_notice

DEMO = Path(__file__).parents[2] / "portal" / "demo" / "notices"
FRENCH = "Le mot de passe est transmis par courriel à la personne qui signe la demande, et non plus par la poste."
ENGLISH = "The password is sent by e-mail to the person who signs the request, and is no longer sent by mail to you."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FRENCH, "fr"),
        (ENGLISH, "en"),
        (FRENCH.upper(), "fr"),
        (f"# {FRENCH}\n\n- **RSS**", "fr"),
        ("", None),
        ("1234 RSS JSON", None),
        ("Fermé le 24 juin.", None),
        ("We are closed.", None),
        # Both stand in it: nobody can say which it is in.
        (f"{FRENCH}\n\n{ENGLISH}", None),
        ("x " * 9_000, None),
    ],
)
def test_a_language_is_read_where_it_is_plain(text: str, language: Language | None) -> None:
    assert language_read(text) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_takes_so_many_words(language: Language) -> None:
    word = min(WORDS[language])
    assert language_read(f"{word} " * FEWEST) == language
    assert language_read(f"{word} " * (FEWEST - 1)) is None


def test_no_word_is_of_both_languages() -> None:
    assert not WORDS["fr"] & WORDS["en"]


#: What is in no language, said in one line: the longest text takes it half a minute.
NO_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)|\S*[/@=]\S*")


@given(st.text(alphabet="ab`](/@= \u00a0\n)", max_size=40))
def test_code_addresses_and_the_ends_of_links_are_not_read(text: str) -> None:
    assert " ".join(prose(text)) == NO_WORDS.sub(" ", text)


@pytest.mark.parametrize("piece", ["a", "|", "418-", "](", "`", "``a", "/](a ", "a/`", "[a](b)c", "a`/", "=", "a "])
def test_the_longest_text_is_read_whatever_it_repeats(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    assert language_read(text) is None
    assert language_read(f"{FRENCH} {text}") == "fr"


@pytest.mark.parametrize(
    ("french", "english", "are_they"),
    [
        ("The office is closed", "Le bureau est fermé", True),
        ("Holiday closing of the office", "Fermetures des fêtes", True),
        ("Closed on Monday for you", "L’horaire d’été", True),
        # One of them may well be in either.
        ("RAMQ 2026", "Régie de l’assurance maladie 2026", False),
        ("Processing dates by kind", "JSON", False),
        ("Le bureau est fermé", "The office is closed", False),
        ("The office is closed", "The office is open", False),
        ("", "", False),
    ],
)
def test_two_short_texts_are_judged_together(french: str, english: str, are_they: bool) -> None:
    assert are_swapped(french, english) == are_they


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_no_text_of_the_demonstration_is_taken_for_the_other_language(path: Path) -> None:
    body = read_notice(path.read_bytes()).body
    for language in LANGUAGES:
        assert language_read(body.exactly(language)) != other(language)
