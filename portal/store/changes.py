"""The one door for writes: lock, check, write, audit, bump, commit, or nothing at all."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.chain import Entry, sealed
from portal.core.errors import StaleEdit
from portal.store.database import Model, RecordedSession, UtcDateTime, session as current_session
from portal.store.revisions import bump, locked

LONGEST_ACTOR = 80


class ChangeRow(Model):
    """One line of the audit log, chained to the one before; the database refuses to change or delete it.

    Its `id` is its number: from 1, without gaps.
    """

    __tablename__ = "changes"
    __table_args__ = (Index(None, "action"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(LONGEST_ACTOR))
    subject: Mapped[str] = mapped_column(ForeignKey("revisions.subject"))
    revision: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    follows: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class HeadRow(Model):
    """Where the audit log ends: without it, nobody would miss its last lines."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(slots=True)
class Change:
    """A change under way: write in its `session`, and say in `details` what changed, for the audit log.

    With `outdates_copies`, no copy of a page made before may be shown any more, not even while the database is down.
    With `is_unseen`, it shows nowhere yet: it is counted, but is no date of a last change.
    """

    session: RecordedSession
    actor: str
    details: dict[str, object] = field(default_factory=dict)
    outdates_copies: bool = False
    is_unseen: bool = False

    def abandon(self) -> None:
        """Keep nothing of this change: it was only a trial."""
        self.details.clear()


@contextmanager
def recorded_change(
    subject: str, *, action: str, actor: str, at: datetime, expected: int | None = None
) -> Generator[Change]:
    """Open the one transaction of a POST or a command that changes `subject`.

    `at` is aware. With `expected`, the revision the person began from, raises StaleEdit when the subject has moved
    since. A change that gives no details changed nothing: it is rolled back, neither audited nor counted. Any
    exception rolls everything back.
    """
    session = current_session()
    session.rollback()  # end the reader's snapshot: a writer begins with the lock
    session.connection(execution_options={"write": True})
    session.info["recording"] = True
    try:
        revision = locked(session, subject)
        if expected is not None and revision.number != expected:
            raise StaleEdit(subject, expected, revision.number)
        change = Change(session, actor[:LONGEST_ACTOR])
        yield change
        if change.details:
            bump(revision, None if change.is_unseen else at, outdates_copies=change.outdates_copies)
            write_line(session, at, change.actor, subject, revision.number, action, change.details)
            session.commit()
    finally:
        session.rollback()
        session.info["recording"] = False


def write_line(
    session: Session,
    at: datetime,
    actor: str,
    subject: str,
    revision: int,
    action: str,
    details: Mapping[str, object],
) -> None:
    """Write the next line of the audit log, at the end of a recorded change; `at` is aware.

    The end of the log is locked, by the changes of all subjects, each after its own subject and after all that it
    writes: none waits for anything while it holds that lock. A change that is rolled back leaves no gap.
    """
    head = session.execute(select(HeadRow.number, HeadRow.hash).with_for_update()).one()
    # As JSON gives the details back: a key that is a number is a text there.
    kept = json.loads(json.dumps(details))
    entry = sealed(Entry(head.number + 1, head.hash, at, actor, subject, revision, action, kept))
    columns = {name: getattr(entry, name) for name in Entry.__slots__ if name != "number"}
    session.execute(insert(ChangeRow).values(id=entry.number, **columns))
    session.execute(update(HeadRow).values(number=entry.number, hash=entry.hash))


def change_details(session: RecordedSession, action: str) -> dict[str, object] | None:
    """Return the details of the last change of that action, or None when there was none."""
    query = select(ChangeRow.details).where(ChangeRow.action == action).order_by(ChangeRow.id.desc()).limit(1)
    return session.scalar(query)


def was_ever(session: RecordedSession, action: str) -> bool:
    """Say whether the audit log holds a change of that action."""
    return change_details(session, action) is not None
