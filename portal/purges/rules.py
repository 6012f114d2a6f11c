"""Of what a cache in front is told, in which words, when it is told again, and when no more. Pure.

The queue is what the revisions say and the cache was not told: a change waits there as soon as it is kept, or not at
all, whoever made it, and writes nothing more. Changes of one subject that wait together are one message.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

#: The subjects that public pages read: of a session or a draft no cache need know.
SUBJECTS = ("contacts", "dates", "delivery", "notices", "site")
#: Every worker shows a change within a fifth of a second (store/bare/watch): a cache told sooner would ask one that
#: does not yet, and keep the old page as a new one.
SETTLE = timedelta(seconds=0.5)
#: For how long a worker has a message to itself: longer than sending it can take.
CLAIM = timedelta(seconds=30)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=1), timedelta(minutes=5)
#: Twice so many delays are more than the longest one.
MOST_DOUBLINGS = 9
#: A cache that is silent for so long has forgotten the pages by itself.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purge:
    """A revision of a subject of which the cache is told: for the how-manieth time, and since when (aware)."""

    subject: str
    number: int
    tries: int
    since: datetime


def headers(subjects: Collection[str], token: str) -> dict[str, str]:
    """Return what stands above a message: the subjects, separated by spaces, and a token that is not empty."""
    found = {"Content-Type": "application/json", "Surrogate-Key": " ".join(sorted(set(subjects)))}
    return {**found, "Authorization": f"Bearer {token}"} if token else found


def body(subjects: Collection[str]) -> bytes:
    """Return the message itself, as JSON; the subjects are as in its headers."""
    return json.dumps({"surrogate_keys": sorted(set(subjects))}).encode("ascii")


def retry_at(purge: Purge, at: datetime) -> datetime | None:
    """Return when to say again what was not taken at an aware instant; None: never.

    The delay doubles from one second to five minutes; what waits for a day is given up.
    """
    if at - purge.since >= KEPT:
        return None
    return at + min(FIRST_DELAY * 2 ** min(purge.tries - 1, MOST_DOUBLINGS), LONGEST_DELAY)
