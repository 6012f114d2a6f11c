"""Notices of ten years, three texts each, as `portal notices publish` would have kept them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, insert, select

from portal.core.languages import LANGUAGES, NO_TEXT, Bilingual, Language
from portal.demo import content
from portal.notices.records import NoticeAudienceRow, NoticeItemRow, NoticeRevisionRow, NoticeRow, NoticeTouchRow
from portal.notices.rules import AUDIENCES, Draft, Revision, english_at, forms_named, revised, tellings
from portal.store.changes import recorded_change
from portal.store.database import Model, session
from portal.store.words import SearchWordsRow, kept_words
from portal.text.markdown import html
from portal.writing.files import read_notice

YEARS = 10
SCHEDULED = 5
#: Notices written at a time: more would only take memory.
CHUNK = 500
#: Of a hundred notices: those in French only, withdrawn, of which English lags behind, and that state what they touch.
FRENCH_ONLY, WITHDRAWN, LATE_ENGLISH, STATED = 15, 2, 10, 20
#: A text of 1.5 to 3 kB is so many blocks (paragraphs, lists, tables), of as many to choose from.
BLOCKS, CHOICE = (6, 11), 300
TEXTS = 3
ACTOR = "bench"
NOTE = Bilingual("La date limite a été reportée d’une semaine.", "The deadline was moved by one week.")
FORMS, ROWS = ("4058", "4123", "4134", "4346", "4438"), ("access-new", "access-change", "access-removal")
TABLES: tuple[type[Model], ...] = (
    NoticeRow,
    NoticeAudienceRow,
    NoticeRevisionRow,
    NoticeItemRow,
    NoticeTouchRow,
    SearchWordsRow,
)
Rows = dict[type[Model], list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list or a table in Markdown, and its HTML."""

    typed: str
    html: str


class Words:
    """Texts that read and compress about as ours do: the blocks of the demonstration, and sentences of its words."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        drafts = [read_notice(file) for file in content.notices()]
        self._words, self._blocks = {}, {}
        for language in LANGUAGES:
            found = [block for draft in drafts for block in draft.body.exactly(language).split("\n\n")]
            self._words[language] = re.findall(r"[^\W\d_]+(?:[’-]\w+)*", " ".join(found))
            typed = found + [self._paragraph(language) for _ in range(CHOICE - len(found))]
            self._blocks[language] = [Block(one, html(one)) for one in dict.fromkeys(typed)]

    def title(self, language: Language) -> str:
        return self._sentence(language, 4, 12)

    def text(self, language: Language) -> list[Block]:
        return self._chance.choices(self._blocks[language], k=self._chance.randint(*BLOCKS))

    def corrected(self, text: Sequence[Block], language: Language) -> list[Block]:
        """Return a text with one of its blocks changed."""
        place = self._chance.randrange(len(text))
        one, another = self._chance.sample(self._blocks[language], 2)
        return [*text[:place], another if one == text[place] else one, *text[place + 1 :]]

    def _paragraph(self, language: Language) -> str:
        return " ".join(self._sentence(language, 6, 24) + "." for _ in range(self._chance.randint(2, 5)))

    def _sentence(self, language: Language, least: int, most: int) -> str:
        return " ".join(self._chance.choices(self._words[language], k=self._chance.randint(least, most))).capitalize()


@dataclass(frozen=True, slots=True)
class Made:
    """A notice to be written: its file, every text it had, and the HTML of each."""

    number: int
    draft: Draft
    texts: Sequence[Revision]
    htmls: Sequence[Bilingual]
    withdrawn_at: datetime | None


def fill_archive(now: datetime, count: int) -> None:
    """Write so many notices of the ten years before an aware instant, a few of them to come, into a database in use."""
    chance = Random(2021)
    words = Words(chance)
    first = max(session().scalars(select(NoticeRow.id)), default=0) + 1
    between = timedelta(days=YEARS * 365) / count
    instants = [now - between * (count - SCHEDULED - place) for place in range(count)]
    for start in range(0, count, CHUNK):
        with recorded_change("notices", action="notices.publish", actor=ACTOR, at=now) as change:
            rows: Rows = {table: [] for table in TABLES}
            for place in range(start, min(start + CHUNK, count)):
                made = _notice(first + place, instants[place].replace(microsecond=0), now, words, chance)
                for table, more in _rows(made).items():
                    rows[table] += more
            for table, lines in rows.items():
                change.session.execute(insert(table), lines)
            change.details["notices"] = min(start + CHUNK, count)
    if session().get_bind().dialect.name == "postgresql":  # its numbers go on from where they were, whatever was given
        numbers = func.pg_get_serial_sequence(NoticeRow.__tablename__, "id")
        session().execute(select(func.setval(numbers, first + count - 1)))
        session().rollback()


def _notice(number: int, at: datetime, now: datetime, words: Words, chance: Random) -> Made:
    in_languages: Sequence[Language] = ("fr",) if chance.randrange(100) < FRENCH_ONLY else LANGUAGES
    is_late = chance.randrange(100) < LATE_ENGLISH
    blocks = {language: words.text(language) for language in in_languages}
    draft = _draft(
        number, at, Bilingual(*(words.title(one) if one in in_languages else "" for one in LANGUAGES)), chance
    )
    draft = replace(draft, body=_joined(blocks, "typed"))
    texts, htmls = revised([], draft, at, None, is_public=False), [_joined(blocks, "html")]
    for days, note in ((1, None), (9, NOTE)) if chance.randrange(2) else ((2, NOTE), (30, None)):
        later = at + timedelta(days=days, minutes=chance.randrange(600))
        if later > now:
            break
        changed = in_languages[:1] if is_late else in_languages
        blocks = blocks | {language: words.corrected(blocks[language], language) for language in changed}
        draft = replace(draft, body=_joined(blocks, "typed"))
        told = Bilingual(note.fr, "") if note and is_late else note
        texts = revised(texts, draft, later, told, is_public=True)
        htmls.append(_joined(blocks, "html"))
    is_withdrawn = chance.randrange(100) < WITHDRAWN and len(texts) == TEXTS
    return Made(number, draft, texts, htmls, texts[-1].at + timedelta(days=3) if is_withdrawn else None)


def _draft(number: int, at: datetime, title: Bilingual, chance: Random) -> Draft:
    """Return a notice without its text; one in five says what it touches, one in fifty promises or keeps."""
    audiences = set(chance.sample(AUDIENCES, chance.choice((1, 1, 2, 3))))
    draft = Draft(f"notice-{number}", at, tuple(one for one in AUDIENCES if one in audiences), title, NO_TEXT)
    if chance.randrange(100) < STATED:
        draft = replace(draft, applies_on=at.date(), forms=tuple(chance.sample(FORMS, 2)), rows=(chance.choice(ROWS),))
    if not number % 50:
        return replace(draft, promise=Bilingual("Nous vous préviendrons.", "We will tell you." if title.en else ""))
    return replace(draft, keeps=str(number - 1)) if number % 100 == 1 else draft


def _joined(blocks: Mapping[Language, Sequence[Block]], form: str) -> Bilingual:
    between = "\n\n" if form == "typed" else "\n"
    return Bilingual(*(between.join(getattr(block, form) for block in blocks.get(one, ())) for one in LANGUAGES))


def _rows(made: Made) -> Rows:
    """Return the rows of a notice, as `keeping.keep` writes them: 30,000 calls of it would take minutes."""
    draft, number = made.draft, {"notice_id": made.number}
    words = "\n".join((draft.title.fr, draft.body.fr, draft.title.en, draft.body.en))
    forms = forms_named(words) | set(draft.forms)
    touches = [{"kind": "form", "key": form, "is_stated": form in draft.forms} for form in forms]
    touches += [{"kind": "row", "key": row, "is_stated": True} for row in draft.rows]
    return {
        NoticeRow: [_notice_row(made)],
        NoticeAudienceRow: [{**number, "audience": one, "position": n} for n, one in enumerate(draft.audiences)],
        NoticeRevisionRow: [
            {**number, **_revision_row(text, html)} for text, html in zip(made.texts, made.htmls, strict=True)
        ],
        NoticeItemRow: [{**number, **asdict(told)} for told in tellings(made.texts)],
        NoticeTouchRow: [{**number, **touch} for touch in touches],
        SearchWordsRow: [{**number, **kept_words(draft.title, draft.body)}],
    }


def _notice_row(made: Made) -> dict[str, object]:
    draft, texts = made.draft, made.texts
    return {
        "id": made.number,
        "key": draft.key,
        "published_at": draft.published_at,
        "updated_at": made.withdrawn_at or texts[-1].at,
        "withdrawn_at": made.withdrawn_at,
        "withdrawn_why_fr": "",
        "withdrawn_why_en": "",
        "revision": len(texts),
        "changed_at": next((text.at for text in reversed(texts) if text.weight == "major"), None),
        "english_at": english_at(texts),
        "applies_on": draft.applies_on,
        "keeps_id": int(draft.keeps) if draft.keeps else None,
        **_both("title", draft.title),
        **_both("promise", draft.promise),
    }


def _revision_row(text: Revision, html: Bilingual) -> dict[str, object]:
    row = {"number": text.number, "at": text.at, "weight": text.weight, **_both("html", html), **asdict(text.facts)}
    row |= _both("promise", text.promise)
    return {**row, **_both("title", text.title), **_both("body", text.body), **_both("note", text.note)}


def _both(name: str, text: Bilingual) -> dict[str, object]:
    return {f"{name}_{language}": text.exactly(language) for language in LANGUAGES}
