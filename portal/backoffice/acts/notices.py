"""Notices by a program: published, scheduled, corrected, changed with a note, or withdrawn."""

from collections.abc import Mapping

from flask import current_app

from portal.backoffice.answers import Call, Unknown, need_no_second_person, reason_of, writes
from portal.backoffice.documents import Document
from portal.core.formats import typography
from portal.core.languages import LANGUAGES, Bilingual
from portal.notices.rules import LONGEST_BODY, LONGEST_SENTENCE, Draft
from portal.publication import notices as publication
from portal.web.public import now
from portal.writing.rules import Fault as FieldFault, NoticeRefused, read

#: The fields that are text, as a file of a notice has them; those in two languages; and those that are lists.
LINES = ("key", "published", "applies", "keeps")
BOTH = ("title", "body", "promise")
LISTS = ("audiences", "forms", "rows")


@writes("notices.publish")
def keep(call: Call) -> Mapping[str, object]:
    """Publish a notice, schedule it, keep it as a draft, or change the one of that key; with a `note`, tell readers."""
    sent = call.document
    typed, note, expected = _typed(sent), _note(sent), sent.number("expected")
    draft = _draft(sent, typed)
    weight = publication.keep(current_app, draft, note, call.by(expected), now)
    kept = publication.find(draft.key)
    return {"key": draft.key, "id": kept.number if kept else None, "change": weight}


@writes("notices.publish")
def withdraw(call: Call, key: str) -> Mapping[str, object]:
    """Withdraw a notice for good, from every copy too."""
    sent = call.document
    reason, why = reason_of(sent, longest=LONGEST_SENTENCE), sent.both("why")
    expected = sent.number("expected")
    sent.end()
    if publication.find(key) is None:
        raise Unknown("there is no notice of that key")
    need_no_second_person("a withdrawal")
    publication.withdraw(current_app, key, reason, why, call.by(expected), now)
    return {"key": key}


def _typed(sent: Document) -> dict[str, str]:
    """Return what was sent as a file or the desk would have it: a text a field."""
    typed = {name: sent.line(name) for name in LINES}
    typed |= {name: ", ".join(sent.texts(name)) for name in LISTS}
    for name in BOTH:
        part = sent.part(name) or Document({})
        for language in LANGUAGES:
            is_body = name == "body"
            text = part.text(language, longest=LONGEST_BODY) if is_body else part.line(language)
            typed[f"{name}_{language}"] = text
    return typed


def _note(sent: Document) -> Bilingual | None:
    """Return what readers are told of a change, None for nothing; one language alone may be meant."""
    part = sent.part("note")
    if part is None:
        return None
    french, english = (part.line(language, longest=LONGEST_SENTENCE) for language in LANGUAGES)
    return Bilingual(typography(french, "fr"), typography(english, "en")) if french or english else None


def _draft(sent: Document, typed: Mapping[str, str]) -> Draft:
    """Return the notice of a document. Raises DocumentRefused with every fault of it, and of what it names."""
    faults: list[FieldFault] = []
    try:
        draft = read(typed)
        faults += publication.unknown(draft)
    except NoticeRefused as refused:
        faults += refused.faults
    for fault in faults:
        line = f"line {fault.line}: " if fault.line else ""
        sent.tell(_place(fault.field), line + fault.sentence)
    sent.end()
    return draft


def _place(field: str) -> str:
    """Return the field of a document that holds one of a file: `title/fr` for `title_fr`."""
    name, _, language = field.rpartition("_")
    return f"{name}/{language}" if name in BOTH else field
