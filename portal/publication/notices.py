"""A notice, published, corrected, changed or withdrawn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from portal.approvals import records as approvals
from portal.audit.records import since
from portal.core.chain import Entry
from portal.core.errors import StaleEdit
from portal.core.languages import Bilingual, Sentence
from portal.delivery import records as delivery
from portal.drafts import records as drafts
from portal.forms.rules import known_forms
from portal.hub import topics
from portal.notices import keeping, records
from portal.notices.records import NoticeRow
from portal.notices.rules import AUDIENCES, Draft, Standing, Text, Weight, is_visible
from portal.publication.acts import By
from portal.rows import records as rows
from portal.store import revisions
from portal.store.changes import recorded_change
from portal.store.copies import forget
from portal.store.database import session
from portal.writing.rules import Fault


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as staff find it, with its last text. `is_behind` says that its English is older than its French."""

    number: int
    standing: Standing
    text: Text
    is_behind: bool

    def is_public(self, now: datetime) -> bool:
        """Say whether the public may see it at an aware instant."""
        return is_visible(self.standing.published_at, self.standing.withdrawn_at, now)

    def says(self, draft: Draft, note: Bilingual | None, now: datetime) -> bool:
        """Say whether it says all that `draft` and its note do: a button pressed twice, or the same written twice."""
        last = self.text.revision
        is_same_text = (last.title, last.body, last.promise) == (draft.title, draft.body, draft.promise)
        is_same_note = note is None or last.note == note
        is_same_instant = self.is_public(now) or self.standing.published_at == draft.published_at
        is_there = self.standing.withdrawn_at is None
        return is_there and is_same_text and is_same_note and is_same_instant and last.facts == draft.facts


def find(key: str) -> Kept | None:
    """Return the notice of that key, wherever it stands in its life, or None."""
    row = session().scalars(select(NoticeRow).where(NoticeRow.key == key)).one_or_none()
    if row is None:
        return None
    return Kept(row.id, records.stands(row), records.past_texts(session(), row.id)[-1], row.english_at is not None)


def meanwhile(key: str, revision: int) -> Sequence[Entry]:
    """Return the changes of one notice since a revision of them all, newest first: others may change beside it."""
    return [line for line in since(session(), "notices", revision) if key in line.details]


def keep(
    app: Flask,
    draft: Draft,
    note: Bilingual | None,
    by: By,
    clock: Callable[[], datetime],
    item: str = "",
) -> Weight | None:
    """Keep a notice; return what that is to its readers, None for no change.

    `clock` is asked once it is its turn: the notice may have come out while another wrote. `item` is what drafts call
    a notice that had no key yet. Raises CannotPublish; StaleEdit where this notice has changed since `by.expected`.
    """
    with recorded_change("notices", action="notices.publish", actor=by.actor, at=clock()) as change:
        _check_lock(draft.key, by)
        at = clock()
        weight = keeping.keep(change, draft, at, note)
        for person in by.drafts_of:
            drafts.forget(change, "notices", item or draft.key, person)
        if by.is_trial:
            change.abandon()
        elif weight and draft.published_at:
            topics.ask_to_tell(app, change, _feeds, max(at, draft.published_at))
    return weight


def _check_lock(key: str, by: By) -> None:
    found = revisions.numbers(session())["notices"]
    if by.expected is not None and (by.expected > found or meanwhile(key, by.expected)):
        raise StaleEdit("notices", by.expected, found)


def withdraw(app: Flask, key: str, reason: str, why: Bilingual, by: By, clock: Callable[[], datetime]) -> None:
    """Withdraw a notice for good, from every copy too.

    Raises CannotPublish; StaleEdit where this notice has changed since `by.expected`.
    """
    with recorded_change("notices", action="notices.withdraw", actor=by.actor, at=clock()) as change:
        _check_lock(key, by)
        at = clock()
        keeping.withdraw(change, key, at, reason, why)
        approvals.settle(change, by.prepared)
        if by.is_trial:
            change.abandon()
            return
        topics.ask_to_tell(app, change, _feeds, at)
    forget(app.config["DATA"], revisions.floors(session()))


def unknown(draft: Draft) -> Iterator[Fault]:
    """Tell the forms and the rows that a notice is about, but that nobody knows."""
    table = rows.all_rows(session())
    known = {"forms": list(known_forms(table, delivery.rules(session()))), "rows": [found.row.key for found in table]}
    for field, keys in (("forms", draft.forms), ("rows", draft.rows)):
        for key in keys:
            if not known[field]:
                yield Fault(field, Sentence("“%(key)s” is unknown; there are none yet", key=key))
            elif key not in known[field]:
                sentence = Sentence("“%(key)s” is unknown; there are %(known)s", key=key, known=known[field])
                yield Fault(field, sentence)


def _feeds() -> list[str]:
    return topics.of_notices(AUDIENCES, {found.row.group.key for found in rows.all_rows(session())})
