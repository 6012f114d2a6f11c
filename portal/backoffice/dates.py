"""Editions of the table by a program: published, or taken back by a new one."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, current_app

from portal.backoffice.answers import Call, Unknown, need_no_second_person, reason_of, writes
from portal.backoffice.documents import Document, DocumentRefused, Fault
from portal.editions import records as editions
from portal.editions.records import Signature
from portal.editions.rules import EditionRefused, Move, Proposal
from portal.publication import dates as publication
from portal.rows.rules import MEANINGS, Meaning
from portal.store.database import session
from portal.web.public import now

blueprint = Blueprint("backoffice_dates", __name__, url_prefix="/api/v1")

#: More rows than any table of ours has.
MOST_ROWS = 1_000


@blueprint.post("/editions/publish")
@writes("dates.publish")
def publish(call: Call) -> Mapping[str, object]:
    """Publish an edition: the received dates of some rows as of a day. The same sent twice is published once."""
    sent = call.document
    as_of = sent.needed_day("as_of")
    proposals = [_proposal(number, line) for number, line in enumerate(sent.parts("dates", most=MOST_ROWS), 1)]
    signed, expected = _signature(sent, is_confirmed=sent.flag("confirmed")), sent.number("expected")
    sent.end()
    new = publication.NewDates(proposals, as_of)
    try:
        moves = publication.publish(current_app, new, signed, call.by(expected), _check)
    except EditionRefused as refused:
        raise DocumentRefused([Fault(_place(one.line), one.sentence) for one in refused.problems]) from None
    return _told(call, moves)


@blueprint.post("/editions/<int:number>/undo")
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
