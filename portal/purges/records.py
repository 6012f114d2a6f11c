"""What the cache was told of each subject, what it is being told, and when next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, String, and_, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.purges.rules import CLAIM, Purge
from portal.store.database import Model, UtcDateTime, database

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class PurgeRow(Model):
    """How far the cache was told of a subject.

    It refers to no row of `revisions`: to check that, PostgreSQL would let a publication wait for us.
    """

    __tablename__ = "purges"
    __table_args__ = (
        CheckConstraint("0 <= told AND told <= telling", name="told_after_telling"),
        CheckConstraint("tries >= 0", name="tries_are_counted"),
    )

    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    told: Mapped[int]
    telling: Mapped[int]
    tries: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)


def claim(numbers: Mapping[str, int], at: datetime) -> Sequence[Purge]:
    """Take, of these revisions, those to tell of at an aware instant: of all workers, one alone has each, for a while.

    Nobody changes anything by telling: it is in no recorded change, is not audited, and outdates no page.
    """
    rows = [
        {"subject": subject, "told": 0, "telling": number, "tries": 1, "since": at, "next_try_at": at + CLAIM}
        for subject, number in sorted(numbers.items())
        if number
    ]
    if not rows:
        return []
    insert = _INSERT[database.engine.dialect.name](PurgeRow).values(rows)
    new = insert.excluded
    is_the_same = and_(PurgeRow.telling == new["telling"], PurgeRow.told < PurgeRow.telling)
    taken = insert.on_conflict_do_update(
        index_elements=[PurgeRow.subject],
        set_={
            "telling": new["telling"],
            "tries": PurgeRow.tries + 1,
            # What changed again meanwhile has a day of its own.
            "since": case((is_the_same, PurgeRow.since), else_=new["since"]),
            "next_try_at": new["next_try_at"],
        },
        where=and_(PurgeRow.told < new["telling"], PurgeRow.next_try_at <= at),
    ).returning(PurgeRow.subject, PurgeRow.telling, PurgeRow.tries, PurgeRow.since)
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        return sorted((Purge(*row) for row in connection.execute(taken)), key=lambda purge: purge.subject)


def keep_told(purges: Collection[Purge], at: datetime) -> None:
    """Keep that the cache need no more be told of these: it was told, or given up, at an aware instant."""
    _keep(purges, at, told=bindparam("number"), tries=0)


def keep_untold(purge: Purge, again_at: datetime) -> None:
    """Keep when the cache is to be told again of what it did not take: an aware instant."""
    _keep([purge], again_at)


def next_try(session: Session) -> datetime | None:
    """Return when the cache is to be told again of what it did not take, or None where it took everything."""
    waits = select(func.min(PurgeRow.next_try_at)).where(PurgeRow.told < PurgeRow.telling)
    return session.scalar(waits)


def _keep(purges: Collection[Purge], next_try_at: datetime, **values: object) -> None:
    if not purges:
        return
    # Another worker may have told more meanwhile, should ours have been stopped for longer than its claim.
    is_ours = PurgeRow.subject == bindparam("whose"), PurgeRow.told < bindparam("number")
    kept = update(PurgeRow).where(*is_ours).values(next_try_at=next_try_at, **values)
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(kept, [{"whose": purge.subject, "number": purge.number} for purge in purges])
