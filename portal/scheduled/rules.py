"""An edition that is to come out later: what it would say, and why it is held back when its time has come. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from portal.core.errors import PortalError
from portal.core.languages import Bilingual
from portal.editions.rules import Move, Proposal, Question
from portal.rows.rules import Meaning

#: Why an edition does not come out: what it changes was changed meanwhile; something may be a slip that nobody was
#: asked; it can be published no more; whoever scheduled it may publish no more.
Hold = Literal["changed", "asked", "refused", "author"]
#: Nobody plans the table so far ahead: it is the year that is mistyped.
LONGEST_AHEAD = timedelta(days=366)
#: What the table said of a row: a meaning, None where it was never published; a received date or None; the last one
#: that the row had, by which a slip is judged.
Said = tuple[Meaning | None, date | None, date | None]


class AlreadyScheduled(PortalError):
    """An edition to come speaks of a row already; the message says which, and of what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to come out at an aware instant; `as_of` is the day on which its dates hold.

    `notes` are by the keys of their rows. `reason` is for the audit log, `why` for the public.
    """

    at: datetime
    as_of: date
    proposals: Sequence[Proposal]
    notes: Mapping[str, Bilingual]
    reason: str
    why: Bilingual

    @property
    def rows(self) -> frozenset[str]:
        """Return the keys of the rows of which it says anything."""
        return frozenset((*(proposal.row for proposal in self.proposals), *self.notes))

    def says(self, other: "Plan") -> bool:
        """Say whether it says all that another one does: someone pressed the button twice."""
        is_same = len(other.proposals) == len(self.proposals) and all(map(_is_same, other.proposals, self.proposals))
        return is_same and replace(other, proposals=self.proposals) == self


@dataclass(frozen=True, slots=True)
class Seen:
    """What the publisher of a plan saw before they agreed.

    `said` is what the table said of each row, and `notes` what stood beside it, by their keys, at a `revision` of the
    table; `confirmed` are the questions that were answered.
    """

    said: Mapping[str, Said]
    notes: Mapping[str, Bilingual]
    revision: int
    confirmed: Collection[str]


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a plan: an account by its number or, where that is None, the token of a program by its name."""

    person: int | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A plan under its number; `name` is that of its author in the audit log, `made_at` is aware.

    `held` says why it did not come out, None while it waits for its time.
    """

    number: int
    plan: Plan
    seen: Seen
    author: Author
    name: str
    made_at: datetime
    held: Hold | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """Who let a plan come out, cancelled it or took it up again, at an aware instant.

    `edition` is the number of the edition as which it came out, 0 where it changed no date, None where it did not;
    `reason` says why it was cancelled, and is empty where it was not.
    """

    name: str
    at: datetime
    edition: int | None
    reason: str = ""


def said(moves: Sequence[Move]) -> Mapping[str, Said]:
    """Return what the table says of the rows that moves would change."""
    return {move.row.key: (move.step.old_meaning, move.step.old_received_on, move.last_received_on) for move in moves}


def held_back(
    seen: Seen, moves: Sequence[Move], notes: Mapping[str, Bilingual], asked: Sequence[Question]
) -> Hold | None:
    """Return why a plan may not come out though it could be published, or None.

    `moves` are what it would change now, `notes` what stands now where it has others, `asked` what must be confirmed of
    the moves (product.md §3).
    """
    if (said(moves), notes) != (seen.said, seen.notes):
        return "changed"
    return "asked" if any(str(question) not in seen.confirmed for question in asked) else None


def _is_same(given: Proposal, kept: Proposal) -> bool:
    # A meaning that is not given stays as it is; the one that is kept says which.
    plain = [replace(proposal, line=0, meaning=None) for proposal in (given, kept)]
    return given.meaning in (None, kept.meaning) and plain[0] == plain[1]
