"""Telling the cache once."""

from collections.abc import Collection
from urllib.parse import urlsplit

from portal.config import PurgeHook
from portal.core.errors import PortalError
from portal.outgoing.rules import is_accepted
from portal.outgoing.sender import NoReply, post
from portal.purges import rules

#: For the whole of a message: whoever waits for it holds nothing but a thread.
TIME_LIMIT_SECONDS = 5.0


class NotTold(PortalError):
    """The cache did not answer, or did not take what it was told."""


def send(hook: PurgeHook, subjects: Collection[str], *, time_limit: float = TIME_LIMIT_SECONDS) -> None:
    """Tell the cache of subjects that changed. Raises NotTold, in words that never hold the token.

    A private address is as good as any: the cache may stand beside the portal.
    """
    headers, body = rules.headers(subjects, hook.token), rules.body(subjects)
    try:
        reply = post(hook.url, body, headers, is_allowed=lambda address: True, time_limit=time_limit)
    except NoReply as error:
        raise NotTold(str(error)) from None
    if not is_accepted(reply.status):
        # Not what it said besides: it may repeat the token.
        raise NotTold(f"{urlsplit(hook.url).hostname} answered {reply.status}")
