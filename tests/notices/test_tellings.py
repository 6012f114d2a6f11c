"""What the feeds tell of a notice whatever its past, and which audiences a reader names."""

from dataclasses import replace
from itertools import combinations

import pytest

from portal.core.errors import UnknownKey
from portal.core.languages import Bilingual, Language
from portal.notices.rules import (
    AUDIENCES,
    Audience,
    Telling,
    Weight,
    english_at,
    major_changes,
    tellings,
    union,
)
from tests.notices.test_life import ENGLISH_NOTE, NOTE, a_past, day

FR, EN = "fr", "en"
#: Texts, and what the feeds tell of them: (number, language, day of the item, day of its last correction, text shown).
TOLD: list[tuple[list[tuple[Weight, str, str]], list[tuple[int, Language, int, int, int]]]] = [
    ([("first", "a", "a")], [(1, FR, 0, 0, 1), (1, EN, 0, 0, 1)]),
    ([("first", "a", "")], [(1, FR, 0, 0, 1)]),
    # A correction is told where it is read.
    ([("first", "a", "a"), ("minor", "b", "b")], [(1, FR, 0, 1, 2), (1, EN, 0, 1, 2)]),
    ([("first", "a", "a"), ("minor", "b", "a")], [(1, FR, 0, 1, 2), (1, EN, 0, 0, 2)]),
    ([("first", "a", "a"), ("minor", "a", "b")], [(1, FR, 0, 0, 2), (1, EN, 0, 1, 2)]),
    ([("first", "a", "a"), ("minor", "b", "b"), ("minor", "b", "c")], [(1, FR, 0, 1, 3), (1, EN, 0, 2, 3)]),
    # The English text comes later.
    ([("first", "a", ""), ("minor", "a", "a")], [(1, FR, 0, 0, 2), (1, EN, 1, 1, 2)]),
    ([("first", "a", ""), ("minor", "a", "a"), ("minor", "b", "b")], [(1, FR, 0, 2, 3), (1, EN, 1, 2, 3)]),
    # It goes, and comes back: the same item, where it was.
    ([("first", "a", "a"), ("minor", "a", "")], [(1, FR, 0, 0, 2)]),
    ([("first", "a", "a"), ("minor", "a", ""), ("minor", "a", "b")], [(1, FR, 0, 0, 3), (1, EN, 0, 2, 3)]),
    # A major change is one more item; the older one goes on showing its text, and says from then on that it changed.
    (
        [("first", "a", "a"), ("major", "b", "b")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 1, 2), (1, EN, 0, 1, 1), (2, EN, 1, 1, 2)],
    ),
    (
        [("first", "a", "a"), ("minor", "b", "a"), ("major", "c", "c"), ("minor", "d", "c")],
        [(1, FR, 0, 2, 2), (3, FR, 2, 3, 4), (1, EN, 0, 2, 2), (3, EN, 2, 2, 4)],
    ),
    ([("first", "a", "a"), ("major", "b", "")], [(1, FR, 0, 1, 1), (2, FR, 1, 1, 2)]),
    # English is never told before it says it; a correction does not make it say it, what follows the change does.
    ([("first", "a", "a"), ("major", "b", "a")], [(1, FR, 0, 1, 1), (2, FR, 1, 1, 2), (1, EN, 0, 1, 1)]),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("minor", "c", "a")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 2, 3), (1, EN, 0, 1, 1)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 1, 3), (1, EN, 0, 1, 1)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("english", "b", "b")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 1, 3), (1, EN, 0, 1, 1), (2, EN, 2, 2, 3)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b"), ("english", "c", "c"), ("minor", "c", "d")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 3, 5), (1, EN, 0, 1, 1), (2, EN, 3, 4, 5)],
    ),
    (
        [("first", "a", "a"), ("major", "b", "a"), ("major", "c", "c")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 2, 2), (3, FR, 2, 2, 3), (1, EN, 0, 1, 1), (3, EN, 2, 2, 3)],
    ),
    # Its first English text may come with a major change, or after one.
    ([("first", "a", ""), ("major", "b", "b")], [(1, FR, 0, 1, 1), (2, FR, 1, 1, 2), (2, EN, 1, 1, 2)]),
    (
        [("first", "a", ""), ("major", "b", ""), ("minor", "b", "b"), ("major", "c", "c")],
        [(1, FR, 0, 1, 1), (2, FR, 1, 3, 3), (4, FR, 3, 3, 4), (2, EN, 2, 3, 3), (4, EN, 3, 3, 4)],
    ),
]


@pytest.mark.parametrize(("texts", "told"), TOLD)
def test_the_feeds_tell_each_piece_of_news_once_in_each_language(
    texts: list[tuple[Weight, str, str]], told: list[tuple[int, Language, int, int, int]]
) -> None:
    # The text of each day is that of the next number.
    assert tellings(a_past(*texts)) == [
        Telling(number, language, day(at), day(updated), shown, since=at + 1)
        for number, language, at, updated, shown in told
    ]


@pytest.mark.parametrize(
    ("texts", "older"),
    [
        ([("first", "a", "a")], None),
        ([("first", "a", "")], None),
        ([("first", "a", "a"), ("minor", "b", "a")], None),
        ([("first", "a", "a"), ("major", "b", "b")], None),
        ([("first", "a", "a"), ("major", "b", "")], None),
        ([("first", "a", "a"), ("major", "b", "a")], 0),
        ([("first", "a", "a"), ("minor", "a", "b"), ("major", "b", "b")], 1),
        ([("first", "a", "a"), ("minor", "a", "b"), ("major", "b", "b"), ("minor", "c", "b")], 1),
        # A correction of a word does not make it follow, nor newer than the change.
        ([("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b")], 0),
        ([("first", "a", "a"), ("major", "b", "a"), ("minor", "b", "b"), ("major", "c", "b")], 2),
        ([("first", "a", "a"), ("major", "b", "a"), ("english", "b", "b")], None),
        ([("first", "a", "a"), ("major", "b", "a"), ("english", "b", "b"), ("minor", "c", "b")], None),
        ([("first", "a", ""), ("major", "b", ""), ("minor", "b", "b")], None),
        ([("first", "a", "a"), ("major", "b", "a"), ("major", "c", "a")], 0),
    ],
)
def test_an_english_text_is_older_while_the_french_is_ahead(
    texts: list[tuple[Weight, str, str]], older: int | None
) -> None:
    assert english_at(a_past(*texts)) == (None if older is None else day(older))


@pytest.mark.parametrize(
    ("texts", "changes"),
    [
        ([("first", "a", "a"), ("minor", "b", "b")], []),
        ([("first", "a", "a"), ("major", "b", "b"), ("minor", "c", "c")], [(2, NOTE)]),
        # The note in English stands where the English text follows, be it later.
        ([("first", "a", "a"), ("major", "b", "a"), ("minor", "c", "a"), ("english", "c", "c")], [(2, NOTE)]),
        ([("first", "a", "a"), ("major", "b", "b"), ("major", "c", "c")], [(2, NOTE), (3, NOTE)]),
    ],
)
def test_the_major_changes_of_a_notice_are_told_with_their_notes(
    texts: list[tuple[Weight, str, str]], changes: list[tuple[int, Bilingual]]
) -> None:
    assert [(one.number, one.note) for one in major_changes(a_past(*texts))] == changes


def test_a_major_change_that_english_does_not_follow_has_a_note_in_french_alone() -> None:
    past = a_past(("first", "a", "a"), ("major", "b", "a"))
    past[1] = replace(past[1], note=Bilingual(NOTE.fr, ""))
    assert major_changes(past) == [past[1]]
    follows = replace(past[1], number=3, weight="english", note=ENGLISH_NOTE)
    assert major_changes([*past, follows]) == [replace(past[1], note=NOTE)]


UNIONS = [list(some) for length in (1, 2, 3, 5) for some in combinations(AUDIENCES, length)]


@pytest.mark.parametrize("text", ["", " ", ",,", " , "])
def test_a_union_without_a_word_names_no_audience(text: str) -> None:
    assert union("clientele", text) == ()


@pytest.mark.parametrize("audiences", UNIONS)
def test_a_union_is_read_in_our_order_once_each(audiences: list[Audience]) -> None:
    shuffled = [*reversed(audiences), audiences[0]]
    for text in (",".join(audiences), ",".join(shuffled), f" ,{' , '.join(shuffled).upper()},"):
        assert union("clientele", text) == tuple(audiences)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("everyone", "everyone"),
        ("professionals,everyone", "everyone"),
        ("professionals;developers", "professionals;developers"),
        ("x" * 9_000, "x" * 40),
    ],
)
def test_a_union_of_what_is_no_audience_names_those_there_are(text: str, word: str) -> None:
    with pytest.raises(UnknownKey, match=f"^clientele “{word}” is unknown; there are professionals, ") as caught:
        union("clientele", text)
    assert [key for key, _name in caught.value.choices] == list(AUDIENCES)
    assert caught.value.argument == "clientele"
