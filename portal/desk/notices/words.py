"""What the desk says of notices: its fields, where each notice stands, what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _, pgettext

from portal.core import formats
from portal.notices.rules import Draft, State, Weight
from portal.web.locale import in_words, language
from portal.writing.checks import Remark


def field_names() -> Mapping[str, str]:
    """Return what the fields of the form are called."""
    return {
        "title_fr": _("Title in French"),
        "title_en": _("Title in English"),
        "body_fr": _("Text in French"),
        "body_en": _("Text in English"),
        "promise_fr": _("What it promises, in French"),
        "promise_en": _("What it promises, in English"),
        "audiences": _("For whom"),
        "forms": _("Forms it is about"),
        "rows": _("Rows of the table it is about"),
        "applies": _("Day from which it applies"),
        "keeps": _("Promise that it keeps"),
        "key": _("Key"),
        "weight": _("Which change is it?"),
        "note_fr": _("What changed, in French"),
        "note_en": _("What changed, in English"),
        "published": _("When it comes out"),
        "day": _("Day"),
        "hour": _("Hour in Québec"),
        "reason": _("Why, for the audit log"),
        "why_fr": _("Why, for the public, in French"),
        "why_en": _("Why, for the public, in English"),
        "password": _("Your password"),
    }


def told(errors: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return all that is wrong, in the order of the form, each with its field; an empty one is the whole form."""
    whole = [("", words) for words in errors.get("", [])]
    return whole + [
        (field, _("%(where)s – %(what)s", where=name, what=words))
        for field, name in field_names().items()
        for words in errors.get(field, [])
    ]


def state_words(state: State) -> str:
    """Return where a notice stands in its life."""
    return {
        "draft": pgettext("notice", "Draft"),
        "scheduled": pgettext("notice", "Scheduled"),
        "published": pgettext("notice", "Published"),
        "corrected": pgettext("notice", "Corrected"),
        "withdrawn": pgettext("notice", "Withdrawn"),
    }[state]


def remark_words(remark: Remark) -> str:
    """Return what to look at before publishing."""
    words = in_words(remark.sentence)
    if remark.language is None:
        return words
    where = {"fr": _("French text"), "en": _("English text")}[remark.language]
    return _("%(where)s – %(what)s", where=where, what=words)


def kept_words(weight: Weight | None, draft: Draft, now: datetime) -> str:
    """Return what became of a notice that was kept at an aware instant."""
    if weight is None:
        return _("It is kept: the notice says this already.")
    if weight != "first":
        return {
            "minor": _("The notice is corrected; nobody is told."),
            "major": _("The notice is changed; its readers are told."),
            "english": _("The English text follows; its readers are told."),
        }[weight]
    if draft.published_at is None:
        return _("The notice is kept as a draft: nobody sees it yet.")
    if draft.published_at > now:
        return _("The notice is scheduled (%(instant)s).", instant=formats.instant(draft.published_at, language()))
    return _("The notice is published.")
