"""The chain of the audit log: each line has a hash of what it says and of the line before, so that a touch shows.

Whoever can write to the database can make a whole chain anew: keep the last hash elsewhere, now and then.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

#: What the first line follows.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: the number of its last line, which is how many there are, and the hash of that line."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log: who changed what and when (aware); `details` is JSON, `follows` the hash of the line before.

    Its own `hash` is empty until it is sealed.
    """

    number: int
    follows: str
    at: datetime
    actor: str
    subject: str
    revision: int
    action: str
    details: dict[str, object]
    hash: str = ""


def digest(entry: Entry) -> str:
    """Return the hash (SHA-256, hexadecimal) of all that a line says, whatever hash it has."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    words = [entry.follows, entry.number, at, entry.actor, entry.subject, entry.revision, entry.action, entry.details]
    # What is no JSON was not written by us: its hash is another, whatever it is.
    written = json.dumps(words, sort_keys=True, separators=(",", ":"), default=repr)
    return sha256(written.encode()).hexdigest()


def sealed(entry: Entry) -> Entry:
    """Return a line with its hash."""
    return replace(entry, hash=digest(entry))


def faults(lines: Iterable[tuple[int, Entry | None]], head: Head | None) -> Iterator[str]:
    """Say what is wrong with lines, oldest first, each with its number, and None for one that cannot be read.

    `head` is where the log ended when its last line was written, None where that was taken away. A line that was
    touched is named alone: those after it follow the hash that it had.
    """
    number, before = 0, None  # the hash of the line before, None where nobody can tell
    for found, entry in lines:
        if head and not 0 < found <= head.number:
            yield f"line {found} was added by hand: the log ended at line {head.number}"
            continue
        if found > number + 1:
            yield _missing(number + 1, found - 1)
            before = None
        is_whole = entry is not None and _is_whole(entry)
        yield from _faults_of(found, entry, before, is_whole=is_whole)
        number, before = found, entry.hash if entry and is_whole else None
    if head is None:
        yield "where the log ended is not kept any more: whether lines are missing at its end, nobody can tell"
    elif number < head.number:
        yield _missing(number + 1, head.number)
    elif before not in (None, head.hash):
        yield f"line {number} was touched, hash and all: it is not the one with which the log ended"


def _is_whole(entry: Entry) -> bool:
    return entry.hash == digest(entry) and (entry.number > 1 or entry.follows == START)


def _faults_of(number: int, entry: Entry | None, before: str | None, *, is_whole: bool) -> Iterator[str]:
    if entry is None:
        yield f"line {number} was touched: it cannot be read"
        return
    follows = before in (None, entry.follows)
    if not is_whole:
        also = "" if follows else f", nor is line {number - 1} the one that it says it follows"
        yield f"line {number} was touched: its hash is not its own{also}"
    elif not follows:
        yield f"line {number - 1} was touched, hash and all: it is not the one that line {number} follows"


def _missing(first: int, last: int) -> str:
    return f"line {first} is missing" if first == last else f"lines {first} to {last} are missing"
