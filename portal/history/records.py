"""The history of a row as the editions keep it: columns, not objects, since ten years of days are 3,650 entries."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.languages import Bilingual
from portal.editions.records import EditionRow, EntryRow, Undoing, stands
from portal.editions.rules import Step
from portal.history.rules import Reached, Said


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
        Said(number, as_of, at, Bilingual(fr, en), bool(undoes or undone_by), Step(was, was_on, says, says_on))
        for number, as_of, at, fr, en, undoes, undone_by, was, was_on, says, says_on in session.execute(query)
    ]


def reached(session: Session, row_key: str, received_on: date) -> Reached:
    """Return what the editions that stand said of one received date: three statements at most."""
    of_row = (
        select(EditionRow.as_of)
        .join(EntryRow, EntryRow.edition_id == EditionRow.id)
        .where(EntryRow.row_key == row_key, EntryRow.received_on.is_not(None), stands())
    )
    last_on = session.scalar(
        of_row.where(EntryRow.received_on >= received_on).order_by(EntryRow.edition_id.desc()).limit(1)
    )
    not_beyond = (
        select(func.max(EntryRow.edition_id))
        .join(EditionRow, EntryRow.edition_id == EditionRow.id)
        .where(EntryRow.row_key == row_key, EntryRow.received_on <= received_on, stands())
    )
    beyond = of_row.where(EntryRow.edition_id > func.coalesce(not_beyond.scalar_subquery(), 0))
    passed_on = session.scalar(beyond.order_by(EntryRow.edition_id).limit(1))
    return Reached(passed_on, last_on)
