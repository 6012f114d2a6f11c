"""Notices as they are kept, with every text they had; what their feeds tell is read in `items`."""

from collections.abc import Collection, Mapping, Sequence
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
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from portal.core.calendar import day_of
from portal.core.errors import Withdrawn
from portal.core.languages import Bilingual, Language
from portal.notices.rules import (
    Audience,
    Facts,
    Notice,
    Revision,
    Standing,
    Text as NoticeText,
    Told,
    Touched,
    Weight,
    is_visible,
)
from portal.store.database import Keys, Model, UtcDateTime

#: The largest number that PostgreSQL takes for a notice.
LARGEST = 2**31 - 1
WEIGHT_IS_KNOWN = "weight IN ('first', 'minor', 'major', 'english')"


class NoticeRow(Model):
    """A notice: what lists show, and where it stands in its life. A draft has no instant of publication."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("title_fr <> ''", name="french_is_there"),
        CheckConstraint("keeps_id <> id", name="keeps_another"),
        Index(None, "published_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_why_fr: Mapped[str] = mapped_column(Text, default="")
    withdrawn_why_en: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int]
    title_fr: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    english_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applies_on: Mapped[date | None]
    promise_fr: Mapped[str] = mapped_column(Text)
    promise_en: Mapped[str] = mapped_column(Text)
    keeps_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), index=True)

    audiences: Mapped[list["NoticeAudienceRow"]] = relationship(
        lazy="selectin", order_by="NoticeAudienceRow.position", cascade="all, delete-orphan"
    )


class NoticeAudienceRow(Model):
    """An audience of a notice."""

    __tablename__ = "notice_audiences"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]


class NoticeRevisionRow(Model):
    """A text of a notice, as typed and as rendered."""

    __tablename__ = "notice_revisions"
    __table_args__ = (
        CheckConstraint("title_fr <> '' AND body_fr <> ''", name="french_is_there"),
        CheckConstraint("(title_en = '') = (body_en = '')", name="english_is_whole"),
        CheckConstraint(WEIGHT_IS_KNOWN, name="weight_is_known"),
        CheckConstraint("(weight = 'major') = (note_fr <> '')", name="major_has_note"),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    weight: Mapped[Weight] = mapped_column(String(10))
    title_fr: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    body_fr: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    html_fr: Mapped[str] = mapped_column(Text)
    html_en: Mapped[str] = mapped_column(Text)
    note_fr: Mapped[str] = mapped_column(Text)
    note_en: Mapped[str] = mapped_column(Text)
    promise_fr: Mapped[str] = mapped_column(Text)
    promise_en: Mapped[str] = mapped_column(Text)
    audiences: Mapped[tuple[Audience, ...]] = mapped_column(Keys)
    applies_on: Mapped[date | None]
    forms: Mapped[tuple[str, ...]] = mapped_column(Keys)
    rows: Mapped[tuple[str, ...]] = mapped_column(Keys)
    keeps: Mapped[str] = mapped_column(String(60))


class NoticeItemRow(Model):
    """An item of the feeds of one language: made from the revisions, so that a feed reads no history."""

    __tablename__ = "notice_items"
    __table_args__ = (Index(None, "language", "at", "notice_id", "number"),)

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    language: Mapped[Language] = mapped_column(String(2), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown: Mapped[int]
    since: Mapped[int]


#: What a notice may touch.
KINDS = ("form", "row")


class NoticeTouchRow(Model):
    """A form or a row that a notice touches: because it says so, or because its text names the form."""

    __tablename__ = "notice_touches"
    __table_args__ = (CheckConstraint("kind IN ('form', 'row')", name="kind_is_known"), Index(None, "kind", "key"))

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(4), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_stated: Mapped[bool]


def visible(now: datetime, row: type[NoticeRow] = NoticeRow) -> ColumnElement[bool]:
    """Return the condition that the public may see a notice at an aware instant: what `rules.is_visible` says."""
    return and_(row.withdrawn_at.is_(None), row.published_at <= now)


def _notice(kept: NoticeRow) -> Notice:
    return as_notice(kept, [row.audience for row in kept.audiences])


def as_notice(kept: NoticeRow, audiences: Sequence[Audience]) -> Notice:
    """Return a notice of its row, or of as many columns, and of its audiences in their order."""
    return Notice(
        id=kept.id,
        key=kept.key,
        published_at=kept.published_at or kept.updated_at,
        updated_at=kept.updated_at,
        audiences=tuple(audiences),
        title=Bilingual(kept.title_fr, kept.title_en),
        revision=kept.revision,
        changed_at=kept.changed_at,
        english_at=kept.english_at,
        applies_on=kept.applies_on,
        promise=Bilingual(kept.promise_fr, kept.promise_en),
        keeps=kept.keeps_id,
    )


def notices(
    session: Session, now: datetime, *, audiences: Collection[Audience] = (), limit: int, offset: int = 0
) -> Sequence[Notice]:
    """Return the notices visible at `now`, newest first; with `audiences`, those for one of them at least."""
    return _newest(session, select(NoticeRow).where(visible(now), _is_for(audiences)).limit(limit).offset(offset))


def count(session: Session, now: datetime, audiences: Collection[Audience] = ()) -> int:
    """Return how many notices are visible at `now`."""
    return session.scalar(select(func.count()).select_from(NoticeRow).where(visible(now), _is_for(audiences))) or 0


def _is_for(audiences: Collection[Audience]) -> ColumnElement[bool]:
    return NoticeRow.audiences.any(NoticeAudienceRow.audience.in_(audiences)) if audiences else and_(True)


def _newest(session: Session, query: Select[NoticeRow]) -> Sequence[Notice]:
    newest = query.order_by(NoticeRow.published_at.desc(), NoticeRow.id.desc())
    return [_notice(row) for row in session.scalars(newest)]


def notice(session: Session, number: int, now: datetime) -> Notice | None:
    """Return the notice of that number visible at `now`, or None. Raises Withdrawn for one that was."""
    kept = session.get(NoticeRow, number) if number <= LARGEST else None
    if kept is None:
        return None
    if kept.withdrawn_at is not None and is_visible(kept.published_at, None, min(now, kept.withdrawn_at)):
        raise Withdrawn(day_of(kept.withdrawn_at), Bilingual(kept.withdrawn_why_fr, kept.withdrawn_why_en))
    return _notice(kept) if is_visible(kept.published_at, kept.withdrawn_at, now) else None


def visible_among(session: Session, numbers: Collection[int], now: datetime) -> set[int]:
    """Return which of these are the numbers of notices visible at `now`."""
    return set(session.scalars(select(NoticeRow.id).where(NoticeRow.id.in_(numbers), visible(now))))


def numbered(session: Session, numbers: Collection[int], now: datetime) -> Sequence[Notice]:
    """Return those of the notices of these numbers that are visible at `now`, newest first."""
    return _newest(session, select(NoticeRow).where(NoticeRow.id.in_(numbers), visible(now)))


def promising(session: Session, found: Collection[Told], now: datetime) -> Mapping[int, Notice]:
    """Return the notices visible at `now` whose promise one of these keeps, by their number."""
    numbers = {told.notice.keeps for told in found if told.notice.keeps}
    return {one.id: one for one in numbered(session, numbers, now)} if numbers else {}


def notice_of_key(session: Session, key: str, now: datetime) -> Notice | None:
    """Return the notice of that key visible at `now`, or None."""
    kept = session.scalars(select(NoticeRow).where(NoticeRow.key == key, visible(now))).one_or_none()
    return _notice(kept) if kept else None


def of_key(session: Session, key: str) -> Notice:
    """Return the notice of that key, wherever it stands. Raises NoResultFound where there is none."""
    return _notice(session.scalars(select(NoticeRow).where(NoticeRow.key == key)).one())


def about(session: Session, touched: Touched, keys: Collection[str], now: datetime, *, limit: int) -> Sequence[Notice]:
    """Return the notices visible at `now` that touch or name what is given, or have one of `keys`, newest first."""
    found = or_(NoticeRow.key.in_(keys), NoticeRow.id.in_(touching(touched)))
    return _newest(session, select(NoticeRow).where(visible(now), found).limit(limit))


def touching(touched: Touched) -> Select[int]:
    """Return the numbers of the notices that touch or name one at least of these forms and rows."""
    forms = and_(NoticeTouchRow.kind == "form", NoticeTouchRow.key.in_(touched.forms))
    rows = and_(NoticeTouchRow.kind == "row", NoticeTouchRow.key.in_(touched.rows))
    return select(NoticeTouchRow.notice_id).where(or_(forms, rows))


def touched(session: Session, found: Sequence[Notice]) -> dict[int, Touched]:
    """Return the forms and the rows that each notice says it touches, by its number."""
    stated = select(NoticeTouchRow.notice_id, NoticeTouchRow.kind, NoticeTouchRow.key).where(NoticeTouchRow.is_stated)
    query = stated.where(NoticeTouchRow.notice_id.in_([one.id for one in found])).order_by(NoticeTouchRow.key)
    kept = session.execute(query).all()
    return {
        one.id: Touched(*([key for number, kind, key in kept if (number, kind) == (one.id, name)] for name in KINDS))
        for one in found
    }


def texts(session: Session, found: Sequence[Notice]) -> dict[int, NoticeText]:
    """Return the current text of each notice, by its number."""
    current = and_(NoticeRevisionRow.notice_id == NoticeRow.id, NoticeRevisionRow.number == NoticeRow.revision)
    query = select(NoticeRevisionRow).join(NoticeRow, current).where(NoticeRow.id.in_([one.id for one in found]))
    return {kept.notice_id: NoticeText(_revision(kept), _html(kept)) for kept in session.scalars(query)}


def revisions(session: Session, number: int) -> list[Revision]:
    """Return every text of a notice, oldest first."""
    return [text.revision for text in past_texts(session, number)]


def past_texts(session: Session, number: int) -> list[NoticeText]:
    """Return every text of a notice with the HTML that readers had, oldest first."""
    query = select(NoticeRevisionRow).where(NoticeRevisionRow.notice_id == number).order_by(NoticeRevisionRow.number)
    return [NoticeText(_revision(kept), _html(kept)) for kept in session.scalars(query)]


def _revision(kept: NoticeRevisionRow) -> Revision:
    return Revision(
        number=kept.number,
        at=kept.at,
        weight=kept.weight,
        title=Bilingual(kept.title_fr, kept.title_en),
        body=Bilingual(kept.body_fr, kept.body_en),
        note=Bilingual(kept.note_fr, kept.note_en),
        promise=Bilingual(kept.promise_fr, kept.promise_en),
        facts=Facts(kept.audiences, kept.applies_on, kept.forms, kept.rows, kept.keeps),
    )


def _html(kept: NoticeRevisionRow) -> Bilingual:
    return Bilingual(kept.html_fr, kept.html_en)


def open_promises(session: Session, now: datetime) -> Sequence[Notice]:
    """Return the notices visible at `now` that promise something which no visible notice keeps, newest first."""
    keeping = aliased(NoticeRow)
    kept = select(keeping.id).where(keeping.keeps_id == NoticeRow.id, visible(now, keeping))
    return _newest(session, select(NoticeRow).where(visible(now), NoticeRow.promise_fr != "", ~kept.exists()))


def kept_by(session: Session, promising: Notice, now: datetime) -> Notice | None:
    """Return the first notice visible at `now` that keeps the promise of another, or None."""
    query = select(NoticeRow).where(visible(now), NoticeRow.keeps_id == promising.id)
    kept = session.scalars(query.order_by(NoticeRow.published_at, NoticeRow.id).limit(1)).one_or_none()
    return _notice(kept) if kept else None


def standing(session: Session) -> Sequence[Standing]:
    """Return where every notice stands, drafts and withdrawn ones too, the last changed first: for staff."""
    newest = select(NoticeRow).order_by(NoticeRow.updated_at.desc(), NoticeRow.id.desc())
    return [stands(row) for row in session.scalars(newest)]


def stands(row: NoticeRow) -> Standing:
    """Return where a notice that is kept stands."""
    title, has_promise = Bilingual(row.title_fr, row.title_en), bool(row.promise_fr)
    return Standing(row.key, row.published_at, row.withdrawn_at, row.revision, title, has_promise)


def next_publication(session: Session, now: datetime) -> datetime | None:
    """Return the instant at which the next scheduled notice appears, or None."""
    to_come = select(func.min(NoticeRow.published_at)).where(NoticeRow.published_at > now)
    return session.scalar(to_come.where(NoticeRow.withdrawn_at.is_(None)))


def last_publication(session: Session, now: datetime) -> datetime | None:
    """Return the instant at which the newest visible notice appeared, or None."""
    return session.scalar(select(func.max(NoticeRow.published_at)).where(visible(now)))
