"""What a cache in front is told, on SQLite and PostgreSQL: what was kept, once, by one worker, until it takes it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from portal.app import create_app
from portal.audit.records import newest
from portal.purges.keeping import tell
from portal.purges.records import PurgeRow, claim, keep_told, next_try
from portal.purges.rules import CLAIM, KEPT, Purge
from portal.store import revisions
from portal.store.changes import recorded_change
from portal.store.database import database, session
from tests.makers import Office
from tests.purges.caches import AWAY, REFUSED, TAKEN, TOKEN, Cache, a_cache

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def opened(app: Flask) -> Iterator[None]:
    """The facts of `init` are no longer news to the cache."""
    with app.app_context():
        told_all(AT - SECOND)
        yield


@pytest.fixture
def cache() -> Iterator[Cache]:
    with a_cache() as found:
        yield found


def known() -> dict[str, int]:
    session().rollback()
    found = dict(revisions.numbers(session()))
    session().rollback()
    return found


def told_all(at: datetime) -> None:
    keep_told(claim(known(), at), at)


def change(*subjects: str, details: bool = True, withdraws: bool = False) -> None:
    for subject in subjects:
        with recorded_change(subject, action=f"{subject}.change", actor="a test", at=AT) as changed:
            if details:
                changed.details["what"] = "something"
            changed.outdates_copies = withdraws


def fail() -> None:
    with recorded_change("dates", action="dates.change", actor="a test", at=AT) as changed:
        changed.details["what"] = "something"
        raise ZeroDivisionError


def rounds(cache: Cache, at: datetime) -> list[tuple[str, str]]:
    """Tell the cache of what waits at an instant; return each subject, with why it was not taken."""
    return [(purge.subject, why) for purge, why in tell(cache.hook, known(), lambda: at)]


def rows() -> dict[str, tuple[int, int, int]]:
    found = session().execute(select(PurgeRow.subject, PurgeRow.told, PurgeRow.telling, PurgeRow.tries))
    kept = {subject: (told, telling, tries) for subject, told, telling, tries in found}
    session().rollback()
    return kept


def test_a_change_is_told_once(cache: Cache) -> None:
    assert rounds(cache, AT) == []
    change("dates")
    assert rounds(cache, AT) == [("dates", "")]
    assert rounds(cache, AT + KEPT) == []
    assert cache.told == ["dates"]
    change("dates")
    assert rounds(cache, AT) == [("dates", "")]
    assert cache.told == ["dates", "dates"]


def test_a_change_that_fails_or_changes_nothing_is_not_told(cache: Cache) -> None:
    change("dates", details=False)
    with pytest.raises(ZeroDivisionError):
        fail()
    assert rounds(cache, AT) == []
    assert cache.told == []


def test_changes_that_wait_together_are_one_message(cache: Cache) -> None:
    change("notices", "dates", "notices")
    assert rounds(cache, AT) == [("dates", ""), ("notices", "")]
    assert cache.told == ["dates notices"]


def test_a_withdrawal_is_told_as_any_change(cache: Cache) -> None:
    change("notices", withdraws=True)
    rounds(cache, AT)
    assert cache.told == ["notices"]


def test_what_no_public_page_reads_is_not_told(cache: Cache) -> None:
    change("drafts", "hub", "staff", "status", "tokens")
    assert rounds(cache, AT) == []
    assert cache.told == []


def test_a_cache_that_is_new_is_told_of_all_that_ever_changed(cache: Cache, app: Flask) -> None:
    change("dates")
    with database.engine.begin() as connection:
        connection.execute(delete(PurgeRow))
    rounds(cache, AT)
    changed = {subject for subject, number in known().items() if number}
    assert set(cache.told[0].split()) == changed & {"contacts", "dates", "delivery", "notices", "site"} > {"dates"}


def test_what_a_cache_does_not_take_is_told_again_later_each_time() -> None:
    with a_cache(AWAY, REFUSED, AWAY, TAKEN) as cache:
        change("dates")
        at = AT
        for tries, delay in ((1, 1), (2, 2), (3, 4)):
            assert [subject for subject, why in rounds(cache, at) if why] == ["dates"]
            assert rows()["dates"][2] == tries
            at += delay * SECOND
            assert next_try(session()) == at
            assert rounds(cache, at - timedelta(microseconds=1)) == []
        assert rounds(cache, at) == [("dates", "")]
        assert cache.told == ["dates"] * 4
    assert next_try(session()) is None


def test_a_newer_change_waits_with_the_one_that_waits() -> None:
    with a_cache(AWAY, TAKEN) as cache:
        change("dates")
        rounds(cache, AT)
        change("dates")
        assert rounds(cache, AT) == []
        assert rounds(cache, AT + SECOND) == [("dates", "")]
        assert rounds(cache, AT + KEPT) == []
        assert cache.told == ["dates", "dates"]


def test_one_subject_that_waits_holds_no_other_back() -> None:
    with a_cache(AWAY, TAKEN) as cache:
        change("dates")
        rounds(cache, AT)
        change("notices")
        assert rounds(cache, AT) == [("notices", "")]


def test_what_changed_while_the_cache_was_told_is_told_too(cache: Cache) -> None:
    change("dates")
    purges = claim(known(), AT)
    change("dates")
    assert rounds(cache, AT) == []
    keep_told(purges, AT)
    assert rounds(cache, AT) == [("dates", "")]


def test_only_what_every_worker_shows_is_told(cache: Cache) -> None:
    shown = known()
    change("dates")
    assert tell(cache.hook, shown, lambda: AT) == []
    assert cache.told == []


def test_a_publication_never_waits_for_a_cache_that_does_not_answer(app: Flask) -> None:
    def works(cache: Cache, numbers: dict[str, int]) -> list[Purge]:
        with app.app_context():
            return [purge for purge, why in tell(cache.hook, numbers, lambda: AT) if why]

    change("dates")
    with ThreadPoolExecutor(1) as pool:
        with a_cache(None) as cache:
            telling = pool.submit(works, cache, known())
            assert cache.next() == "dates"
            change("dates", "notices")
            assert not telling.done()
        assert [purge.subject for purge in telling.result()] == ["dates"]


def test_of_many_workers_one_tells_it(any_office: Office, cache: Cache) -> None:
    change("dates", "notices")
    numbers, workers, together = known(), 6, Barrier(6)

    def works() -> int:
        worker = create_app(any_office.config)
        with worker.app_context():
            together.wait()
            told = tell(cache.hook, numbers, lambda: AT)
            database.engine.dispose()
            return len(told)

    with ThreadPoolExecutor(workers) as pool:
        found = [pool.submit(works) for _ in range(workers)]
        assert sorted(one.result() for one in found) == [0, 0, 0, 0, 0, 2]
    assert cache.told == ["dates notices"]


def test_what_a_worker_took_and_never_told_is_told_by_another(cache: Cache) -> None:
    change("dates")
    assert [purge.subject for purge in claim(known(), AT)] == ["dates"]
    assert rounds(cache, AT + CLAIM - timedelta(microseconds=1)) == []
    assert rounds(cache, AT + CLAIM) == [("dates", "")]


def test_a_worker_that_was_stopped_for_long_takes_nothing_back(cache: Cache) -> None:
    change("dates")
    late = claim(known(), AT)
    change("dates")
    rounds(cache, AT + CLAIM)
    keep_told(late, AT + CLAIM)
    assert rows()["dates"][:2] == (2, 2)
    assert rounds(cache, AT + KEPT) == []


def test_after_a_day_it_is_given_up_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with a_cache(AWAY) as cache, caplog.at_level(logging.WARNING):
        change("dates")
        rounds(cache, AT)
        rounds(cache, AT + timedelta(hours=23))
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        rounds(cache, AT + KEPT)
        assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
        assert rounds(cache, AT + 2 * KEPT) == []
        change("dates")
        assert rounds(cache, AT + 2 * KEPT) == [("dates", "127.0.0.1 answered 503")]
    assert len(cache.told) == 4


def test_what_changed_last_has_a_day_of_its_own() -> None:
    with a_cache(AWAY) as cache:
        change("dates")
        rounds(cache, AT)
        change("dates")
        for hours in (20, 24, 43):
            assert rounds(cache, AT + timedelta(hours=hours)) == [("dates", "127.0.0.1 answered 503")]
        assert next_try(session())
        session().rollback()
        rounds(cache, AT + timedelta(hours=44))
        assert next_try(session()) is None


def test_the_token_stands_in_no_log_and_in_no_table(caplog: pytest.LogCaptureFixture) -> None:
    with a_cache(REFUSED) as cache, caplog.at_level(logging.DEBUG):
        change("dates")
        rounds(cache, AT)
        rounds(cache, AT + KEPT)
    assert "answered 403" in caplog.text
    assert TOKEN not in caplog.text
    assert TOKEN not in repr([session().execute(select(table)).all() for table in PurgeRow.metadata.sorted_tables])


def test_telling_is_no_change(cache: Cache) -> None:
    change("dates")
    before = revisions.current(session()), newest(session(), 100)
    rounds(cache, AT)
    session().rollback()
    assert (revisions.current(session()), newest(session(), 100)) == before


def test_what_was_told_is_never_more_than_what_was_tried(app: Flask) -> None:
    row = {"subject": "dates", "told": 2, "telling": 1, "tries": 0, "since": AT, "next_try_at": AT}
    with database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(PurgeRow), row)
