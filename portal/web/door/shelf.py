"""Finished pages in memory: those that are asked for stay, whatever else is asked for once.

A page that is new proves itself on a tenth of the room: asked for again by the time its turn to go has come, it moves
to the others. So whoever asks for 10,000 different pages drives out none that visitors read (S3-FIFO, SOSP 2023).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from portal.store.copies import Page

#: Pages that have not proved themselves have this part of the room, and what is left of the rest.
TRIAL = 10


@dataclass(slots=True)
class Shelf:
    """Pages by their address, in so many bytes and of so many pages at most.

    What was forgotten for good (`floors`) is not taken again, should it have been under way meanwhile.
    """

    most_bytes: int
    most_pages: int
    bytes: int = 0
    floors: Mapping[str, int] = field(default_factory=dict)
    _new: dict[str, Page] = field(default_factory=dict)
    _new_bytes: int = 0
    _proven: dict[str, Page] = field(default_factory=dict)
    #: Addresses that were asked for since their page came, or since its last turn to go.
    _asked: set[str] = field(default_factory=set)
    #: Addresses whose page nobody has asked for: it was made before anyone came.
    _ahead: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self._new) + len(self._proven)

    def get(self, address: str) -> Page | None:
        """Return the page of an address, and remember that it was asked for."""
        page = self._proven.get(address) or self._new.get(address)
        if page is not None:
            self._asked.add(address)
        return page

    def peek(self, address: str) -> Page | None:
        """Return the page of an address, for nobody."""
        return self._proven.get(address) or self._new.get(address)

    def read_first(self, is_wanted: Callable[[Page], bool], *, again: bool = False) -> list[str]:
        """Return the addresses of pages that visitors read, those that they ask for again and again before others.

        With `again`, these alone.
        """
        with self._lock:
            wanted = [one for one, page in (*self._proven.items(), *self._new.items()) if is_wanted(page)]
            often = [one for one in wanted if one in self._asked]
            others = [] if again else [one for one in wanted if one not in self._asked and one not in self._ahead]
        return often + others

    def put(self, address: str, page: Page) -> None:
        """Keep a page, in the place of the one before it; let go of those that no longer fit."""
        with self._lock:
            if page.is_outdated(self.floors):
                return
            is_proven = address in self._proven
            was_asked = self._drop(address)
            if is_proven:
                self._proven[address] = page
            else:
                self._new[address] = page
                self._new_bytes += page.size
            if was_asked:
                self._asked.add(address)
            self.bytes += page.size
            while len(self) > 1 and (self.bytes > self.most_bytes or len(self) > self.most_pages):
                self._make_room()

    def replace(self, address: str, page: Page, by: Page) -> bool:
        """Keep the same page in other bytes, unless another one came meanwhile; say whether it did not."""
        with self._lock:
            for among in (self._new, self._proven):
                if among.get(address) is page:
                    among[address] = by
                    self.bytes += by.size - page.size
                    self._new_bytes += by.size - page.size if among is self._new else 0
                    return True
            return False

    def was_made_ahead(self, address: str) -> None:
        """Remember that the page of an address was made for nobody yet: until someone asks, it is not made again."""
        with self._lock:
            self._asked.discard(address)
            if self.peek(address):
                self._ahead.add(address)

    def drop(self, address: str) -> None:
        """Forget a page."""
        with self._lock:
            self._drop(address)

    def forget(self, floors: Mapping[str, int]) -> None:
        """Forget every page that must not be shown any more, now and later."""
        with self._lock:
            self.floors = floors
            for address in [
                one for one, page in (*self._new.items(), *self._proven.items()) if page.is_outdated(floors)
            ]:
                self._drop(address)

    def _make_room(self) -> None:
        """Let the oldest page go, or give it another turn: the first of the new ones while they are many."""
        has_few_new = self._new_bytes * TRIAL <= self.bytes and len(self._new) * TRIAL <= len(self)
        # One alone is the page that has just come, be it large.
        among = self._proven if self._proven and (has_few_new or len(self._new) <= 1) else self._new
        address, page = next(iter(among.items()))
        was_asked = self._drop(address)
        if was_asked:
            self._proven[address] = page
            self.bytes += page.size

    def _drop(self, address: str) -> bool:
        """Forget a page; say whether it was asked for."""
        if page := self._new.pop(address, None):
            self._new_bytes -= page.size
        page = page or self._proven.pop(address, None)
        was_asked = address in self._asked
        if page:
            self.bytes -= page.size
            self._asked.discard(address)
            self._ahead.discard(address)
        return was_asked
