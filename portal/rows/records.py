"""The rows of the table as they are kept, with what each says now. Gives back the values of rules."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.core.errors import FileRefused, Problem
from portal.core.languages import Bilingual, Sentence
from portal.rows.rules import Group, Meaning, ProcessingDate, Row, already_covered, begun, in_table
from portal.store.changes import Change
from portal.store.database import Model

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
        CheckConstraint(
            "update_every_days >= 0 AND tolerance_days >= 0 AND grace_days >= 0 AND jump_days >= 0", name="days"
        ),
        CheckConstraint("merged_into <> key", name="merged_into_another"),
        CheckConstraint("split_from <> key", name="split_from_another"),
        CheckConstraint("last_day >= first_day", name="last_day_after_first"),
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
    jump_days: Mapped[int]
    issues_credentials: Mapped[bool]
    has_forecast: Mapped[bool]
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("date_rows.key"))
    split_from: Mapped[str | None] = mapped_column(ForeignKey("date_rows.key"))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
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


def table(session: Session, day: date) -> Sequence[ProcessingDate]:
    """Return the rows that stand in the table on `day`, with their dates, in order: two statements."""
    return in_table(all_rows(session), day)


def known_rows(session: Session, day: date) -> Sequence[ProcessingDate]:
    """Return the rows that have begun by `day`, ended ones too."""
    return begun(all_rows(session), day)


def all_rows(session: Session) -> Sequence[ProcessingDate]:
    """Return every row as it was defined, with its date, those to come too, in the order of the table."""
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
        jump_days=kept.jump_days,
        note=Bilingual(kept.note_fr, kept.note_en),
        issues_credentials=kept.issues_credentials,
        has_forecast=kept.has_forecast,
        merged_into=kept.merged_into,
        split_from=kept.split_from,
        first_day=kept.first_day,
        last_day=kept.last_day,
        notice=kept.notice_key,
    )
    return ProcessingDate(row, kept.meaning, kept.received_on, kept.as_of, kept.next_update_on)


def keep_rows(change: Change, rows: Sequence[Row]) -> Sequence[str]:
    """Keep the definition of rows, new or changed, and return their keys; what they say stays.

    The table takes the order of the file; rows that are not in it stay, after the others. Raises FileRefused for a
    form that another row covers, and for days of the table that leave out a day published already.
    """
    session = change.session
    dates = {found.row.key: found for found in all_rows(session)}
    known = {key: found.row for key, found in dates.items()}
    _check_forms(known, rows)
    _check_days(dates, rows)
    order = _order(known, rows)
    different = [row.key for row in rows if known.get(row.key) != row]
    if not different and order == list(known):
        return ()
    _keep_rows(session, rows, order)
    change.details |= {"rows": different, "order": order}
    return different


def keep_notes(change: Change, notes: Mapping[str, Bilingual]) -> None:
    """Keep the notes of rows by their keys, and say in the audit log what stood there before."""
    told = {}
    for key, note in notes.items():
        row = change.session.get_one(DateRow, key)
        before = Bilingual(row.note_fr, row.note_en)
        if note != before:
            row.note_fr, row.note_en = note.fr, note.en
            told[key] = [[before.fr, before.en], [note.fr, note.en]]
    if told:
        change.details["notes"] = told


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
        raise FileRefused(*(Problem(0, already_covered(form, covered[form])) for form in taken))


def _check_days(dates: Mapping[str, ProcessingDate], rows: Sequence[Row]) -> None:
    published = [(row, found.as_of) for row in rows if (found := dates.get(row.key)) and found.as_of]
    outside = [_outside(row.key, as_of) for row, as_of in published if not row.is_in_table(as_of)]
    if outside:
        raise FileRefused(*outside)


def _outside(key: str, as_of: date) -> Problem:
    sentence = Sentence(
        "the row “%(row)s” was published as of %(day)s: its days in the table must hold that day", row=key, day=as_of
    )
    return Problem(0, sentence)


def _keep_rows(session: Session, rows: Sequence[Row], order: Sequence[str]) -> None:
    for row in rows:
        label = {"label_fr": row.group.label.fr, "label_en": row.group.label.en}
        session.merge(GroupRow(key=row.group.key, position=0, **label))
    session.flush()
    for row in rows:
        _keep_row(session, row)
    session.flush()
    _keep_order(session, order)
    _keep_forms_and_kin(session, rows)


def _keep_row(session: Session, row: Row) -> None:
    kept = session.get(DateRow, row.key) or DateRow(key=row.key, position=0)
    kept.group_key, kept.merged_into, kept.split_from = row.group.key, None, None
    kept.label_fr, kept.label_en = row.label.fr, row.label.en
    kept.note_fr, kept.note_en, kept.notice_key = row.note.fr, row.note.en, row.notice
    kept.update_every_days, kept.tolerance_days = row.update_every_days, row.tolerance_days
    kept.grace_days, kept.jump_days = row.grace_days, row.jump_days
    kept.issues_credentials, kept.has_forecast = row.issues_credentials, row.has_forecast
    kept.first_day, kept.last_day = row.first_day, row.last_day
    session.add(kept)


def _keep_order(session: Session, order: Sequence[str]) -> None:
    for position, key in reversed(list(enumerate(order))):
        row = session.get_one(DateRow, key)
        row.position = position
        session.get_one(GroupRow, row.group_key).position = position


def _keep_forms_and_kin(session: Session, rows: Sequence[Row]) -> None:
    # After every row: a form may move from one row to another, a row may be merged into or split from a later one.
    session.execute(delete(CoveredFormRow).where(CoveredFormRow.row_key.in_([row.key for row in rows])))
    for row in rows:
        kept = session.get_one(DateRow, row.key)
        kept.merged_into, kept.split_from = row.merged_into, row.split_from
        session.add_all(CoveredFormRow(form_number=form, row_key=row.key) for form in row.forms)
    session.flush()
    session.expire_all()


def labels(session: Session, day: date) -> Mapping[str, Bilingual]:
    """Return the label of every row that has begun by `day`, by its key: those that have a page."""
    has_begun = or_(DateRow.first_day.is_(None), DateRow.first_day <= day)
    found = session.execute(select(DateRow.key, DateRow.label_fr, DateRow.label_en).where(has_begun))
    return {key: Bilingual(fr, en) for key, fr, en in found}
