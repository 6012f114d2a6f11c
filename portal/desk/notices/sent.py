"""What a clerk sent of a notice: every field as it was typed, the notice that it makes, and what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.core.calendar import QUEBEC
from portal.core.formats import typography
from portal.core.languages import LANGUAGES, Bilingual, Sentence
from portal.core.tables import CONTROL
from portal.notices.rules import LONGEST_SENTENCE, Draft
from portal.publication.notices import Kept, unknown
from portal.text.words import slug
from portal.web.locale import in_words
from portal.writing.rules import DRAFT, KNOWN, NEW, Fault, NoticeRefused, read

#: Fields of which several boxes may be checked.
SEVERAL = ("audiences", "rows")
#: The texts, beside what a file of a notice says on its lines.
BODIES = ("body_fr", "body_en")
#: When it comes out and which change it is; from which revision the clerk began, and whose draft it is.
CHOICES = ("when", "day", "hour", "weight", "base", "whose")
NOTES = ("note_fr", "note_en")
WRITTEN = (*(name for name in KNOWN if name != "published"), *BODIES, *NOTES)
FIELDS = (*WRITTEN, *CHOICES)
#: What stands in place of what no page and no feed can hold.
UNREADABLE = "\ufffd"
LONGEST_KEY = 60
#: A no-break space is no such space: it is part of what was typed.
_BLANKS = re.compile(r"[ \t\r\n]+")
HAS_UNREADABLE = Sentence("“\ufffd” stands for a sign that no page can hold: delete it and type the text again")
REQUIRED = Sentence("this is required")
TOO_LONG = Sentence("this is longer than %(most)s characters", most=LONGEST_SENTENCE)
_CHANGED = Sentence("say in a sentence what changed: readers of the feeds are told it")
#: What is missing, where the field is not one line of text.
_MISSING = {
    "key": Sentence("none can be made of the French title: choose one"),
    "audiences": Sentence("choose one at least"),
    "published": Sentence("give the day and the hour"),
}


@dataclass(slots=True)
class Sent:
    """What was typed, by the name of its field; what is missing is empty. `faults` say what is wrong with it."""

    typed: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    @property
    def errors(self) -> Mapping[str, list[str]]:
        """Return what is wrong in words, by field; under an empty name, what is wrong with the whole."""
        found: dict[str, list[str]] = {}
        for fault in self.faults:
            found.setdefault(fault.field, []).append(_words(fault))
        return found

    @property
    def base(self) -> int:
        """Return the revision from which the clerk began; where the form says none, it is older than all."""
        return int(self["base"]) if _is_number(self["base"]) else 0

    @property
    def whose(self) -> int | None:
        """Return the number of the person whose draft it is, or None where it is the clerk’s own."""
        return int(self["whose"]) if _is_number(self["whose"]) else None

    @property
    def note(self) -> Bilingual | None:
        """Return what readers are told of a change, or None for a correction: its fields may still hold words."""
        french, english = (typography(self[f"note_{name}"], name) for name in LANGUAGES)
        if self["weight"] == "major":
            return Bilingual(french, english)
        return Bilingual("", english) if self["weight"] == "english" else None

    def draft(self, kept: Kept | None, now: datetime) -> Draft | None:
        """Return the notice that it makes at an aware instant, or None: what is wrong is told in `faults`."""
        self.faults += [*_unreadable(self.typed), *_faults_of_note(self)]
        is_public = kept is not None and kept.is_public(now)
        found: Draft | None = None
        given = {name: self[name] for name in (*KNOWN, *BODIES)} | {"published": self._published(is_public)}
        try:
            found = read(given)
            self.faults += unknown(found)
        except NoticeRefused as refused:
            self.faults += _in_place(refused.faults, given)
        if found is None or self.faults:
            return None
        if kept is not None and is_public:  # it came out: nobody types that instant again
            return replace(found, published_at=kept.standing.published_at)
        is_now = self["when"] == "now"
        return replace(found, published_at=now.replace(second=0, microsecond=0)) if is_now else found

    def _published(self, is_public: bool) -> str:
        """Return when it comes out, as the file of a notice says it; nothing where half of it is missing."""
        if self["when"] != "at" or is_public:
            return DRAFT
        return f"{self['day']} {self['hour']}" if self["day"] and self["hour"] else ""


def sent(given: MultiDict[str, str], key: str) -> Sent:
    """Return what a form holds of a notice; other fields are not read. A new one gets its key from its title."""
    typed = {name: typed_text(given.get(name, ""), is_body=name in BODIES) for name in FIELDS}
    typed |= {name: ", ".join(map(typed_text, given.getlist(name))) for name in SEVERAL}
    typed["key"] = (typed["key"] or key_of(typed["title_fr"])) if key == NEW else key
    return Sent(typed)


def key_of(title: str) -> str:
    """Return the key that a title gives a notice, or nothing where no letter of it can stand in one."""
    words = slug(title).strip("-")
    return (words if words[:1].isalpha() or not words else f"avis-{words}")[:LONGEST_KEY].strip("-")


def begun(kept: Kept | None, revision: int) -> Sent:
    """Return the form of a notice as it is kept, or an empty one, begun from a revision of them all."""
    typed = dict.fromkeys(FIELDS, "") | {"when": DRAFT, "weight": "minor", "base": str(revision)}
    return Sent(typed | (_kept(kept) if kept else {}))


def _kept(kept: Kept) -> dict[str, str]:
    text, at = kept.text.revision, kept.standing.published_at
    typed = {
        "key": kept.standing.key,
        "audiences": ", ".join(text.facts.audiences),
        "applies": str(text.facts.applies_on or ""),
        "forms": ", ".join(text.facts.forms),
        "rows": ", ".join(text.facts.rows),
        "keeps": text.facts.keeps,
    }
    for name, both in (("title", text.title), ("body", text.body), ("promise", text.promise)):
        typed |= {f"{name}_{language}": both.exactly(language) for language in LANGUAGES}
    if at:
        wall = at.astimezone(QUEBEC)
        typed |= {"when": "at", "day": f"{wall:%Y-%m-%d}", "hour": f"{wall:%H:%M}"}
    return typed


def typed_text(text: str, *, is_body: bool = False) -> str:
    """Return a text of one line, or a body of several, with a mark in place of what no page can hold."""
    lines = re.sub(r"\r\n?", "\n", text) if is_body else _BLANKS.sub(" ", text)
    return CONTROL.sub(UNREADABLE, lines.strip())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _unreadable(typed: Mapping[str, str]) -> Iterator[Fault]:
    for name in WRITTEN:
        if UNREADABLE in typed.get(name, ""):
            yield Fault(name, HAS_UNREADABLE)


def _faults_of_note(sent: Sent) -> Iterator[Fault]:
    note = sent.note
    if note is None:
        return
    if sent["weight"] == "major" and not note.fr:
        yield Fault("note_fr", _CHANGED)
    if sent["weight"] == "english" and not note.en:
        yield Fault("note_en", _CHANGED)
    for name in LANGUAGES:
        if len(note.exactly(name)) > LONGEST_SENTENCE:
            yield Fault(f"note_{name}", TOO_LONG)


def _in_place(faults: Sequence[Fault], given: Mapping[str, str]) -> Iterator[Fault]:
    """Yield the faults of a file as the form has them: the key comes of the title, other fields are no line of text."""
    for fault in faults:
        if given[fault.field] or fault.field not in _MISSING:
            yield fault
        elif fault.field != "key" or given["title_fr"]:
            yield replace(fault, sentence=_MISSING[fault.field])


def _words(fault: Fault) -> str:
    words = in_words(fault.sentence)
    return _("Line %(line)s: %(words)s", line=fault.line, words=words) if fault.line else words
