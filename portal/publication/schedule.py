"""Editions that come out later: scheduled, given up, and published by the site itself when their time has come."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from flask import Flask

from portal.approvals import records as approvals
from portal.core.calendar import day_of
from portal.core.errors import PortalError, StaleEdit
from portal.drafts import records as drafts
from portal.editions.records import Signature, last_as_of, proposed
from portal.editions.rules import check_reason, questions
from portal.publication.acts import By
from portal.publication.dates import NewDates, write
from portal.scheduled import records
from portal.scheduled.rules import Hold, Plan, Scheduled, held_back, said
from portal.staff.records import people
from portal.staff.rules import Role
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.store.revisions import numbers

#: Who may let an edition come out, now or later.
PUBLISHER: frozenset[Role] = frozenset({"publisher"})
#: Who holds an edition back, in the audit log.
SITE = "the site"


def schedule(new: NewDates, at: datetime, signed: Signature, by: By, person: int, confirmed: Collection[str]) -> int:
    """Keep an edition that `person`, an account by its number, wants to come out at an aware instant.

    `signed.at` is the aware instant at which it is asked for; `confirmed` are the questions that were answered. Returns
    its number. Raises EditionRefused and ReasonMissing as an edition published then would, and StaleEdit where the
    table has changed.
    """
    with recorded_change("drafts", action="dates.schedule", actor=by.actor, at=signed.at) as change:
        revision = numbers(change.session)["dates"]
        if by.expected is not None and revision != by.expected:
            raise StaleEdit("dates", by.expected, revision)
        plan = _plan(change, new, at, signed, confirmed)
        number = records.keep(change, plan, person, signed.at)
        approvals.settle(change, by.prepared)
        for whose in by.drafts_of:
            drafts.forget(change, "dates", "", whose)
        return number


def _plan(change: Change, new: NewDates, at: datetime, signed: Signature, confirmed: Collection[str]) -> Plan:
    _current, moves = proposed(change.session, new.proposals, new.as_of, day_of(at))
    check_reason(moves, signed.reason)
    # Each meaning as it is then: one that is not given is the row’s own, which may be another one meanwhile.
    proposals = [replace(one, meaning=move.step.meaning) for one, move in zip(new.proposals, moves, strict=True)]
    notes, answered = dict(new.notes), frozenset(confirmed)
    return Plan(at, new.as_of, proposals, notes, said(moves), answered, signed.reason, signed.why)


def give_up(number: int, by: By, at: datetime) -> bool:
    """Let an edition come out no more; say whether it was to come still. `at` is aware."""
    with recorded_change("drafts", action="dates.unschedule", actor=by.actor, at=at) as change:
        return records.remove(change, number)


def publish_due(app: Flask, at: datetime) -> None:
    """Publish what should have come out by an aware instant: once, however many workers find it.

    What cannot come out as its publisher saw it is held back, and the desk tells why.
    """
    for one in records.due(session(), at):
        try:
            why = _publish(app, one, at)
        except PortalError:
            why = "refused"
        if why:
            with recorded_change("drafts", action="dates.hold", actor=SITE, at=at) as change:
                records.hold(change, one.number, why)


def _publish(app: Flask, one: Scheduled, at: datetime) -> Hold | None:
    """Publish one edition; return why it is held back instead, or None where it came out or another worker has it."""
    with recorded_change("dates", action="dates.publish", actor=one.name, at=at) as change:
        # Under the lock of the dates: whoever comes second finds it gone.
        if not records.remove(change, one.number):
            return None
        if why := _held_back(change, one, at):
            change.abandon()
            return why
        plan = one.plan
        new = NewDates(plan.proposals, plan.as_of, plan.notes)
        signed = Signature(at, plan.reason, plan.why, is_confirmed=True)
        write(app, change, new, signed, By(one.name))
        return None


def _held_back(change: Change, one: Scheduled, at: datetime) -> Hold | None:
    person = next(person for person in people(change.session) if person.number == one.person)
    if not (person.is_active and person.has_any(PUBLISHER)):
        return "person"
    plan = one.plan
    _current, moves = proposed(change.session, plan.proposals, plan.as_of, day_of(at))
    return held_back(plan, moves, questions(moves, plan.as_of, last_as_of(change.session)))
