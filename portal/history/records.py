"""The history of a row as the editions keep it: columns, not objects, since ten years of days are 3,650 entries."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.calendar import day_of
from portal.core.languages import Bilingual
from portal.editions.records import EditionRow, EntryRow, Undoing, stands
from portal.editions.rules import Step
from portal.forecast.rules import Point
from portal.history.rules import Said


def history(session: Session, row_key: str) -> Sequence[Said]:
    """Return what each edition said of a row, oldest first: one statement."""
    query = (
        select(
            EntryRow.edition_id,
            EditionRow.as_of,
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
    return [
        Said(
            number,
            as_of,
            at,
            day_of(at),
            Bilingual(fr, en),
            bool(undoes or undone_by),
            Step(was, was_on, says, says_on),
        )
        for number, as_of, at, fr, en, undoes, undone_by, was, was_on, says, says_on in session.execute(query)
    ]


def points(session: Session, row_key: str) -> Sequence[Point]:
    """Return the same as the rules’ `points` of a whole history, which a forecast alone need not read."""
    query = (
        select(EditionRow.as_of, EntryRow.received_on)
        .join(EntryRow, EntryRow.edition_id == EditionRow.id)
        .where(EntryRow.row_key == row_key, EntryRow.received_on.is_not(None), stands())
        .order_by(EntryRow.edition_id)
    )
    return [Point(as_of, received_on) for as_of, received_on in session.execute(query) if received_on]
