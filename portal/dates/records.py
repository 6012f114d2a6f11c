"""The table as it is kept: rows, editions, and what each edition said. Gives back the values of rules."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.core.calendar import day_of
from portal.core.errors import FileRefused, Problem
from portal.core.languages import Bilingual
from portal.dates.rules import (
    Group,
    Meaning,
    Move,
    ProcessingDate,
    Proposal,
    PublishedChange,
    Row,
    check_unusual,
    proposed_moves,
)
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime

MEANING_IS_KNOWN = "meaning IN ('received_on', 'received_up_to', 'up_to_date', 'suspended')"
DATE_FITS_MEANING = "(received_on IS NULL) = (meaning IN ('up_to_date', 'suspended'))"


class GroupRow(Model):
    """A group of rows."""

    __tablename__ = "date_groups"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    label_fr: Mapped[str] = mapped_column(Text)
    label_en: Mapped[str] = mapped_column(Text)


class DateRow(Model):
    """A row of the table, with what the last edition that spoke of it said: reading the table joins no history."""

    __tablename__ = "date_rows"
    __table_args__ = (
        CheckConstraint(MEANING_IS_KNOWN, name="meaning_is_known"),
        CheckConstraint(f"as_of IS NULL OR {DATE_FITS_MEANING}", name="date_fits_meaning"),
        CheckConstraint("update_every_days >= 0 AND tolerance_days >= 0 AND grace_days >= 0", name="days"),
        CheckConstraint("merged_into <> key", name="merged_into_another"),
    )

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    group_key: Mapped[str] = mapped_column(ForeignKey("date_groups.key"))
    position: Mapped[int]
    label_fr: Mapped[str] = mapped_column(Text)
    label_en: Mapped[str] = mapped_column(Text)
    note_fr: Mapped[str] = mapped_column(Text)
    note_en: Mapped[str] = mapped_column(Text)
    update_every_days: Mapped[int]
    tolerance_days: Mapped[int]
    grace_days: Mapped[int]
    issues_credentials: Mapped[bool]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("date_rows.key"))
    notice_key: Mapped[str] = mapped_column(String(60))
    meaning: Mapped[Meaning] = mapped_column(String(20), default="received_on")
    received_on: Mapped[date | None]
    as_of: Mapped[date | None]
    next_update_on: Mapped[date | None]

    group: Mapped[GroupRow] = relationship(lazy="joined", innerjoin=True)
    forms: Mapped[list["CoveredFormRow"]] = relationship(lazy="selectin", order_by="CoveredFormRow.form_number")


class CoveredFormRow(Model):
    """A form that a row covers; a form is covered by one row only."""

    __tablename__ = "date_row_forms"

    form_number: Mapped[str] = mapped_column(String(4), primary_key=True)
    row_key: Mapped[str] = mapped_column(ForeignKey("date_rows.key"), index=True)


class EditionRow(Model):
    """One publication of the table: immutable."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)


class EntryRow(Model):
    """What an edition said of a row, and what was said before."""

    __tablename__ = "edition_entries"
    __table_args__ = (
        CheckConstraint(MEANING_IS_KNOWN, name="meaning_is_known"),
        CheckConstraint(DATE_FITS_MEANING, name="date_fits_meaning"),
        Index(None, "row_key", "edition_id"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    row_key: Mapped[str] = mapped_column(ForeignKey("date_rows.key"), primary_key=True)
    meaning: Mapped[Meaning] = mapped_column(String(20))
    received_on: Mapped[date | None]
    old_meaning: Mapped[Meaning | None] = mapped_column(String(20))
    old_received_on: Mapped[date | None]
    is_change: Mapped[bool]


def table(session: Session) -> Sequence[ProcessingDate]:
    """Return every row with its date, in the order of the table: two statements."""
    query = select(DateRow).join(DateRow.group).order_by(GroupRow.position, DateRow.position)
    return [_processing_date(row) for row in session.scalars(query)]


def _processing_date(kept: DateRow) -> ProcessingDate:
    row = Row(
        key=kept.key,
        group=Group(kept.group.key, Bilingual(kept.group.label_fr, kept.group.label_en)),
        label=Bilingual(kept.label_fr, kept.label_en),
        forms=tuple(form.form_number for form in kept.forms),
        update_every_days=kept.update_every_days,
        tolerance_days=kept.tolerance_days,
        grace_days=kept.grace_days,
        note=Bilingual(kept.note_fr, kept.note_en),
        issues_credentials=kept.issues_credentials,
        merged_into=kept.merged_into,
        notice=kept.notice_key,
    )
    return ProcessingDate(row, kept.meaning, kept.received_on, kept.as_of, kept.next_update_on)


def changes(session: Session, row_key: str | None, limit: int) -> Sequence[PublishedChange]:
    """Return the last `limit` changes, of one row or of all, newest first."""
    query = (
        select(EntryRow, EditionRow, DateRow.label_fr, DateRow.label_en)
        .join(EditionRow, EntryRow.edition_id == EditionRow.id)
        .join(DateRow, EntryRow.row_key == DateRow.key)
        .where(EntryRow.is_change)
        .order_by(EntryRow.edition_id.desc(), DateRow.position)
        .limit(limit)
    )
    if row_key is not None:
        query = query.where(EntryRow.row_key == row_key)
    return [
        PublishedChange(
            edition=entry.edition_id,
            as_of=edition.as_of,
            published_at=edition.published_at,
            row_key=entry.row_key,
            label=Bilingual(label_fr, label_en),
            meaning=entry.meaning,
            received_on=entry.received_on,
            old_meaning=entry.old_meaning,
            old_received_on=entry.old_received_on,
        )
        for entry, edition, label_fr, label_en in session.execute(query)
    ]


def reached_on(session: Session, row_key: str, received_on: date) -> date | None:
    """Return the as-of day of the first edition in which the row's date went beyond `received_on`."""
    query = (
        select(func.min(EditionRow.as_of))
        .join(EntryRow, EntryRow.edition_id == EditionRow.id)
        .where(EntryRow.row_key == row_key, EntryRow.received_on > received_on)
    )
    return session.scalar(query)


def last_as_of(session: Session) -> date | None:
    """Return the latest as-of day of any edition."""
    return session.scalar(select(func.max(EditionRow.as_of)))


def publish(
    change: Change, proposals: Sequence[Proposal], as_of: date, *, at: datetime, reason: str, is_confirmed: bool
) -> Sequence[Move]:
    """Publish an edition; return what it says, nothing when all of it was said already.

    `at` is aware. Raises FileRefused with every fault, and NeedsConfirmation unless `is_confirmed`.
    """
    session = change.session
    current = {found.row.key: found for found in table(session)}
    proposed = proposed_moves(current, proposals, as_of, day_of(at))
    if not any(_says_more(move, current[move.row.key], as_of) for move in proposed):
        return ()
    if not is_confirmed:
        check_unusual(proposed, as_of, last_as_of(session))
    edition = _keep_edition(session, proposed, as_of, at, change.actor, reason)
    said = {move.row.key: [str(move.old_received_on or ""), str(move.received_on or move.meaning)] for move in proposed}
    change.details |= {"edition": edition, "as_of": str(as_of), "reason": reason, "rows": said}
    return proposed


def _says_more(move: Move, kept: ProcessingDate, as_of: date) -> bool:
    return move.is_change or (as_of, move.next_update_on) != (kept.as_of, kept.next_update_on)


def _keep_edition(session: Session, moves: Sequence[Move], as_of: date, at: datetime, actor: str, reason: str) -> int:
    edition = EditionRow(as_of=as_of, published_at=at, actor=actor, reason=reason)
    session.add(edition)
    session.flush()
    for move in moves:
        kept = session.get_one(DateRow, move.row.key)
        kept.meaning, kept.received_on = move.meaning, move.received_on
        kept.as_of, kept.next_update_on = as_of, move.next_update_on
        entry = EntryRow(edition_id=edition.id, row_key=move.row.key, meaning=move.meaning, is_change=move.is_change)
        entry.received_on, entry.old_meaning = move.received_on, move.old_meaning
        entry.old_received_on = move.old_received_on
        session.add(entry)
    return edition.id


def keep_rows(change: Change, rows: Sequence[Row]) -> Sequence[str]:
    """Keep the definition of rows, new or changed, and return their keys; what they say stays.

    The table takes the order of the file; rows that are not in it stay, after the others. Raises FileRefused for a
    form that another row covers.
    """
    session = change.session
    known = {found.row.key: found.row for found in table(session)}
    _check_forms(known, rows)
    order = _order(known, rows)
    different = [row.key for row in rows if known.get(row.key) != row]
    if not different and order == list(known):
        return ()
    _keep_rows(session, rows, order)
    change.details |= {"rows": different, "order": order}
    return different


def _order(known: Mapping[str, Row], rows: Sequence[Row]) -> list[str]:
    # Those of the file first, then the others; each group together, where its first row stands.
    defined = {row.key: row for row in rows}
    all_rows = defined | {key: row for key, row in known.items() if key not in defined}
    places: dict[str, int] = {}
    for row in all_rows.values():
        places.setdefault(row.group.key, len(places))
    return sorted(all_rows, key=lambda key: places[all_rows[key].group.key])


def _check_forms(known: Mapping[str, Row], rows: Sequence[Row]) -> None:
    defined = {row.key for row in rows}
    covered = {form: key for key, row in known.items() if key not in defined for form in row.forms}
    taken = [form for row in rows for form in row.forms if form in covered]
    if taken:
        raise FileRefused(*(Problem(0, f"form {form} is already covered by “{covered[form]}”") for form in taken))


def _keep_rows(session: Session, rows: Sequence[Row], order: Sequence[str]) -> None:
    for row in rows:
        label = {"label_fr": row.group.label.fr, "label_en": row.group.label.en}
        session.merge(GroupRow(key=row.group.key, position=0, **label))
    session.flush()
    for row in rows:
        kept = session.get(DateRow, row.key) or DateRow(key=row.key, position=0)
        kept.group_key, kept.merged_into = row.group.key, None
        kept.label_fr, kept.label_en = row.label.fr, row.label.en
        kept.note_fr, kept.note_en, kept.notice_key = row.note.fr, row.note.en, row.notice
        kept.update_every_days, kept.tolerance_days = row.update_every_days, row.tolerance_days
        kept.grace_days, kept.issues_credentials = row.grace_days, row.issues_credentials
        session.add(kept)
    session.flush()
    _keep_order(session, order)
    _keep_forms_and_merges(session, rows)


def _keep_order(session: Session, order: Sequence[str]) -> None:
    for position, key in reversed(list(enumerate(order))):
        row = session.get_one(DateRow, key)
        row.position = position
        session.get_one(GroupRow, row.group_key).position = position


def _keep_forms_and_merges(session: Session, rows: Sequence[Row]) -> None:
    # After every row: a form may move from one row to another, a row may be merged into a later one.
    session.execute(delete(CoveredFormRow).where(CoveredFormRow.row_key.in_([row.key for row in rows])))
    for row in rows:
        session.get_one(DateRow, row.key).merged_into = row.merged_into
        session.add_all(CoveredFormRow(form_number=form, row_key=row.key) for form in row.forms)
    session.flush()
    session.expire_all()
