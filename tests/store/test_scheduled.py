"""Editions that come out by themselves, on SQLite and PostgreSQL: once, by whichever worker, or held back."""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask

from portal.app import create_app, publish_due
from portal.core.errors import StaleEdit
from portal.core.languages import Bilingual
from portal.editions import records as editions
from portal.editions.records import Signature
from portal.editions.rules import Proposal
from portal.publication import schedule
from portal.publication.acts import By
from portal.publication.dates import NewDates
from portal.rows.records import table
from portal.scheduled import records
from portal.scheduled.rules import Hold
from portal.staff.records import StaffRow
from portal.store.bare.due import Due
from portal.store.database import database, session
from portal.store.revisions import numbers
from tests.makers import ROWS, Office, in_quebec

HEADING = "row,received_on\n"
#: The first row is in the table for a few days more, and no longer.
ENDED = ROWS.replace("grace_days\n", "grace_days,last_day\n").replace(",,7,3,10\n", ",,7,3,10,2025-11-05\n")
ENDED = ENDED.replace("4123,7,3,10\n", "4123,7,3,10,\n")
#: When they are asked for, and when they are to come out: a Tuesday.
ASKED, DUE = in_quebec("2025-11-10 15:00"), in_quebec("2025-11-11 08:00")
AS_OF = date(2025, 11, 10)
DATES = NewDates([Proposal(1, "new", date(2025, 10, 13), None, None)], AS_OF)
SIGNED = Signature(ASKED, "Weekly update", is_confirmed=True)


@pytest.fixture
def prepared(any_office: Office) -> Office:
    """Two rows, published once, a publisher, and an administrator."""
    any_office.did("dates", "rows", any_office.file(ROWS))
    any_office.publishes_dates(HEADING + "new,2025-10-06\nb2b,2025-10-02\n", as_of="2025-11-03")
    any_office.did("staff", "add", "eve@agence-essai.ca", "--name", "Eve", "--role", "administrator")
    any_office.did("staff", "add", "paul@agence-essai.ca", "--name", "Paul", "--role", "publisher")
    return any_office


@pytest.fixture
def site(prepared: Office) -> Iterator[Flask]:
    """Its application, with its database open."""
    with opened(prepared) as app:
        yield app


@contextmanager
def opened(office: Office) -> Generator[Flask]:
    app = create_app(office.config)
    with app.app_context():
        yield app
        session().close()
        database.engine.dispose()


def paul() -> int:
    return session().query(StaffRow).filter_by(name="Paul").one().id


def scheduled(new: NewDates = DATES, confirmed: Sequence[str] = (), **changes: object) -> int:
    by = By("Paul", numbers(session())["dates"])
    signed = replace(SIGNED, **changes)  # type: ignore[arg-type]  # the names are checked by replace
    return schedule.schedule(new, DUE, signed, by, paul(), confirmed)


def said(row: str = "new") -> str:
    found = {one.row.key: str(one.received_on) for one in table(session(), AS_OF)}
    session().rollback()
    return found[row]


def held() -> list[Hold | None]:
    found = [one.held for one in records.scheduled(session())]
    session().rollback()
    return found


def test_it_comes_out_when_its_time_has_come_and_not_before(site: Flask) -> None:
    number = scheduled()
    publish_due(site, DUE - timedelta(seconds=1))
    assert said() == "2025-10-06"
    publish_due(site, DUE)
    assert said() == "2025-10-13"
    assert not records.scheduled(session())
    edition = editions.recent(session(), 1)[0]
    assert (edition.published_at, edition.as_of) == (DUE, AS_OF)
    assert records.came_out(session(), number) == edition.number


def test_it_comes_out_late_where_nobody_was_there_and_says_when(site: Flask) -> None:
    scheduled()
    late = DUE + timedelta(hours=5)
    publish_due(site, late)
    assert editions.recent(session(), 1)[0].published_at == late


def test_all_that_it_says_is_given_back_as_it_was(site: Flask) -> None:
    proposals = [
        Proposal(1, "new", None, "suspended", None),
        Proposal(2, "b2b", date(2025, 10, 9), "received_up_to", date(2025, 12, 1)),
    ]
    new = NewDates(proposals, AS_OF, {"new": Bilingual("En pause.", "Paused.")})
    number = scheduled(new, ("a question",), why=Bilingual("Pourquoi.", "Why."))
    kept = records.find(session(), number)
    assert kept is not None
    plan = kept.plan
    assert (plan.at, plan.as_of, plan.proposals, plan.notes) == (DUE, AS_OF, proposals, new.notes)
    assert plan.was == {"new": ("received_on", date(2025, 10, 6)), "b2b": ("received_on", date(2025, 10, 2))}
    assert (plan.reason, plan.why, plan.confirmed) == ("Weekly update", Bilingual("Pourquoi.", "Why."), {"a question"})
    assert (kept.person, kept.name, kept.made_at, kept.held) == (paul(), "Paul", ASKED, None)


def test_the_same_is_kept_once(site: Flask) -> None:
    first = scheduled()
    assert scheduled() == first
    assert len(records.scheduled(session())) == 1


def test_what_is_given_up_does_not_come_out(site: Flask) -> None:
    number = scheduled()
    assert schedule.give_up(number, By("Paul"), ASKED)
    assert not schedule.give_up(number, By("Paul"), ASKED), "it is gone already"
    publish_due(site, DUE)
    assert said() == "2025-10-06"
    assert records.came_out(session(), number) is None


def test_a_row_that_was_changed_meanwhile_holds_it_back(site: Flask, prepared: Office) -> None:
    scheduled()
    session().rollback()
    prepared.publishes_dates(HEADING + "new,2025-10-07\n", as_of="2025-11-10")
    publish_due(site, DUE)
    assert (said(), held()) == ("2025-10-07", ["changed"])
    publish_due(site, DUE + timedelta(days=1))
    assert said() == "2025-10-07", "it waits for somebody, not for its time"


def test_another_row_that_was_changed_meanwhile_does_not(site: Flask, prepared: Office) -> None:
    scheduled()
    session().rollback()
    prepared.publishes_dates(HEADING + "b2b,2025-10-07\n", as_of="2025-11-10")
    publish_due(site, DUE)
    assert (said(), said("b2b"), held()) == ("2025-10-13", "2025-10-07", [])


def test_what_nobody_was_asked_holds_it_back(site: Flask, prepared: Office) -> None:
    scheduled()
    session().rollback()
    prepared.publishes_dates(HEADING + "b2b,2025-10-07\n", as_of="2025-11-11")
    publish_due(site, DUE)
    assert (said(), held()) == ("2025-10-06", ["asked"])


def test_what_the_table_can_no_longer_say_is_held_back(site: Flask, prepared: Office) -> None:
    scheduled()
    session().rollback()
    prepared.did("dates", "rows", prepared.file(ENDED))
    publish_due(site, DUE)
    assert held() == ["refused"]


@pytest.mark.parametrize("command", [("disable",), ("roles", "--role", "editor")])
def test_whoever_may_publish_no_more_publishes_nothing(site: Flask, prepared: Office, command: Sequence[str]) -> None:
    scheduled()
    session().rollback()
    prepared.did("staff", command[0], "paul@agence-essai.ca", *command[1:])
    publish_due(site, DUE)
    assert (said(), held()) == ("2025-10-06", ["person"])


def test_what_changes_nothing_any_more_waits_no_more(site: Flask) -> None:
    new = NewDates([Proposal(1, "new", date(2025, 10, 6), None, None)], date(2025, 11, 3))
    number = scheduled(new)
    publish_due(site, DUE)
    assert not records.scheduled(session())
    assert records.came_out(session(), number) is None, "there is nothing to tell"


def test_whoever_began_before_the_last_change_schedules_nothing(site: Flask, prepared: Office) -> None:
    before = numbers(session())["dates"]
    session().rollback()
    prepared.publishes_dates(HEADING + "b2b,2025-10-07\n", as_of="2025-11-10")
    with pytest.raises(StaleEdit):
        schedule.schedule(DATES, DUE, SIGNED, By("Paul", before), paul(), ())
    assert not records.scheduled(session())


def test_of_many_workers_one_publishes_it(site: Flask, prepared: Office) -> None:
    scheduled()
    count = editions.count(session())
    session().rollback()
    workers, together = 6, Barrier(6)

    def works() -> None:
        with opened(prepared.another_worker()) as app:
            together.wait()
            publish_due(app, DUE)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(works) for _ in range(workers)]:
            done.result()
    assert (said(), held(), editions.count(session())) == ("2025-10-13", [], count + 1)


def test_the_door_asks_only_where_something_has_changed(site: Flask, prepared: Office) -> None:
    due = Due(prepared.config.database_url)
    before = dict(numbers(session()))
    assert not due.is_due(before, DUE)
    scheduled()
    assert not due.is_due(before, DUE), "as far as it knows, nothing has changed"
    after = dict(numbers(session()))
    assert not due.is_due(after, DUE - timedelta(seconds=1))
    assert due.is_due(after, DUE)
    assert not due.is_due(None, DUE), "the database is silent"
    session().rollback()
    publish_due(site, DUE)
    assert not due.is_due(dict(numbers(session())), datetime.now(UTC))
