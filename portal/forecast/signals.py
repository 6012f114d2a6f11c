"""What the present state of a row says of how long its next distance takes, learnt from the row's own past.

A plain bootstrap takes moves for unrelated. In an office they are not: weeks short of hands come together, and a delay
that has grown brings in help. How much of either holds in this row is told by this row, by least squares.
"""

from collections.abc import Iterator, Sequence
from math import exp, sqrt
from typing import NamedTuple

#: What is believed of any row before its own past is heard: the last four weeks tell three tenths of themselves (as
#: logarithms), and a delay a year above that expected makes the next distance three tenths shorter …
FIRST_PACE = -0.3
FIRST_DELAY = -0.3
#: … and how far from that a row may be (standard deviations).
STRAY_PACE = 0.5
STRAY_DELAY = 1.0
#: Each outcome weighs half a percent less than the next one: a row's habits change with its office.
KEPT = 0.995
#: What was expected in a row's first half-year says nothing of it: there was no pace to expect it from.
UNSETTLED = 182
#: With fewer outcomes known, nothing is corrected.
FEWEST_OUTCOMES = 10
#: Holidays alone make the outcomes of the most regular row stray by as much (a standard deviation of logarithms).
LEAST_SWAY = 0.04
#: Relearnt at one origin in four: a month of weekly ones changes little.
RELEARN = 4
#: Of outcomes that overlap by far, one in two is heard: the next says nearly the same.
HEARD = 2
#: No correction beyond this, as a logarithm, and no spread taken to be less than this share of its variance.
MOST_CORRECTED = 0.5
LEAST_LEFT = 0.5


class Signs(NamedTuple):
    """The state of a row at an origin.

    `pace` is that of four weeks over that expected, as a logarithm; `delay` is in years, over what its mean so far and
    the long pace let one expect.
    """

    pace: float
    delay: float


class Outcome(NamedTuple):
    """What an origin has taught since: from `day` on it is known that the distance took `ratio` (a logarithm)."""

    day: int
    ratio: float


class Correction(NamedTuple):
    """By what an expected duration is multiplied, and the share of the usual sway that is left then."""

    factor: float
    left: float


def corrections(
    days: Sequence[int], signs: Sequence[Signs], outcomes: Sequence[Outcome], overlap: float
) -> Iterator[Correction]:
    """Say the correction at each origin, as known on its day; `overlap` origins share one distance, and its luck."""
    every = HEARD if overlap >= 2 * HEARD else 1
    learner = _Learner(overlap / every, KEPT**every)
    known = heard = 0
    for n, (day, sign) in enumerate(zip(days, signs, strict=True)):
        while known < n and outcomes[known].day <= day:
            if known % every == 0 and days[known] >= days[0] + UNSETTLED:
                learner.hear(*signs[known], outcomes[known].ratio)
                heard += every
            known += 1
        if n % RELEARN == 0 and heard > FEWEST_OUTCOMES:
            learner.learn()
        told = learner.pace * (sign.pace - learner.x) + learner.delay * (sign.delay - learner.z)
        yield Correction(exp(min(max(told, -MOST_CORRECTED), MOST_CORRECTED)), learner.left)


class _Learner:
    """Least squares on two signs, each drawn towards what is believed first; running means and sums about them."""

    __slots__ = ("delay", "kept", "left", "n", "overlap", "pace", "x", "xx", "xy", "xz", "y", "yy", "z", "zy", "zz")

    def __init__(self, overlap: float, kept: float) -> None:
        self.overlap = max(overlap, 1)
        self.kept = kept
        self.pace, self.delay, self.left = 0.0, 0.0, 1.0
        self.n = self.x = self.y = self.z = 0.0
        self.xx = self.xy = self.xz = self.yy = self.zy = self.zz = 0.0

    def hear(self, x: float, z: float, y: float) -> None:
        """Add one outcome, `y`, of the signs `x` and `z`."""
        kept = self.kept
        self.n = kept * self.n + 1
        x, y, z = x - self.x, y - self.y, z - self.z
        self.x += x / self.n
        self.y += y / self.n
        self.z += z / self.n
        part = 1 - 1 / self.n
        self.xx = kept * self.xx + part * x * x
        self.xy = kept * self.xy + part * x * y
        self.xz = kept * self.xz + part * x * z
        self.yy = kept * self.yy + part * y * y
        self.zy = kept * self.zy + part * z * y
        self.zz = kept * self.zz + part * z * z

    def learn(self) -> None:
        """Weigh what was heard against what was believed: outcomes that overlap count as one."""
        # A row without any sway leaves nothing to divide by.
        noise = self.overlap * self.yy / self.n + 1e-9
        firm_x, firm_z = noise / STRAY_PACE**2, noise / STRAY_DELAY**2
        xx, zz = self.xx + firm_x, self.zz + firm_z
        xy, zy = self.xy + FIRST_PACE * firm_x, self.zy + FIRST_DELAY * firm_z
        whole = xx * zz - self.xz * self.xz
        self.pace = (xy * zz - zy * self.xz) / whole
        self.delay = (zy * xx - xy * self.xz) / whole
        # Where outcomes hardly stray there is nothing to correct, and whatever seems to tell them is the calendar's.
        trust = self.yy / (self.yy + self.n * LEAST_SWAY**2)
        self.pace *= trust
        self.delay *= trust
        told = (self.pace * self.xy + self.delay * self.zy) / (self.yy + 1e-9)
        self.left = sqrt(min(max(1 - told, LEAST_LEFT), 1.0))
