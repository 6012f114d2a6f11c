"""Editions that come out later: scheduled, cancelled, and published by the site itself when their time has come."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from portal.approvals import records as approvals
from portal.core.calendar import day_of
from portal.core.errors import PortalError, StaleEdit
from portal.core.languages import Bilingual
from portal.drafts import records as drafts
from portal.editions.records import Signature, last_as_of, proposed
from portal.editions.rules import EditionRefused, Move, Question, check_reason, questions, says_more
from portal.publication.acts import By
from portal.publication.dates import NewDates, write
from portal.rows.records import all_rows
from portal.rows.rules import Row
from portal.scheduled import records
from portal.scheduled.rules import Author, Hold, Plan, Scheduled, Seen, held_back, said
from portal.staff.records import people
from portal.staff.rules import PUBLISHING
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.store.revisions import locked
from portal.tokens.records import tokens

#: Who holds an edition back, in the audit log.
SITE = "the site"
#: The number of an edition that is kept, and what it changes.
Kept = tuple[int, Sequence[Move]]
#: Returns the names of the questions that were answered, of those that there are; or raises something.
Confirmed = Callable[[Sequence[Question]], Collection[str]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What a plan would change if it came out at an instant, the notes before, and what may be a slip.

    `says_more` tells whether it says anything that the table does not say yet.
    """

    moves: Sequence[Move]
    notes: Mapping[str, Bilingual]
    asked: Sequence[Question]
    says_more: bool


def schedule(plan: Plan, at: datetime, by: By, author: Author, confirmed: Confirmed) -> Kept | None:
    """Keep an edition that is to come out later; return its number, and what it changes as far as one knows now.

    Returns None where all of it is said already. It is asked for at an aware instant, `at`; `confirmed` gives, of the
    questions that there are, those that were answered, and may raise something instead. Raises EditionRefused and
    ReasonMissing as an edition published at its time would, StaleEdit where the table has changed, and AlreadyScheduled
    where another one speaks of the same rows.
    """
    with recorded_change("drafts", action="dates.schedule", actor=by.actor, at=at) as change:
        # Whoever publishes meanwhile waits: what they say would be taken for what this publisher has seen.
        revision = locked(change.session, "dates").number
        if by.expected is not None and revision != by.expected:
            raise StaleEdit("dates", by.expected, revision)
        look = _looked_at(change.session, plan, plan.at)
        if not look.says_more:
            return None
        check_reason(look.moves, plan.reason)
        answered = frozenset(map(str, look.asked)) & frozenset(confirmed(look.asked))
        seen = Seen(said(look.moves), look.notes, revision, answered)
        number = records.keep(change, _whole(plan, look.moves), seen, author, at)
        if by.is_trial:
            change.abandon()
        approvals.settle(change, by.prepared)
        for whose in by.drafts_of:
            drafts.forget(change, "dates", "", whose)
        return number, look.moves


def _whole(plan: Plan, moves: Sequence[Move]) -> Plan:
    """Return a plan with every meaning: one that is not given is the row’s own, as it is now."""
    whole = [replace(one, meaning=move.step.meaning) for one, move in zip(plan.proposals, moves, strict=True)]
    return replace(plan, proposals=whole)


def cancel(number: int, by: By, at: datetime, reason: str) -> bool:
    """Let an edition come out no more, for a reason; say whether it was to come still. `at` is aware."""
    with recorded_change("drafts", action="dates.unschedule", actor=by.actor, at=at) as change:
        was_there = records.remove(change, number, cancelled=reason)
        if by.is_trial:
            change.abandon()
        return was_there


def missing(one: Scheduled, at: datetime) -> Sequence[tuple[Row | None, str]]:
    """Return what keeps an edition from coming out at an aware instant: what was not answered, or is refused.

    Each with its row, None where it is of no row, or names it itself.
    """
    try:
        asked = _looked_at(session(), one.plan, at).asked
    except EditionRefused as refused:
        return [(None, problem.sentence) for problem in refused.problems]
    return [(question.row, question.sentence) for question in asked if str(question) not in one.seen.confirmed]


def publish_due(app: Flask, at: datetime) -> None:
    """Publish what should have come out by an aware instant: once, however many workers find it.

    What cannot come out as its publisher saw it is held back, and the desk tells why. Raises what stopped the first of
    those that could be neither published nor held back; the others have come out.
    """
    failures: list[Exception] = []
    for one in records.to_come(session()):
        if one.plan.at <= at:
            try:
                _publish_or_hold(app, one, at)
            except Exception as failure:  # whatever it is, it is no reason for the next one not to come out
                failures.append(failure)
    if failures:
        raise failures[0]


def _publish_or_hold(app: Flask, one: Scheduled, at: datetime) -> None:
    try:
        why = _publish(app, one, at)
    except PortalError as refused:
        logger.info("edition %s to come was held back: %s", one.number, refused)
        why = "refused"
    if why:
        with recorded_change("drafts", action="dates.hold", actor=SITE, at=at) as change:
            records.hold(change, one.number, why)


def _publish(app: Flask, one: Scheduled, at: datetime) -> Hold | None:
    """Publish one edition; return why it is held back instead, or None where it came out or another worker has it."""
    with recorded_change("dates", action="dates.publish", actor=one.name, at=at) as change:
        # Under the lock of the dates: whoever comes second finds it gone, and nobody publishes meanwhile.
        if not records.remove(change, one.number):
            return None
        if why := _held_back(change, one, at):
            change.abandon()
            return why
        plan = one.plan
        new = NewDates(plan.proposals, plan.as_of, plan.notes)
        write(app, change, new, Signature(at, plan.reason, plan.why, is_confirmed=True), By(one.name))
        return None


def _held_back(change: Change, one: Scheduled, at: datetime) -> Hold | None:
    if not _may_publish(change.session, one.author):
        return "author"
    look = _looked_at(change.session, one.plan, at)
    return held_back(one.seen, look.moves, look.notes, look.asked)


def _may_publish(found: Session, author: Author) -> bool:
    """Say whether somebody may still publish. A token that expired meanwhile was good when it was used."""
    if author.token is not None:
        return any(token.name == author.token and token.revoked_at is None for token in tokens(found))
    person = next(person for person in people(found) if person.number == author.person)
    return person.is_active and person.has_any(PUBLISHING)


def _looked_at(found: Session, plan: Plan, at: datetime) -> Look:
    current, moves = proposed(found, plan.proposals, plan.as_of, day_of(at))
    notes = {one.row.key: one.row.note for one in all_rows(found) if one.row.key in plan.notes}
    asked = questions(moves, plan.as_of, last_as_of(found))
    is_new = notes != plan.notes or any(says_more(move, current[move.row.key]) for move in moves)
    return Look(moves, notes, asked, is_new)
