"""The queue of pings: kept with the publication or not at all, due at its instant, tried again, forgotten."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.audit.records import newest
from portal.hub import rules
from portal.hub.records import MOST_ROWS, PingRow, due, enqueue, keep, next_try
from portal.hub.rules import RETRY_DELAYS, Answer, Ping, Verdict
from portal.store import revisions
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.store.migrate import downgrade, upgrade

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
NOTICES, TABLE = "/fr/avis/fil.rss", "/fr/dates/fil.rss"


@pytest.fixture(autouse=True)
def opened(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def publish(*paths: str, due_at: datetime = AT, subject: str = "notices", details: bool = True) -> None:
    with recorded_change(subject, action=f"{subject}.publish", actor="a test", at=AT) as change:
        if details:
            change.details["published"] = "something"
        enqueue(change, paths, due_at)


def waiting(now: datetime, limit: int = 100) -> Sequence[Ping]:
    session().rollback()
    return due(session(), now, limit)


def paths(now: datetime, limit: int = 100) -> list[str]:
    return [ping.path for ping in waiting(now, limit)]


def answer(pings: Sequence[Ping], verdict: Verdict, at: datetime = AT, words: str = "hub.test answered") -> None:
    outcomes = [(ping, rules.outcome(ping, Answer(verdict, words), at)) for ping in pings]
    with recorded_change("hub", action="hub.pings", actor="a test", at=at) as change:
        keep(change, outcomes, at)


def rows() -> list[tuple]:
    session().rollback()
    query = select(PingRow.path, PingRow.state, PingRow.tries, PingRow.words).order_by(PingRow.id)
    return [tuple(row) for row in session().execute(query)]


def test_a_publication_asks_for_a_ping_of_each_of_its_feeds() -> None:
    assert (waiting(AT), next_try(session())) == ([], None)
    publish(TABLE, NOTICES)
    assert paths(AT) == [NOTICES, TABLE]
    assert next_try(session()) == AT


def test_a_publication_that_changes_nothing_asks_for_none() -> None:
    publish(NOTICES, details=False)
    assert rows() == []


def test_a_publication_that_fails_asks_for_none() -> None:
    def fail() -> None:
        with recorded_change("notices", action="notices.publish", actor="a test", at=AT) as change:
            change.details["published"] = "something"
            enqueue(change, [NOTICES], AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert rows() == []


def test_a_publication_without_feeds_asks_for_none() -> None:
    publish()
    assert rows() == []


def test_a_scheduled_notice_is_told_at_its_instant() -> None:
    publish(NOTICES, due_at=LATER)
    assert paths(LATER - timedelta(microseconds=1)) == []
    assert paths(LATER) == [NOTICES]


def test_two_publications_of_one_instant_ask_for_one_ping() -> None:
    publish(NOTICES, NOTICES, due_at=LATER)
    publish(NOTICES, TABLE, due_at=LATER)
    assert [row[0] for row in rows()] == [NOTICES, TABLE]


def test_two_publications_before_a_round_are_one_ping() -> None:
    publish(NOTICES)
    publish(NOTICES, due_at=AT + timedelta(seconds=1))
    (ping,) = waiting(LATER)
    assert len(ping.ids) == 2
    answer([ping], "accepted")
    assert paths(LATER) == []


def test_a_ping_that_is_told_does_not_tell_of_what_came_since() -> None:
    publish(NOTICES)
    publish(NOTICES, due_at=LATER)
    pings = waiting(AT)
    publish(NOTICES, due_at=AT + timedelta(seconds=1))  # while the hub is asked
    answer(pings, "accepted")
    assert [row[1] for row in rows()] == ["told", "waiting", "waiting"]
    assert paths(LATER) == [NOTICES]


def test_the_same_instant_may_be_asked_for_again_once_told() -> None:
    publish(NOTICES)
    answer(waiting(AT), "accepted")
    publish(NOTICES)
    assert [row[1] for row in rows()] == ["told", "waiting"]


def test_a_ping_that_fails_is_tried_again_until_it_is_given_up() -> None:
    publish(NOTICES)
    at = AT
    for tries, delay in enumerate(RETRY_DELAYS, start=1):
        answer(waiting(at), "away", at, "hub.test: Connection refused")
        assert rows() == [(NOTICES, "waiting", tries, "hub.test: Connection refused")]
        assert next_try(session()) == at + delay
        assert paths(at + delay - timedelta(seconds=1)) == []
        at += delay
    answer(waiting(at), "failed", at, "hub.test answered 500")
    assert rows() == [(NOTICES, "given_up", len(RETRY_DELAYS) + 1, "hub.test answered 500")]
    assert next_try(session()) is None


def test_a_ping_that_is_refused_is_not_tried_again() -> None:
    publish(NOTICES)
    answer(waiting(AT), "refused")
    assert rows() == [(NOTICES, "refused", 1, "hub.test answered")]
    assert paths(AT + timedelta(days=365)) == []


def test_a_new_publication_is_told_at_once_with_what_failed_before_it() -> None:
    publish(NOTICES)
    answer(waiting(AT), "away")
    publish(NOTICES, due_at=AT + timedelta(seconds=2))
    (ping,) = waiting(AT + timedelta(seconds=2))
    assert (len(ping.ids), ping.tries) == (2, 0)
    answer([ping], "accepted")
    assert paths(LATER) == []


def test_what_one_sender_told_stays_told() -> None:
    publish(NOTICES)
    pings = waiting(AT)
    answer(pings, "accepted")
    answer(pings, "away")
    assert [row[1] for row in rows()] == ["told"]


def test_those_that_wait_longest_come_first() -> None:
    publish("/late", due_at=LATER)
    publish("/b", "/a")
    assert paths(LATER, limit=2) == ["/a", "/b"]
    answer(waiting(LATER, limit=2), "accepted")
    assert paths(LATER, limit=2) == ["/late"]


def test_ten_thousand_publications_are_told_a_part_at_a_time() -> None:
    with recorded_change("notices", action="notices.publish", actor="a test", at=AT) as change:
        change.details["published"] = "much"
        for number in range(MOST_ROWS + 10):
            enqueue(change, [NOTICES], AT - timedelta(seconds=number))
    first = waiting(AT)
    assert [len(ping.ids) for ping in first] == [MOST_ROWS]
    answer(first, "accepted")
    assert [len(ping.ids) for ping in waiting(AT)] == [10]


def test_a_round_is_one_line_of_the_audit_log() -> None:
    publish(*(f"/fr/{number}.rss" for number in range(3)))
    pings = waiting(AT)
    told, refused = Answer("accepted", "hub.test answered 204"), Answer("refused", "hub.test answered 404")
    with recorded_change("hub", action="hub.pings", actor="a test", at=AT) as change:
        keep(
            change,
            [(ping, rules.outcome(ping, one, AT)) for ping, one in zip(pings, (told, refused, told), strict=True)],
            AT,
        )
    line, *before = newest(session(), 2)
    assert (line.action, line.subject) == ("hub.pings", "hub")
    assert line.details == {
        "told": {"feeds": 2, "answer": "hub.test answered 204"},
        "refused": {"feeds": 1, "answer": "hub.test answered 404"},
    }
    assert [one.details for one in before] == [{"published": "something"}]


def test_a_round_moves_no_counter_of_a_page() -> None:
    publish(NOTICES)
    before = revisions.current(session())
    answer(waiting(AT), "accepted")
    session().rollback()
    after = revisions.current(session())
    assert {subject for subject in after if after[subject] != before[subject]} == {"hub"}


def test_what_was_done_a_month_ago_is_forgotten() -> None:
    publish("/done")
    answer(waiting(AT), "accepted")
    publish("/waits", due_at=AT + timedelta(days=90))
    publish("/now", due_at=AT + timedelta(days=30))
    answer(waiting(AT + timedelta(days=30)), "accepted", AT + timedelta(days=30))
    assert [row[0] for row in rows()] == ["/done", "/waits", "/now"]
    publish("/next", due_at=AT + timedelta(days=31))
    answer(waiting(AT + timedelta(days=31)), "accepted", AT + timedelta(days=31))
    assert [row[0] for row in rows()] == ["/waits", "/now", "/next"]


def test_a_database_goes_back_to_a_release_without_a_queue(app: Flask) -> None:
    publish(NOTICES)
    answer(waiting(AT), "away")
    session().rollback()
    downgrade(app, "base")
    upgrade(app)
    assert rows() == []
    publish(NOTICES)


@pytest.mark.parametrize("path", ["", "https://elsewhere.test/feed.rss"])
def test_an_address_that_is_not_ours_cannot_be_kept(path: str) -> None:
    with pytest.raises(IntegrityError):
        publish(path)
    session().rollback()
    assert session().scalar(select(func.count()).select_from(PingRow)) == 0
