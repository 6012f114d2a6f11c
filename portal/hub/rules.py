"""What a WebSub hub is told, which of its answers count, and when it is told again. Pure.

The contract: whoever publishes hands over the paths of the feeds that change, inside the same recorded change, with the
instant from which the feeds show it; the publication never waits for the hub. Every ping is sent at least once and
may be sent twice, which is harmless: it only asks the hub to fetch the feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from portal.outgoing.rules import is_accepted

#: `failed` is about this feed only; `away` is about the hub, and no other feed need be tried now.
Verdict = Literal["accepted", "refused", "failed", "away"]
State = Literal["waiting", "told", "refused", "given_up"]

#: How long to wait after each try that failed; after the last one, a ping is given up.
RETRY_DELAYS: Sequence[timedelta] = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)

REQUEST_TIMEOUT, TOO_MANY_REQUESTS = 408, 429
#: Too many requests, bad gateway, unavailable, gateway time-out: the next feed would be answered the same.
_AWAY = (TOO_MANY_REQUESTS, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Ping:
    """A feed of which the hub is to be told: its path, the rows that ask for it, and how often it was tried."""

    path: str
    ids: tuple[int, ...]
    tries: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try: the verdict, and in English for the operator."""

    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a ping is after a try; `next_try_at` is None where it is done."""

    state: State
    tries: int
    next_try_at: datetime | None
    words: str


def body(topic: str) -> bytes:
    """Return the form that tells a hub of one feed, by its absolute address.

    WebSub §7 leaves the form open. Hubs took `hub.url` from PubSubHubbub 0.3 (Google, Superfeedr), others document
    `hub.topic` (Switchboard): both are given. One feed a form: a hub in PHP hears only the last of a repeated name.
    """
    return urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode("ascii")


def verdict(status: int) -> Verdict:
    """Return what an HTTP status means. A redirection is a refusal: the operator gives the right address."""
    if is_accepted(status):
        return "accepted"
    if status in _AWAY:
        return "away"
    return "refused" if 300 <= status < 500 and status != REQUEST_TIMEOUT else "failed"


def retry_at(tries: int, at: datetime) -> datetime | None:
    """Return when to try again what has failed `tries` times, the last time at `at`; None: never."""
    return at + RETRY_DELAYS[tries - 1] if tries <= len(RETRY_DELAYS) else None


def outcome(ping: Ping, answer: Answer, at: datetime) -> Outcome:
    """Return what becomes of a ping that was tried at `at` (aware)."""
    tries = ping.tries + 1
    if answer.verdict == "accepted":
        return Outcome("told", tries, None, answer.words)
    if answer.verdict == "refused":
        return Outcome("refused", tries, None, answer.words)
    again = retry_at(tries, at)
    return Outcome("waiting" if again else "given_up", tries, again, answer.words)
