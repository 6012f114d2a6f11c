"""What was typed of a notice, in a file or at the desk: read field by field, every fault told with its field. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.calendar import parse_day, parse_instant
from portal.core.errors import FormNumberMalformed, NotAnInstant, PortalError
from portal.core.formats import typography
from portal.core.languages import LANGUAGES, Bilingual, Language, Sentence, other
from portal.core.numbers import form_number
from portal.notices.rules import AUDIENCES, LONGEST_BODY, LONGEST_SENTENCE, LONGEST_TITLE, Audience, Draft
from portal.text.markdown import images
from portal.text.reading import are_swapped, language_read

REQUIRED = ("key", "published", "audiences", "title_fr")
#: The fields of a notice beside its two texts, which are `body_fr` and `body_en`.
KNOWN = (*REQUIRED, "title_en", "applies", "forms", "rows", "promise_fr", "promise_en", "keeps")
#: How many characters a field may have.
LONGEST = {
    f"{name}_{language}": longest
    for name, longest in (("title", LONGEST_TITLE), ("promise", LONGEST_SENTENCE), ("body", LONGEST_BODY))
    for language in LANGUAGES
}
#: The word in place of the instant of publication for what nobody is to see yet.
DRAFT = "draft"
#: What the desk calls a notice that has no key yet.
NEW = "new"
LONGEST_ROW = 40
_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}", re.ASCII)
#: Why a text cannot stand under the mark of its language.
_IN_THE_OTHER: Mapping[Language, Sentence] = {
    "fr": Sentence("this text is in English: are the two texts swapped?"),
    "en": Sentence("this text is in French: are the two texts swapped?"),
}

#: What was typed, by the name of its field; one may be left out or empty.
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field; `line` is that of a text, counted from 1, or 0."""

    field: str
    sentence: str
    line: int = 0


class NoticeRefused(PortalError):
    """A notice cannot be kept so: every fault is told."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(Sentence("the notice was refused"))
        self.faults = tuple(faults)


def read(given: Typed) -> Draft:
    """Return the notice that was typed, without the blanks around each field. Raises NoticeRefused with every fault."""
    typed = {name: text.strip() for name, text in given.items()}
    faults = [*_faults(typed), *_faults_of_languages(typed), *_faults_of_texts(given)]
    draft = Draft(
        key=typed.get("key", ""),
        published_at=_published(typed, faults),
        audiences=_audiences(typed, faults),
        title=_both(typed, "title"),
        body=_both(typed, "body"),
        applies_on=_applies(typed, faults),
        forms=_forms(typed, faults),
        rows=_rows(typed, faults),
        promise=_both(typed, "promise"),
        keeps=typed.get("keeps", ""),
    )
    if faults:
        raise NoticeRefused(faults)
    return draft


def _both(typed: Typed, name: str) -> Bilingual:
    return Bilingual(typography(typed.get(f"{name}_fr", ""), "fr"), typography(typed.get(f"{name}_en", ""), "en"))


def _faults(typed: Typed) -> Iterator[Fault]:
    for name in REQUIRED:
        if not typed.get(name):
            yield Fault(name, Sentence("this is required"))
    for name, longest in LONGEST.items():
        if len(typed.get(name, "")) > longest:
            yield Fault(name, Sentence("this is longer than %(most)s characters", most=longest))
    for name in ("key", "keeps"):
        if (key := typed.get(name)) and not _KEY.fullmatch(key):
            yield Fault(name, Sentence("2 to 60 lower-case letters, digits and hyphens"))
    if typed.get("key") == NEW:
        yield Fault("key", Sentence("“%(key)s” is what the desk calls a notice without a key: choose another", key=NEW))


def _faults_of_languages(typed: Typed) -> Iterator[Fault]:
    has_title, has_body = bool(typed.get("title_en")), bool(typed.get("body_en"))
    if not typed.get("body_fr"):
        yield Fault("body_fr", Sentence("the French text is missing"))
    if has_title != has_body:
        sentence = Sentence("give both the English title and the English text, or neither")
        yield Fault("title_en" if has_title else "body_en", sentence)
    for name in ("title", "promise"):
        if are_swapped(typed.get(f"{name}_fr", ""), typed.get(f"{name}_en", "")):
            yield Fault(f"{name}_fr", Sentence("this is in English, and the other in French: are they swapped?"))
    has_promise, has_english_promise = bool(typed.get("promise_fr")), bool(typed.get("promise_en"))
    if has_english_promise != (has_promise and has_title):
        sentence = Sentence("give the promise in each language that the notice has")
        yield Fault("promise_en" if has_english_promise else "promise_fr", sentence)


def _faults_of_texts(given: Typed) -> Iterator[Fault]:
    # With the blank lines before them: the line of an image is counted from the first.
    texts = {language: given.get(f"body_{language}", "")[:LONGEST_BODY] for language in LANGUAGES}
    is_swapped = are_swapped(texts["fr"], texts["en"])
    for language, body in texts.items():
        field = f"body_{language}"
        yield from (Fault(field, Sentence("an image has no place in a notice"), line) for line in images(body))
        # A short text may well be in either: alone, only one that is plainly in the other language is refused.
        if is_swapped or language_read(body) == other(language):
            yield Fault(field, _IN_THE_OTHER[language])


def _published(typed: Typed, faults: list[Fault]) -> datetime | None:
    text = typed.get("published", "")
    try:
        return parse_instant(text) if text and text != DRAFT else None
    except NotAnInstant:
        sentence = Sentence("write the day and hour in Québec, as 2021-07-22 08:30; or draft")
        faults.append(Fault("published", sentence))
    except PortalError as error:
        faults.append(Fault("published", error.sentence))
    return None


def _applies(typed: Typed, faults: list[Fault]) -> date | None:
    text = typed.get("applies")
    try:
        return parse_day(text) if text else None
    except PortalError as error:
        faults.append(Fault("applies", error.sentence))
        return None


def _words(typed: Typed, name: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in typed.get(name, "").split(",") if word.strip()))


def _forms(typed: Typed, faults: list[Fault]) -> tuple[str, ...]:
    found = []
    for word in _words(typed, "forms"):
        try:
            found.append(form_number(word))
        except FormNumberMalformed:
            sentence = Sentence("“%(word)s” is no form; write four digits, as 4058", word=word[:40])
            faults.append(Fault("forms", sentence))
    return tuple(found)


def _rows(typed: Typed, faults: list[Fault]) -> tuple[str, ...]:
    found = _words(typed, "rows")
    for word in found:
        if not _KEY.fullmatch(word) or len(word) > LONGEST_ROW:
            faults.append(Fault("rows", Sentence("“%(word)s” is no key of a row", word=word[:40])))
    return tuple(found)


def _audiences(typed: Typed, faults: list[Fault]) -> tuple[Audience, ...]:
    words = _words(typed, "audiences")
    if typed.get("audiences") and not words:
        faults.append(Fault("audiences", Sentence("name at least one of %(known)s", known=AUDIENCES)))
    for word in words:
        if word not in AUDIENCES:
            sentence = Sentence("“%(word)s” is no audience; they are %(known)s", word=word[:40], known=AUDIENCES)
            faults.append(Fault("audiences", sentence))
    return tuple(audience for audience in AUDIENCES if audience in words)
