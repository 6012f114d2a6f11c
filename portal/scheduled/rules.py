"""An edition that is to come out later: what it would say, and why it is held back when its time has come. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from portal.core.calendar import day_of
from portal.core.languages import Bilingual
from portal.editions.rules import Move, Proposal, Question
from portal.rows.rules import Meaning

#: Why an edition does not come out: what it changes was changed meanwhile; something may be a slip that nobody was
#: asked; it can be published no more; whoever scheduled it may publish no more.
Hold = Literal["changed", "asked", "refused", "person"]
#: Nobody plans the table so far ahead: it is the year that is mistyped.
LONGEST_AHEAD = timedelta(days=366)
#: What the table said of a row: a meaning, None where it was never published, and a received date or None.
Said = tuple[Meaning | None, date | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to come out at an aware instant, and what the publisher saw before they agreed.

    `as_of` is the day on which the dates hold; `notes` are by the keys of their rows. `was` is what the table said of
    each row, by its key; `confirmed` are the questions that were answered. `reason` is for the audit log, `why` for
    the public.
    """

    at: datetime
    as_of: date
    proposals: Sequence[Proposal]
    notes: Mapping[str, Bilingual]
    was: Mapping[str, Said]
    confirmed: Collection[str]
    reason: str
    why: Bilingual

    @property
    def day(self) -> date:
        """Return the day in Québec on which it is to come out."""
        return day_of(self.at)

    @property
    def rows(self) -> frozenset[str]:
        """Return the keys of the rows of which it says anything."""
        return frozenset((*(proposal.row for proposal in self.proposals), *self.notes))

    def says(self, at: datetime, as_of: date, proposals: Sequence[Proposal], notes: Mapping[str, Bilingual]) -> bool:
        """Say whether it says the same, at the same aware instant: someone pressed the button twice."""
        is_same = len(proposals) == len(self.proposals) and all(map(_is_same, proposals, self.proposals))
        return is_same and (at, as_of, notes) == (self.at, self.as_of, self.notes)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A plan under its number, by `person`, an account by its number; `made_at` is aware.

    `held` says why it did not come out, None while it waits for its time.
    """

    number: int
    plan: Plan
    person: int
    name: str
    made_at: datetime
    held: Hold | None = None


def _is_same(given: Proposal, kept: Proposal) -> bool:
    # A meaning that is not given stays as it is; the one that is kept says which.
    return given.meaning in (None, kept.meaning) and replace(given, line=0, meaning=None) == replace(
        kept, line=0, meaning=None
    )


def said(moves: Sequence[Move]) -> Mapping[str, Said]:
    """Return what the table says of the rows that moves would change."""
    return {move.row.key: (move.step.old_meaning, move.step.old_received_on) for move in moves}


def held_back(plan: Plan, moves: Sequence[Move], asked: Sequence[Question]) -> Hold | None:
    """Return why a plan may not come out though it could be published, or None.

    `moves` are what it would change now, `asked` what must be confirmed of them (product.md §3).
    """
    if said(moves) != plan.was:
        return "changed"
    return "asked" if any(str(question) not in plan.confirmed for question in asked) else None
