"""The history of a row as the editions keep it: columns, not objects, since ten years of days are 3,650 entries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from portal.core.calendar import day_of
from portal.core.languages import NO_TEXT, Bilingual
from portal.editions.records import EditionRow, EntryRow, Undoing, stands
from portal.editions.rules import Step
from portal.forecast.rules import Point
from portal.history.rules import Said


def history(session: Session, row_key: str) -> Sequence[Said]:
    """Return what each edition said of a row, oldest first: one statement."""
    query = (
        select(
            EntryRow.edition_id,
            EntryRow.as_of,
            EditionRow.published_at,
            EditionRow.why_fr,
            EditionRow.why_en,
            EditionRow.undoes,
            Undoing.id,
            EntryRow.old_meaning,
            EntryRow.old_received_on,
            EntryRow.meaning,
            EntryRow.received_on,
        )
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .outerjoin(Undoing, Undoing.undoes == EditionRow.id)
        .where(EntryRow.row_key == row_key)
        .order_by(EntryRow.edition_id)
    )
    return [_said(*columns) for columns in session.execute(query)]


def _said(
    number: int,
    as_of: date,
    at: datetime,
    why_fr: str,
    why_en: str,
    undoes: int | None,
    undone_by: int | None,
    *step: Any,
) -> Said:
    why = Bilingual(why_fr, why_en) if why_fr else NO_TEXT
    return Said(number, as_of, at, day_of(at), why, bool(undoes or undone_by), Step(*step))


def years(session: Session) -> Mapping[str, Sequence[int]]:
    """Return the years, in Québec, in which each row was published, by its key: one statement."""
    # Grouped by a year of the database’s own clock: the first and the last instant of each tell the years in Québec.
    at = EditionRow.published_at
    query = (
        select(EntryRow.row_key, func.min(at), func.max(at))
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .group_by(EntryRow.row_key, extract("year", at))
    )
    found: dict[str, set[int]] = {}
    for row_key, *instants in session.execute(query):
        found.setdefault(row_key, set()).update(day_of(at).year for at in instants)
    return {row_key: sorted(years) for row_key, years in found.items()}


def points(session: Session, row_key: str) -> Sequence[Point]:
    """Return the same as the rules’ `points` of a whole history, which a forecast alone need not read."""
    query = (
        select(EntryRow.as_of, EntryRow.received_on)
        .join(EditionRow, EntryRow.edition_id == EditionRow.id)
        .where(EntryRow.row_key == row_key, EntryRow.received_on.is_not(None), stands())
        .order_by(EntryRow.edition_id)
    )
    return [Point(as_of, received_on) for as_of, received_on in session.execute(query) if received_on]
