"""Keeping a notice: new, corrected, changed, withdrawn; with its texts, the items of its feeds, its audit line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.calendar import day_of
from portal.core.errors import CannotPublish
from portal.core.languages import LANGUAGES, NO_TEXT, Bilingual, Sentence
from portal.notices.records import (
    NoticeAudienceRow,
    NoticeItemRow,
    NoticeRevisionRow,
    NoticeRow,
    NoticeTouchRow,
    revisions,
    stands,
)
from portal.notices.rules import (
    Draft,
    Revision,
    Weight,
    check_publication,
    english_at,
    forms_named,
    is_visible,
    revised,
    tellings,
)
from portal.store import words
from portal.store.changes import Change
from portal.text.markdown import html

Fields = dict[str, object]


def keep(change: Change, draft: Draft, at: datetime, note: Bilingual | None = None) -> Weight | None:
    """Keep a notice, new or corrected, at an aware instant; return what that is to its readers, None for no change.

    With a French `note`, the change is major: readers are told of it (`rules.revised`). Raises CannotPublish.
    """
    session = change.session
    kept = _of_key(session, draft.key)
    past: Sequence[Revision] = []
    if kept:
        check_publication(stands(kept), draft, at)
        past = revisions(session, kept.id)
    is_public = kept is not None and is_visible(kept.published_at, kept.withdrawn_at, at)
    texts = revised(past, draft, at, note, is_public=is_public)
    old = _fields(kept.published_at, past[-1]) if kept else {}
    new = _fields(draft.published_at, draft)
    changed = {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
    kept = kept or NoticeRow(key=draft.key, withdrawn_why_fr="", withdrawn_why_en="")
    if changed:
        _write(session, kept, draft, texts, at)
    elif not _renders_anew(session, kept, texts):  # a new renderer mends what an old one kept
        return None
    _write_texts(session, kept, texts)
    words.keep(session, kept.id, draft.title, draft.body)
    change.details[draft.key] = {"notice": kept.id, **({"note": note.fr or note.en} if note else {}), **changed}
    if not is_public:
        change.is_unseen = not is_visible(kept.published_at, None, at)
        return "first"
    return texts[-1].weight if note else "minor"


def withdraw(change: Change, key: str, at: datetime, reason: str, why: Bilingual = NO_TEXT) -> None:
    """Withdraw a notice for good at an aware instant: `reason` is for the audit log, `why` for the public.

    Copies of pages made before say nothing of it any more (`Change.outdates_copies`). Raises CannotPublish.
    """
    kept = _of_key(change.session, key)
    if kept is None:
        sentence = Sentence("there is no notice “%(key)s” to withdraw; see the list of notices", key=key[:60])
        raise CannotPublish(sentence)
    if kept.withdrawn_at is not None:
        day = day_of(kept.withdrawn_at)
        raise CannotPublish(Sentence("%(key)s was withdrawn already, on %(day)s", key=key, day=day))
    if not is_visible(kept.published_at, None, at):  # it never had a place in any feed
        change.session.execute(delete(NoticeItemRow).where(NoticeItemRow.notice_id == kept.id))
        change.is_unseen = True
    words.forget(change.session, kept.id)
    kept.withdrawn_at, kept.updated_at = at, at
    kept.withdrawn_why_fr, kept.withdrawn_why_en = why.fr, why.en
    change.outdates_copies = True
    change.details[key] = {"notice": kept.id, "withdrawn": reason, "why_fr": why.fr}


def _of_key(session: Session, key: str) -> NoticeRow | None:
    return session.scalars(select(NoticeRow).where(NoticeRow.key == key)).one_or_none()


def _promising(session: Session, draft: Draft) -> int | None:
    if not draft.keeps:
        return None
    found = _of_key(session, draft.keeps)
    if found is None or not found.promise_fr or found.key == draft.key:
        sentence = Sentence(
            "there is no other notice “%(key)s” with a promise to keep; see the open promises", key=draft.keeps
        )
        raise CannotPublish(sentence)
    return found.id


def _write(session: Session, kept: NoticeRow, draft: Draft, texts: Sequence[Revision], at: datetime) -> None:
    kept.published_at, kept.updated_at = draft.published_at, max(at, draft.published_at or at)
    kept.title_fr, kept.title_en = draft.title.fr, draft.title.en
    kept.revision, kept.english_at = texts[-1].number, english_at(texts)
    kept.changed_at = next((text.at for text in reversed(texts) if text.weight == "major"), None)
    kept.applies_on, kept.keeps_id = draft.applies_on, _promising(session, draft)
    kept.promise_fr, kept.promise_en = draft.promise.fr, draft.promise.en
    session.add(kept)
    if [row.audience for row in kept.audiences] != list(draft.audiences):
        kept.audiences.clear()
        session.flush()  # or the new rows would meet the old ones of the same key
        kept.audiences = [NoticeAudienceRow(audience=name, position=n) for n, name in enumerate(draft.audiences)]
    session.flush()
    _replace(session, NoticeTouchRow, kept.id, _touches(kept.id, draft))
    # A draft has no place in any feed: it would leave it once published.
    _replace(session, NoticeItemRow, kept.id, _items(kept.id, texts) if draft.published_at else ())


def _touches(number: int, draft: Draft) -> Iterable[NoticeTouchRow]:
    texts = "\n".join((draft.title.fr, draft.body.fr, draft.title.en, draft.body.en))
    for form in sorted(forms_named(texts) | set(draft.forms)):
        yield NoticeTouchRow(notice_id=number, kind="form", key=form, is_stated=form in draft.forms)
    for row in draft.rows:
        yield NoticeTouchRow(notice_id=number, kind="row", key=row, is_stated=True)


def _items(number: int, texts: Sequence[Revision]) -> Iterable[NoticeItemRow]:
    for told in tellings(texts):
        yield NoticeItemRow(
            notice_id=number,
            language=told.language,
            number=told.number,
            at=told.at,
            updated_at=told.updated_at,
            shown=told.shown,
            since=told.since,
        )


def _replace(
    session: Session,
    table: type[NoticeTouchRow] | type[NoticeItemRow],
    number: int,
    rows: Iterable[NoticeTouchRow | NoticeItemRow],
) -> None:
    session.execute(delete(table).where(table.notice_id == number))
    session.add_all(rows)
    session.flush()


def _write_texts(session: Session, kept: NoticeRow, texts: Sequence[Revision]) -> None:
    """Write the texts, each rendered anew: a feed tells of older ones too."""
    for text in texts:
        row = session.get(NoticeRevisionRow, (kept.id, text.number))
        row = row or NoticeRevisionRow(notice_id=kept.id, number=text.number)
        row.at, row.weight = text.at, text.weight
        row.title_fr, row.title_en = text.title.fr, text.title.en
        row.body_fr, row.body_en = text.body.fr, text.body.en
        row.html_fr, row.html_en = html(text.body.fr), html(text.body.en)
        row.note_fr, row.note_en = text.note.fr, text.note.en
        row.promise_fr, row.promise_en = text.promise.fr, text.promise.en
        facts = text.facts
        row.audiences, row.applies_on, row.forms, row.rows = facts.audiences, facts.applies_on, facts.forms, facts.rows
        row.keeps = facts.keeps
        session.add(row)
    session.flush()


def _renders_anew(session: Session, kept: NoticeRow, texts: Sequence[Revision]) -> bool:
    rows = [(session.get_one(NoticeRevisionRow, (kept.id, text.number)), text.body) for text in texts]
    return any((row.html_fr, row.html_en) != (html(body.fr), html(body.en)) for row, body in rows)


def _fields(at: datetime | None, said: Draft | Revision) -> Fields:
    """Return what a file says of a notice, by the names of its lines, as the audit log keeps it: nothing is None."""
    facts = said.facts
    return {
        "published_at": at.astimezone(UTC).isoformat() if at else None,
        "audiences": list(facts.audiences),
        "applies": str(facts.applies_on) if facts.applies_on else None,
        "forms": list(facts.forms) or None,
        "rows": list(facts.rows) or None,
        "keeps": facts.keeps or None,
        **_bilingual_fields({"title": said.title, "body": said.body, "promise": said.promise}),
    }


def _bilingual_fields(texts: Mapping[str, Bilingual]) -> Fields:
    return {
        f"{name}_{language}": both.exactly(language) or None for name, both in texts.items() for language in LANGUAGES
    }
