"""Notices as they are kept. Markdown is rendered once, when a notice is kept, never when it is read."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.core.languages import Bilingual, Language
from portal.core.text import html
from portal.notices.rules import Audience, Draft, Notice, names_form
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime


class NoticeRow(Model):
    """A notice, its texts as typed and as rendered."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("title_fr <> '' AND body_fr <> ''", name="french_is_there"),
        CheckConstraint("(title_en = '') = (body_en = '')", name="english_is_whole"),
        Index(None, "published_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title_fr: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    body_fr: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    html_fr: Mapped[str] = mapped_column(Text)
    html_en: Mapped[str] = mapped_column(Text)

    audiences: Mapped[list["NoticeAudienceRow"]] = relationship(
        lazy="selectin", order_by="NoticeAudienceRow.position", cascade="all, delete-orphan"
    )


class NoticeAudienceRow(Model):
    """An audience of a notice."""

    __tablename__ = "notice_audiences"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    audience: Mapped[Audience] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]


def _notice(kept: NoticeRow) -> Notice:
    return Notice(
        id=kept.id,
        key=kept.key,
        published_at=kept.published_at,
        updated_at=kept.updated_at,
        audiences=tuple(row.audience for row in kept.audiences),
        title=Bilingual(kept.title_fr, kept.title_en),
        html=Bilingual(kept.html_fr, kept.html_en),
    )


def notices(
    session: Session,
    now: datetime,
    *,
    audience: Audience | None = None,
    only_in: Language | None = None,
    limit: int,
    offset: int = 0,
) -> Sequence[Notice]:
    """Return the notices published by `now`, newest first; with `only_in`, those that exist in that language."""
    query = _published(now, audience, only_in).order_by(NoticeRow.published_at.desc(), NoticeRow.id.desc())
    return [_notice(row) for row in session.scalars(query.limit(limit).offset(offset))]


def count(session: Session, now: datetime, audience: Audience | None = None) -> int:
    """Return how many notices are published by `now`."""
    return session.scalars(select(func.count()).select_from(_published(now, audience, None).subquery())).one()


def _published(now: datetime, audience: Audience | None, only_in: Language | None) -> Select[NoticeRow]:
    query = select(NoticeRow).where(NoticeRow.published_at <= now)
    if audience is not None:
        query = query.where(NoticeRow.audiences.any(NoticeAudienceRow.audience == audience))
    if only_in == "en":
        query = query.where(NoticeRow.title_en != "")
    return query


def notice(session: Session, number: int, now: datetime) -> Notice | None:
    """Return the notice of that number, or None when there is none published by `now`."""
    kept = session.get(NoticeRow, number)
    return _notice(kept) if kept and kept.published_at <= now else None


def notice_of_key(session: Session, key: str, now: datetime) -> Notice | None:
    """Return the notice of that key, or None when there is none published by `now`."""
    kept = session.scalars(select(NoticeRow).where(NoticeRow.key == key, NoticeRow.published_at <= now)).one_or_none()
    return _notice(kept) if kept else None


def about_form(
    session: Session, form_number: str, keys: Collection[str], now: datetime, *, limit: int
) -> Sequence[Notice]:
    """Return the notices published by `now` that name a form, or whose key is one of `keys`, newest first."""
    texts = (NoticeRow.title_fr, NoticeRow.body_fr, NoticeRow.title_en, NoticeRow.body_en)
    may_name = or_(NoticeRow.key.in_(keys), *(text.contains(form_number) for text in texts))
    query = _published(now, None, None).where(may_name)
    found = session.scalars(query.order_by(NoticeRow.published_at.desc(), NoticeRow.id.desc()))
    naming = (row for row in found if row.key in keys or names_form(_words(row), form_number))
    return [_notice(row) for row in islice(naming, limit)]


def _words(row: NoticeRow) -> str:
    return "\n".join((row.title_fr, row.body_fr, row.title_en, row.body_en))


def next_publication(session: Session, now: datetime) -> datetime | None:
    """Return the instant at which the next scheduled notice appears, or None."""
    return session.scalar(select(func.min(NoticeRow.published_at)).where(NoticeRow.published_at > now))


def last_publication(session: Session, now: datetime) -> datetime | None:
    """Return the instant at which the newest published notice appeared, or None."""
    return session.scalar(select(func.max(NoticeRow.published_at)).where(NoticeRow.published_at <= now))


def keep(change: Change, draft: Draft, at: datetime) -> bool:
    """Keep a notice, new or corrected; say whether anything changed. `at` is aware."""
    session = change.session
    kept = session.scalars(select(NoticeRow).where(NoticeRow.key == draft.key)).one_or_none()
    new = _fields(draft.published_at, draft.audiences, draft.title, draft.body)
    old = {} if kept is None else _kept_fields(kept)
    changed = {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
    rendered = html(draft.body.fr), html(draft.body.en)
    if kept and not changed and (kept.html_fr, kept.html_en) == rendered:  # a new renderer mends what an old one kept
        return False
    kept = kept or NoticeRow(key=draft.key)
    kept.published_at, kept.updated_at = draft.published_at, max(at, draft.published_at)
    kept.title_fr, kept.title_en = draft.title.fr, draft.title.en
    kept.body_fr, kept.body_en = draft.body.fr, draft.body.en
    kept.html_fr, kept.html_en = rendered
    if "audiences" in changed:
        kept.audiences.clear()
        session.add(kept)
        session.flush()  # or the new rows would meet the old ones of the same key
        kept.audiences = [NoticeAudienceRow(audience=name, position=n) for n, name in enumerate(draft.audiences)]
    session.add(kept)
    session.flush()
    change.details[draft.key] = {"notice": kept.id, **changed}
    return True


def _fields(
    published_at: datetime, audiences: Sequence[Audience], title: Bilingual, body: Bilingual
) -> dict[str, object]:
    return {
        "published_at": published_at.astimezone(UTC).isoformat(),
        "audiences": list(audiences),
        "title_fr": title.fr,
        "title_en": title.en,
        "body_fr": body.fr,
        "body_en": body.en,
    }


def _kept_fields(kept: NoticeRow) -> dict[str, object]:
    audiences = [row.audience for row in kept.audiences]
    title, body = Bilingual(kept.title_fr, kept.title_en), Bilingual(kept.body_fr, kept.body_en)
    return _fields(kept.published_at, audiences, title, body)
