"""Any changes, kept in a database: what is read back is what was decided, and the audit tells it whole."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import delete

from portal.app import create_app
from portal.audit.records import newest
from portal.core.errors import PortalError
from portal.delivery import keeping, records
from portal.delivery.rules import Rule, added, covered, ended
from portal.store.changes import recorded_change
from portal.store.database import session
from tests.delivery.test_amending import a_rule
from tests.delivery.test_any_amendment import FORMS, change_days, some_forms, ways
from tests.delivery.test_rules import RULES
from tests.makers import an_office

AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TERMS = keeping.Terms(date(2026, 11, 20), FORMS, ["a-notice"], is_confirmed=True)


@pytest.fixture(scope="module")
def app(initialised: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(an_office(tmp_path_factory.mktemp("kept"), like=initialised).config)


changes = st.lists(
    st.tuples(st.sampled_from(["add", "end", "cover", "cover"]), change_days, some_forms, ways), min_size=1, max_size=8
)


def changed(rules: Sequence[Rule], kind: str, new: Rule, key: str, day: date) -> Sequence[Rule]:
    if kind == "end":
        return ended(rules, key, day)
    return added(rules, new) if kind == "add" else covered(rules, new)


def gives(kind: str, new: Rule, key: str, day: date) -> dict[str, Any] | None:
    """Give a change as a command does; return what it told the audit log, None where it was refused."""
    try:
        with recorded_change("delivery", action="rules.test", actor="test", at=AT) as change:
            if kind == "end":
                keeping.end(change, key, day, TERMS)
            elif kind == "add":
                keeping.add(change, new, TERMS)
            else:
                keeping.cover(change, new, TERMS)
            return dict(change.details)
    except PortalError:
        return None


def begin_again() -> None:
    with recorded_change("delivery", action="rules.test", actor="test", at=AT) as change:
        change.session.execute(delete(records.RuleFormRow))
        change.session.execute(delete(records.RuleRow))
        change.details["test"] = "the rules of July 2021 again"
        for position, rule in enumerate(RULES):
            row = records.RuleRow(key=rule.key, position=position, first_day=rule.first_day, last_day=rule.last_day)
            row.password, row.user_name, row.notice = rule.password, rule.user_name, rule.notice
            row.forms = [records.RuleFormRow(form_number=form) for form in rule.forms]
            change.session.add(row)


@settings(max_examples=40)
@given(changes, st.data())
def test_what_is_kept_is_what_was_decided(
    app: Flask, wanted: list[tuple[str, date, frozenset[str], str]], data: st.DataObject
) -> None:
    with app.app_context():
        begin_again()
        expected: Sequence[Rule] = RULES
        for number, (kind, day, forms, by) in enumerate(wanted):
            new = replace(a_rule(f"rule-{number}", by, day), forms=forms)
            key = data.draw(st.sampled_from([rule.key for rule in expected]))
            before = expected
            try:
                expected = changed(expected, kind, new, key, day)
            except PortalError:
                assert gives(kind, new, key, day) is None
                continue
            told = gives(kind, new, key, day)
            assert sorted(records.rules(session()), key=lambda rule: rule.key) == sorted(
                expected, key=lambda rule: rule.key
            )
            turned = {rule.key for rule in {*before} ^ {*expected}}
            assert told is not None
            assert set(told.get("rules", {})) == turned
            if turned:
                assert newest(session(), 1)[0].details == json.loads(json.dumps(told))
