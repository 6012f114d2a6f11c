"""Drafts as they are kept: one a person, a form and an item."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.drafts.rules import Draft, Form
from portal.staff.records import StaffRow
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime


class DraftRow(Model):
    """What a person has typed."""

    __tablename__ = "drafts"
    __table_args__ = (CheckConstraint("form IN ('dates', 'notices')", name="form_is_known"),)

    form: Mapped[Form] = mapped_column(String(20), primary_key=True)
    item: Mapped[str] = mapped_column(String(60), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    typed: Mapped[dict[str, str]] = mapped_column(JSON)


def drafts(session: Session, form: Form, item: str | None = None) -> Sequence[Draft]:
    """Return the drafts of a form, of one item or of all, the newest first."""
    query = select(DraftRow, StaffRow.name).join(StaffRow, StaffRow.id == DraftRow.staff_id)
    query = query.where(DraftRow.form == form, *([] if item is None else [DraftRow.item == item]))
    found = session.execute(query.order_by(DraftRow.at.desc()))
    return [Draft(row.form, row.item, row.staff_id, name, row.at, row.typed, row.sent_at) for row, name in found]


def keep(change: Change, form: Form, item: str, person: int, typed: Mapping[str, str], at: datetime) -> None:
    """Keep what a person typed, in place of what they had typed before; nothing where it is the same.

    What was sent for publishing and is typed anew is not sent any more.
    """
    row = change.session.get(DraftRow, (form, item, person))
    if row is not None and row.typed == typed:
        return
    _write(change, row or DraftRow(form=form, item=item, staff_id=person), typed, at)


def send(change: Change, form: Form, item: str, person: int, typed: Mapping[str, str], at: datetime) -> None:
    """Keep what a person typed, and ask for it to be published."""
    row = change.session.get(DraftRow, (form, item, person)) or DraftRow(form=form, item=item, staff_id=person)
    if row.sent_at is None or row.typed != typed:
        _write(change, row, typed, at, sent_at=at)


def _write(
    change: Change, row: DraftRow, typed: Mapping[str, str], at: datetime, sent_at: datetime | None = None
) -> None:
    row.at, row.sent_at, row.typed = at, sent_at, dict(typed)
    change.session.add(row)
    change.details |= {"form": row.form, "item": row.item}


def forget(change: Change, form: Form, item: str, person: int | None = None) -> bool:
    """Forget the draft of a person, or of everyone: it was published, or is given up. Say whether there was one."""
    whose = [] if person is None else [DraftRow.staff_id == person]
    mine = select(DraftRow).where(DraftRow.form == form, DraftRow.item == item, *whose)
    found = change.session.scalars(mine).all()
    for row in found:
        change.session.delete(row)
    return bool(found)
