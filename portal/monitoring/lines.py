"""Which answers have a line in the log, and what it says: nothing of whoever asked.

A line for each hit would cost two thirds of the rate. Each answer that was made has one, each that is not to a GET,
each refusal and each failure; of the others, a sample. A path stands there where it is the address of a page that is
kept for everyone, which no stranger can make up; a query, a form, an address, a browser’s name never.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from portal.monitoring.kinds import Kind
from portal.monitoring.logs import FIELDS

#: One of so many answers that were at hand has a line.
SAMPLE = 1_000
#: Whoever sends refused requests without end must not fill the disk: so many lines a second, of one worker.
MOST_LINES = 100
#: Answers of which each has a line.
TOLD = frozenset({"made", "passed", "refused"})
#: Answers at an address where there is a page for everyone, or a file.
FROM_ADDRESS = frozenset({"hit", "former", "stale", "made"})
FOUND = frozenset({200, 206, 304})
FAILED = 500
READING = ("GET", "HEAD")
#: Another method is a word that a stranger chose.
METHODS = frozenset({*READING, "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
logger = logging.getLogger("portal.requests")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to what, by whom (see `middleware`), after how many seconds, in how many bytes."""

    method: str
    path: str
    kind: Kind
    outcome: str
    status: int
    seconds: float
    size: int


class Lines:
    """Writes the lines of one worker."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def tell(self, answer: Answer, number: int) -> None:
        """Write the line of an answer that has one; `number` is how many there were of its kind and outcome."""
        is_told = _is_told(answer)
        if not (is_told or number % SAMPLE == 0) or not logger.isEnabledFor(logging.INFO):
            return
        left_out = self._has_room()
        if left_out is None:
            return
        fields = _fields(answer)
        if not is_told:
            fields["sample"] = SAMPLE
        if left_out:
            fields["left_out"] = left_out
        logger.info("%s %s", fields["method"], answer.kind, extra={FIELDS: fields})

    def _has_room(self) -> int | None:
        """Return how many lines were left out before this one, or None where it is to be left out too."""
        second = int(self._clock())
        with self._lock:
            if second != self._second:
                self._second, self._lines = second, 0
            if self._lines >= MOST_LINES:
                self._left_out += 1
                return None
            self._lines += 1
            left_out, self._left_out = self._left_out, 0
        return left_out


def _is_told(answer: Answer) -> bool:
    if answer.status >= FAILED or answer.method not in READING:
        return True
    return answer.outcome in TOLD and answer.kind != "health"  # a supervisor asks every second


def _fields(answer: Answer) -> dict[str, object]:
    is_address = answer.outcome in FROM_ADDRESS and answer.status in FOUND
    return {
        "method": answer.method if answer.method in METHODS else "other",
        "kind": answer.kind,
        **({"path": answer.path} if is_address else {}),
        "status": answer.status,
        "outcome": answer.outcome,
        "milliseconds": round(answer.seconds * 1_000, 1),
        "bytes": answer.size,
    }
