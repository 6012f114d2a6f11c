"""The pages of a release by their address: in memory, and on disk the last good copy of each.

An address is a path with the arguments that its page knows, in one spelling: nobody makes another page by another one.
"""

from urllib.parse import parse_qsl, urlencode

from portal.store.bare.watch import Revisions
from portal.store.copies import Copies, Page
from portal.web.door.answers import Environ
from portal.web.door.shelf import Shelf

MOST_BYTES = 24 * 1024 * 1024
MOST_PAGES = 100_000
#: Pages that are many and cheap (the check of a date, the later pages of a union) must not drive out the others.
MOST_ANSWERS = 2_000


class Kept:
    """What was made is found here again, until the room is needed or it was withdrawn."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._arguments: dict[str, tuple[str, ...]] = {}
        self._few: set[str] = set()
        self.pages = Shelf(MOST_BYTES, MOST_PAGES)
        self._answers = Shelf(MOST_BYTES // 3, MOST_ANSWERS)

    def held(self) -> tuple[int, int]:
        """Return how many pages are in memory, and how many bytes they take."""
        return len(self.pages) + len(self._answers), self.pages.bytes + self._answers.bytes

    def address(self, environ: Environ) -> str:
        """Return the address that a request asks for, as far as its path is known."""
        path, query = str(environ["PATH_INFO"]), str(environ.get("QUERY_STRING", ""))
        known = self._arguments.get(path)
        if "?" in path:  # typed as %3F: no path of ours has one
            path = path.replace("%", "%25").replace("?", "%3F")
        if not known:
            return path
        # Bytes that are no text stand as they are: another spelling is another address, and none of them is kept. PEP
        # 3333 gives one symbol for each byte of what a client sent bare.
        text = query.encode("latin-1").decode(errors="surrogateescape")
        given = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
        # One given twice stands twice: what the application makes of it is kept under no address.
        of_known = [pair for name in known for pair in given if pair[0] == name]
        canonical = urlencode(of_known, errors="surrogateescape")
        return f"{path}?{canonical}" if canonical else path

    def found(self, environ: Environ) -> Page | None:
        """Return the last page of an address, right or not; from the disk, where the memory has none."""
        self._learn_from_copy(environ)
        address = self.address(environ)
        page = self.pages.get(address) or self._answers.get(address)
        if page is None and (page := self._load(environ, address)):
            self._learn(environ, page)
            self.pages.put(address, page)
        if page and page.statement.arguments and self.address(environ) != address:
            # The page told, just now or to another thread, which arguments its path knows: this request gave some.
            return self.found(environ)
        return page

    def is_read_again(self, environ: Environ) -> bool:
        """Take from the disk what another worker made of an address since; say whether it did."""
        address = self.address(environ)
        known, page = self.pages.peek(address), self._load(environ, address)
        if page is None or (known is not None and page.made_at <= known.made_at):
            return False
        self.pages.put(address, page)
        return True

    def keep(self, environ: Environ, page: Page) -> None:
        """Keep a page that was just made."""
        self._learn(environ, page)
        address = self.address(environ)
        if page.statement.is_one_of_many or ("?" in address and not page.statement.few):
            self._answers.put(address, page)
            return
        if "?" in address:  # so that a new worker knows, with the database away, what to ask for
            self._copies.save(f"{environ['PATH_INFO']}?", page)
        self.pages.put(address, page)
        self._copies.save(address, page)

    def replace(self, address: str, page: Page, by: Page) -> None:
        """Keep the same page in other bytes, unless a newer one came meanwhile."""
        if not self.pages.replace(address, page, by):
            return
        self._copies.save(address, by)
        now = self.pages.peek(address)
        if now is None:  # it went meanwhile
            self._copies.drop(address)
        elif now is not by:
            self._copies.save(address, now)

    def copy_of(self, address: str) -> Page | None:
        """Return what lies on the disk for an address."""
        return self._copies.load(address)

    def drop(self, address: str) -> None:
        """Forget the page of an address: there is nothing any more."""
        for kept in (self.pages, self._answers, self._copies):
            kept.drop(address)

    def refuse(self, floors: Revisions) -> None:
        """Show no page of revisions below these any more: what they show was withdrawn."""
        self._copies.refuse(floors)  # first: nothing is taken from the disk into the memory that is swept
        self.pages.forget(floors)
        self._answers.forget(floors)

    def sweep(self, floors: Revisions) -> None:
        """Throw away the copies of such pages; it takes a while."""
        self._copies.forget(floors)

    def is_refused(self, page: Page) -> bool:
        """Say whether a page must not be shown, not even as a copy."""
        return page.is_outdated(self.pages.floors)

    def _learn_from_copy(self, environ: Environ) -> None:
        path = str(environ["PATH_INFO"])
        if environ.get("QUERY_STRING") and path not in self._arguments and (page := self._copies.load(f"{path}?")):
            self._learn(environ, page)

    def _load(self, environ: Environ, address: str) -> Page | None:
        return self._copies.load(address) if "?" not in address or environ["PATH_INFO"] in self._few else None

    def _learn(self, environ: Environ, page: Page) -> None:
        path = str(environ["PATH_INFO"])
        if page.statement.arguments:
            self._arguments[path] = page.statement.arguments
        if page.statement.few:
            self._few.add(path)
