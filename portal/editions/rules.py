"""Editions of the table: what a publication changes, what it may change, and what must be confirmed (product.md §3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.core.calendar import day_of, working_days_between
from portal.core.errors import CannotUndo, FileRefused, NeedsConfirmation, Problem, ReasonMissing
from portal.core.languages import Bilingual
from portal.rows.rules import DATED, Meaning, ProcessingDate, Row, next_update

#: A table by the keys of its rows.
Table = Mapping[str, ProcessingDate]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a file to publish: what it says of a row. None for a cell left empty."""

    line: int
    row: str
    received_on: date | None
    meaning: Meaning | None
    next_update_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """What an edition says of a row, old and new. A meaning of None: the row was never published."""

    old_meaning: Meaning | None
    old_received_on: date | None
    meaning: Meaning
    received_on: date | None

    @property
    def is_change(self) -> bool:
        """Say whether the row says something else than before, so that a reader of the feed must be told."""
        return (self.meaning, self.received_on) != (self.old_meaning, self.old_received_on)

    @property
    def working_days(self) -> int:
        """Return by how many working days the date moved; negative when it went back, 0 when it was or is none."""
        if self.received_on is None or self.old_received_on is None:
            return 0
        return working_days_between(self.old_received_on, self.received_on)

    @property
    def is_backwards(self) -> bool:
        """Say whether the received date is earlier than the one published before."""
        return bool(self.received_on and self.old_received_on and self.received_on < self.old_received_on)


@dataclass(frozen=True, slots=True)
class Move:
    """What an edition to be published says of a row; `as_of` is the day on which that holds.

    `last_received_on` is the date that the row had last, before it was suspended or up to date too.
    """

    row: Row
    step: Step
    as_of: date
    next_update_on: date | None
    last_received_on: date | None

    @property
    def advance(self) -> Step:
        """Return the step from the last date that the row had, which is what a slip is judged by."""
        return replace(self.step, old_received_on=self.last_received_on)


@dataclass(frozen=True, slots=True)
class Edition:
    """A publication of the table: immutable. `published_at` is aware; `why` is told to the public, or empty.

    `undoes` is the number of the edition that this one takes back; `undone_by` of the one that took this one back,
    `undone_at` its aware instant (read with the entries alone).
    """

    number: int
    as_of: date
    published_at: datetime
    why: Bilingual
    undoes: int | None
    undone_by: int | None
    undone_at: datetime | None = None

    @property
    def day(self) -> date:
        """Return the day of publication in Québec."""
        return day_of(self.published_at)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an edition said of a row: one line of its page, and of the feeds when it changed something."""

    edition: Edition
    row_key: str
    as_of: date
    label: Bilingual
    step: Step


def proposed_moves(
    current: Table, proposals: Sequence[Proposal], as_of: date, today: date, last_dates: Mapping[str, date]
) -> tuple[Move, ...]:
    """Return what an edition published as of `as_of` would change. Raises FileRefused with every fault.

    `last_dates` are the last received dates of rows that have none now, by their keys.
    """
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
    return tuple(_move(current[p.row], p, as_of, last_dates.get(p.row)) for p in proposals)


def _faults(proposal: Proposal, current: Table, as_of: date) -> Iterable[str]:
    if proposal.row not in current:
        yield f"the row “{proposal.row[:40]}” is unknown; the rows are {', '.join(current)}"
    else:
        yield from _faults_of_row(current[proposal.row].row, as_of)
    if proposal.meaning and proposal.meaning not in DATED:
        if proposal.received_on:
            yield f"a row that is {proposal.meaning} has no received date; leave it empty"
    elif not proposal.received_on:
        yield "the received date is missing"
    if proposal.received_on and proposal.received_on > as_of:
        yield f"the received date {proposal.received_on} is after the as-of day {as_of}"
    if proposal.next_update_on and proposal.next_update_on <= as_of:
        yield f"the next update {proposal.next_update_on} is not after the as-of day {as_of}"


def _faults_of_row(row: Row, as_of: date) -> Iterable[str]:
    if row.merged_into:
        yield f"the row “{row.key}” was merged into “{row.merged_into}”"
    if not row.is_in_table(as_of):
        days = f"{row.first_day or '…'} to {row.last_day or '…'}"
        yield f"the row “{row.key}” is not in the table on {as_of}; its days are {days}"


def _move(old: ProcessingDate, proposal: Proposal, as_of: date, last_received_on: date | None) -> Move:
    kept: Meaning = old.meaning if old.meaning in DATED else "received_on"
    # Published again for the same day, a row keeps the next update that was announced.
    announced = old.next_update_on if old.as_of == as_of else None
    return Move(
        row=old.row,
        step=_step(old, proposal.meaning or kept, proposal.received_on),
        as_of=as_of,
        next_update_on=proposal.next_update_on or announced or next_update(as_of, old.row.update_every_days),
        last_received_on=old.received_on or last_received_on,
    )


def _step(old: ProcessingDate, meaning: Meaning, received_on: date | None) -> Step:
    return Step(old.meaning if old.as_of else None, old.received_on, meaning, received_on)


def says_more(move: Move, kept: ProcessingDate) -> bool:
    """Say whether a move says anything that the table does not say yet: another date, as-of day or next update."""
    return move.step.is_change or (move.as_of, move.next_update_on) != (kept.as_of, kept.next_update_on)


def check_unusual(moves: Sequence[Move], as_of: date, last_as_of: date | None) -> None:
    """Raise NeedsConfirmation when an edition is allowed but may be a slip (product.md §3).

    A date that goes back, one that advances by more working days than its row's limit, an as-of day before the last.
    """
    questions = [question for move in moves if (question := _question(move))]
    if last_as_of and as_of < last_as_of:
        questions.append(f"the as-of day {as_of} is before that of the last edition, {last_as_of}")
    if questions:
        raise NeedsConfirmation(*questions)


def _question(move: Move) -> str | None:
    key, step = move.row.key, move.advance
    if step.is_backwards:
        return f"{key}: the date goes back, from {step.old_received_on} to {step.received_on}"
    if step.working_days > move.row.jump_days:
        far = f"by {step.working_days} working days, from {step.old_received_on} to {step.received_on}"
        return f"{key}: the date advances {far}; the limit of this row is {move.row.jump_days}"
    return None


def check_reason(moves: Sequence[Move], reason: str) -> None:
    """Raise ReasonMissing when a date goes back and nobody says why (product.md §3)."""
    if not reason.strip() and any(move.advance.is_backwards for move in moves):
        raise ReasonMissing


def undoing_moves(
    edition: Edition, said: Mapping[str, int], before: Table, current: Table, today: date
) -> tuple[Move, ...]:
    """Return what takes an edition back: each of its rows says again what it said before.

    `said` gives, for each row of the edition, the number of the last edition that spoke of it; `before` what it said
    before the edition, rows never published left out; `today` is a day in Québec. Raises CannotUndo with the way out.
    """
    _check_undo(edition, said, before)
    if gone := [key for key in said if current[key].row.merged_into or not current[key].row.is_in_table(today)]:
        raise CannotUndo(f"these rows are in the table no more: {', '.join(gone)}; publish the others anew instead")
    return tuple(
        Move(
            row=now.row,
            step=_step(now, old.meaning, old.received_on),
            as_of=old.as_of or edition.as_of,
            next_update_on=old.next_update_on,
            last_received_on=now.received_on,
        )
        for now, old in ((current[key], before[key]) for key in said)
    )


def _check_undo(edition: Edition, said: Mapping[str, int], before: Table) -> None:
    if edition.undone_by is not None:
        raise CannotUndo(f"edition {edition.number} was taken back already, by edition {edition.undone_by}")
    if edition.undoes is not None:
        raise CannotUndo(
            f"edition {edition.number} takes edition {edition.undoes} back; publish its dates anew instead"
        )
    if later := sorted({number for number in said.values() if number != edition.number}, reverse=True):
        numbers = ", ".join(map(str, later))
        raise CannotUndo(f"later editions speak of the same rows; undo the newest first: {numbers}")
    if missing := [key for key in said if key not in before]:
        raise CannotUndo(f"these rows had no date before; publish the right one instead: {', '.join(missing)}")


def compare(before: Table, after: Table) -> list[tuple[Row, Step]]:
    """Return what the table says of each row after, and said before, in the order of `after`."""
    steps = []
    for key, new in after.items():
        old = before.get(key)
        was = (old.meaning, old.received_on) if old else (None, None)
        steps.append((new.row, Step(*was, new.meaning, new.received_on)))
    return steps
