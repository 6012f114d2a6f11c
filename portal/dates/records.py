"""What happened to a group of forms: the changes of its rows' dates and the notices that touch it, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, Integer, Select, String, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.core.languages import Language
from portal.editions.records import EditionRow, EntryRow, entries_at
from portal.editions.rules import Entry
from portal.notices.records import NoticeItemRow, NoticeRow, items_at, touching, visible
from portal.notices.rules import Told, Touched


@dataclass(frozen=True, slots=True)
class GroupFeed:
    """Which items the feed of a group tells: of its rows and forms, in one language."""

    touched: Touched
    language: Language


def newest(session: Session, feed: GroupFeed, now: datetime, limit: int) -> list[Told | Entry]:
    """Return what was told last at an aware instant, newest first."""
    every = _handles(feed, now, only_visible=True).subquery()
    newest_first = select(every).order_by(*(column.desc() for column in every.c))
    return _found(session, feed, newest_first.limit(limit), now)


def count(session: Session, feed: GroupFeed, now: datetime) -> int:
    """Return how many places the feed has had: a withdrawn notice keeps its own."""
    return session.scalar(select(func.count()).select_from(_handles(feed, now).subquery())) or 0


def from_oldest(session: Session, feed: GroupFeed, now: datetime, offset: int, limit: int) -> list[Told | Entry]:
    """Return what stands in the places from `offset` on, oldest first."""
    every = _handles(feed, now).subquery()
    return _found(session, feed, select(every).order_by(*every.c).offset(offset).limit(limit), now)


def _handles(feed: GroupFeed, now: datetime, *, only_visible: bool = False) -> CompoundSelect:
    """Return the instant of each item, then what finds it: (notice, its number, no row) or (edition, 0, row)."""
    told = select(NoticeItemRow.at, NoticeItemRow.notice_id, NoticeItemRow.number, literal("", String))
    told = told.join(NoticeRow, NoticeRow.id == NoticeItemRow.notice_id).where(
        NoticeItemRow.language == feed.language,
        NoticeItemRow.at <= now,
        NoticeItemRow.notice_id.in_(touching(feed.touched)),
    )
    if only_visible:
        told = told.where(visible(now))
    changed = select(EditionRow.published_at, EntryRow.edition_id, literal(0, Integer), EntryRow.row_key)
    changed = changed.join(EditionRow, EditionRow.id == EntryRow.edition_id)
    return union_all(told, changed.where(EntryRow.is_change, EntryRow.row_key.in_(feed.touched.rows)))


def _found(session: Session, feed: GroupFeed, handles: Select, now: datetime) -> list[Told | Entry]:
    places = [tuple(found)[1:] for found in session.execute(handles)]
    entries = entries_at(session, [(number, row) for number, _part, row in places if row])
    told = items_at(session, feed.language, [(number, part) for number, part, row in places if not row], now)
    found: Sequence[Told | Entry | None] = [
        entries.get((number, row)) if row else told.get((number, part)) for number, part, row in places
    ]
    return [one for one in found if one is not None]
