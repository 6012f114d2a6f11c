"""One round: what waits is taken, the cache told, and what came of it kept."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from portal.config import PurgeHook
from portal.purges import records, rules
from portal.purges.rules import Purge
from portal.purges.sender import NotTold, send

logger = logging.getLogger(__name__)


def tell(hook: PurgeHook, numbers: Mapping[str, int], clock: Callable[[], datetime]) -> Sequence[tuple[Purge, str]]:
    """Tell the cache of these revisions, as far as it does not know them and it is time.

    Every worker must show them already (SETTLE). No transaction is open while the cache is asked. Returns each that was
    told, with why the cache did not take it, empty where it did: it is told again at a later round. The first time, and
    when it is given up, the log says why.
    """
    purges = records.claim({subject: numbers[subject] for subject in rules.SUBJECTS if subject in numbers}, clock())
    if not purges:
        return []
    try:
        send(hook, [purge.subject for purge in purges])
    except NotTold as error:
        _keep_untold(purges, str(error), clock())
        return [(purge, str(error)) for purge in purges]
    records.keep_told(purges, clock())
    return [(purge, "") for purge in purges]


def _keep_untold(purges: Sequence[Purge], why: str, at: datetime) -> None:
    again_at = {purge: rules.retry_at(purge, at) for purge in purges}
    given_up = [purge for purge in purges if again_at[purge] is None]
    records.keep_told(given_up, at)
    for purge, again in again_at.items():
        if again is not None:
            records.keep_untold(purge, again)
    if given_up:
        logger.error("the cache in front was never told that %s changed: %s", _named(given_up), why)
    if new := [purge for purge in purges if purge.tries == 1]:
        logger.warning("the cache in front does not take that %s changed, and is told again: %s", _named(new), why)


def _named(purges: Sequence[Purge]) -> str:
    return ", ".join(purge.subject for purge in purges)
