"""One counter a subject: part of every page's key, and the lock of every edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.store.database import Model, UtcDateTime

#: The subjects that have a counter. A migration adds the row of a new one.
SUBJECTS = ("contacts", "dates", "delivery", "hub", "notices", "site", "staff", "status", "tokens")


@dataclass(frozen=True, slots=True)
class Revision:
    """How many times a subject has changed, and when last (aware)."""

    number: int
    changed_at: datetime


class RevisionRow(Model):
    """The counter of one subject."""

    __tablename__ = "revisions"

    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Copies made of an earlier number must not be shown, even with the database down: something was withdrawn.
    floor: Mapped[int]


def current(session: Session) -> Mapping[str, Revision]:
    """Return the revision of every subject."""
    columns = select(RevisionRow.subject, RevisionRow.number, RevisionRow.changed_at)
    return {subject: Revision(number, changed_at) for subject, number, changed_at in session.execute(columns)}


def numbers(session: Session) -> Mapping[str, int]:
    """Return the number of the last change of every subject."""
    return {subject: found.number for subject, found in current(session).items()}


def floors(session: Session) -> Mapping[str, int]:
    """Return, of each subject where something was withdrawn, the revision from which copies may be shown."""
    columns = select(RevisionRow.subject, RevisionRow.floor).where(RevisionRow.floor > 0)
    return {found.subject: found.floor for found in session.execute(columns)}


def locked(session: Session, subject: str) -> RevisionRow:
    """Return the counter of `subject`, locked until the transaction ends."""
    return session.scalars(select(RevisionRow).where(RevisionRow.subject == subject).with_for_update()).one()


def bump(row: RevisionRow, at: datetime | None, *, outdates_copies: bool = False) -> None:
    """Count one more change of a locked subject, at an aware instant, or None for one that nobody sees yet.

    `outdates_copies` lets no older copy be shown.

    Whole seconds, each later than the last: HTTP dates know no fraction, and a reader that polled between two changes
    of one second would never see the second one.
    """
    row.number += 1
    row.floor = row.number if outdates_copies else row.floor
    if at is not None:
        row.changed_at = max(at.replace(microsecond=0), row.changed_at + timedelta(seconds=1))
