"""The delivery rules by a program: one put in the place of others, one ended."""

from collections.abc import Callable, Mapping, Sequence

from portal.backoffice.answers import Call, need_no_second_person, writes
from portal.backoffice.documents import Document
from portal.core.numbers import KEY_SHAPE, form_numbers, is_key
from portal.delivery import keeping, records
from portal.delivery.keeping import Amended, Terms, told
from portal.delivery.rules import WAYS, Rule
from portal.forms.rules import known_forms
from portal.notices import records as notices
from portal.rows import records as rows
from portal.store.changes import Change
from portal.store.database import session
from portal.web.public import now, today

Amend = Callable[[Change, Terms], Sequence[Amended]]


@writes("rules.change")
def cover(call: Call) -> Mapping[str, object]:
    """Let a new rule decide for some `forms` from a received date on, in the place of those that name them.

    With null, it is the rule for every form that no rule names.
    """
    sent = call.document
    key, forms, by = _key(sent), _forms(sent), sent.choice("by", list(WAYS), is_required=True)
    notice, first_day = sent.line("notice", is_required=True), sent.needed_day("first_day")

    def amend(change: Change, terms: Terms) -> Sequence[Amended]:
        password, user_name = WAYS[by]
        new = Rule(key, first_day, None, forms, password, user_name, notice)
        return [] if new in records.rules(change.session) else keeping.cover(change, new, terms)

    return _amended(call, "rules.cover", amend)


@writes("rules.change")
def end(call: Call) -> Mapping[str, object]:
    """Give a rule its last day."""
    key, last_day = _key(call.document), call.document.needed_day("last_day")
    return _amended(call, "rules.end", lambda change, terms: keeping.end(change, key, last_day, terms))


def _amended(call: Call, action: str, amend: Amend) -> Mapping[str, object]:
    is_confirmed, expected = call.document.flag("confirmed"), call.document.number("expected")
    call.document.end()
    need_no_second_person("a delivery rule")
    terms = Terms(
        today=today(),
        forms=known_forms(rows.known_rows(session(), today()), records.rules(session())),
        notices=[one.key for one in notices.standing(session()) if one.state(now()) != "withdrawn"],
        is_confirmed=is_confirmed,
    )
    found: list[Amended] = []
    is_change = call.changes("delivery", action, lambda change: found.extend(amend(change, terms)), expected)
    changed = [{"key": one.key, "old": told(one.old) or None, "new": told(one.new) or None} for one in found]
    return {"is_change": is_change, "rules": changed}


def _key(sent: Document) -> str:
    key = sent.line("key", is_required=True)
    if key and not is_key(key):
        sent.tell("key", KEY_SHAPE)
    return key


def _forms(sent: Document) -> frozenset[str]:
    """Return the forms of a rule, none where the document says null: every form that no rule names."""
    try:
        return frozenset(form_numbers(" ".join(sent.texts("forms", is_required=not sent.is_null("forms")))))
    except ValueError:
        sent.tell("forms", "give the numbers of the forms, four digits each")
        return frozenset()
