"""Changing the rules: those the portal begins with, one added, ended, or put in the place of others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.core.errors import NeedsConfirmation
from portal.delivery.records import RuleFormRow, RuleRow, rules
from portal.delivery.refusals import NoticeUnknown
from portal.delivery.rules import Rule, added, covered, ended, questions
from portal.store.changes import Change

FIELDS = ("first_day", "last_day", "forms", "password", "user_name", "notice")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a change is judged by: the day in Québec, and whether the person says that what is unusual is meant.

    `forms` are those that a row covers or a rule names, `notices` the keys of those that were not withdrawn.
    """

    today: date
    forms: Collection[str]
    notices: Collection[str]
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Amended:
    """A rule before a change and after it; None where there was none, or is none any more."""

    key: str
    old: Rule | None
    new: Rule | None


def keep_facts(change: Change, facts: Mapping[str, Any]) -> bool:
    """Keep the rules of a facts file where there are none yet, and say so."""
    session = change.session
    if session.scalar(select(RuleRow.key).limit(1)):
        return False
    for position, fact in enumerate(facts["rules"]):
        columns = {name: value for name, value in fact.items() if name != "forms"}
        row = RuleRow(position=position, **columns)
        row.forms = [RuleFormRow(form_number=form) for form in fact.get("forms", ())]
        session.add(row)
    change.details["rules"] = [fact["key"] for fact in facts["rules"]]
    return True


def add(change: Change, new: Rule, terms: Terms) -> Sequence[Amended]:
    """Keep a new rule. Raises what `rules.added` raises, NoticeUnknown, and NeedsConfirmation."""
    before = rules(change.session)
    _check_notice(new, terms)
    return _keep(change, before, added(before, new), terms)


def end(change: Change, key: str, last_day: date, terms: Terms) -> Sequence[Amended]:
    """Give a rule its last day. Raises what `rules.ended` raises, and NeedsConfirmation."""
    before = rules(change.session)
    return _keep(change, before, ended(before, key, last_day), terms)


def cover(change: Change, new: Rule, terms: Terms) -> Sequence[Amended]:
    """Keep a new rule in the place of those that name its forms, from its first day on.

    Raises what `rules.covered` raises, NoticeUnknown, and NeedsConfirmation.
    """
    before = rules(change.session)
    _check_notice(new, terms)
    return _keep(change, before, covered(before, new), terms)


def _check_notice(new: Rule, terms: Terms) -> None:
    if new.notice not in terms.notices:
        raise NoticeUnknown(new.notice, terms.notices)


def _keep(change: Change, before: Sequence[Rule], after: Sequence[Rule], terms: Terms) -> Sequence[Amended]:
    asked = questions(before, after, terms.today, terms.forms)
    if asked and not terms.is_confirmed:
        raise NeedsConfirmation(*asked)
    old, new = ({rule.key: rule for rule in found} for found in (before, after))
    amended = [Amended(key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)]
    for one in amended:
        _write(change, one)
    if amended:
        change.details["rules"] = {one.key: _fields(one) for one in amended}
    return amended


def _write(change: Change, amended: Amended) -> None:
    session, new = change.session, amended.new
    row = session.get(RuleRow, amended.key)
    if new is None:
        session.delete(row)
        return
    if row is None:
        last = session.scalar(select(func.max(RuleRow.position)))
        row = RuleRow(key=amended.key, position=0 if last is None else last + 1)
        session.add(row)
    for name in FIELDS:
        if name != "forms":
            setattr(row, name, getattr(new, name))
    kept = {form.form_number: form for form in row.forms}
    row.forms = [kept.get(number) or RuleFormRow(form_number=number) for number in sorted(new.forms)]


def _fields(amended: Amended) -> dict[str, list[object]]:
    """Return what changed of a rule, old and new, for the audit log."""
    old, new = (told(rule) for rule in (amended.old, amended.new))
    return {name: [old.get(name), new.get(name)] for name in FIELDS if old.get(name) != new.get(name)}


def told(rule: Rule | None) -> Mapping[str, object]:
    """Return what a rule says, its key left aside, as the audit log and programs are told it; nothing of none."""
    if rule is None:
        return {}
    return {
        "first_day": rule.first_day and str(rule.first_day),
        "last_day": rule.last_day and str(rule.last_day),
        "forms": sorted(rule.forms),
        "password": rule.password,
        "user_name": rule.user_name,
        "notice": rule.notice,
    }
