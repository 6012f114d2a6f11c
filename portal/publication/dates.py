"""An edition of the table with the notes of its rows, tried, published or taken back."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from flask import Flask

from portal.approvals import records as approvals
from portal.core.languages import Bilingual
from portal.drafts import records as drafts
from portal.editions import records as editions
from portal.editions.records import Signature
from portal.editions.rules import Move, Proposal
from portal.hub import topics
from portal.publication.acts import By
from portal.rows import records as rows
from portal.store.changes import Change, recorded_change

#: Raises something where an edition may not say what it would.
Check = Callable[[Sequence[Move]], object]


@dataclass(frozen=True, slots=True)
class NewDates:
    """What the table is to say: received dates as of a day, and the notes of some rows by their keys."""

    proposals: Sequence[Proposal]
    as_of: date
    notes: Mapping[str, Bilingual] = field(default_factory=dict)


def publish(app: Flask, new: NewDates, signed: Signature, by: By, check: Check | None = None) -> Sequence[Move]:
    """Publish an edition, and keep the notes; return its moves, none when all of it was said already.

    Raises what `editions.publish` raises, StaleEdit, and what `check` raises of what it would say.
    """
    with recorded_change("dates", action="dates.publish", actor=by.actor, at=signed.at, expected=by.expected) as change:
        return write(app, change, new, signed, by, check)


def write(
    app: Flask, change: Change, new: NewDates, signed: Signature, by: By, check: Check | None = None
) -> Sequence[Move]:
    """Publish an edition within a change under way. Returns and raises what `publish` does."""
    moves = _kept(change, new, signed)
    if check:
        check(moves)
    return _told(app, change, moves, signed, by)


@contextmanager
def trial(new: NewDates, signed: Signature, actor: str) -> Generator[Sequence[Move]]:
    """Yield the moves of an edition while the table says it, to whoever asks within; nothing of it is kept."""
    with recorded_change("dates", action="dates.trial", actor=actor, at=signed.at) as change:
        yield _kept(change, new, signed)
        change.abandon()


def undo(app: Flask, number: int, signed: Signature, by: By) -> Sequence[Move]:
    """Take an edition back; return what the new one says. Raises what `editions.undo` raises, and StaleEdit."""
    with recorded_change("dates", action="dates.undo", actor=by.actor, at=signed.at, expected=by.expected) as change:
        return _told(app, change, editions.undo(change, number, signed), signed, by)


def _kept(change: Change, new: NewDates, signed: Signature) -> Sequence[Move]:
    moves = editions.publish(change, new.proposals, new.as_of, signed)
    rows.keep_notes(change, new.notes)
    return moves


def _told(app: Flask, change: Change, moves: Sequence[Move], signed: Signature, by: By) -> Sequence[Move]:
    changed = [move.row for move in moves if move.step.is_change]
    if by.is_trial:
        change.abandon()
    elif changed:
        feeds = partial(topics.of_dates, [row.key for row in changed], {row.group.key for row in changed})
        topics.ask_to_tell(app, change, feeds, signed.at)
    approvals.settle(change, by.prepared)
    for person in by.drafts_of:
        drafts.forget(change, "dates", "", person)
    return moves
