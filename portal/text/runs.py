"""Which runs of two sequences are the same, found with a bounded number of steps whatever they hold. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate, pairwise

#: What difflib may look at in one comparison, and in all those of a page: a step takes 0.1 µs. Without a bound it looks
#: at the whole of what is left once a run found: 16.8 s for 25,000 words of which every second one was changed.
MOST_STEPS = 200_000
MOST_STEPS_OF_PAGE = 1_000_000
#: What each search for the longest run costs besides, in steps.
STEPS_OF_SEARCH = 20


@dataclass(frozen=True, slots=True)
class Run:
    """So many members that are the same in both sequences, from these places on."""

    old: int
    new: int
    size: int


class TooManySteps(Exception):
    """A comparison would take more steps than it may."""


class Budget:
    """How many steps are left to the comparisons of one page."""

    def __init__(self, left: int = MOST_STEPS_OF_PAGE) -> None:
        self.left = left

    def spend(self, steps: int) -> None:
        """Count some steps before they are taken. Raises TooManySteps where fewer are left."""
        if steps > self.left:
            raise TooManySteps
        self.left -= steps


def runs(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Run]:
    """Return the runs that are the same in both, in their order, none beside another.

    What they begin and end with alike is set apart; difflib finds the rest, as long as it takes few steps. Past them,
    what stands once in both parts the rest into gaps, and in a gap that is still too dear the same places are compared.
    """
    if set(old).isdisjoint(new):
        return []
    return list(_joined(_runs(old, new, budget, parted=False)))


def _runs(old: Sequence[str], new: Sequence[str], budget: Budget, *, parted: bool) -> Iterator[Run]:
    head = _alike(old, new)
    tail = _alike(reversed(old[head:]), reversed(new[head:]))
    yield Run(0, 0, head)
    between, meanwhile = old[head : len(old) - tail], new[head : len(new) - tail]
    if between and meanwhile and not set(between).isdisjoint(meanwhile):
        yield from _moved(_found(between, meanwhile, budget, parted=parted), head, head)
    yield Run(len(old) - tail, len(new) - tail, tail)


def _alike(old: Iterable[str], new: Iterable[str]) -> int:
    size = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        size += 1
    return size


def _moved(found: Iterable[Run], old: int, new: int) -> Iterator[Run]:
    return (Run(run.old + old, run.new + new, run.size) for run in found)


def _joined(found: Iterable[Run]) -> Iterator[Run]:
    last = Run(0, 0, 0)
    for run in found:
        if (run.old, run.new) == (last.old + last.size, last.new + last.size):
            last = Run(last.old, last.new, last.size + run.size)
        elif run.size:
            if last.size:
                yield last
            last = run
    if last.size:
        yield last


def _found(old: Sequence[str], new: Sequence[str], budget: Budget, *, parted: bool) -> Iterable[Run]:
    try:
        return [Run(*match) for match in _Matcher(old, new, budget).get_matching_blocks()]
    except TooManySteps:
        return _same_places(old, new) if parted else _between_anchors(old, new, budget)


class _Matcher(SequenceMatcher[str]):
    """The one of difflib, which counts its steps before it takes them."""

    def __init__(self, old: Sequence[str], new: Sequence[str], page: Budget) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._budgets = Budget(MOST_STEPS), page
        places = Counter(new)
        self._steps = list(accumulate((1 + places[one] for one in old), initial=0))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Find the longest run in a part of both. Raises TooManySteps."""
        for budget in self._budgets:
            budget.spend(STEPS_OF_SEARCH + self._steps[-1 if ahi is None else ahi] - self._steps[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def _same_places(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    pairs = enumerate(zip(old, new, strict=False))
    return (Run(place, place, 1) for place, (one, other) in pairs if one == other)


def _between_anchors(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[Run]:
    anchors = [(-1, -1), *_anchors(old, new), (len(old), len(new))]
    for (last, last_new), (here, here_new) in pairwise(anchors):
        gap = _runs(old[last + 1 : here], new[last_new + 1 : here_new], budget, parted=True)
        yield from _moved(gap, last + 1, last_new + 1)
        if here < len(old):
            yield Run(here, here_new, 1)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of what stands once in each: the most of them that have the same order in both."""
    counts, new_counts = Counter(old), Counter(new)
    places = {one: place for place, one in enumerate(new) if counts[one] == new_counts[one] == 1}
    both = [(place, places[one]) for place, one in enumerate(old) if one in places]
    return [both[number] for number in _rising([place for _, place in both])]


def _rising(numbers: Sequence[int]) -> list[int]:
    """Return the indices of the longest rising row of some numbers that differ."""
    lowest: list[int] = []  # the lowest number on which a row of each length ends so far, and where it stands
    ends: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(lowest, number)
        before.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [number]
        ends[length : length + 1] = [index]
    row = [ends[-1]] if ends else []
    while row and before[row[-1]] >= 0:
        row.append(before[row[-1]])
    return row[::-1]
