"""Notices: whom they are for, and their whole life: draft, scheduled, published, corrected, withdrawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Literal, get_args

from portal.core.calendar import day_of
from portal.core.errors import CannotPublish, UnknownKey
from portal.core.languages import LANGUAGES, NO_TEXT, Bilingual, Language, Sentence
from portal.text.words import slug

#: The audiences, the same keys in both languages (product.md §2).
Audience = Literal["professionals", "dispensers", "institutions", "developers", "rehabilitation"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
AUDIENCE_NAMES: dict[Audience, Bilingual] = {
    "professionals": Bilingual("Professionnels de la santé", "Health professionals"),
    "dispensers": Bilingual("Dispensateurs de services assurés", "Dispensers of insured services"),
    "institutions": Bilingual("Établissements du réseau de la santé", "Institutions of the health network"),
    "developers": Bilingual("Développeurs de logiciels", "Software developers"),
    "rehabilitation": Bilingual("Établissements de réadaptation", "Rehabilitation institutions"),
}

LONGEST_TITLE = 150
LONGEST_BODY = 50_000
#: A change note, a promise, a word on a withdrawal: a sentence or two.
LONGEST_SENTENCE = 500
PER_PAGE = 10

State = Literal["draft", "scheduled", "published", "corrected", "withdrawn"]
#: What a revision was to its readers: the first text, a silent correction, a change that they are told of, or the
#: correction by which the English text follows such a change.
Weight = Literal["first", "minor", "major", "english"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice states beside its texts, the same in both languages.

    `applies_on` is the day in Québec from which it applies, or None; `forms` and `rows` are what it touches; `keeps` is
    the key of the notice whose promise it keeps, or empty.
    """

    audiences: tuple[Audience, ...] = ()
    applies_on: date | None = None
    forms: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    keeps: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as its file gives it.

    `published_at` is aware, None for a draft that nobody sees; an empty `en` means French only; `promise` is what it
    promises, or empty. The rest is as in Facts.
    """

    key: str
    published_at: datetime | None
    audiences: tuple[Audience, ...]
    title: Bilingual
    body: Bilingual
    applies_on: date | None = None
    forms: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    promise: Bilingual = NO_TEXT
    keeps: str = ""

    @property
    def facts(self) -> Facts:
        """Return what it states beside its texts, whatever the order in which its file names forms and rows."""
        forms, rows = tuple(sorted(self.forms)), tuple(sorted(self.rows))
        return Facts(self.audiences, self.applies_on, forms, rows, self.keeps)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as lists show it. Instants are aware; `id` and `key` never change.

    `revision` is the number of its current text; `changed_at` the instant of its last major change, or None;
    `english_at` that of its English text where the French one has had a major change since, None where both say the
    same; `keeps` the number of the notice whose promise it keeps.
    """

    id: int
    key: str
    published_at: datetime
    updated_at: datetime
    audiences: tuple[Audience, ...]
    title: Bilingual
    revision: int = 1
    changed_at: datetime | None = None
    english_at: datetime | None = None
    applies_on: date | None = None
    promise: Bilingual = NO_TEXT
    keeps: int | None = None

    def slug(self, language: Language) -> str:
        """Return the readable end of its address; the number before it is what finds the notice."""
        return slug(self.title.in_(language))

    def is_in(self, language: Language) -> bool:
        """Say whether the notice exists in `language`; every notice exists in French."""
        return language == "fr" or bool(self.title.en)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a notice touches: forms by their number, rows by their key."""

    forms: Sequence[str] = ()
    rows: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A notice as the public had it from an aware instant on; `body` is Markdown.

    `note` says what a major change changed; empty for the others. What the notice promises is of its text.
    """

    number: int
    at: datetime
    weight: Weight
    title: Bilingual
    body: Bilingual
    note: Bilingual = NO_TEXT
    promise: Bilingual = NO_TEXT
    facts: Facts = Facts()

    def text_in(self, language: Language) -> tuple[str, ...]:
        """Return all that the text says in one language."""
        return tuple(text.exactly(language) for text in (self.title, self.body, self.promise))

    def says_the_same(self, other: "Revision", language: Language) -> bool:
        """Say whether another revision has the same text in one language."""
        return self.text_in(language) == other.text_in(language)

    def shows_the_same(self, other: "Revision", language: Language) -> bool:
        """Say whether readers of one language see no difference: the same text, the same facts."""
        return self.facts == other.facts and self.says_the_same(other, language)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a notice as it was typed, and its safe HTML."""

    revision: Revision
    html: Bilingual


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice as staff see it, whatever its state: instants are aware, None where they have not come."""

    key: str
    published_at: datetime | None
    withdrawn_at: datetime | None
    revision: int
    title: Bilingual
    has_promise: bool = False

    def state(self, now: datetime) -> State:
        """Return where the notice stands in its life at an aware instant."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.published_at is None:
            return "draft"
        if not is_visible(self.published_at, self.withdrawn_at, now):
            return "scheduled"
        return "published" if self.revision == 1 else "corrected"


@dataclass(frozen=True, slots=True)
class Telling:
    """What the feeds of one language tell of a notice: its first text, or a major change.

    `number` is the revision that made the news, `since` the one that first said it in that language and `shown` the one
    whose text is told; `at` is the aware instant at which the item enters the feeds of that language, `updated_at` that
    of its last silent change.
    """

    number: int
    language: Language
    at: datetime
    updated_at: datetime
    shown: int
    since: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the feeds tell of a notice, with its text. `note` says what a major change changed."""

    telling: Telling
    notice: Notice
    title: Bilingual
    html: Bilingual
    note: Bilingual
    promise: Bilingual = NO_TEXT
    facts: Facts = Facts()


def is_visible(published_at: datetime | None, withdrawn_at: datetime | None, now: datetime) -> bool:
    """Say whether the public may see a notice at an aware instant: the one predicate, for pages, feeds, data, search.

    A withdrawn notice is withdrawn whatever a server's clock says. `records.visible` is the same for the database.
    """
    return withdrawn_at is None and published_at is not None and published_at <= now


def check_publication(kept: Standing, draft: Draft, now: datetime) -> None:
    """Refuse what would undo a publication: what was seen is corrected or withdrawn, never hidden.

    Raises CannotPublish.
    """
    key = draft.key
    if kept.withdrawn_at is not None:
        sentence = Sentence("%(key)s was withdrawn; give its text another key: readers will see a new notice", key=key)
        raise CannotPublish(sentence)
    if not is_visible(kept.published_at, kept.withdrawn_at, now):
        return
    if kept.has_promise and not draft.promise:
        raise CannotPublish(Sentence("%(key)s made a promise: leave it there, and let a later notice keep it", key=key))
    if draft.published_at != kept.published_at:
        sentence = Sentence(
            "%(key)s was published on %(day)s: that instant cannot change any more, but the notice can be corrected or "
            "withdrawn",
            key=key,
            day=day_of(kept.published_at or now),
        )
        raise CannotPublish(sentence)


ENGLISH_NOTE_ALONE = Sentence(
    "a note in English alone is for a text that follows a major change; else give the French one too"
)


def revised(
    past: Sequence[Revision], draft: Draft, at: datetime, note: Bilingual | None, *, is_public: bool
) -> Sequence[Revision]:
    """Return the revisions of a notice with the text of `draft`, given at an aware instant.

    With a French `note`, the change is major; without, it is a silent correction, or, with an English note alone, the
    one by which the English text follows a major change. Until it is public, a notice has one revision, which is
    replaced; it is told from the instant at which it was given, be its own day an earlier one. Raises CannotPublish.
    """
    if not is_public or not past:
        if note is not None:
            sentence = Sentence("%(key)s is not published yet: publish it without a note of changes", key=draft.key)
            raise CannotPublish(sentence)
        at = max(at, draft.published_at or at)
        return [Revision(1, at, "first", draft.title, draft.body, NO_TEXT, draft.promise, draft.facts)]
    last = past[-1]
    at = max(at, last.at)
    new = Revision(last.number + 1, at, "minor", draft.title, draft.body, NO_TEXT, draft.promise, draft.facts)
    if note is not None and note.fr:
        _check_major(new, past, note)
        return [*past, replace(new, weight="major", note=note)]
    if all(new.shows_the_same(last, language) for language in LANGUAGES):
        return past
    if note is None:
        return [*past, new]
    if english_at(past) is None or new.says_the_same(last, "en"):
        raise CannotPublish(ENGLISH_NOTE_ALONE)
    return [*past, replace(new, weight="english", note=note)]


def _check_major(new: Revision, past: Sequence[Revision], note: Bilingual) -> None:
    last = past[-1]
    if new.shows_the_same(last, "fr"):
        raise CannotPublish(Sentence("a major change begins with the French text, and this one leaves it as it was"))
    if new.says_the_same(last, "fr") and english_at(past) is not None:
        raise CannotPublish(
            Sentence("the English text is still older: let it follow first, by a correction with a note in English")
        )
    if new.title.en and _english_follows(new, last) != bool(note.en):
        raise CannotPublish(
            Sentence("the English text is as it was: leave out its note, and let the text follow by a correction")
            if note.en
            else Sentence("say what changed in each language whose text changes")
        )


def _english_follows(new: Revision, last: Revision) -> bool:
    """Say whether the English text changes with the French one, or whether neither does: a day or a form alone."""
    return not new.says_the_same(last, "en") or new.says_the_same(last, "fr")


def tellings(revisions: Sequence[Revision]) -> list[Telling]:
    """Return what the feeds tell of a notice with these revisions, oldest first, in each language.

    A feed never tells in English what English does not say yet: the first text is told when it has an English one, a
    major change once the English follows it. A notice without English any more is in no English feed.
    """
    return [told for language in LANGUAGES for told in _tellings(revisions, language)]


def _tellings(revisions: Sequence[Revision], language: Language) -> list[Telling]:
    if not revisions[-1].title.exactly(language):
        return []
    found = []
    spans = _spans(revisions)
    for span, following in zip(spans, [*spans[1:], None], strict=True):
        before = next((one for one in reversed(revisions) if one.number < span[0].number), None)
        since = _first_said(span, before, language)
        if since is not None:
            said = [one for one in span if one.number >= since.number and one.title.exactly(language)]
            changes = [later.at for sooner, later in pairwise(said) if not later.shows_the_same(sooner, language)]
            # The item of a text that has changed since says so from then on.
            updated_at = max([since.at, *changes, *([following[0].at] if following else [])])
            found.append(Telling(span[0].number, language, since.at, updated_at, said[-1].number, since.number))
    return found


def _spans(revisions: Sequence[Revision]) -> list[list[Revision]]:
    """Return the revisions from each piece of news to the next."""
    spans: list[list[Revision]] = []
    for one in revisions:
        if one.weight in ("first", "major"):
            spans.append([one])
        else:
            spans[-1].append(one)
    return spans


def _first_said(span: Sequence[Revision], before: Revision | None, language: Language) -> Revision | None:
    """Return the first revision that tells a span's news in a language: not one that corrects a word of older news."""
    had_text = before is not None and bool(before.title.exactly(language))
    for one in span:
        follows = one.weight == "english" or (one.weight == "major" and before and _english_follows(one, before))
        if one.title.exactly(language) and (language == "fr" or not had_text or follows):
            return one
    return None


def english_at(revisions: Sequence[Revision]) -> datetime | None:
    """Return the instant of the English text where the French has had a major change since, None where it follows."""
    last, news = revisions[-1], _spans(revisions)[-1][0]
    if not last.title.en or any(told.language == "en" and told.number == news.number for told in tellings(revisions)):
        return None
    # What was corrected in it since is no newer: a correction of a word does not say what changed.
    past = [one for one in revisions if one.number < news.number]
    changes = (later.at for later, sooner in pairwise(past[::-1]) if not later.says_the_same(sooner, "en"))
    return next(changes, past[0].at)


def major_changes(revisions: Sequence[Revision]) -> list[Revision]:
    """Return the major changes, oldest first, each with its note in English too where the English text follows."""
    found = []
    for span in _spans(revisions)[1:]:
        english = next((one.note.en for one in span if one.note.en), "")
        found.append(replace(span[0], note=Bilingual(span[0].note.fr, english)))
    return found


def union(argument: str, text: str) -> tuple[Audience, ...]:
    """Return the audiences that an argument of the query names, parted by commas, once each and in our order.

    None where no word is there. Raises UnknownKey with the audiences there are.
    """
    named = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in named:
        if word not in AUDIENCES:
            raise UnknownKey(argument, word, list(AUDIENCE_NAMES.items()))
    return tuple(audience for audience in AUDIENCES if audience in named)


#: Four digits that no digit touches; the end of a telephone number, `418 780-4208`, is no form.
_FORM = re.compile(r"(?<!\d)(?<!\d{3}[\s.\-\u2010\u2011])[0-9]{4}(?!\d)")


def forms_named(text: str) -> set[str]:
    """Return the numbers in a text that may be those of forms: a year is one too, and no form has its number."""
    return set(_FORM.findall(text))
