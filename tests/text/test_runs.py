"""Which runs of two sequences are the same: all that they say is true, and what it takes is counted."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, strategies as st

from portal.text.runs import MOST_STEPS, MOST_STEPS_OF_PAGE, Budget, Run, runs

#: What a text of 50,000 characters can hold of words.
MOST_WORDS = 25_000

letters = st.lists(st.sampled_from("abcdef"), max_size=12)
steps = st.sampled_from([0, 50, MOST_STEPS_OF_PAGE])


@given(old=letters, new=letters, left=steps)
def test_each_run_is_in_both_and_none_touches_another(old: list[str], new: list[str], left: int) -> None:
    found = runs(old, new, Budget(left))
    for run in found:
        assert old[run.old : run.old + run.size] == new[run.new : run.new + run.size] != []
    for last, run in pairwise(found):
        gap, new_gap = run.old - last.old - last.size, run.new - last.new - last.size
        assert gap >= 0 <= new_gap
        assert gap or new_gap


@given(old=letters, left=steps)
def test_a_sequence_is_one_run_with_itself(old: list[str], left: int) -> None:
    assert runs(old, old, Budget(left)) == ([Run(0, 0, len(old))] if old else [])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "a", []),
        ("ab", "cd", []),
        ("abc", "abxc", [Run(0, 0, 2), Run(2, 3, 1)]),
        ("axxb", "axb", [Run(0, 0, 2), Run(3, 2, 1)]),
        ("1ab2", "3ab4", [Run(1, 1, 2)]),
    ],
)
def test_what_both_begin_and_end_with_is_the_same_and_what_stands_between(
    old: str, new: str, expected: list[Run]
) -> None:
    assert runs(list(old), list(new), Budget()) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # What stands once in both parts them; of what changed places, the most that kept their order.
        ("1-a-b-2", "3-a-b-4", [Run(1, 1, 5)]),
        ("1abc2", "3bca4", [Run(2, 1, 2)]),
        ("1a==b2", "3a=b4", [Run(1, 1, 2), Run(4, 3, 1)]),
        # Where nothing stands once, the same places are compared.
        ("1xxyy2", "3xyxy4", [Run(1, 1, 1), Run(4, 4, 1)]),
        ("1axxyyb2", "3axyxyb4", [Run(1, 1, 2), Run(5, 5, 2)]),
    ],
)
def test_without_a_step_left_what_stands_once_or_in_the_same_place_is_found(
    old: str, new: str, expected: list[Run]
) -> None:
    assert runs(list(old), list(new), Budget(0)) == expected


class Counted(str):
    """A word that counts how often any is looked at."""

    __slots__ = ()
    looked = 0

    def __eq__(self, other: object) -> bool:
        Counted.looked += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counted.looked += 1
        return str.__hash__(self)


def half_changed(words: Sequence[str]) -> list[str]:
    return [word if number % 2 else f"n{number}" for number, word in enumerate(words)]


ONCE = [str(number) for number in range(MOST_WORDS)]
SHUFFLED = Random(1).sample(ONCE, MOST_WORDS)
OFTEN = [str(number % 997) for number in range(MOST_WORDS)]
FEW = Random(1).choices("abcdef", k=MOST_WORDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ONCE, half_changed(ONCE)),
        (ONCE, ONCE[::-1]),
        (ONCE, SHUFFLED),
        (OFTEN, half_changed(OFTEN)),
        (OFTEN, [*half_changed(OFTEN[1:]), "x"]),
        (FEW, Random(2).choices("abcdef", k=MOST_WORDS)),
        (["a", "b"] * (MOST_WORDS // 2), ["b", "a", "a"] * (MOST_WORDS // 3)),
        (["x", *ONCE[1:], *FEW], ["y", *half_changed(ONCE)[1:], *FEW[::-1]]),
    ],
    ids=["every second one", "turned", "shuffled", "often", "shifted", "few", "two", "both"],
)
def test_the_longest_texts_take_a_bounded_number_of_looks(old: list[str], new: list[str]) -> None:
    counted, new_counted = [Counted(word) for word in old], [Counted(word) for word in new]
    Counted.looked = 0
    runs(counted, new_counted, Budget())
    assert Counted.looked <= MOST_STEPS + 15 * (len(old) + len(new))


def test_one_dear_comparison_leaves_enough_for_others() -> None:
    budget = Budget()
    runs(FEW, FEW[::-1], budget)
    assert runs(["1", "a", "x", "x", "b", "2"], ["3", "x", "a", "x", "b", "4"], budget) == [Run(1, 2, 2), Run(4, 4, 1)]


def test_the_comparisons_of_a_page_share_their_steps() -> None:
    budget = Budget()
    lefts = []
    for _ in range(3):
        runs(ONCE, SHUFFLED, budget)
        lefts.append(budget.left)
    assert MOST_STEPS_OF_PAGE > lefts[0] > lefts[1] > lefts[2] >= 0
