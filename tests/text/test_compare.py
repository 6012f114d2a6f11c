"""What changed between two texts: nothing is lost of either, and a person sees at once what did."""

import pytest
from hypothesis import given, strategies as st

from portal.text.compare import Kind, Paragraph, Piece, compared, has_changed, lines, paragraphs
from portal.text.markdown import html

S = "\u00a0"


def text(some: list[Paragraph], *kinds: Kind) -> list[str]:
    """Return the paragraphs that pieces of these kinds make; one without any is none."""
    found = ["".join(piece.words for piece in paragraph if piece.kind in kinds) for paragraph in some]
    return [words for words in found if words]


words = st.sampled_from(["a", "la", "date", "du", "1er", "juillet", "a\u00a0:", "x-y", "é", "<b>", "😀"])
some_lines = st.lists(words, min_size=1, max_size=8).map(" ".join)
texts = st.lists(some_lines, max_size=6)


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


def test_a_long_paragraph_of_which_every_second_word_changed_is_told_word_by_word() -> None:
    old = [f"mot{number % 997}" for number in range(7_000)]
    new = [word if number % 2 else f"autre{number}" for number, word in enumerate(old)]
    ((*pieces,),) = compared([" ".join(old)], [" ".join(new)])
    assert [piece.words.strip() for piece in pieces if piece.kind == "same"] == old[1::2]


def test_a_long_table_of_which_every_second_rate_changed_is_told_cell_by_cell() -> None:
    codes = [f"{number:05}" for number in range(2_600)]
    rates = [f"{number % 89}.50" for number in range(2_600)]
    changed = [rate if number % 2 else f"{rate}1" for number, rate in enumerate(rates)]
    old, new = ([cell for row in zip(codes, some, strict=True) for cell in row] for some in (rates, changed))
    told = compared(old, new)
    assert text(told, "same")[::3] == codes[::2]
    assert text(told, "removed") == rates[::2]
    assert text(told, "added") == changed[::2]


def test_texts_of_many_equal_paragraphs_are_told_by_what_is_left() -> None:
    assert compared(["x"] * 20_000, ["x"] * 3) == [*[[Piece("same", "x")]] * 3, *[[Piece("removed", "x")]] * 19_997]


def test_a_list_too_long_to_be_compared_is_told_line_by_line() -> None:
    old = [f"{number % 7}" for number in range(6_000)]
    new = [f"{number % 5}" for number in range(6_000)]
    told = compared(old, new)
    assert text(told, "same", "removed") == old
    assert text(told, "same", "added") == new
    assert sum(not has_changed(paragraph) for paragraph in told) >= 6_000 // 7


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
    assert paragraphs(html(body)) == expected


@pytest.mark.parametrize(
    ("title", "body", "promise", "expected"),
    [
        ("Avis", "<p>un</p><p>deux</p>", "Le 4 décembre", ["Avis", "un", "deux", "Le 4 décembre"]),
        ("Avis", "", "", ["Avis"]),
        ("", "", "", []),
    ],
)
def test_all_that_a_notice_says_is_compared(title: str, body: str, promise: str, expected: list[str]) -> None:
    assert lines(title, body, promise) == expected
