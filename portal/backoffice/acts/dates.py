"""Editions of the table by a program: published, or taken back by a new one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app

from portal.backoffice.answers import Call, Unknown, need_no_second_person, reason_of, writes
from portal.backoffice.documents import Document, DocumentRefused, Fault
from portal.core.errors import NeedsConfirmation
from portal.editions import records as editions
from portal.editions.records import Signature
from portal.editions.rules import EditionRefused, Move, Proposal, Question
from portal.publication import dates as publication, schedule
from portal.rows.rules import MEANINGS, Meaning
from portal.scheduled.rules import LONGEST_AHEAD, Author, Plan
from portal.store.database import session
from portal.web.public import now

#: More rows than any table of ours has.
MOST_ROWS = 1_000


@writes("dates.publish")
def publish(call: Call) -> Mapping[str, object]:
    """Publish an edition, at once or at an instant: the received dates of some rows as of a day.

    The same sent twice is published once, and comes out once.
    """
    sent = call.document
    as_of, at = sent.needed_day("as_of"), _later(sent)
    proposals = [_proposal(number, line) for number, line in enumerate(sent.parts("dates", most=MOST_ROWS), 1)]
    signed, expected = _signature(sent, is_confirmed=sent.flag("confirmed")), sent.number("expected")
    sent.end()
    try:
        if at:
            plan = Plan(at, as_of, proposals, {}, signed.reason, signed.why)
            return _scheduled(call, plan, expected, is_confirmed=signed.is_confirmed)
        new = publication.NewDates(proposals, as_of)
        return _told(call, publication.publish(current_app, new, signed, call.by(expected), _check))
    except EditionRefused as refused:
        raise DocumentRefused([Fault(_place(one.line), one.sentence) for one in refused.problems]) from None


@writes("dates.publish")
def cancel(call: Call, number: int) -> Mapping[str, object]:
    """Let an edition to come, or one that was held back, come out no more."""
    reason = reason_of(call.document)
    call.document.end()
    if not schedule.cancel(number, call.by(None), now(), reason):
        raise Unknown(f"there is no edition {number} to come")
    return {"scheduled": number}


@writes("dates.publish")
def undo(call: Call, number: int) -> Mapping[str, object]:
    """Take an edition back by a new one: its rows say again what they said before."""
    signed, expected = _signature(call.document, is_confirmed=False), call.document.number("expected")
    call.document.end()
    if editions.edition(session(), number) is None:
        raise Unknown(f"there is no edition {number}")
    if any(entry.step.is_forwards for entry in editions.entries(session(), number)):
        need_no_second_person("a date that goes back")
    return _told(call, publication.undo(current_app, number, signed, call.by(expected)))


def _later(sent: Document) -> datetime | None:
    """Return the aware instant at which an edition is to come out, None where that is at once."""
    at = sent.instant("published")
    if at and not now() < at <= now() + LONGEST_AHEAD:
        sent.tell("published", "this moment is over, or more than a year ahead")
    return at


def _scheduled(call: Call, plan: Plan, expected: int | None, *, is_confirmed: bool) -> Mapping[str, object]:
    def confirmed(asked: Sequence[Question]) -> Sequence[str]:
        if any(one.is_backwards for one in asked):
            need_no_second_person("a date that goes back")
        if asked and not is_confirmed:
            raise NeedsConfirmation(*map(str, asked))
        return [str(one) for one in asked]

    by, author = call.by(expected), Author(token=call.token.name)
    number, moves = schedule.schedule(plan, now(), by, author, confirmed) or (None, ())
    told = {"edition": None, "scheduled": None if call.is_trial else number}
    return {**told, "entries": [_move(move) for move in moves]}


def _check(moves: Sequence[Move]) -> None:
    if any(move.advance.is_backwards for move in moves):
        need_no_second_person("a date that goes back")


def _proposal(number: int, line: Document) -> Proposal:
    typed = line.choice("meaning", MEANINGS)
    meaning: Meaning | None = next((known for known in MEANINGS if known == typed), None)
    row = line.line("row", is_required=True)
    return Proposal(number, row, line.day("received_on"), meaning, line.day("next_update_on"))


def _signature(sent: Document, *, is_confirmed: bool) -> Signature:
    return Signature(now(), reason_of(sent), sent.both("why"), is_confirmed=is_confirmed)


def _place(line: int) -> str:
    """Return the place of what is said of a proposal, by its number from 1; 0 is the edition as a whole."""
    return f"/dates/{line - 1}" if line else "/as_of"


def _told(call: Call, moves: Sequence[Move]) -> Mapping[str, object]:
    published = editions.recent(session(), 1)[0].number if moves and not call.is_trial else None
    return {"edition": published, "entries": [_move(move) for move in moves]}


def _move(move: Move) -> Mapping[str, object]:
    step = move.step
    return {
        "row": move.row.key,
        "old_received_on": step.old_received_on and str(step.old_received_on),
        "received_on": step.received_on and str(step.received_on),
        "old_meaning": step.old_meaning,
        "meaning": step.meaning,
        "is_change": step.is_change,
        "next_update_on": move.next_update_on and str(move.next_update_on),
    }
