"""The door knows when a cache in front is to be told of a change, on SQLite and PostgreSQL, and asks only then."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.purges.records import claim, keep_told, keep_untold
from portal.purges.rules import CLAIM
from portal.store.bare.connections import DatabaseSilent
from portal.store.bare.untold import Untold
from tests.makers import Office

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
SETTLE, SECOND, MOMENT = timedelta(seconds=0.5), timedelta(seconds=1), timedelta(microseconds=1)
BEFORE, AFTER = {"dates": 3, "notices": 0, "staff": 1}, {"dates": 4, "notices": 0, "staff": 1}


class Counted(Untold):
    """Counts how often it asks the database, which may be silent."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.config.database_url, ("dates", "notices"), SETTLE)
        self.asked, self.is_silent = 0, False
        ask = self._ask

        def counted(query: str) -> list:
            self.asked += 1
            if self.is_silent:
                raise DatabaseSilent
            return ask(query)

        self._ask = counted


@pytest.fixture(autouse=True)
def opened(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def untold(any_office: Office) -> Counted:
    return Counted(any_office)


def told(numbers: Mapping[str, int], at: datetime = AT) -> None:
    purges = claim({"dates": numbers["dates"]}, at)
    assert purges
    keep_told(purges, at)


def test_what_was_never_told_is_due_once_every_worker_shows_it(untold: Counted) -> None:
    assert untold.due(BEFORE, AT) == {}
    assert untold.due(BEFORE, AT + SETTLE - MOMENT) == {}
    assert untold.asked == 0
    assert untold.due(BEFORE, AT + SETTLE) == {"dates": 3}
    told(BEFORE)
    assert untold.due(BEFORE, AT + SETTLE) == {}


def test_a_change_begins_to_settle_when_it_is_seen(untold: Counted) -> None:
    untold.due(BEFORE, AT)
    assert untold.due(AFTER, AT + SETTLE) == {"dates": 3}, "of the newer one, another worker may know nothing yet"
    assert untold.due(AFTER, AT + SETTLE + MOMENT) == {"dates": 3}
    assert untold.due(AFTER, AT + 2 * SETTLE + MOMENT) == {"dates": 4}


def test_what_changes_without_end_is_told_meanwhile(untold: Counted) -> None:
    found = [untold.due({**BEFORE, "dates": number}, AT + number * SETTLE / 2) for number in range(20)]
    numbers = [due["dates"] for due in found if due]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(0, 18, 3)) - {0}


def test_an_idle_site_asks_nothing(untold: Counted) -> None:
    told(BEFORE)
    for seconds in range(100):
        assert untold.due(BEFORE, AT + seconds * SECOND) == {}
    assert untold.asked == 1


def test_a_subject_that_no_page_reads_asks_nothing(untold: Counted) -> None:
    told(BEFORE)
    untold.due(BEFORE, AT)
    untold.due(BEFORE, AT + SETTLE)
    for number in range(100):
        untold.due({**BEFORE, "staff": number}, AT + number * SECOND)
    assert untold.asked == 1


def test_what_the_cache_did_not_take_is_due_again_at_its_instant_alone(untold: Counted) -> None:
    untold.due(BEFORE, AT)
    (purge,) = claim({"dates": 3}, AT)
    assert untold.due(BEFORE, AT + SETTLE) == {}, "another worker has it"
    keep_untold(purge, AT + CLAIM)
    for seconds in range(1, 30):
        assert untold.due(BEFORE, AT + seconds * SECOND) == {}
    assert untold.asked == 1
    assert untold.due(BEFORE, AT + CLAIM) == {"dates": 3}


def test_while_the_database_is_silent_nothing_is_due_and_nothing_is_forgotten(untold: Counted) -> None:
    untold.due(BEFORE, AT)
    assert untold.due(None, AT + SETTLE) == {}
    untold.is_silent = True
    assert untold.due(BEFORE, AT + SETTLE) == {}
    untold.is_silent = False
    assert untold.due(BEFORE, AT + SETTLE) == {"dates": 3}


def test_it_needs_neither_flask_nor_sqlalchemy(any_office: Office) -> None:
    address = any_office.config.database_url
    code = (
        "import sys; from datetime import UTC, datetime, timedelta; from portal.store.bare.untold import Untold; "
        f"untold = Untold({address!r}, ['dates'], timedelta()); "
        "assert untold.due({'dates': 1}, datetime.now(UTC)) == {'dates': 1}; "
        "assert not {'flask', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
