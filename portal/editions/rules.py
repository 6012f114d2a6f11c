"""Editions of the table: what a publication changes, what it may change, and what must be confirmed (product.md §3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.core.calendar import day_of, working_days_between
from portal.core.errors import CannotUndo, FileRefused, NeedsConfirmation, Problem, ReasonMissing
from portal.core.languages import Bilingual, Sentence
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

    @property
    def is_forwards(self) -> bool:
        """Say whether a row that was published has a later date than before, or one again: taken back, that is lost."""
        before = self.old_received_on or date.min
        return bool(self.old_meaning and self.received_on and self.received_on > before)


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


class EditionRefused(FileRefused):
    """An edition cannot be published so: every fault is told, each with the line of its proposal."""

    summary = Sentence("the edition was refused")


def proposed_moves(
    current: Table, proposals: Sequence[Proposal], as_of: date, today: date, last_dates: Mapping[str, date]
) -> tuple[Move, ...]:
    """Return what an edition published as of `as_of` would change. Raises EditionRefused with every fault.

    `last_dates` are the last received dates of rows that have none now, by their keys.
    """
    problems = [Problem(p.line, sentence) for p in proposals for sentence in _faults(p, current, as_of)]
    if as_of > today:
        problems.append(Problem(0, Sentence("the as-of day %(day)s is in the future", day=as_of)))
    first_line: dict[str, int] = {}
    for proposal in proposals:
        first = first_line.setdefault(proposal.row, proposal.line)
        if first != proposal.line:
            sentence = Sentence("the row “%(row)s” stands already on line %(line)s", row=proposal.row[:40], line=first)
            problems.append(Problem(proposal.line, sentence))
    if problems:
        raise EditionRefused(*problems)
    return tuple(_move(current[p.row], p, as_of, last_dates.get(p.row)) for p in proposals)


#: Why a row of such a meaning has no received date.
UNDATED: Mapping[Meaning, Sentence] = {
    "up_to_date": Sentence("a row that is up to date has no received date; leave it empty"),
    "suspended": Sentence("a row that is suspended has no received date; leave it empty"),
}


def _faults(proposal: Proposal, current: Table, as_of: date) -> Iterable[Sentence]:
    received_on, next_update_on = proposal.received_on, proposal.next_update_on
    if proposal.row not in current:
        known = list(current)
        yield Sentence("the row “%(row)s” is unknown; the rows are %(known)s", row=proposal.row[:40], known=known)
    else:
        yield from _faults_of_row(current[proposal.row].row, as_of)
    if proposal.meaning and proposal.meaning not in DATED:
        if received_on:
            yield UNDATED[proposal.meaning]
    elif not received_on:
        yield Sentence("the received date is missing")
    if received_on and received_on > as_of:
        yield Sentence("the received date %(day)s is after the as-of day %(as_of)s", day=received_on, as_of=as_of)
    if next_update_on and next_update_on <= as_of:
        yield Sentence("the next update %(day)s is not after the as-of day %(as_of)s", day=next_update_on, as_of=as_of)


def _faults_of_row(row: Row, as_of: date) -> Iterable[Sentence]:
    if row.merged_into:
        yield Sentence("the row “%(row)s” was merged into “%(into)s”", row=row.key, into=row.merged_into)
    if not row.is_in_table(as_of):
        yield Sentence(
            "the row “%(row)s” is not in the table on %(as_of)s; its days are %(first)s to %(last)s",
            row=row.key,
            as_of=as_of,
            first=row.first_day or "…",
            last=row.last_day or "…",
        )


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


@dataclass(frozen=True, slots=True)
class Question:
    """Something allowed that may be a slip (product.md §3), of a row or, where that is None, of the whole edition."""

    row: Row | None
    sentence: Sentence
    is_backwards: bool = False

    def __str__(self) -> str:
        return f"{self.row.key}: {self.sentence}" if self.row else self.sentence


def questions(moves: Sequence[Move], as_of: date, last_as_of: date | None) -> Sequence[Question]:
    """Return what must be confirmed before an edition is published.

    A date that goes back, one that advances by more working days than its row's limit, an as-of day before the last
    (where there are dates: notes alone hold on no day).
    """
    asked = [question for move in moves if (question := _question(move))]
    if moves and last_as_of and as_of < last_as_of:
        sentence = Sentence(
            "the as-of day %(new)s is before that of the last edition, %(old)s", new=as_of, old=last_as_of
        )
        asked.append(Question(None, sentence))
    return asked


def _question(move: Move) -> Question | None:
    step, limit = move.advance, move.row.jump_days
    old, new = step.old_received_on, step.received_on
    if old is None or new is None:
        return None
    if step.is_backwards:
        sentence = Sentence("the date goes back, from %(old)s to %(new)s", old=old, new=new)
        return Question(move.row, sentence, is_backwards=True)
    if step.working_days <= limit:
        return None
    sentence = Sentence(
        "the date advances by %(days)s working days, from %(old)s to %(new)s; the limit of this row is %(limit)s",
        days=step.working_days,
        old=old,
        new=new,
        limit=limit,
    )
    return Question(move.row, sentence)


def check_unusual(moves: Sequence[Move], as_of: date, last_as_of: date | None) -> None:
    """Raise NeedsConfirmation when an edition is allowed but may be a slip: `questions` has any."""
    if asked := questions(moves, as_of, last_as_of):
        raise NeedsConfirmation(*map(str, asked))


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
        sentence = Sentence("these rows are in the table no more: %(rows)s; publish the others anew instead", rows=gone)
        raise CannotUndo(sentence)
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
    number, by, undoes = edition.number, edition.undone_by, edition.undoes
    if by is not None:
        raise CannotUndo(Sentence("edition %(number)s was taken back already, by edition %(by)s", number=number, by=by))
    if undoes is not None:
        sentence = Sentence(
            "edition %(number)s takes edition %(old)s back; publish its dates anew instead", number=number, old=undoes
        )
        raise CannotUndo(sentence)
    if later := sorted({*said.values()} - {number}, reverse=True):
        sentence = Sentence("later editions speak of the same rows; undo the newest first: %(later)s", later=later)
        raise CannotUndo(sentence)
    if new := [key for key in said if key not in before]:
        raise CannotUndo(Sentence("these rows had no date before; publish the right one instead: %(rows)s", rows=new))


def compare(before: Table, after: Table) -> list[tuple[Row, Step]]:
    """Return what the table says of each row after, and said before, in the order of `after`."""
    steps = []
    for key, new in after.items():
        old = before.get(key)
        was = (old.meaning, old.received_on) if old else (None, None)
        steps.append((new.row, Step(*was, new.meaning, new.received_on)))
    return steps
