"""How many answers the site gave, of which kind, with what outcome; and how long those took that were not at hand.

Counts alone, of nobody, in memory: a hit pays for one addition. Imports neither Flask nor SQLAlchemy, nor the library
of Prometheus: whoever answers a request, by WSGI or otherwise, adds it here.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Lock

from portal.monitoring.kinds import Kind

#: A kind, an outcome (see `middleware`) and a status: some two hundred at most, whatever strangers ask for.
Counted = tuple[Kind, str, int]
#: A kind, an outcome, and the seconds that one answer took.
Timed = tuple[Kind, str, float]
#: Times that wait to be taken: of a second, and of many should nobody take them for a while.
MOST_TIMES = 10_000


class Counts:
    """The answers of one worker since its start; with `keeps_times`, for whoever takes them, how long some took."""

    def __init__(self, *, keeps_times: bool = False) -> None:
        self._keeps_times = keeps_times
        self._answers: dict[Counted, int] = {}
        self._times: deque[Timed] = deque(maxlen=MOST_TIMES)
        self._lock = Lock()

    def add(self, kind: Kind, outcome: str, status: int) -> int:
        """Count one answer; return how many there were of its kind, outcome and status, itself among them."""
        counted = kind, outcome, status
        with self._lock:  # 64 threads add, and none may be lost
            self._answers[counted] = number = self._answers.get(counted, 0) + 1
        return number

    def time(self, kind: Kind, outcome: str, seconds: float) -> None:
        """Remember how many seconds one answer took, until it is taken."""
        if self._keeps_times:
            with self._lock:
                self._times.append((kind, outcome, seconds))

    @property
    def answers(self) -> Mapping[Counted, int]:
        """Return how many answers there were of each kind, outcome and status, now."""
        with self._lock:
            return dict(self._answers)

    def take_times(self) -> Sequence[Timed]:
        """Return how long answers took since this was asked last."""
        with self._lock:
            times = list(self._times)
            self._times.clear()
        return times
