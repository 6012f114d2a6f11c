"""Requests as they are kept: found by the keyed hash of their reference, and by nothing else."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.status.rules import NOBODY, Imported, Request, Stage, reference_hash
from portal.store.changes import Change
from portal.store.database import Model

#: Rows of one bulk statement: SQLite takes 32,766 parameters at most.
BATCH = 1_000


class RequestRow(Model):
    """A request."""

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('received', 'in_line', 'in_processing', 'more_information', 'processed', 'closed')",
            name="stage_is_known",
        ),
        CheckConstraint("received_on <= changed_on", name="order"),
    )

    reference_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_on: Mapped[date]
    form_number: Mapped[str] = mapped_column(String(4))
    stage: Mapped[Stage] = mapped_column(String(20))
    changed_on: Mapped[date]


_COLUMNS = select(
    RequestRow.reference_hash, RequestRow.received_on, RequestRow.form_number, RequestRow.stage, RequestRow.changed_on
)


def request_of(session: Session, reference_hash: str) -> Request:
    """Return the request kept under that hash, or NOBODY: one indexed read either way."""
    found = session.execute(_COLUMNS.where(RequestRow.reference_hash == reference_hash)).one_or_none()
    return Request(*found) if found else NOBODY


def is_any(session: Session) -> bool:
    """Say whether any request is kept."""
    return session.scalar(select(RequestRow.reference_hash).limit(1)) is not None


def keep(change: Change, imported: Sequence[Imported], secret: bytes) -> tuple[int, int]:
    """Keep the requests of a file, new or moved on; return how many were new and how many changed.

    The audit log holds the counts, never a reference nor its hash.
    """
    added = changed = 0
    for start in range(0, len(imported), BATCH):
        requests = [_request(one, secret) for one in imported[start : start + BATCH]]
        hashes = [request.reference_hash for request in requests]
        rows = change.session.execute(_COLUMNS.where(RequestRow.reference_hash.in_(hashes)))
        kept = {row[0]: Request(*row) for row in rows}
        new = [_columns(request) for request in requests if request.reference_hash not in kept]
        moved = [_columns(request) for request in requests if kept.get(request.reference_hash, request) != request]
        if new:
            change.session.execute(insert(RequestRow), new)
        if moved:
            change.session.execute(update(RequestRow), moved)
        added, changed = added + len(new), changed + len(moved)
    if added or changed:
        change.details |= {"added": added, "changed": changed}
    return added, changed


def _request(one: Imported, secret: bytes) -> Request:
    key = reference_hash(secret, one.reference)
    return Request(key, one.received_on, one.form_number, one.stage, one.changed_on)


def _columns(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__slots__}
