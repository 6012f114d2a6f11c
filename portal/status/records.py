"""Requests as they are kept: found by the keyed hash of a reference, and by nothing else."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, bindparam, func, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.config import Key
from portal.status.rules import NOBODY, Held, Holder, Request, Stage
from portal.store.bare.reader import Reader
from portal.store.database import Model, UtcDateTime
from portal.store.many import is_among

HASH_LENGTH = 64


class RequestRow(Model):
    """A request."""

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('received', 'in_line', 'in_processing', 'more_information', 'processed', 'closed')",
            name="stage_is_known",
        ),
        CheckConstraint("received_on <= changed_on", name="order"),
        # What retention looks for: the oldest of the closed ones.
        Index(None, "stage", "changed_on"),
    )

    #: Given by the one writer at a time, so that a file's requests and references go in together.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received_on: Mapped[date]
    form_number: Mapped[str] = mapped_column(String(4))
    stage: Mapped[Stage] = mapped_column(String(20))
    changed_on: Mapped[date]


class ReferenceRow(Model):
    """A reference of a request, as the hash under the key of that id."""

    __tablename__ = "request_references"
    __table_args__ = (CheckConstraint("holder IN ('anyone', 'user', 'authoriser')", name="holder_is_known"),)

    hash: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id", ondelete="CASCADE"), index=True)
    holder: Mapped[Holder] = mapped_column(String(10))


class FileRow(Model):
    """A file that was imported: its keyed digest, so that the same one is known again."""

    __tablename__ = "request_files"

    digest: Mapped[str] = mapped_column(String(HASH_LENGTH), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_REQUEST = (RequestRow.received_on, RequestRow.form_number, RequestRow.stage, RequestRow.changed_on)
#: The reference kept under a hash, or else the next one. The 1 is a word of the query, not a value: PostgreSQL, which
#: supposes that an unknown limit takes in a tenth of the table, would plan each read anew.
_NEXT = (
    select(ReferenceRow.hash, ReferenceRow.holder, *_REQUEST)
    .join(RequestRow, ReferenceRow.request_id == RequestRow.id)
    .where(ReferenceRow.hash >= bindparam("hash"))
    .order_by(ReferenceRow.hash)
    .limit(literal_column("1"))
)
_KEPT = select(ReferenceRow.hash, ReferenceRow.key_id, ReferenceRow.holder, RequestRow.id, *_REQUEST).join(
    RequestRow, ReferenceRow.request_id == RequestRow.id
)


def held(reader: Reader, hashes: Sequence[str]) -> Held:
    """Return the request of a reference, by its hash under each key, or one that is not known: one read a key.

    What is not known is the request next to where this one would be, found and compared as it would be: an unknown
    reference takes the time of a wrong date.
    """
    found = [_at(reader, hash_) for hash_ in hashes]
    return next((one for one in found if one.is_known), found[0])


def _at(reader: Reader, hash_: str) -> Held:
    found = reader.first(_NEXT, hash=hash_)
    if found is None:  # past the last one
        return NOBODY
    kept_hash, holder, *request = found
    return Held(Request(*request), holder, is_known=hmac.compare_digest(kept_hash, hash_))


def kept(session: Session, hashes: Sequence[str]) -> Iterable[tuple[str, str, Holder, int, Request]]:
    """Return of each hash that is kept: it, the id of its key, its holder, the id of its request, the request."""
    for found in session.execute(_KEPT.where(is_among(session, ReferenceRow.hash, hashes))):
        yield (*found[:4], Request(*found[4:]))


def references_of(session: Session, ids: Iterable[int]) -> Iterable[tuple[str, Holder, int]]:
    """Yield of each reference of these requests: its hash, its holder, the id of its request."""
    query = select(ReferenceRow.hash, ReferenceRow.holder, ReferenceRow.request_id)
    theirs = query.where(is_among(session, ReferenceRow.request_id, ids)).order_by(ReferenceRow.hash)
    for found in session.execute(theirs):
        yield (found[0], found[1], found[2])


def is_any(session: Session) -> bool:
    """Say whether any request is kept."""
    return session.scalar(select(RequestRow.id).limit(1)) is not None


def counts_by_key(session: Session) -> Mapping[str, int]:
    """Return how many references are kept under each key, by its id."""
    query = select(ReferenceRow.key_id, func.count()).group_by(ReferenceRow.key_id).order_by(ReferenceRow.key_id)
    return {row[0]: row[1] for row in session.execute(query)}


def counts_by_stage(session: Session) -> Mapping[Stage, int]:
    """Return how many requests stand at each stage where any does."""
    query = select(RequestRow.stage, func.count()).group_by(RequestRow.stage)
    return {row[0]: row[1] for row in session.execute(query)}


def last_imports(session: Session, limit: int) -> Sequence[datetime]:
    """Return the aware instants of the last files that were imported, the newest first."""
    return list(session.scalars(select(FileRow.at).order_by(FileRow.at.desc()).limit(limit)))


def lost_keys(session: Session, keys: Sequence[Key]) -> Sequence[str]:
    """Return the ids under which references are kept, but which are of none of the keys."""
    query = select(ReferenceRow.key_id).where(ReferenceRow.key_id.not_in([key.id for key in keys])).distinct()
    return sorted(session.scalars(query))


def imported_at(session: Session, digests: Sequence[str]) -> datetime | None:
    """Return the last aware instant at which a file was imported, by its keyed digests, or None."""
    return session.scalar(select(FileRow.at).where(FileRow.digest.in_(digests)).order_by(FileRow.at.desc()).limit(1))
