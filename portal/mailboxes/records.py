"""The names of shared mailboxes and the domains of free mail, from the portal’s facts; read once."""

import tomllib
from functools import cache

from portal.assets import FACTS
from portal.mailboxes.rules import Names


@cache
def names() -> Names:
    """Return what mailboxes are called, in French and in English."""
    shared = tomllib.loads((FACTS / "shared_mailboxes.toml").read_text("utf-8"))
    free = tomllib.loads((FACTS / "free_mail.toml").read_text("utf-8"))
    return Names(
        words=frozenset().union(*shared["words"].values()),
        alone=frozenset().union(*shared["alone"].values()),
        refused=frozenset().union(*shared["notice"].values()),
        personal=frozenset(free["domains"]),
    )
