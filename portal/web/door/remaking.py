"""Pages made anew before anyone has to wait for them: those that are read, when a change or the clock outdates them.

It is done by a thread of each worker, a page at a time, and half of its time is left to the visitors.
"""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Event

from portal.store.bare.watch import Revisions
from portal.store.copies import Page
from portal.web.door.answers import asked, densely, environ_of
from portal.web.door.page_cache import PageCache

#: At a look, so many pages are made ahead at most, those that are read most; then it looks again.
MOST_REMADE = 500
#: The longest brotli takes two seconds for a megabyte.
LONGEST_COMPRESSED = 256 * 1024


class Remaking:
    """Keeps the pages of one worker finished; `pause` waits so many seconds."""

    def __init__(
        self,
        cache: PageCache,
        revisions: Callable[[], Revisions | None],
        public_url: str,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._cache = cache
        self._pages = cache.kept.pages
        self._revisions = revisions
        self._public_url = public_url
        self._pause = pause
        self._woken = Event()

    def begin(self, former: Revisions) -> None:
        """Begin at once: the revisions were these until now."""
        self._cache.give_former(former)
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Wait for a change, so many seconds at most."""
        self._woken.wait(seconds)

    def look(self, now: datetime) -> None:
        """Make anew what is no longer right at an aware instant; then compress what is read as far as it goes."""
        self._woken.clear()
        known = self._revisions()
        if known is None:
            return
        outdated = self._pages.read_first(lambda page: not page.is_current(known, now.timestamp()))
        loose = self._pages.read_first(_may_be_denser, again=True)
        for act, addresses in ((self._make, outdated[:MOST_REMADE]), (self._compress, loose)):
            for address in addresses:
                began = time.monotonic()
                act(address)
                self._pause(time.monotonic() - began)
                if self._woken.is_set():  # it changed again: what is read most comes first again
                    return

    def _make(self, address: str) -> None:
        path, _, query = address.partition("?")
        asked(self._cache.made, environ_of(path, query, self._public_url))
        self._pages.was_made_ahead(address)

    def _compress(self, address: str) -> None:
        if page := self._pages.peek(address):
            kept = self._cache.kept
            kept.replace(address, page, densely(page, like=kept.copy_of(address)))


def _may_be_denser(page: Page) -> bool:
    return "br" in page.bodies and not page.is_dense and len(page.bodies[""]) <= LONGEST_COMPRESSED
