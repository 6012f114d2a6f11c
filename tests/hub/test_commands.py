"""`portal hub`: what is due is told, what fails is tried again, and the page and the database go their own way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.commands.outgoing.hub import SETTLE_SECONDS, deliver
from portal.hub import sender
from portal.hub.records import PingRow, enqueue
from portal.hub.rules import Outcome, Ping
from portal.store.changes import recorded_change
from portal.store.database import session
from tests.hub.hubs import Hub, a_hub
from tests.makers import PUBLIC_URL, Office, an_office
from tests.outgoing.listeners import ACCEPTED
from tests.serving import PATIENCE_SECONDS, PORTAL, free_port

FEED, OTHER = "/fr/avis/fil.rss", "/fr/dates/fil.rss"
FAILED = b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
REFUSED = b"HTTP/1.1 404 Not Found\r\n\r\ntopic unknown"
AWAY = b"HTTP/1.1 503 Service Unavailable\r\n\r\n"
PRIVATE = "127.0.0.1: its address 127.0.0.1 is not a public one, so nothing was sent"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with a_hub() as found:
        yield found


@pytest.fixture
def told_office(office: Office, hub: Hub) -> Office:
    """An installation whose hub is on this machine, where the portal itself sends nothing."""
    return an_office(office.data, PORTAL_HUB_URL=hub.url)


def publishes(office: Office, *paths: str, due_at: datetime | None = None) -> None:
    """Publish something of which the hub is to be told, now unless said."""
    at = datetime.now(UTC)
    app = create_app(office.config)
    with app.app_context(), recorded_change("notices", action="notices.publish", actor="a test", at=at) as change:
        change.details["published"] = "something"
        enqueue(change, paths, due_at or at)


def round_of(
    office: Office, settle: Callable[[float], object] = lambda seconds: None
) -> Sequence[tuple[Ping, Outcome]]:
    """Tell the hub of what is due, on this machine too."""
    app = create_app(office.config)
    with app.app_context():
        return deliver(app, partial(sender.send, is_public=lambda address: True), settle)


def states(office: Office) -> list[tuple[str, str, str]]:
    with create_app(office.config).app_context():
        query = select(PingRow.path, PingRow.state, PingRow.words).order_by(PingRow.id)
        return [tuple(row) for row in session().execute(query)]


def test_a_hub_is_told_once_of_each_feed_by_its_public_address(told_office: Office, hub: Hub) -> None:
    publishes(told_office, FEED, OTHER)
    publishes(told_office, FEED)
    assert [outcome.state for _ping, outcome in round_of(told_office)] == ["told", "told"]
    assert sorted(hub.topics) == [PUBLIC_URL + FEED, PUBLIC_URL + OTHER]
    assert round_of(told_office) == []
    assert len(hub.pings) == 2


def test_a_hub_is_told_once_every_worker_shows_the_change(told_office: Office, hub: Hub) -> None:
    publishes(told_office, FEED)
    waited: list[tuple[float, int]] = []
    round_of(told_office, lambda seconds: waited.append((seconds, len(hub.pings))))
    assert waited == [(SETTLE_SECONDS, 0)]
    round_of(told_office, lambda seconds: waited.append((seconds, len(hub.pings))))
    assert len(waited) == 1


def test_nothing_is_locked_while_the_hub_is_asked(told_office: Office) -> None:
    publishes(told_office, FEED)
    round_of(told_office, lambda seconds: publishes(told_office, OTHER))
    assert [row[:2] for row in states(told_office)] == [(FEED, "told"), (OTHER, "waiting")]


def test_a_feed_that_fails_or_is_refused_stops_no_other(office: Office) -> None:
    with a_hub(FAILED, REFUSED, ACCEPTED) as hub:
        office = an_office(office.data, PORTAL_HUB_URL=hub.url)
        publishes(office, "/a", "/b", "/c")
        round_of(office)
        assert states(office) == [
            ("/a", "waiting", "127.0.0.1 answered 500"),
            ("/b", "refused", "127.0.0.1 answered 404: topic unknown"),
            ("/c", "told", "127.0.0.1 answered 202"),
        ]


def test_a_hub_that_is_away_is_asked_once_a_round(office: Office) -> None:
    with a_hub(ACCEPTED, AWAY) as hub:
        office = an_office(office.data, PORTAL_HUB_URL=hub.url)
        publishes(office, "/a", "/b", "/c", "/d")
        round_of(office)
        assert [row[1] for row in states(office)] == ["told", "waiting", "waiting", "waiting"]
        assert len(hub.pings) == 2


def test_send_says_what_was_not_told_and_when_it_is_tried_again(told_office: Office, hub: Hub) -> None:
    publishes(told_office, FEED, OTHER)
    result = told_office.portal("hub", "send")
    assert result.exit_code == 1
    first, *paths, last = result.output.splitlines()
    assert first.startswith("Not told yet, again on ")
    assert first.endswith(f": 2 feeds ({PRIVATE})")
    assert paths == [f"  {FEED}", f"  {OTHER}"]
    assert last.startswith("The next try is on ")
    assert hub.pings == []
    assert "hub.pings" in told_office.did("audit")


def test_send_says_when_nothing_is_due(told_office: Office) -> None:
    assert told_office.did("hub", "send") == "Nothing is due.\n"
    publishes(told_office, FEED, due_at=datetime(2126, 7, 22, 12, 30, tzinfo=UTC))
    assert told_office.did("hub", "send") == "Nothing is due.\nThe next try is on 2126-07-22 at 08:30:00.\n"


@pytest.mark.parametrize("command", ["send", "watch"])
def test_without_a_hub_there_is_nothing_to_tell(office: Office, command: str) -> None:
    result = office.portal("hub", command)
    assert result.exit_code == 1
    assert result.output == "portal: PORTAL_HUB_URL is not set: there is no hub to tell\n"


@contextmanager
def running(office: Office, *words: str | Path) -> Generator[subprocess.Popen[str]]:
    """Run a command in a process of its own; its output ends when it and all it started have ended."""
    environment = {**os.environ, **office.environment, "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)


def says(process: subprocess.Popen[str], words: str) -> bool:
    """Say whether a line of the output holds these words, reading as long as there is output."""
    assert process.stdout
    return any(words in line for line in process.stdout)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_watch_sends_what_is_due_and_ends_when_told_to(told_office: Office, stop: signal.Signals) -> None:
    publishes(told_office, FEED)
    with running(told_office, PORTAL, "hub", "watch") as watch:
        assert says(watch, f"1 feed ({PRIVATE})")
        publishes(told_office, OTHER)
        assert says(watch, f"1 feed ({PRIVATE})")
        watch.send_signal(stop)
        assert watch.communicate(timeout=PATIENCE_SECONDS)[0] == ""
        assert watch.returncode == 0
    assert [row[:2] for row in states(told_office)] == [(FEED, "waiting"), (OTHER, "waiting")]


def test_the_watch_waits_for_a_database_that_is_away(told_office: Office, tmp_path: Path) -> None:
    database, away = told_office.data / "portal.db", tmp_path / "portal.db"
    publishes(told_office, FEED, due_at=datetime.now(UTC) + timedelta(seconds=1))
    database.rename(away)
    with running(told_office, PORTAL, "hub", "watch") as watch:
        assert says(watch, "the database does not answer")
        away.rename(database)
        assert says(watch, "1 feed")
        assert says(watch, "the database answers again")


def test_the_watch_ends_with_the_process_that_started_it(told_office: Office) -> None:
    # As `portal run` does: it starts the watch, and becomes another program.
    started = "from portal.commands.serving import start_watch; start_watch()"
    words = f"import os; {started}; os.execvp('cat', ['cat'])"
    publishes(told_office, FEED)
    with running(told_office, sys.executable, "-c", words) as parent:
        assert says(parent, "1 feed")
        parent.communicate(timeout=PATIENCE_SECONDS)  # the end of its input ends the parent; of its output, the watch
        assert parent.returncode == 0


def test_a_watch_that_is_late_for_its_parent_ends_at_once(told_office: Office) -> None:
    words = (PORTAL, "hub", "watch", "--parent", "1")
    with running(told_office, *words) as watch:
        assert watch.communicate(timeout=PATIENCE_SECONDS)[0] == ""
        assert watch.returncode == 0


def test_the_served_site_refuses_a_private_hub_and_keeps_the_ping(told_office: Office, hub: Hub) -> None:
    with running(told_office, PORTAL, "run") as site:
        assert says(site, "The portal answers on")
        publishes(told_office, FEED)
        assert says(site, PRIVATE)
    assert states(told_office) == [(FEED, "waiting", PRIVATE)]
    assert hub.pings == []
