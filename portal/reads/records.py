"""How often each feed was read, day by day: counts alone, of nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, Text, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.reads.counts import Counts
from portal.store.database import Model, database

#: Days of which anyone asks how the feeds were read.
KEPT = timedelta(days=30)
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class ReadsRow(Model):
    """The reads of a feed on one day, answered with one status."""

    __tablename__ = "feed_reads"
    __table_args__ = (CheckConstraint("status IN (200, 304)", name="status_is_known"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True, slots=True)
class FeedReads:
    """How often a feed, by its path, was read on a day: with something new (200), or unchanged since (304)."""

    path: str
    new: int
    unchanged: int


def add(counts: Counts, day: date) -> None:
    """Add to the reads of a day in Québec, and forget those of a month ago.

    Nobody changes anything by reading: it is in no recorded change, is not audited, and outdates no page.
    """
    rows = [{"day": day, "path": path, "status": status, "count": count} for (path, status), count in counts.items()]
    insert = _INSERT[database.engine.dialect.name](ReadsRow)
    keys = [ReadsRow.day, ReadsRow.path, ReadsRow.status]
    added = insert.on_conflict_do_update(index_elements=keys, set_={"count": ReadsRow.count + insert.excluded["count"]})
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(added, sorted(rows, key=lambda row: (row["path"], row["status"])))
        connection.execute(delete(ReadsRow).where(ReadsRow.day < day - KEPT))


def reads_of(session: Session, day: date) -> Sequence[FeedReads]:
    """Return how the feeds were read on a day in Québec, those that were read most first."""
    new, unchanged = (func.sum(case((ReadsRow.status == status, ReadsRow.count), else_=0)) for status in (200, 304))
    query = select(ReadsRow.path, new, unchanged).where(ReadsRow.day == day).group_by(ReadsRow.path)
    found = session.execute(query.order_by(func.sum(ReadsRow.count).desc(), ReadsRow.path))
    return [FeedReads(path, int(fresh), int(same)) for path, fresh, same in found]
