"""Sending one ping: to a public address, and no further than the hub."""

from collections.abc import Callable
from urllib.parse import urlsplit

from portal.hub import rules
from portal.hub.rules import Answer
from portal.outgoing.rules import is_public as is_of_the_internet
from portal.outgoing.sender import TIME_LIMIT_SECONDS, NoReply, post

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def send(
    hub_url: str,
    topic: str,
    *,
    is_public: Callable[[str], bool] = is_of_the_internet,
    time_limit: float = TIME_LIMIT_SECONDS,
) -> Answer:
    """Tell a hub that the feed at `topic`, an absolute address, changed; return what came of it within `time_limit`.

    Only tests give another `is_public`: the portal itself never sends to a private address.
    """
    try:
        reply = post(hub_url, rules.body(topic), FORM, is_allowed=is_public, time_limit=time_limit)
    except NoReply as error:
        return Answer("away", str(error))
    words = f"{urlsplit(hub_url).hostname} answered {reply.status}"
    return Answer(rules.verdict(reply.status), f"{words}: {reply.said}" if reply.said else words)
