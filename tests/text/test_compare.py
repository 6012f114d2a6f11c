"""What changed between two texts: nothing is lost of either, and a person sees at once what did."""

import pytest
from hypothesis import given, strategies as st

from portal.text.compare import MOST_PAIRS, Kind, Paragraph, Piece, compared, has_changed, paragraphs

S = "\u00a0"


def text(some: list[Paragraph], *kinds: Kind) -> list[str]:
    """Return the paragraphs that pieces of these kinds make; one without any is none."""
    found = ["".join(piece.words for piece in paragraph if piece.kind in kinds) for paragraph in some]
    return [words for words in found if words]


words = st.sampled_from(["a", "la", "date", "du", "1er", "juillet", "a\u00a0:", "x-y", "é", "<b>", "😀"])
lines = st.lists(words, min_size=1, max_size=8).map(" ".join)
texts = st.lists(lines, max_size=6)


@given(old=texts, new=texts)
def test_each_text_can_be_read_whole_in_the_comparison(old: list[str], new: list[str]) -> None:
    found = compared(old, new)
    assert text(found, "same", "removed") == old
    assert text(found, "same", "added") == new
    assert any(map(has_changed, found)) == (old != new)
    assert all(piece.words for paragraph in found for piece in paragraph)


@given(old=texts)
def test_a_text_is_the_same_as_itself(old: list[str]) -> None:
    assert compared(old, old) == [[Piece("same", line)] for line in old]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], []),
        (["un"], [], [[("removed", "un")]]),
        ([], ["un"], [[("added", "un")]]),
        (
            ["Fermé le 24 juin."],
            ["Fermé le 25 juin."],
            [[("same", "Fermé le "), ("removed", "24 "), ("added", "25 "), ("same", "juin.")]],
        ),
        (
            ["Fermé le lundi."],
            ["Fermé le lundi. Merci."],
            [[("same", "Fermé le "), ("removed", "lundi."), ("added", "lundi. Merci.")]],
        ),
        # What has little in common is one that went and one that came.
        (
            ["Fermé le lundi."],
            ["Écrivez-nous plutôt."],
            [[("removed", "Fermé le lundi.")], [("added", "Écrivez-nous plutôt.")]],
        ),
        (["a", "b", "c"], ["a", "c"], [[("same", "a")], [("removed", "b")], [("same", "c")]]),
        (["a", "c"], ["a", "b", "c"], [[("same", "a")], [("added", "b")], [("same", "c")]]),
    ],
)
def test_what_went_and_what_came_is_told_word_by_word(
    old: list[str], new: list[str], expected: list[list[tuple[Kind, str]]]
) -> None:
    assert compared(old, new) == [[Piece(kind, words) for kind, words in paragraph] for paragraph in expected]


def test_paragraphs_that_would_take_long_to_compare_are_told_whole() -> None:
    old, new = " ".join(["mot"] * MOST_PAIRS), " ".join(["mot"] * 3)
    assert compared([old], [new]) == [[Piece("removed", old)], [Piece("added", new)]]


def test_texts_of_many_equal_paragraphs_are_told_whole() -> None:
    old, new = ["x"] * 200, ["x"] * 101
    assert compared(old, new) == [*([Piece("removed", "x")] for _one in old), *([Piece("added", "x")] for _one in new)]


def test_a_page_compares_no_more_than_it_may() -> None:
    old, new = " ".join(["x", "y"] * 90), " ".join(["y", "x", "x"] * 55)
    told = compared([f"{old} {n}" for n in range(8)], [f"{new} {n}" for n in range(8)])
    assert 0 < sum(len(paragraph) == 1 for paragraph in told) < len(told)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ("Un\ndeux\n\ntrois", ["Un deux", "trois"]),
        ("# Titre\n\n- un\n- **deux**\n\n1. trois", ["Titre", "un", "deux", "trois"]),
        ("| a | b |\n|---|---|\n| c | d |", ["a", "b", "c", "d"]),
        ("un  \ndeux", ["un", "deux"]),
        ("un\n\n---\n\ndeux", ["un", "deux"]),
        ("> un\n\n```\n<b>\n```", ["un", "<b>"]),
        ("a < b & c &amp; d", ["a < b & c & d"]),
        ("Voir [nos dates](/fr/dates/).", ["Voir nos dates (/fr/dates/)."]),
        ("Voir [**nos** dates](https://exemple.org/?a=1&b=2)", ["Voir nos dates (https://exemple.org/?a=1&b=2)"]),
        # Typography stays: the page is in French too.
        (f"L’avis{S}: «{S}lisez{S}»", [f"L’avis{S}: «{S}lisez{S}»"]),
    ],
)
def test_a_body_is_read_as_plain_paragraphs(body: str, expected: list[str]) -> None:
    assert paragraphs(body) == expected
