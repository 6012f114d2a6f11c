"""What happened to a group of forms: the changes of its rows' dates and the notices that touch it, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, Select, String, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.core.languages import Language
from portal.editions.records import EditionRow, EntryRow, entries_at
from portal.editions.rules import Entry
from portal.notices.items import items_at
from portal.notices.records import NoticeItemRow, NoticeRow, touching, visible
from portal.notices.rules import Told, Touched
from portal.store.database import UtcDateTime

#: Before any item.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
#: The instant of an item, and three values that find it.
Handle = tuple[datetime, int, int, str]
Handles = Select[datetime, int, int, str]


@dataclass(frozen=True, slots=True)
class GroupFeed:
    """Which items the feed of a group tells: of its rows and forms, in one language."""

    touched: Touched
    language: Language


def newest(session: Session, feed: GroupFeed, now: datetime, limit: int) -> list[Told | Entry]:
    """Return what was told last at an aware instant, newest first: `limit`, and what is left of the last edition.

    A feed never holds half an edition; and what it leaves out are the first places of `from_oldest`, whatever comes
    at one instant.
    """
    notices = _notices(feed, now).join(NoticeRow, NoticeRow.id == NoticeItemRow.notice_id).where(visible(now))
    every = [
        *_last(session, notices, NoticeItemRow.at, limit),
        *_last(session, _changes(feed), EditionRow.published_at, limit),
    ]
    every.sort(reverse=True)
    edge = every[min(limit, len(every)) - 1][0] if every else now
    return _found(session, feed, [handle for handle in every if handle[0] >= edge], now)


def _last(session: Session, query: Handles, at: InstrumentedAttribute[datetime], limit: int) -> list[Handle]:
    """Return the last of one kind, with all of their last instant: no more of them can be among the last of both."""
    nth = query.with_only_columns(at).order_by(at.desc()).offset(limit - 1).limit(1)
    # One bound, not two conditions: SQLite then begins at it, and reads nothing older.
    edge = func.coalesce(nth.correlate(None).scalar_subquery(), literal(BEGINNING, UtcDateTime))
    return [tuple(handle) for handle in session.execute(query.where(at >= edge))]


def count(session: Session, feed: GroupFeed, now: datetime) -> int:
    """Return how many places the feed has had: a withdrawn notice keeps its own."""
    both = (_notices(feed, now), _changes(feed))
    return sum(session.scalar(select(func.count()).select_from(query.subquery())) or 0 for query in both)


def from_oldest(session: Session, feed: GroupFeed, now: datetime, offset: int, limit: int) -> list[Told | Entry]:
    """Return what stands in the places from `offset` on, oldest first."""
    every = union_all(_notices(feed, now), _changes(feed)).subquery()
    here = select(every).order_by(*every.c).offset(offset).limit(limit)
    return _found(session, feed, [tuple(handle) for handle in session.execute(here)], now)


def _notices(feed: GroupFeed, now: datetime) -> Handles:
    """Return the instant of each notice's item, then what finds it: the notice, its number, no row."""
    told: Handles = select(NoticeItemRow.at, NoticeItemRow.notice_id, NoticeItemRow.number, literal("", String))
    return told.where(
        NoticeItemRow.language == feed.language,
        NoticeItemRow.at <= now,
        NoticeItemRow.notice_id.in_(touching(feed.touched)),
    )


def _changes(feed: GroupFeed) -> Handles:
    """Return the same of each change of a date: the edition, 0, the row."""
    changed: Handles = select(EditionRow.published_at, EntryRow.edition_id, literal(0, Integer), EntryRow.row_key)
    changed = changed.join(EditionRow, EditionRow.id == EntryRow.edition_id)
    return changed.where(EntryRow.is_change, EntryRow.row_key.in_(feed.touched.rows))


def _found(session: Session, feed: GroupFeed, handles: Sequence[Handle], now: datetime) -> list[Told | Entry]:
    places = [handle[1:] for handle in handles]
    entries = entries_at(session, [(number, row) for number, _part, row in places if row])
    told = items_at(session, feed.language, [(number, part) for number, part, row in places if not row], now)
    found: Sequence[Told | Entry | None] = [
        entries.get((number, row)) if row else told.get((number, part)) for number, part, row in places
    ]
    return [one for one in found if one is not None]
