"""A notice as its readers will have it: the very page and the very item of the feeds, kept for a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.desk.shown import asked, public_request
from portal.feeds.rules import Item
from portal.notices import keeping, records
from portal.notices.items import items_at
from portal.notices.pages import told_items
from portal.notices.rules import Draft, Facts, Notice, Revision, tellings
from portal.publication.notices import Kept
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.text.compare import Paragraph, compared, has_changed, lines
from portal.text.markdown import html


@dataclass(frozen=True, slots=True)
class Shown:
    """What the readers of one language will have: the main part of the page, and the newest item, if it has one."""

    main: str
    item: Item | None

    def inside(self, name: Language) -> str:
        """Return the main part as it stands inside another page, which has a title and names of parts of its own."""
        title = self.main.replace("<h1", "<p", 1).replace("</h1>", "</p>", 1)
        return title.replace(' id="', f' id="{name}-').replace('href="#', f'href="#{name}-')


def shown(draft: Draft, note: Bilingual | None, actor: str, now: datetime) -> Mapping[Language, Shown]:
    """Return a notice as it will be once it is published, in each of its languages. Raises CannotPublish."""
    published_at = draft.published_at or now
    with recorded_change("notices", action="notices.trial", actor=actor, at=now) as change:
        keeping.keep(change, replace(draft, published_at=published_at), now, note)
        change.abandon()
        notice = records.of_key(session(), draft.key)
        past = records.revisions(session(), notice.id)
        at = max(published_at, now)
        return {name: _shown(notice, past, name, at) for name in LANGUAGES if notice.is_in(name)}


def _shown(notice: Notice, past: Sequence[Revision], name: Language, at: datetime) -> Shown:
    path = url_for("notices.notice", language=name, number=notice.id, slug=notice.slug(name))
    numbers = [told.number for told in tellings(past) if told.language == name]
    places = [(notice.id, number) for number in numbers[-1:]]
    with public_request(path, at):
        page = asked().get_data(as_text=True)
        told = told_items(list(items_at(session(), name, places, at).values()))
    return Shown(page[page.index("<h1") : page.index("</main>")], told[0] if told else None)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes from the text that is kept: its facts, and the paragraphs that change in each language."""

    before: Facts
    after: Facts
    texts: Mapping[Language, Sequence[Paragraph]]

    def __bool__(self) -> bool:
        return self.before != self.after or bool(self.texts)


def changes(kept: Kept, draft: Draft) -> Changes:
    """Return what a draft changes of the notice that is kept, word by word."""
    last = kept.text.revision
    found = {}
    for name in LANGUAGES:
        old = lines(last.title.exactly(name), kept.text.html.exactly(name), last.promise.exactly(name))
        new = lines(draft.title.exactly(name), html(draft.body.exactly(name)), draft.promise.exactly(name))
        if changed := [paragraph for paragraph in compared(old, new) if has_changed(paragraph)]:
            found[name] = changed
    return Changes(last.facts, draft.facts, found)
