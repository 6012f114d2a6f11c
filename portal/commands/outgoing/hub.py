"""The WebSub hub: tell it of the feeds that publications changed, once or for as long as the site is served."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from threading import Event

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal.commands.opening import actor, application, now
from portal.core.calendar import QUEBEC
from portal.core.errors import SettingError
from portal.hub import records, rules, sender
from portal.hub.rules import Answer, Outcome, Ping
from portal.store.changes import recorded_change
from portal.store.database import session

#: Feeds of one round: it is kept when all are told, so that much may be told twice after a crash.
MOST_FEEDS = 100
#: Every worker shows a change within this time (store/bare/watch); a hub that fetched sooner would see nothing new.
SETTLE_SECONDS = 1.0
#: Between two questions to the database, and while it does not answer.
PAUSE_SECONDS = 1.0
PAUSE_SECONDS_AWAY = 5.0
SAID = {"told": "Told", "refused": "Refused for good", "given_up": "Given up", "waiting": "Not told yet"}

Send = Callable[[str, str], Answer]


@click.group("hub")
def hub_group() -> None:
    """The WebSub hub that is told of publications."""


@hub_group.command("send")
def send_pings() -> None:
    """Tell the hub now of every feed that is due, and say what came of it."""
    with application() as app:
        _check_hub(app)
        is_well, is_any = True, False
        while outcomes := deliver(app):
            is_any = True
            is_well = is_well and all(outcome.state == "told" for _ping, outcome in outcomes)
            _say(outcomes, with_paths=True)
        if not is_any:
            click.echo("Nothing is due.")
        if again := records.next_try(session()):
            click.echo(f"The next try is on {again.astimezone(QUEBEC):%Y-%m-%d at %H:%M:%S}.")
    sys.exit(0 if is_well else 1)


@hub_group.command("watch")
@click.option("--parent", type=int, hidden=True, help="End when this process, which started it, has ended.")
def watch_pings(parent: int | None) -> None:
    """Tell the hub of every feed as soon as it is due, until stopped."""
    stopped = Event()
    with application() as app:
        _check_hub(app)
        for number in (signal.SIGINT, signal.SIGTERM):  # between two turns, never in the middle of one
            signal.signal(number, lambda number, frame: stopped.set())
        is_away = False
        while parent in (None, os.getppid()) and not stopped.is_set():
            is_away = _take_turn(app, is_away)
            stopped.wait(PAUSE_SECONDS_AWAY if is_away else PAUSE_SECONDS)


def deliver(
    app: Flask, send: Send = sender.send, settle: Callable[[float], object] = time.sleep
) -> Sequence[tuple[Ping, Outcome]]:
    """Tell the hub of what is due, at most MOST_FEEDS; keep and return what became of each ping.

    No transaction is open while the hub is asked.
    """
    pings = records.due(session(), now(), MOST_FEEDS)
    session().rollback()
    if not pings:
        return []
    settle(SETTLE_SECONDS)
    answers = _ask(app.config["HUB_URL"], app.config["PUBLIC_URL"], pings, send)
    at = now()
    outcomes = [(ping, rules.outcome(ping, answer, at)) for ping, answer in zip(pings, answers, strict=True)]
    with recorded_change("hub", action="hub.pings", actor=actor(), at=at) as change:
        records.keep(change, outcomes, at)
    return outcomes


def _ask(hub_url: str, public_url: str, pings: Sequence[Ping], send: Send) -> Sequence[Answer]:
    answers: list[Answer] = []
    for ping in pings:
        # A hub that is away is not asked again for each feed: what it said to one stands for the others.
        is_away = bool(answers) and answers[-1].verdict == "away"
        answers.append(answers[-1] if is_away else send(hub_url, public_url + ping.path))
    return answers


def _check_hub(app: Flask) -> None:
    if not app.config["HUB_URL"]:
        raise SettingError("PORTAL_HUB_URL", "is not set: there is no hub to tell")


def _take_turn(app: Flask, was_away: bool) -> bool:
    """Tell the hub of what is due; say whether the database is away, and the operator when that changes."""
    try:
        with app.app_context():  # a session for each turn: one that was cut is not used again
            _say(deliver(app))
    except SQLAlchemyError as error:
        if not was_away:
            click.echo(f"portal: the database does not answer ({type(error).__name__}); the hub waits", err=True)
        return True
    if was_away:
        click.echo("portal: the database answers again", err=True)
    return False


def _say(outcomes: Sequence[tuple[Ping, Outcome]], *, with_paths: bool = False) -> None:
    def alike(one: tuple[Ping, Outcome]) -> tuple[str, str, str]:
        again = one[1].next_try_at
        return (
            one[1].state,
            one[1].words,
            f", again on {again.astimezone(QUEBEC):%Y-%m-%d at %H:%M:%S}" if again else "",
        )

    for (state, words, again), group in groupby(sorted(outcomes, key=alike), alike):
        paths = [ping.path for ping, _outcome in group]
        click.echo(f"{SAID[state]}{again}: {len(paths)} {'feed' if len(paths) == 1 else 'feeds'} ({words})")
        if with_paths:
            click.echo("".join(f"  {path}\n" for path in paths), nl=False)
