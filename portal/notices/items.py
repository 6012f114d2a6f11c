"""What the feeds of notices tell, read as columns: a feed of fifty items makes no object of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Bundle, Session, aliased

from portal.core.languages import Bilingual, Language
from portal.notices.records import NoticeAudienceRow, NoticeItemRow, NoticeRevisionRow, NoticeRow, as_notice, visible
from portal.notices.rules import Audience, Facts, Telling, Told, is_visible


@dataclass(frozen=True, slots=True)
class Feed:
    """Which items a feed tells: those in one language, for one of `audiences` at least, or all where none is named."""

    language: Language
    audiences: Sequence[Audience] = ()


def newest_items(session: Session, feed: Feed, now: datetime, limit: int) -> list[Told]:
    """Return the last items of a feed at `now`, newest first."""
    newest = (NoticeItemRow.at.desc(), NoticeItemRow.notice_id.desc(), NoticeItemRow.number.desc())
    query = _item_rows().where(*_places(feed, now), visible(now)).order_by(*newest).limit(limit)
    return _told(session, session.execute(query))


def count_items(session: Session, feed: Feed, now: datetime) -> int:
    """Return how many places a feed has had until `now`: a withdrawn notice keeps its own."""
    places = select(func.count()).select_from(NoticeItemRow).where(*_places(feed, now))
    return session.scalar(places) or 0


def items_from(session: Session, feed: Feed, now: datetime, offset: int, limit: int) -> list[Told]:
    """Return the items in the places of a feed from `offset` on, oldest first; a withdrawn one leaves its own empty."""
    in_order = (NoticeItemRow.at, NoticeItemRow.notice_id, NoticeItemRow.number)
    # The places first, by the index alone: the texts of those passed over are not read.
    places = select(NoticeItemRow.notice_id, NoticeItemRow.number).where(*_places(feed, now)).order_by(*in_order)
    here = places.offset(offset).limit(limit).subquery()
    is_here = and_(here.c.notice_id == NoticeItemRow.notice_id, here.c.number == NoticeItemRow.number)
    query = _item_rows().join(here, is_here).where(NoticeItemRow.language == feed.language)
    found = session.execute(query.order_by(*in_order))
    return _told(session, (row for row in found if is_visible(row.notice.published_at, row.notice.withdrawn_at, now)))


def items_at(
    session: Session, language: Language, places: Collection[tuple[int, int]], now: datetime
) -> Mapping[tuple[int, int], Told]:
    """Return the items of one language visible at `now`, by the number of their notice and their own."""
    here = tuple_(NoticeItemRow.notice_id, NoticeItemRow.number).in_(places)
    found = session.execute(_item_rows().where(NoticeItemRow.language == language, here, visible(now)))
    return {(told.notice.id, told.telling.number): told for told in _told(session, found)}


def _places(feed: Feed, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [NoticeItemRow.language == feed.language, NoticeItemRow.at <= now]
    if feed.audiences:
        # A list made once: a subquery for each item would take twice the time where there are thousands.
        those = select(NoticeAudienceRow.notice_id).where(NoticeAudienceRow.audience.in_(feed.audiences))
        conditions.append(NoticeItemRow.notice_id.in_(those))
    return conditions


#: The revision whose text an item tells, and the one that first told its news, with a note.
Shown, News = aliased(NoticeRevisionRow), aliased(NoticeRevisionRow)
#: What is read of all four: columns, which take half the time of as many objects.
ITEM = Bundle(
    "item",
    *(NoticeItemRow.number, NoticeItemRow.language, NoticeItemRow.at, NoticeItemRow.updated_at),
    *(NoticeItemRow.shown, NoticeItemRow.since),
)
NOTICE = Bundle("notice", *(getattr(NoticeRow, column.key) for column in NoticeRow.__table__.columns))
TEXT = Bundle(
    "text",
    *(Shown.title_fr, Shown.title_en, Shown.html_fr, Shown.html_en, Shown.promise_fr, Shown.promise_en),
    *(Shown.audiences, Shown.applies_on, Shown.forms, Shown.rows, Shown.keeps),
)
NOTE = Bundle("note", News.note_fr, News.note_en)


def _item_rows() -> Select[Any, Any, Any, Any]:
    query = select(ITEM, NOTICE, TEXT, NOTE).join(NoticeRow, NoticeRow.id == NoticeItemRow.notice_id)
    for revision, number in ((Shown, NoticeItemRow.shown), (News, NoticeItemRow.since)):
        query = query.join(revision, and_(revision.notice_id == NoticeItemRow.notice_id, revision.number == number))
    return query


def _told(session: Session, rows: Iterable[Any]) -> list[Told]:
    found = list(rows)
    audiences = _audiences(session, {row.notice.id for row in found})
    return [_one(row, audiences[row.notice.id]) for row in found]


def _one(row: Any, audiences: Sequence[Audience]) -> Told:
    text = row.text
    return Told(
        telling=Telling(**row.item._mapping),
        notice=as_notice(row.notice, audiences),
        title=Bilingual(text.title_fr, text.title_en),
        html=Bilingual(text.html_fr, text.html_en),
        note=Bilingual(row.note.note_fr, row.note.note_en),
        promise=Bilingual(text.promise_fr, text.promise_en),
        facts=Facts(text.audiences, text.applies_on, text.forms, text.rows, text.keeps),
    )


def _audiences(session: Session, numbers: Collection[int]) -> defaultdict[int, list[Audience]]:
    query = select(NoticeAudienceRow.notice_id, NoticeAudienceRow.audience).order_by(NoticeAudienceRow.position)
    found: defaultdict[int, list[Audience]] = defaultdict(list)
    for number, audience in session.execute(query.where(NoticeAudienceRow.notice_id.in_(numbers))):
        found[number].append(audience)
    return found
