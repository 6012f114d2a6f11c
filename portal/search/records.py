"""The notices that hold what is looked for, best first, among those that the public may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, SelectBase, select
from sqlalchemy.orm import Session

from portal.core.languages import Language
from portal.notices.records import NoticeRow, numbered, visible
from portal.notices.rules import Notice
from portal.search.rules import MOST_FOUND, Query
from portal.store.words import matching


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of the notices found, best first; whether they hold every word, and whether there are more."""

    numbers: Sequence[int]
    has_every_word: bool = True
    is_cut: bool = False


def found(session: Session, query: Query, language: Language, now: datetime, *, every: bool = True) -> Found:
    """Return the notices visible at `now` that hold every word of a query in `language`, or one of its words.

    In English, the notices that exist in French only are found by their French words.
    """
    matches = _matching(session, query, language, now, every).subquery()
    best = select(matches.c.id).order_by(matches.c.rank, matches.c.published_at.desc(), matches.c.id.desc())
    numbers = session.scalars(best.limit(MOST_FOUND + 1)).all()
    return Found(numbers[:MOST_FOUND], every, len(numbers) > MOST_FOUND)


def _matching(session: Session, query: Query, language: Language, now: datetime, every: bool) -> SelectBase:
    seen = select(NoticeRow.id).where(visible(now))

    def those(wanted: Language, among: Select[int]) -> Select[int, datetime | None, float]:
        words = query.stems[wanted] if every else query.alternatives(wanted)
        match = matching(session, words, wanted, among=among, every=every)
        of_notices = select(NoticeRow.id, NoticeRow.published_at, match.c.rank)
        return of_notices.join(match, match.c.notice_id == NoticeRow.id)

    if language == "fr":
        return those("fr", seen)
    return those("en", seen).union_all(those("fr", seen.where(NoticeRow.title_en == "")))


def notices(session: Session, numbers: Sequence[int], now: datetime) -> Sequence[Notice]:
    """Return the notices of those numbers that are visible at `now`, in that order."""
    known = {one.id: one for one in numbered(session, numbers, now)}
    return [known[number] for number in numbers if number in known]
