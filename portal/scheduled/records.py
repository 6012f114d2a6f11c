"""Editions to come, as they are kept until they come out or are given up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.languages import Bilingual
from portal.editions.rules import Proposal
from portal.scheduled.rules import Hold, Plan, Said, Scheduled
from portal.staff.records import StaffRow
from portal.store.changes import Change, ChangeRow
from portal.store.database import Model, UtcDateTime


class ScheduledRow(Model):
    """An edition to come."""

    __tablename__ = "scheduled_editions"
    __table_args__ = (
        CheckConstraint("held IN ('changed', 'asked', 'refused', 'person')", name="hold_is_known"),
        {"sqlite_autoincrement": True},  # the audit log names each by its number
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    as_of: Mapped[date] = mapped_column(Date)
    proposals: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    notes: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    confirmed: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    why_fr: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held: Mapped[Hold | None] = mapped_column(String(20))


def scheduled(session: Session) -> Sequence[Scheduled]:
    """Return all that is to come, and all that was held back, the first to come first."""
    query = select(ScheduledRow, StaffRow.name).join(StaffRow, StaffRow.id == ScheduledRow.staff_id)
    ordered = query.order_by(ScheduledRow.at, ScheduledRow.id)
    return [_scheduled(row, name) for row, name in session.execute(ordered)]


def find(session: Session, number: int) -> Scheduled | None:
    """Return what is kept under a number, or None: it came out, was given up, or never was."""
    return next((one for one in scheduled(session) if one.number == number), None)


def due(session: Session, at: datetime) -> Sequence[Scheduled]:
    """Return what should have come out by an aware instant, and is not held back, the first to come first."""
    return [one for one in scheduled(session) if one.held is None and one.plan.at <= at]


def came_out(session: Session, number: int) -> int | None:
    """Return the number of the edition as which a plan came out, or None: it did not, or changed nothing any more."""
    query = select(ChangeRow.details).where(ChangeRow.action == "dates.publish")
    details = session.scalar(query.where(ChangeRow.details["scheduled"].as_integer() == number))
    return int(str(details["edition"])) if details and "edition" in details else None


def keep(change: Change, plan: Plan, person: int, at: datetime) -> int:
    """Keep a plan that a person made at an aware instant; return its number. The same made twice is kept once."""
    for one in scheduled(change.session):
        if one.person == person and one.plan.says(plan.at, plan.as_of, plan.proposals, plan.notes):
            return one.number
    row = ScheduledRow(at=plan.at, as_of=plan.as_of, reason=plan.reason, staff_id=person, made_at=at)
    row.why_fr, row.why_en = plan.why.fr, plan.why.en
    row.proposals = [_kept(proposal, plan.was[proposal.row]) for proposal in plan.proposals]
    row.notes = {key: [note.fr, note.en] for key, note in plan.notes.items()}
    row.confirmed = sorted(plan.confirmed)
    change.session.add(row)
    change.session.flush()
    said = {proposal.row: str(proposal.received_on or proposal.meaning) for proposal in plan.proposals}
    change.details |= {"scheduled": row.id, "comes_out": plan.at.isoformat(), "as_of": str(plan.as_of), "rows": said}
    change.details |= {"notes": sorted(plan.notes), "reason": plan.reason}
    return row.id


def remove(change: Change, number: int) -> bool:
    """Let a plan come out no more; say whether it was there still. Of two who ask at once, one is told so."""
    gone = change.session.execute(delete(ScheduledRow).where(ScheduledRow.id == number).returning(ScheduledRow.id))
    if gone.scalar() is None:
        return False
    change.details["scheduled"] = number
    return True


def hold(change: Change, number: int, why: Hold) -> None:
    """Keep a plan from coming out until somebody has looked at it; nothing where it is gone, or held already."""
    row = change.session.get(ScheduledRow, number, with_for_update=True)
    if row is not None and row.held is None:
        row.held = why
        change.details |= {"scheduled": number, "held": why}


def _kept(proposal: Proposal, was: Said) -> dict[str, Any]:
    meaning, received_on = was
    return {
        "line": proposal.line,
        "row": proposal.row,
        "received_on": _text(proposal.received_on),
        "meaning": proposal.meaning,
        "next_update_on": _text(proposal.next_update_on),
        "was": [meaning, _text(received_on)],
    }


def _scheduled(row: ScheduledRow, name: str) -> Scheduled:
    plan = Plan(
        at=row.at,
        as_of=row.as_of,
        proposals=[_proposal(kept) for kept in row.proposals],
        notes={key: Bilingual(*both) for key, both in row.notes.items()},
        was={kept["row"]: (kept["was"][0], _day(kept["was"][1])) for kept in row.proposals},
        confirmed=frozenset(row.confirmed),
        reason=row.reason,
        why=Bilingual(row.why_fr, row.why_en),
    )
    return Scheduled(row.id, plan, row.staff_id, name, row.made_at, row.held)


def _proposal(kept: Mapping[str, Any]) -> Proposal:
    days = _day(kept["received_on"]), _day(kept["next_update_on"])
    return Proposal(kept["line"], kept["row"], days[0], kept["meaning"], days[1])


def _text(day: date | None) -> str | None:
    return str(day) if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
