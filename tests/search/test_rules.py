"""What may be searched for, and the passage of a text that shows why it was found."""

import pytest
from hypothesis import example, given, strategies as st

from portal.core.errors import NothingToSearch, SearchTooLong
from portal.core.languages import LANGUAGES, Language
from portal.notices.rules import LONGEST_TITLE
from portal.search.rules import (
    LONGEST_PASSAGE,
    LONGEST_QUERY,
    LONGEST_READ,
    MOST_ALTERNATIVES,
    MOST_WORDS,
    passage,
    query,
    spaced,
)

LABEL = "Nouvel accès aux échanges interentreprises (B2B)"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  mot   de\tpasse ", "mot de passe"),
        ("mot\x00de\x1bpasse\r\n", "mot de passe"),
        ("mot\u00a0de\u2028passe", "mot de passe"),
        ("\x00 \x7f", ""),
        ("", ""),
    ],
)
def test_what_was_typed_is_put_on_one_line(typed: str, expected: str) -> None:
    assert spaced(typed) == expected


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("Fermetures", "fr", ["fermetur"]),
        ("les fermetures du service", "fr", ["fermetur", "servic"]),
        ("l’accès à l'accès", "fr", ["acce"]),
        ("mot de passe", "fr", ["mot", "pass"]),
        ("de la", "fr", ["de", "la"]),  # nothing else is left
        ("fermé fermées", "fr", ["ferm"]),
        ("the closing days", "en", ["close", "day"]),
        ("to be", "en", ["to", "be"]),
        ("AND OR NOT NEAR", "en", ["near"]),
        ("4058", "fr", ["4058"]),
        ('"fer" OR title_fr:*', "fr", ["fer", "or", "titl", "fr"]),
    ],
)
def test_a_query_is_the_stems_of_the_words_that_say_something(
    typed: str, language: Language, expected: list[str]
) -> None:
    assert list(query(typed).stems[language]) == expected


@pytest.mark.parametrize("typed", ["", " ", "!", "« … »", "-*-", '"', "日本", "()"])
def test_a_query_without_a_word_is_refused(typed: str) -> None:
    with pytest.raises(NothingToSearch):
        query(typed)


@pytest.mark.parametrize(
    "typed", ["a" * (LONGEST_QUERY + 1), "é " * 80, " ".join(str(number) for number in range(MOST_WORDS + 1))]
)
def test_a_query_that_is_too_long_is_refused(typed: str) -> None:
    with pytest.raises(SearchTooLong, match=f"{LONGEST_QUERY} characters and {MOST_WORDS} words at most"):
        query(typed)


def test_the_title_of_any_notice_may_be_pasted() -> None:
    assert LONGEST_QUERY >= LONGEST_TITLE
    assert query("a" * LONGEST_QUERY)
    assert query(" ".join(str(number) for number in range(MOST_WORDS)))


@given(st.text(max_size=LONGEST_QUERY))
@example('"')
@example("title_fr : a* NEAR(b, 2) ^c -d + e")
@example("'; DROP TABLE notices; --")
def test_any_text_becomes_plain_stems_or_is_refused(typed: str) -> None:
    try:
        found = query(typed)
    except (NothingToSearch, SearchTooLong):
        return
    for language in LANGUAGES:
        assert found.stems[language]
        assert all(stem.isascii() and stem.isalnum() for stem in found.stems[language])
        assert len(found.stems[language]) == len(set(found.stems[language])) <= MOST_WORDS
        assert set(found.alternatives(language)) <= set(found.stems[language])
        assert len(found.alternatives(language)) <= MOST_ALTERNATIVES


def test_the_longest_words_are_the_alternatives_in_their_order() -> None:
    found = query("un avis sur la fermeture des bureaux pour le congé de mars et les services interentreprises")
    assert list(found.alternatives("fr")) == ["fermetur", "burel", "cong", "servic", "interentrepr"]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("4058", True),
        ("formulaire 4058", True),
        ("Formulaires no 4058 d’accès au registre", True),
        ("4 058", False),
        ("40581", False),
        ("B2B", True),
        ("échange interentreprise", True),
        ("formulaire b2b", True),
        ("nouveaux acces", True),
        ("nouvel accès SELAT", False),
        ("formulaire", False),
        ("formulaires numéro", False),
    ],
)
def test_a_form_is_named_by_its_number_or_by_words_of_its_row(typed: str, named: bool) -> None:
    assert query(typed).names_form("4058", LABEL, "fr") is named


def test_a_form_without_a_row_is_named_by_its_number_alone() -> None:
    assert query("4058").names_form("4058", "", "en")
    assert not query("form").names_form("4058", "", "en")


def shown(text: str, *wanted: str, language: Language = "fr") -> str:
    """Return a passage as a page shows it, the words looked for in brackets."""
    pieces = passage(text, frozenset(wanted), language)
    return "".join(f"[{piece.words}]" if piece.is_found else piece.words for piece in pieces)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Nous sommes fermés.", ["ferm"], "Nous sommes [fermés]."),
        ("Fermé!", ["ferm"], "[Fermé]!"),
        ("Fermé, fermée et fermés", ["ferm"], "[Fermé], [fermée] et [fermés]"),
        ("Ferme\u0301", ["ferm"], "[Fermé]"),
        ("L’accès B2B-test", ["acce", "b2b"], "L’[accès] [B2B-test]"),
        ("L’e-mail", ["emal"], "L’[e-mail]"),
        ("Rien", ["ferm"], ""),
        ("", ["ferm"], ""),
        ("a " * LONGEST_READ + "fermé", ["ferm"], ""),
        ("fermé", [], ""),
    ],
)
def test_a_passage_shows_the_words_that_were_looked_for(text: str, wanted: list[str], expected: str) -> None:
    assert shown(text, *wanted) == expected


def test_a_long_text_is_cut_between_words_around_the_first_one_found() -> None:
    found = shown("mot " * 50 + "fermeture " + "mot " * 50, "fermetur")
    assert found.startswith("…\u00a0mot ")
    assert "mot [fermeture] mot" in found
    assert found.endswith(" mot\u00a0…")
    assert len(found) <= LONGEST_PASSAGE + 6


def test_endless_words_around_the_one_found_are_left_out() -> None:
    assert shown("x" * 400 + " fermé " + "y" * 400, "ferm") == "…\u00a0[fermé]\u00a0…"


@given(
    st.lists(st.sampled_from(["fermé", "b2b", "x" * 90, "a", "«\u00a0", ":", "  ", "\n", "é"])).map(" ".join),
    st.sampled_from(LANGUAGES),
)
def test_any_passage_is_a_part_of_its_text(text: str, language: Language) -> None:
    pieces = passage(text, frozenset({"ferm", "b2b"}), language)
    said = "".join(piece.words for piece in pieces).removeprefix("…\u00a0").removesuffix("\u00a0…")
    assert said in text
    assert bool(pieces) == any(piece.is_found for piece in pieces)
    assert len(said) <= LONGEST_PASSAGE
