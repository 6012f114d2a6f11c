"""Editions to come, as they are kept until they come out or are cancelled."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.languages import Bilingual, Sentence
from portal.editions.rules import Proposal
from portal.scheduled.rules import AlreadyScheduled, Author, Ending, Hold, Plan, Scheduled, Seen
from portal.store.changes import LONGEST_ACTOR, Change, ChangeRow
from portal.store.database import Model, UtcDateTime

#: The actions of the audit log by which a plan ends.
ENDS = ("dates.publish", "dates.unschedule")
#: The largest number that a column of numbers takes.
LARGEST = 2**31 - 1


class ScheduledRow(Model):
    """An edition to come."""

    __tablename__ = "scheduled_editions"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (token IS NULL)", name="one_author"),
        CheckConstraint("held IN ('changed', 'asked', 'refused', 'author')", name="hold_is_known"),
        {"sqlite_autoincrement": True},  # the audit log names each by its number
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    as_of: Mapped[date] = mapped_column(Date)
    proposals: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    confirmed: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    why_fr: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    token: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(LONGEST_ACTOR))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held: Mapped[Hold | None] = mapped_column(String(20))


def scheduled(session: Session) -> Sequence[Scheduled]:
    """Return all that is to come, and all that was held back, the first to come first."""
    return [_scheduled(row) for row in session.scalars(select(ScheduledRow).order_by(ScheduledRow.at, ScheduledRow.id))]


def to_come(session: Session) -> Sequence[Scheduled]:
    """Return what waits for its time, the first to come first."""
    return [one for one in scheduled(session) if one.held is None]


def find(session: Session, number: int) -> Scheduled | None:
    """Return what is kept under a number, or None: it came out, was cancelled, or never was."""
    return next((one for one in scheduled(session) if one.number == number), None)


def ending(session: Session, number: int) -> Ending | None:
    """Return what became of a plan that is kept no more, or None where there never was such a plan."""
    ends = select(ChangeRow.actor, ChangeRow.at, ChangeRow.details).where(ChangeRow.action.in_(ENDS))
    # As a text: a number of any size may stand in an address.
    found = session.execute(ends.where(ChangeRow.details["scheduled"].as_string() == str(number))).one_or_none()
    if found is None:
        return None
    reason = found.details.get("cancelled")
    edition = int(str(found.details.get("edition", 0))) if reason is None else None
    return Ending(found.actor, found.at, edition, str(reason or ""))


def keep(change: Change, plan: Plan, seen: Seen, author: Author, at: datetime) -> int:
    """Keep a plan that somebody made at an aware instant; return its number. The same made twice is kept once.

    Raises AlreadyScheduled where another one speaks of the same rows.
    """
    for one in to_come(change.session):
        if one.author == author and one.plan.says(plan):
            return one.number
        if rows := sorted(one.plan.rows & plan.rows):
            sentence = Sentence("edition %(number)s to come speaks of %(rows)s already", number=one.number, rows=rows)
            raise AlreadyScheduled(sentence)
    row = ScheduledRow(at=plan.at, as_of=plan.as_of, reason=plan.reason, made_at=at)
    row.why_fr, row.why_en = plan.why.fr, plan.why.en
    row.staff_id, row.token, row.name = author.person, author.token, change.actor
    row.proposals = [_kept(proposal, seen) for proposal in plan.proposals]
    row.notes = [_kept_note(key, note, seen) for key, note in plan.notes.items()]
    row.confirmed, row.revision = sorted(seen.confirmed), seen.revision
    change.session.add(row)
    change.session.flush()
    said = {proposal.row: str(proposal.received_on or proposal.meaning) for proposal in plan.proposals}
    change.details |= {"scheduled": row.id, "comes_out": plan.at.isoformat(), "as_of": str(plan.as_of), "rows": said}
    change.details |= {"notes": sorted(plan.notes), "reason": plan.reason}
    return row.id


def remove(change: Change, number: int, cancelled: str | None = None) -> bool:
    """Take a plan away, because it comes out or is `cancelled`, for a reason; say whether it was there still.

    The reason is empty where it is taken up again. Of two who ask at once, one is told so.
    """
    if number > LARGEST:
        return False
    gone = change.session.execute(delete(ScheduledRow).where(ScheduledRow.id == number).returning(ScheduledRow.id))
    if gone.scalar() is None:
        return False
    change.details["scheduled"] = number
    if cancelled is not None:
        change.details["cancelled"] = cancelled
    return True


def hold(change: Change, number: int, why: Hold) -> None:
    """Keep a plan from coming out until somebody has looked at it; nothing where it is gone, or held already."""
    row = change.session.get(ScheduledRow, number, with_for_update=True)
    if row is not None and row.held is None:
        row.held = why
        change.details |= {"scheduled": number, "held": why}


def _kept(proposal: Proposal, seen: Seen) -> dict[str, Any]:
    meaning, *days = seen.said[proposal.row]
    return {
        "line": proposal.line,
        "row": proposal.row,
        "received_on": _text(proposal.received_on),
        "meaning": proposal.meaning,
        "next_update_on": _text(proposal.next_update_on),
        "was": [meaning, *map(_text, days)],
    }


def _kept_note(key: str, note: Bilingual, seen: Seen) -> dict[str, Any]:
    return {"row": key, "note": [note.fr, note.en], "was": [seen.notes[key].fr, seen.notes[key].en]}


def _scheduled(row: ScheduledRow) -> Scheduled:
    why = Bilingual(row.why_fr, row.why_en)
    notes = {kept["row"]: Bilingual(*kept["note"]) for kept in row.notes}
    plan = Plan(row.at, row.as_of, [_proposal(kept) for kept in row.proposals], notes, row.reason, why)
    seen = Seen(
        said={kept["row"]: (kept["was"][0], _day(kept["was"][1]), _day(kept["was"][2])) for kept in row.proposals},
        notes={kept["row"]: Bilingual(*kept["was"]) for kept in row.notes},
        revision=row.revision,
        confirmed=frozenset(row.confirmed),
    )
    return Scheduled(row.id, plan, seen, Author(row.staff_id, row.token), row.name, row.made_at, row.held)


def _proposal(kept: Mapping[str, Any]) -> Proposal:
    days = _day(kept["received_on"]), _day(kept["next_update_on"])
    return Proposal(kept["line"], kept["row"], days[0], kept["meaning"], days[1])


def _text(day: date | None) -> str | None:
    return str(day) if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
