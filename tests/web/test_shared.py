"""What answers share is made once for a state of the portal, and never of a change that is only tried."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask, g, request

from portal.app import create_app
from portal.core.calendar import QUEBEC
from portal.store.copies import Statement
from portal.web import shared as module
from portal.web.door.page_cache import REVISIONS
from portal.web.public import valid_until
from portal.web.shared import shared
from tests.makers import PUBLIC_URL, Office

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=QUEBEC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=QUEBEC)


@pytest.fixture
def app(office: Office) -> Flask:
    return create_app(office.config)


@pytest.fixture
def ask(app: Flask) -> Callable:
    """Ask for one value in a request of its own, at an instant and a revision; each that is made is another number."""
    numbers = count(1)

    def asked(
        revision: int = 1, at: datetime = NOW, until: datetime | None = None, **named: bool
    ) -> tuple[int, object]:
        with app.test_request_context("/fr/", base_url=PUBLIC_URL):
            request.environ[REVISIONS] = {"dates": revision, "site": 1}
            g.now, g.statement = at, Statement({})
            if named.pop("is_trial", False):
                g.is_trial = True

            def make() -> int:
                valid_until(until)
                return next(numbers)

            return shared().value(("dates",), "key", make, **named), g.statement.valid_until

    return asked


def test_it_is_made_once_until_its_subject_changes(ask: Callable) -> None:
    assert [ask()[0], ask()[0], ask(revision=2)[0], ask(revision=2)[0]] == [1, 1, 2, 2]


def test_it_is_made_anew_once_its_time_is_over_and_its_page_says_until_when(ask: Callable) -> None:
    until = NOW + timedelta(minutes=5)
    assert ask(until=until) == ask() == (1, until.timestamp())
    assert ask(at=until)[0] == 2


def test_what_a_day_says_ends_with_it_and_what_does_not_depend_on_it_never(ask: Callable) -> None:
    assert ask() == (1, MIDNIGHT.timestamp())
    assert ask(at=MIDNIGHT)[0] == 2
    assert ask(revision=2, is_daily=False) == ask(revision=2, at=MIDNIGHT, is_daily=False) == (3, None)


def test_a_clock_that_goes_back_is_not_told_what_was_later(ask: Callable) -> None:
    assert [ask()[0], ask(at=NOW - timedelta(hours=1))[0]] == [1, 2]


def test_what_is_only_tried_is_made_each_time_and_kept_for_nobody(ask: Callable) -> None:
    assert [ask(is_trial=True)[0], ask()[0], ask(is_trial=True)[0], ask()[0]] == [1, 2, 3, 2]


def test_so_many_values_are_kept_and_the_oldest_let_go(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 20)
    kept = module.Shared()
    with app.test_request_context("/fr/", base_url=PUBLIC_URL):
        request.environ[REVISIONS] = {"dates": 1}
        g.now = NOW
        for number in range(100):
            kept.value(("dates",), number, lambda: "")
    assert 18 <= len(kept._made) <= 20
    assert (("dates",), 99) in kept._made
