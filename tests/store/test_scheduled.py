"""Editions that come out by themselves, on SQLite and PostgreSQL: once, by whichever worker, or held back."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.exc import DatabaseError

from portal.app import create_app, publish_due
from portal.core.errors import StaleEdit
from portal.core.languages import NO_TEXT, Bilingual
from portal.editions import records as editions
from portal.editions.records import Signature
from portal.editions.rules import Proposal
from portal.publication import schedule
from portal.publication.acts import By
from portal.publication.dates import NewDates, publish
from portal.rows.records import table
from portal.scheduled import records
from portal.scheduled.rules import AlreadyScheduled, Author, Ending, Hold, Plan
from portal.staff.records import StaffRow
from portal.store.bare.due import Due
from portal.store.database import database, session
from portal.store.revisions import numbers
from tests.makers import ROWS, Office, in_quebec

HEADING = "row,received_on\n"
#: The first row is in the table for a few days more, and no longer.
ENDED = ROWS.replace("grace_days\n", "grace_days,last_day\n").replace(",,7,3,10\n", ",,7,3,10,2025-11-05\n")
ENDED = ENDED.replace("4123,7,3,10\n", "4123,7,3,10,\n")
BACK = "new: the date goes back, from 2025-10-06 to 2025-10-01"
#: When they are asked for, and when they are to come out: a Tuesday.
ASKED, DUE = in_quebec("2025-11-10 15:00"), in_quebec("2025-11-11 08:00")
AS_OF = date(2025, 11, 10)
PLAN = Plan(DUE, AS_OF, [Proposal(1, "new", date(2025, 10, 13), None, None)], {}, "Weekly update", NO_TEXT)


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


def scheduled(confirmed: Sequence[str] = (), **changes: object) -> int:
    plan = replace(PLAN, **changes)  # type: ignore[arg-type]  # the names are checked by replace
    by = By("Paul", numbers(session())["dates"])
    kept = schedule.schedule(plan, ASKED, by, Author(paul()), lambda asked: confirmed)
    return kept[0] if kept else 0


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
    assert records.ending(session(), number) == Ending("Paul", DUE, edition.number)


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
    notes, why = {"new": Bilingual("En pause.", "Paused.")}, Bilingual("Pourquoi.", "Why.")
    number = scheduled(proposals=proposals, notes=notes, why=why)
    kept = records.find(session(), number)
    assert kept is not None
    assert kept.plan == replace(PLAN, proposals=proposals, notes=notes, why=why)
    first, second = date(2025, 10, 6), date(2025, 10, 2)
    assert kept.seen.said == {"new": ("received_on", first, first), "b2b": ("received_on", second, second)}
    assert kept.seen.notes == {"new": NO_TEXT}
    assert kept.seen.revision == numbers(session())["dates"]
    assert (kept.author, kept.name, kept.made_at, kept.held) == (Author(paul()), "Paul", ASKED, None)


def test_the_same_is_kept_once(site: Flask) -> None:
    first = scheduled()
    assert scheduled() == first
    assert len(records.scheduled(session())) == 1


def test_what_nobody_asked_is_not_answered_beforehand(site: Flask, prepared: Office) -> None:
    back = "new: the date goes back, from 2025-10-20 to 2025-10-13"
    scheduled([back, BACK], proposals=[Proposal(1, "new", date(2025, 10, 1), None, None)])
    kept = records.scheduled(session())[0]
    assert kept.seen.confirmed == {BACK}, "only what may be a slip now can be answered now"


def test_two_editions_to_come_never_speak_of_the_same_row(site: Flask) -> None:
    scheduled()
    with pytest.raises(AlreadyScheduled):
        scheduled(at=DUE + timedelta(days=1))
    with pytest.raises(AlreadyScheduled):
        scheduled(proposals=[], notes={"new": Bilingual("En pause.", "Paused.")})
    assert len(records.scheduled(session())) == 1


def test_what_is_held_back_is_in_nobody_s_way(site: Flask, prepared: Office) -> None:
    scheduled()
    session().rollback()
    prepared.publishes_dates(HEADING + "new,2025-10-07\n", as_of="2025-11-10")
    publish_due(site, DUE)
    scheduled(at=DUE + timedelta(days=1))
    assert held() == ["changed", None]


def test_a_note_that_was_changed_meanwhile_holds_it_back(site: Flask, prepared: Office) -> None:
    scheduled(proposals=[], notes={"new": Bilingual("En pause.", "Paused.")})
    note = NewDates([], AS_OF, {"new": Bilingual("Deux semaines.", "Two weeks.")})
    publish(site, note, Signature(ASKED, ""), By("Eve"))
    publish_due(site, DUE)
    assert held() == ["changed"]


def test_a_note_alone_comes_out_whatever_day_the_table_holds_on(site: Flask, prepared: Office) -> None:
    number = scheduled(proposals=[], notes={"new": Bilingual("En pause.", "Paused.")}, as_of=date(2025, 11, 1))
    session().rollback()
    prepared.publishes_dates(HEADING + "b2b,2025-10-07\n", as_of="2025-11-11")
    publish_due(site, DUE)
    assert held() == []
    assert {one.row.key: one.row.note.en for one in table(session(), AS_OF)}["new"] == "Paused."
    assert records.ending(session(), number) == Ending("Paul", DUE, 0)


#: Whatever may go wrong there: here, a database that takes no line of the row.
BREAKS = {
    "sqlite": "CREATE TRIGGER broken BEFORE INSERT ON edition_entries WHEN NEW.row_key = 'new' "
    "BEGIN SELECT RAISE(ABORT, 'broken'); END",
    "postgresql": "ALTER TABLE edition_entries ADD CONSTRAINT broken CHECK (row_key <> 'new') NOT VALID",
}
MENDS = {"sqlite": "DROP TRIGGER broken", "postgresql": "ALTER TABLE edition_entries DROP CONSTRAINT broken"}


def test_one_that_fails_keeps_no_other_from_coming_out(site: Flask) -> None:
    scheduled()
    scheduled(proposals=[Proposal(1, "b2b", date(2025, 10, 9), None, None)])
    does(BREAKS)
    with pytest.raises(DatabaseError, match="broken"):
        publish_due(site, DUE)
    assert (said(), said("b2b"), held()) == ("2025-10-06", "2025-10-09", [None])
    does(MENDS)
    publish_due(site, DUE)
    assert said() == "2025-10-13"


def does(statements: Mapping[str, str]) -> None:
    session().rollback()
    with database.engine.begin() as connection:
        connection.exec_driver_sql(statements[database.engine.name])


def test_what_is_cancelled_does_not_come_out(site: Flask) -> None:
    number = scheduled()
    assert schedule.cancel(number, By("Eve"), ASKED, "Twice")
    assert not schedule.cancel(number, By("Paul"), ASKED, "Twice"), "it is gone already"
    publish_due(site, DUE)
    assert said() == "2025-10-06"
    assert records.ending(session(), number) == Ending("Eve", ASKED, None, "Twice")
    for unknown in (number + 1, 2**31 - 1, 2**31, 2**70):  # any number may stand in an address
        assert records.ending(session(), unknown) is None
        assert not schedule.cancel(unknown, By("Paul"), ASKED, "Twice")


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
    assert (said(), held()) == ("2025-10-06", ["author"])


SAME = [Proposal(1, "new", date(2025, 10, 6), None, None)]


def test_what_the_table_says_already_is_not_kept(site: Flask) -> None:
    assert not scheduled(proposals=SAME, as_of=date(2025, 11, 3))
    assert not scheduled(proposals=[], notes={"new": NO_TEXT})
    assert not records.scheduled(session())


def test_what_changes_nothing_any_more_waits_no_more(site: Flask, prepared: Office) -> None:
    number = scheduled(proposals=SAME)
    session().rollback()
    prepared.publishes_dates(HEADING + "new,2025-10-06\n", as_of="2025-11-10")
    publish_due(site, DUE)
    assert not records.scheduled(session())
    assert records.ending(session(), number) == Ending("Paul", DUE, 0), "there is no edition to show"


def test_whoever_began_before_the_last_change_schedules_nothing(site: Flask, prepared: Office) -> None:
    before = numbers(session())["dates"]
    session().rollback()
    prepared.publishes_dates(HEADING + "b2b,2025-10-07\n", as_of="2025-11-10")
    with pytest.raises(StaleEdit):
        schedule.schedule(PLAN, ASKED, By("Paul", before), Author(paul()), lambda asked: ())
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
