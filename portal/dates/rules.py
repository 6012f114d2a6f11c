"""What the table of processing dates says, and what it answers to a person's own date (product.md §3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from portal.core.calendar import add_working_days, is_working_day
from portal.core.errors import FileRefused, NeedsConfirmation, Problem
from portal.core.languages import Bilingual

#: What a row's date means. The last two have no date.
Meaning = Literal["received_on", "received_up_to", "up_to_date", "suspended"]
MEANINGS: tuple[Meaning, ...] = get_args(Meaning)
DATED: frozenset[Meaning] = frozenset({"received_on", "received_up_to"})

#: The answer to "has my date been reached?".
Verdict = Literal["not_yet", "today", "allow_time", "call_us", "up_to_date", "suspended", "merged", "unpublished"]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of rows under one heading."""

    key: str
    label: Bilingual


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of request: one row of the table. `key` never changes.

    `grace_days` are working days; `update_every_days` and `tolerance_days` are calendar days. `issues_credentials`
    says whether a processed request sends a password and a user name (a removal sends none). `notice` is the key of
    the notice that explains the row, or empty; `merged_into` the key of the row that replaced it, or None.
    """

    key: str
    group: Group
    label: Bilingual
    forms: tuple[str, ...]
    update_every_days: int
    tolerance_days: int
    grace_days: int
    note: Bilingual
    issues_credentials: bool
    merged_into: str | None
    notice: str


@dataclass(frozen=True, slots=True)
class ProcessingDate:
    """What the table says of a row now: the received date being processed, and as of which day.

    `received_on` is None unless the meaning is a dated one. `as_of` is None for a row never published.
    """

    row: Row
    meaning: Meaning
    received_on: date | None
    as_of: date | None
    next_update_on: date | None

    @property
    def stale_from(self) -> date | None:
        """Return the first day on which the row is older than its frequency and tolerance allow."""
        if self.as_of is None or self.row.merged_into:
            return None
        return self.as_of + timedelta(days=self.row.update_every_days + self.row.tolerance_days + 1)

    def is_stale(self, today: date) -> bool:
        """Say whether the row is overdue, by itself, without anyone acting."""
        return self.stale_from is not None and today >= self.stale_from


def latest_as_of(table: Iterable[ProcessingDate]) -> date | None:
    """Return the latest as-of day of the table, or None before its first edition."""
    return max((found.as_of for found in table if found.as_of), default=None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a person who gives the received date of their own request.

    `days_between` are calendar days between the two dates; `allow_until` is the last day of the grace delay.
    """

    verdict: Verdict
    date: ProcessingDate
    received_on: date
    days_between: int = 0
    allow_until: date | None = None


def answer(row_date: ProcessingDate, received_on: date, reached_on: date | None, today: date) -> Answer:
    """Decide which of the six cases of product.md §3 a request received on `received_on` is in.

    `reached_on` is the as-of day of the first edition whose date went beyond `received_on`, or None.
    """
    if row_date.row.merged_into:
        return Answer("merged", row_date, received_on)
    if row_date.as_of is None:
        return Answer("unpublished", row_date, received_on)
    if row_date.meaning == "suspended":
        return Answer("suspended", row_date, received_on)
    if row_date.received_on is None:
        allow_until = add_working_days(received_on, row_date.row.grace_days)
        return Answer("up_to_date" if today <= allow_until else "call_us", row_date, received_on, 0, allow_until)
    days = abs((received_on - row_date.received_on).days)
    if received_on > row_date.received_on:
        return Answer("not_yet", row_date, received_on, days)
    is_today = received_on == row_date.received_on
    allow_until = add_working_days((None if is_today else reached_on) or row_date.as_of, row_date.row.grace_days)
    if today > allow_until:
        return Answer("call_us", row_date, received_on, days, allow_until)
    return Answer("today" if is_today else "allow_time", row_date, received_on, days, allow_until)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a file to publish: what it says of a row. None for a cell left empty."""

    line: int
    row: str
    received_on: date | None
    meaning: Meaning | None
    next_update_on: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """What an edition says of a row, old and new. `is_change` when a reader of the feed must be told."""

    row: Row
    old_meaning: Meaning | None
    old_received_on: date | None
    meaning: Meaning
    received_on: date | None
    next_update_on: date

    @property
    def is_change(self) -> bool:
        """Say whether the row says something else than before."""
        return (self.meaning, self.received_on) != (self.old_meaning, self.old_received_on)

    @property
    def is_backwards(self) -> bool:
        """Say whether the received date is earlier than the one published before."""
        return bool(self.received_on and self.old_received_on and self.received_on < self.old_received_on)


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """A change of a row as an edition published it: one item of a feed. `published_at` is aware."""

    edition: int
    as_of: date
    published_at: datetime
    row_key: str
    label: Bilingual
    meaning: Meaning
    received_on: date | None
    old_meaning: Meaning | None
    old_received_on: date | None


def proposed_moves(
    current: Mapping[str, ProcessingDate], proposals: Sequence[Proposal], as_of: date, today: date
) -> tuple[Move, ...]:
    """Return what an edition published as of `as_of` would change. Raises FileRefused with every fault."""
    problems = [Problem(p.line, sentence) for p in proposals for sentence in _faults(p, current, as_of)]
    if as_of > today:
        problems.append(Problem(0, f"the as-of day {as_of} is in the future"))
    first_line: dict[str, int] = {}
    for proposal in proposals:
        first = first_line.setdefault(proposal.row, proposal.line)
        if first != proposal.line:
            problems.append(Problem(proposal.line, f"the row “{proposal.row[:40]}” stands already on line {first}"))
    if problems:
        raise FileRefused(*problems)
    return tuple(_move(current[proposal.row], proposal, as_of) for proposal in proposals)


def _faults(proposal: Proposal, current: Mapping[str, ProcessingDate], as_of: date) -> Iterable[str]:
    if proposal.row not in current:
        yield f"the row “{proposal.row[:40]}” is unknown; the rows are {', '.join(current)}"
    elif current[proposal.row].row.merged_into:
        yield f"the row “{proposal.row}” was merged into “{current[proposal.row].row.merged_into}”"
    if proposal.meaning and proposal.meaning not in DATED:
        if proposal.received_on:
            yield f"a row that is {proposal.meaning} has no received date; leave it empty"
    elif not proposal.received_on:
        yield "the received date is missing"
    if proposal.received_on and proposal.received_on > as_of:
        yield f"the received date {proposal.received_on} is after the as-of day {as_of}"
    if proposal.next_update_on and proposal.next_update_on <= as_of:
        yield f"the next update {proposal.next_update_on} is not after the as-of day {as_of}"


def _move(old: ProcessingDate, proposal: Proposal, as_of: date) -> Move:
    kept: Meaning = old.meaning if old.meaning in DATED else "received_on"
    return Move(
        row=old.row,
        old_meaning=old.meaning if old.as_of else None,
        old_received_on=old.received_on,
        meaning=proposal.meaning or kept,
        received_on=proposal.received_on,
        next_update_on=proposal.next_update_on or next_update(as_of, old.row.update_every_days),
    )


def next_update(as_of: date, every_days: int) -> date:
    """Return the working day on which a row published as of `as_of` is due again."""
    day = as_of + timedelta(days=every_days)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def check_unusual(moves: Sequence[Move], as_of: date, last_as_of: date | None) -> None:
    """Raise NeedsConfirmation when an edition is allowed but may be a slip: a date goes back, or the as-of day."""
    questions = [
        f"{move.row.key}: the date goes back, from {move.old_received_on} to {move.received_on}"
        for move in moves
        if move.is_backwards
    ]
    if last_as_of and as_of < last_as_of:
        questions.append(f"the as-of day {as_of} is before that of the last edition, {last_as_of}")
    if questions:
        raise NeedsConfirmation(*questions)
