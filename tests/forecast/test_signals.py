"""What a row's state is taken to tell of its next distance: what is believed, what is learnt, and from whom."""

import random
from collections.abc import Callable
from itertools import islice
from math import exp, inf, log, sqrt

import pytest

from portal.forecast.signals import (
    FEWEST_OUTCOMES,
    FIRST_DELAY,
    FIRST_PACE,
    LEAST_LEFT,
    MOST_CORRECTED,
    RELEARN,
    UNSETTLED,
    Correction,
    Outcome,
    Signs,
    corrections,
)

WEEKS = 300
DAYS = range(0, 7 * WEEKS, 7)
NOTHING = Correction(1.0, 1.0)
#: Origins whose outcome is heard begin here; each is known a week later.
SETTLED = UNSETTLED // 7


def some_signs(seed: int = 1) -> list[Signs]:
    chance = random.Random(seed)
    return [Signs(chance.gauss(0, 0.4), chance.gauss(0, 0.4)) for _ in DAYS]


def learnt(ratio: Callable[[Signs], float], overlap: float = 1, after: int = 7) -> tuple[list[Signs], list[Correction]]:
    """Return the signs of a row whose outcomes are what `ratio` makes of them and some chance, and the corrections."""
    signs, chance = some_signs(), random.Random(2)
    outcomes = [Outcome(day + after, ratio(sign) + chance.gauss(0, 0.1)) for day, sign in zip(DAYS, signs, strict=True)]
    return signs, list(corrections(DAYS, signs, outcomes, overlap))


def slopes(signs: list[Signs], found: list[Correction]) -> tuple[float, float]:
    """Return what the last corrections follow of each sign (least squares; the two signs are independent)."""
    last = list(zip(signs, found, strict=True))[-100:]
    told = [log(one.factor) for _, one in last]
    pace, delay = [sign.pace for sign, _ in last], [sign.delay for sign, _ in last]

    def slope(values: list[float]) -> float:
        mean = sum(values) / len(values)
        return sum((value - mean) * one for value, one in zip(values, told, strict=True)) / sum(
            (value - mean) ** 2 for value in values
        )

    return slope(pace), slope(delay)


@pytest.mark.parametrize("overlap", [1, 8])
@pytest.mark.parametrize(("pace", "delay"), [(-0.5, 0.0), (0.0, -0.6), (0.3, 0.3)])
def test_what_a_row_shows_is_learnt(pace: float, delay: float, overlap: float) -> None:
    signs, found = learnt(lambda sign: pace * sign.pace + delay * sign.delay, overlap)

    assert slopes(signs, found) == pytest.approx((pace, delay), abs=0.12)


def test_what_is_learnt_leaves_less_sway() -> None:
    _, told = learnt(lambda sign: -0.5 * sign.pace)
    _, untold = learnt(lambda _: 0.0)

    # A variance of 0.01 is left of 0.05: the square root of a fifth, but no less than LEAST_LEFT.
    assert told[-1].left == pytest.approx(sqrt(LEAST_LEFT))
    assert untold[-1].left > 0.95
    assert all(sqrt(LEAST_LEFT) <= one.left <= 1 for one in told + untold)


def test_nothing_is_corrected_before_enough_is_known_of_a_settled_row() -> None:
    _, found = learnt(lambda sign: -0.5 * sign.pace)

    enough = SETTLED + FEWEST_OUTCOMES + 1
    assert found[:enough] == [NOTHING] * enough
    assert NOTHING not in found[enough + RELEARN :]


def test_what_was_expected_before_a_row_had_a_pace_is_not_heard() -> None:
    signs, chance = some_signs(), random.Random(3)
    outcomes = [
        Outcome(day + 7, -0.4 * sign.pace + chance.gauss(0, 0.1)) for day, sign in zip(DAYS, signs, strict=True)
    ]
    absurd = [Outcome(one.day, -4.0) for one in outcomes[:SETTLED]]

    said = list(corrections(DAYS, signs, outcomes, 1))

    assert said == list(corrections(DAYS, signs, [*absurd, *outcomes[SETTLED:]], 1))


def test_what_is_not_known_yet_tells_nothing() -> None:
    signs = some_signs()
    never = [Outcome(10**7, inf)] * WEEKS

    assert list(corrections(DAYS, signs, never, 1)) == [NOTHING] * WEEKS


def test_what_comes_later_changes_nothing_before_it() -> None:
    signs = some_signs()
    outcomes = [Outcome(day + 28, sign.pace) for day, sign in zip(DAYS, signs, strict=True)]
    others = [one if one.day <= DAYS[200] else Outcome(one.day, 3.0) for one in outcomes]

    said, told = (list(islice(corrections(DAYS, signs, some, 4), 201)) for some in (outcomes, others))

    assert said == told


def test_few_outcomes_that_stray_by_far_leave_the_first_belief() -> None:
    signs, chance = some_signs(), random.Random(4)
    outcomes = [Outcome(day + 7, chance.gauss(0, 2)) for day in DAYS]

    found = list(corrections(DAYS, signs, outcomes, 200))[: SETTLED + 30]

    n = SETTLED + 26
    believed = [FIRST_PACE * sign.pace + FIRST_DELAY * sign.delay for sign in signs]
    # The signs are taken about the means of those heard, so that only differences count.
    assert log(found[n + 1].factor / found[n].factor) == pytest.approx(believed[n + 1] - believed[n], abs=0.1)


def test_a_row_that_does_not_stray_is_not_corrected() -> None:
    signs = some_signs()
    outcomes = [Outcome(day + 7, 0.001 * sign.pace) for day, sign in zip(DAYS, signs, strict=True)]

    assert all(one.factor == pytest.approx(1, abs=0.01) for one in corrections(DAYS, signs, outcomes, 12))
    same = [Outcome(day + 7, 0.0) for day in DAYS]
    assert set(corrections(DAYS, signs, same, 12)) == {NOTHING}


def test_no_correction_is_beyond_its_bound() -> None:
    _, found = learnt(lambda sign: 5 * sign.pace - 5 * sign.delay)

    factors = [one.factor for one in found]
    assert (min(factors), max(factors)) == pytest.approx((exp(-MOST_CORRECTED), exp(MOST_CORRECTED)))
