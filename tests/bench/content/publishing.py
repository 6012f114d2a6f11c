"""Notices published and withdrawn while others read, as the commands do it."""

import time
from datetime import UTC, datetime

from portal.config import Config
from portal.core.languages import Bilingual
from portal.notices import keeping
from portal.notices.rules import Draft
from portal.store import revisions
from portal.store.changes import recorded_change
from portal.store.copies import Copies
from portal.store.database import session
from tests.bench.content.archive import ACTOR

TEXT = Bilingual("Les demandes reçues depuis lundi sont traitées.\n" * 40, "Requests received are processed.\n" * 50)


def publish(number: int) -> float:
    """Publish a notice for one audience; return the seconds."""
    at = datetime.now(UTC).replace(microsecond=0)  # a file says the minute
    draft = Draft(f"new-{number}", at, ("rehabilitation",), Bilingual(f"Avis {number}", f"Notice {number}"), TEXT)
    start = time.perf_counter()
    with recorded_change("notices", action="notices.publish", actor=ACTOR, at=at) as change:
        keeping.keep(change, draft, at)
    return time.perf_counter() - start


def withdraw(config: Config, number: int) -> float:
    """Withdraw a notice; return the seconds."""
    start = time.perf_counter()
    at = datetime.now(UTC)
    with recorded_change("notices", action="notices.withdraw", actor=ACTOR, at=at) as change:
        keeping.withdraw(change, f"new-{number}", at, "Bench")
    Copies(config.data, "").forget({"notices": revisions.current(session())["notices"].number})
    return time.perf_counter() - start
