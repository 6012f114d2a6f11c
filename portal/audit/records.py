"""The lines of the audit log: those that somebody asks for, or all, to be verified."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, func, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.audit.rules import EVERYTHING, Asked, LineUnreadable
from portal.core.calendar import instant
from portal.core.chain import Entry, Head, faults
from portal.store.changes import ChangeRow, HeadRow

#: Lines that are in memory at once: some hold whole notices.
BATCH = 500
_COLUMNS = (
    ChangeRow.id.label("number"),
    *(getattr(ChangeRow, name) for name in Entry.__slots__ if name != "number"),
)


def newest(session: Session, limit: int, asked: Asked = EVERYTHING, *, offset: int = 0) -> Sequence[Entry]:
    """Return the last `limit` lines but for `offset` that are newer, newest first. Raises LineUnreadable."""
    query = select(*_COLUMNS).where(*_conditions(asked)).order_by(ChangeRow.id.desc()).limit(limit).offset(offset)
    try:
        return [_entry(row) for row in session.execute(query)]
    except (ValueError, TypeError):
        raise LineUnreadable from None


def each(session: Session, asked: Asked) -> Iterator[Entry]:
    """Yield lines, oldest first, a few of them in memory. Raises LineUnreadable."""
    query = select(*_COLUMNS).where(*_conditions(asked)).order_by(ChangeRow.id).execution_options(yield_per=BATCH)
    try:
        yield from (_entry(row) for row in session.execute(query))
    except (ValueError, TypeError):
        raise LineUnreadable from None


def since(session: Session, subject: str, revision: int) -> Sequence[Entry]:
    """Return the lines of a subject after a revision of it, newest first. Raises LineUnreadable."""
    query = select(*_COLUMNS).where(ChangeRow.subject == subject, ChangeRow.revision > revision)
    try:
        return [_entry(row) for row in session.execute(query.order_by(ChangeRow.id.desc()))]
    except (ValueError, TypeError):
        raise LineUnreadable from None


def count(session: Session, asked: Asked) -> int:
    """Return how many lines there are."""
    return session.scalar(select(func.count()).select_from(ChangeRow).where(*_conditions(asked))) or 0


def subjects(session: Session) -> Sequence[str]:
    """Return every subject of which anything has changed."""
    return list(session.scalars(select(ChangeRow.subject).distinct().order_by(ChangeRow.subject)))


def people(session: Session) -> Sequence[str]:
    """Return everyone who has changed anything, by name."""
    return list(session.scalars(select(ChangeRow.actor).distinct().order_by(ChangeRow.actor)))


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.subject:
        yield ChangeRow.subject == asked.subject
    if asked.person:
        yield ChangeRow.actor == asked.person
    if asked.first_day:
        yield ChangeRow.at >= instant(asked.first_day)
    if asked.last_day:
        yield ChangeRow.at < instant(asked.last_day + timedelta(days=1))


def _entry(row: Row) -> Entry:
    return Entry(**row._mapping)


def verified(session: Session) -> tuple[Head | None, Sequence[str]]:
    """Return where the log ends, None where that was taken away, and what is wrong with it, line by line."""
    # In one statement, for the log may grow meanwhile; a line that stands there is never written again.
    found = select(HeadRow.number, HeadRow.hash, ChangeRow.id).outerjoin_from(HeadRow, ChangeRow, true())
    rows = session.execute(found.order_by(ChangeRow.id)).all()
    head = Head(rows[0].number, rows[0].hash) if rows else None
    numbers = [row.id for row in rows if row.id is not None]
    if head is None:
        numbers = session.scalars(select(ChangeRow.id).order_by(ChangeRow.id)).all()
    rounds = (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
    return head, list(faults((line for some in rounds for line in _lines(session, some)), head))


def _lines(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, Entry | None]]:
    """Yield lines that stand one after the other, each with its number, and None for one that cannot be read."""
    query = select(*_COLUMNS).where(ChangeRow.id.between(numbers[0], numbers[-1])).order_by(ChangeRow.id)
    try:
        found: Sequence[Row] = session.execute(query).all()
    except (ValueError, TypeError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        if len(numbers) == 1:
            yield numbers[0], None
            return
        half = len(numbers) // 2
        yield from _lines(session, numbers[:half])
        yield from _lines(session, numbers[half:])
    else:
        yield from ((row.number, _entry(row)) for row in found)
