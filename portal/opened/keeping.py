"""Opening a request, giving it its next stage, correcting it; each with its audit line, never with a reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.config import Key
from portal.core.errors import PortalError
from portal.core.languages import Sentence
from portal.status import records
from portal.status.records import RequestRow
from portal.status.rules import Holder, Request, check_reason, fault_of, reference_hash
from portal.store.changes import Change


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as somebody saw it; `number` is of no use to anyone outside, `holder` whose the reference is."""

    number: int
    request: Request
    holder: Holder


class CannotMove(PortalError):
    """A request cannot become what is said without a correction; the message says why."""


class RequestGone(PortalError):
    """The request was removed since somebody opened it."""

    def __init__(self) -> None:
        super().__init__(Sentence("this request was removed meanwhile, closed too long ago"))


class RequestChanged(PortalError):
    """The request has changed since somebody opened it."""

    def __init__(self) -> None:
        super().__init__(Sentence("this request has changed since you opened it"))


def open_request(change: Change, keys: Sequence[Key], reference: str) -> Opened | None:
    """Return the request of a reference, or None; that somebody looked is kept, and at which, never the reference."""
    hashes = [reference_hash(key.secret, reference) for key in keys]
    found = next(iter(records.kept(change.session, hashes)), None)
    _note(change, found[3] if found else None)
    return Opened(found[3], found[4], found[2]) if found else None


def open_again(change: Change, seen: Opened) -> Opened:
    """Return a request as it is now, to whoever opened it before; that they look again is kept. Raises RequestGone."""
    _note(change, seen.number)
    return Opened(seen.number, _kept(change.session, seen.number), seen.holder)


def _note(change: Change, number: int | None) -> None:
    change.details["request"] = number
    change.is_unseen = True


def move_request(change: Change, seen: Opened, new: Request, correction: str = "") -> None:
    """Give a request what is `new` of it, along the arrows of the stages unless it is a correction, which says why.

    What it is already changes nothing. Raises ReasonTellsWhose, RequestGone, RequestChanged where it is not as it was
    `seen`, CannotMove.
    """
    check_reason(correction)
    old = _kept(change.session, seen.number)
    if old == new:
        return
    if old != seen.request:
        raise RequestChanged
    if not correction and (fault := fault_of(old, new)):
        raise CannotMove(fault)
    row = change.session.get_one(RequestRow, seen.number)
    told = {name: [str(getattr(old, name)), str(getattr(new, name))] for name in Request.__slots__}
    for name in Request.__slots__:
        setattr(row, name, getattr(new, name))
    change.details |= {"request": seen.number, **{name: both for name, both in told.items() if both[0] != both[1]}}
    if correction:
        change.details["reason"] = correction


def _kept(session: Session, number: int) -> Request:
    row = session.get(RequestRow, number)
    if row is None:
        raise RequestGone
    return Request(row.received_on, row.form_number, row.stage, row.changed_on)
