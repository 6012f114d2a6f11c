"""What waits for a second person, as it is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.approvals.rules import Fields, Prepared
from portal.staff.records import StaffRow
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime


class ApprovalRow(Model):
    """What a person sent, to be done by another one."""

    __tablename__ = "approvals"
    __table_args__ = ({"sqlite_autoincrement": True},)  # the audit log names each by its number

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(60))
    item: Mapped[dict[str, str]] = mapped_column(JSON)
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def waiting(session: Session) -> Sequence[Prepared]:
    """Return all that waits, the oldest first."""
    query = select(ApprovalRow, StaffRow.name).join(StaffRow, StaffRow.id == ApprovalRow.staff_id)
    return [_prepared(row, name) for row, name in session.execute(query.order_by(ApprovalRow.id))]


def waiting_one(session: Session, number: int) -> Prepared | None:
    """Return what waits under a number, or None: it was done or refused, or never was."""
    return next((one for one in waiting(session) if one.number == number), None)


def keep(change: Change, act: str, item: Mapping[str, str], fields: Fields, person: int, at: datetime) -> int:
    """Keep what a person sent; return its number. The same sent twice is kept once."""
    for one in waiting(change.session):
        if one.person == person and one.is_same(act, item, fields):
            return one.number
    row = ApprovalRow(act=act, item=dict(item), fields=[list(pair) for pair in fields], staff_id=person, at=at)
    change.session.add(row)
    change.session.flush()
    change.details |= {"approval": row.id, "act": act, **item}
    return row.id


def settle(change: Change, prepared: Prepared | None) -> None:
    """Say with a change who prepared it, and let it wait no more; a change that changed nothing leaves it."""
    if prepared is not None and change.details:
        change.details |= {"approval": prepared.number, "prepared_by": prepared.name}
        _remove(change, prepared)


def refuse(change: Change, prepared: Prepared, reason: str) -> None:
    """Let something wait no more, though it was not done."""
    change.details |= {"approval": prepared.number, "act": prepared.act, **prepared.item}
    change.details |= {"prepared_by": prepared.name, "reason": reason}
    _remove(change, prepared)


def _remove(change: Change, prepared: Prepared) -> None:
    change.session.delete(change.session.get_one(ApprovalRow, prepared.number))


def _prepared(row: ApprovalRow, name: str) -> Prepared:
    fields = [(field, text) for field, text in row.fields]
    return Prepared(row.id, row.act, row.item, fields, row.staff_id, name, row.at)
