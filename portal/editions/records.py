"""Editions as they are kept: who published what, when and why. Written once, never changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    and_,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.core.calendar import day_of
from portal.core.errors import CannotUndo
from portal.core.languages import NO_TEXT, Bilingual, Sentence
from portal.editions.rules import (
    Edition,
    Entry,
    Move,
    Proposal,
    Step,
    Table,
    check_reason,
    check_unusual,
    proposed_moves,
    says_more,
    undoing_moves,
)
from portal.rows.records import DATE_FITS_MEANING, MEANING_IS_KNOWN, DateRow, all_rows
from portal.rows.rules import Meaning, ProcessingDate, on_day
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime

#: The largest number that PostgreSQL takes for an edition.
LARGEST = 2**31 - 1


class EditionRow(Model):
    """One publication of the table: immutable. An edition is taken back by another one, once."""

    __tablename__ = "editions"
    __table_args__ = (CheckConstraint("undoes < id", name="undoes_an_earlier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    why_fr: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("editions.id"), unique=True)


class EntryRow(Model):
    """What an edition said of a row, and what was said before.

    Its as-of day is the edition’s, or an earlier one where the edition takes another back.
    """

    __tablename__ = "edition_entries"
    __table_args__ = (
        CheckConstraint(MEANING_IS_KNOWN, name="meaning_is_known"),
        CheckConstraint(DATE_FITS_MEANING, name="date_fits_meaning"),
        Index(None, "row_key", "edition_id"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    row_key: Mapped[str] = mapped_column(ForeignKey("date_rows.key"), primary_key=True)
    as_of: Mapped[date]
    meaning: Mapped[Meaning] = mapped_column(String(20))
    received_on: Mapped[date | None]
    old_meaning: Mapped[Meaning | None] = mapped_column(String(20))
    old_received_on: Mapped[date | None]
    next_update_on: Mapped[date | None]
    is_change: Mapped[bool]


#: The edition that took an edition back.
Undoing = aliased(EditionRow)


def stands() -> ColumnElement[bool]:
    """Return the condition that an edition was not taken back, and takes none back: what it said, it meant.

    A short list, read once: asked of each edition, SQLite would begin from its index of `undoes`, which is all null.
    """
    pairs = select(EditionRow.undoes, EditionRow.id).where(EditionRow.undoes.is_not(None)).subquery()
    return EditionRow.id.not_in(select(pairs.c.undoes).union(select(pairs.c.id)))


def editions(session: Session, *, limit: int, offset: int = 0) -> Sequence[tuple[Edition, int]]:
    """Return editions, newest first, each with the number of rows that it changed."""
    changed = select(func.count()).where(EntryRow.edition_id == EditionRow.id, EntryRow.is_change)
    query = _editions().add_columns(changed.correlate(EditionRow).scalar_subquery())
    found = session.execute(query.order_by(EditionRow.id.desc()).limit(limit).offset(offset))
    return [(_edition(kept, undone_by), changes) for kept, undone_by, changes in found]


def recent(session: Session, limit: int) -> Sequence[Edition]:
    """Return the last editions, newest first."""
    found = session.execute(_editions().order_by(EditionRow.id.desc()).limit(limit))
    return [_edition(kept, undone_by) for kept, undone_by in found]


def count(session: Session) -> int:
    """Return how many editions there are."""
    return session.scalar(select(func.count()).select_from(EditionRow)) or 0


def edition(session: Session, number: int) -> Edition | None:
    """Return an edition by its number, or None."""
    if number > LARGEST:
        return None
    found = session.execute(_editions().where(EditionRow.id == number)).one_or_none()
    return _edition(*found) if found else None


def edition_named(session: Session, text: str) -> Edition | None:
    """Return the edition that a reader names by its number, or None: what they typed may be anything."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    return edition(session, int(text)) if is_number else None


def neighbours(session: Session, number: int) -> tuple[int | None, int | None]:
    """Return the numbers of the editions before and after, None at the ends."""
    before = session.scalar(select(func.max(EditionRow.id)).where(EditionRow.id < number))
    return before, session.scalar(select(func.min(EditionRow.id)).where(EditionRow.id > number))


def _editions() -> Select[EditionRow, int]:
    return select(EditionRow, Undoing.id).outerjoin(Undoing, Undoing.undoes == EditionRow.id)


def _edition(kept: EditionRow, undone_by: int | None, undone_at: datetime | None = None) -> Edition:
    return Edition(
        number=kept.id,
        as_of=kept.as_of,
        published_at=kept.published_at,
        why=Bilingual(kept.why_fr, kept.why_en),
        undoes=kept.undoes,
        undone_by=undone_by,
        undone_at=undone_at,
    )


def entries(session: Session, number: int) -> Sequence[Entry]:
    """Return what an edition said of each of its rows, in the order of the table."""
    return _entries(session, _entry_rows().where(EntryRow.edition_id == number))


def changes(session: Session, row_keys: Collection[str] | None, limit: int) -> Sequence[Entry]:
    """Return the last changes, of some rows or of all, newest first: `limit`, and what is left of the last edition.

    A feed never holds half an edition: a reader that comes after it finds all of it, or none.
    """
    of_rows = _changes_of(row_keys)
    last = select(EntryRow.edition_id).where(of_rows).order_by(EntryRow.edition_id.desc()).offset(limit - 1).limit(1)
    first_number = func.coalesce(last.scalar_subquery(), 0)
    return _entries(session, _entry_rows().where(of_rows, EntryRow.edition_id >= first_number))


def count_changes(session: Session, row_keys: Collection[str] | None) -> int:
    """Return how many changes there are, of some rows or of all."""
    return session.scalar(select(func.count()).select_from(EntryRow).where(_changes_of(row_keys))) or 0


def changes_from(session: Session, row_keys: Collection[str] | None, offset: int, limit: int) -> Sequence[Entry]:
    """Return the changes from a place on, of some rows or of all, oldest first: an order that no edition disturbs."""
    oldest = _entry_rows().where(_changes_of(row_keys)).order_by(None).order_by(EntryRow.edition_id, EntryRow.row_key)
    return _entries(session, oldest.offset(offset).limit(limit))


def entries_at(session: Session, places: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], Entry]:
    """Return entries by the number of their edition and the key of their row."""
    found = _entries(session, _entry_rows().where(tuple_(EntryRow.edition_id, EntryRow.row_key).in_(places)))
    return {(entry.edition.number, entry.row_key): entry for entry in found}


def _changes_of(row_keys: Collection[str] | None) -> ColumnElement[bool]:
    of_rows = true() if row_keys is None else EntryRow.row_key.in_(row_keys)
    return and_(EntryRow.is_change, of_rows)


def _entry_rows() -> Select[EntryRow, EditionRow, int, datetime, str, str]:
    return (
        select(EntryRow, EditionRow, Undoing.id, Undoing.published_at, DateRow.label_fr, DateRow.label_en)
        .join(EditionRow, EntryRow.edition_id == EditionRow.id)
        .outerjoin(Undoing, Undoing.undoes == EditionRow.id)
        .join(DateRow, EntryRow.row_key == DateRow.key)
        .order_by(EntryRow.edition_id.desc(), DateRow.position)
    )


def _entries(session: Session, query: Select[EntryRow, EditionRow, int, datetime, str, str]) -> Sequence[Entry]:
    return [
        Entry(
            edition=_edition(edition, undone_by, undone_at),
            row_key=entry.row_key,
            as_of=entry.as_of,
            label=Bilingual(label_fr, label_en),
            step=Step(entry.old_meaning, entry.old_received_on, entry.meaning, entry.received_on),
        )
        for entry, edition, undone_by, undone_at, label_fr, label_en in session.execute(query)
    ]


def table_of(session: Session, number: int) -> Mapping[str, ProcessingDate]:
    """Return what the table said once the edition of that number was published, by row.

    Rows not published yet are left out. An edition that was taken back by then said nothing, nor did the one that took
    it back.
    """
    return tables_of(session, number)[0]


def tables_of(session: Session, *numbers: int) -> Sequence[Mapping[str, ProcessingDate]]:
    """Return the same of several editions."""
    rows = all_rows(session)
    return [_table(rows, _said_by(session, number)) for number in numbers]


def _table(rows: Sequence[ProcessingDate], said: Mapping[str, EntryRow]) -> Mapping[str, ProcessingDate]:
    return {
        found.row.key: ProcessingDate(found.row, entry.meaning, entry.received_on, entry.as_of, entry.next_update_on)
        for found in rows
        if (entry := said.get(found.row.key))
    }


def _said_by(session: Session, number: int) -> Mapping[str, EntryRow]:
    """Return the entry that stood of each row then: the numbers first, by one seek for each row, then the entries."""
    undone = select(EditionRow.undoes).where(EditionRow.undoes.is_not(None), EditionRow.id <= number)
    undoing = select(EditionRow.id).where(EditionRow.undoes.is_not(None), EditionRow.id <= number)
    newest = (
        select(func.max(EntryRow.edition_id))
        .where(EntryRow.row_key == DateRow.key, EntryRow.edition_id <= number)
        .where(EntryRow.edition_id.not_in(undone.union(undoing)))
        .correlate(DateRow)
        .scalar_subquery()
    )
    pairs = [(key, last) for key, last in session.execute(select(DateRow.key, newest)) if last is not None]
    query = select(EntryRow).where(_is_one_of(pairs))
    return {entry.row_key: entry for entry in session.scalars(query)}


def _is_one_of(pairs: Sequence[tuple[str, int]]) -> ColumnElement[bool]:
    # Not `(row_key, edition_id) IN (…)`: for that, SQLite reads every entry.
    return or_(false(), *(and_(EntryRow.row_key == key, EntryRow.edition_id == number) for key, number in pairs))


def last_dates(session: Session) -> Mapping[str, date]:
    """Return the last received date of each row that has none now: what a new one must be compared with."""
    newest = (
        select(func.max(EntryRow.edition_id))
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(EntryRow.row_key == DateRow.key, EntryRow.received_on.is_not(None), stands())
        .correlate(DateRow)
        .scalar_subquery()
    )
    without = select(DateRow.key, newest).where(DateRow.received_on.is_(None), DateRow.as_of.is_not(None))
    pairs = [(key, last) for key, last in session.execute(without) if last is not None]
    query = select(EntryRow).where(_is_one_of(pairs))
    return {entry.row_key: entry.received_on for entry in session.scalars(query) if entry.received_on}


def last_as_of(session: Session) -> date | None:
    """Return the latest as-of day of any edition that stands."""
    return session.scalar(select(func.max(EditionRow.as_of)).where(stands()))


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands under an edition: when (aware), why for the audit log, why for the public, and whether meant."""

    at: datetime
    reason: str
    why: Bilingual = NO_TEXT
    is_confirmed: bool = False


def proposed(session: Session, proposals: Sequence[Proposal], as_of: date, today: date) -> tuple[Table, Sequence[Move]]:
    """Return the table on a day, and what an edition would change of it. Raises EditionRefused with every fault."""
    current = {found.row.key: found for found in on_day(all_rows(session), as_of)}
    return current, proposed_moves(current, proposals, as_of, today, last_dates(session))


def publish(change: Change, proposals: Sequence[Proposal], as_of: date, signed: Signature) -> Sequence[Move]:
    """Publish an edition; return what it says, nothing when all of it was said already.

    Raises EditionRefused with every fault, ReasonMissing, and NeedsConfirmation unless confirmed.
    """
    session = change.session
    current, moves = proposed(session, proposals, as_of, day_of(signed.at))
    if not any(says_more(move, current[move.row.key]) for move in moves):
        return ()
    check_reason(moves, signed.reason)
    if not signed.is_confirmed:
        check_unusual(moves, as_of, last_as_of(session))
    _keep(change, moves, EditionRow(as_of=as_of), signed)
    return moves


def undo(change: Change, number: int, signed: Signature) -> Sequence[Move]:
    """Take an edition back by a new one; return what it says. Raises CannotUndo with the way out, ReasonMissing."""
    session = change.session
    undone = edition(session, number)
    if undone is None:
        raise CannotUndo(_no_edition(number, session.scalar(select(func.max(EditionRow.id)))))
    current = {found.row.key: found for found in on_day(all_rows(session), day_of(signed.at))}
    newest = _newest_of_rows(session, number)
    said = {key: newest[key] for key in current if key in newest}
    moves = undoing_moves(undone, said, table_of(session, number - 1), current, day_of(signed.at))
    check_reason(moves, signed.reason)
    _keep(change, moves, EditionRow(as_of=undone.as_of, undoes=number), signed)
    return moves


def _no_edition(number: int, last: int | None) -> Sentence:
    if last is None:
        return Sentence("there is no edition %(number)s; nothing has been published yet", number=number)
    return Sentence("there is no edition %(number)s; the last one is %(last)s", number=number, last=last)


def _newest_of_rows(session: Session, number: int) -> Mapping[str, int]:
    # Of those that stand: one taken back and the one that took it back leave the table as it was before both.
    newest = (
        select(EntryRow.row_key, func.max(EntryRow.edition_id))
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(EntryRow.row_key.in_(select(EntryRow.row_key).where(EntryRow.edition_id == number)), stands())
        .group_by(EntryRow.row_key)
    )
    return dict(iter(session.execute(newest)))


def _keep(change: Change, moves: Sequence[Move], edition: EditionRow, signed: Signature) -> None:
    session = change.session
    edition.published_at, edition.actor, edition.reason = signed.at, change.actor, signed.reason
    edition.why_fr, edition.why_en = signed.why.fr, signed.why.en
    # Under the lock of the subject: a number is never skipped, as a sequence of PostgreSQL does after a trial.
    edition.id = (session.scalar(select(func.max(EditionRow.id))) or 0) + 1
    session.add(edition)
    session.flush()
    for move in moves:
        step, kept = move.step, session.get_one(DateRow, move.row.key)
        kept.meaning, kept.received_on = step.meaning, step.received_on
        kept.as_of, kept.next_update_on = move.as_of, move.next_update_on
        entry = EntryRow(edition_id=edition.id, row_key=move.row.key, meaning=step.meaning, is_change=step.is_change)
        entry.as_of, entry.received_on, entry.old_meaning = move.as_of, step.received_on, step.old_meaning
        entry.old_received_on, entry.next_update_on = step.old_received_on, move.next_update_on
        session.add(entry)
    # The edition is its own record; the log names what it changed.
    said = {
        move.row.key: [str(move.step.old_received_on or ""), str(move.step.received_on or move.step.meaning)]
        for move in moves
        if move.step.is_change
    }
    change.details |= {"edition": edition.id, "as_of": str(edition.as_of), "reason": signed.reason, "rows": said}
    if edition.undoes:
        change.details["undoes"] = edition.undoes
