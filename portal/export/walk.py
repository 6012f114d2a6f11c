"""The walk: every address of the site is asked of the real door, from the first ones to all that they lead to."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from portal.export.links import links, own
from portal.export.rules import REFUSALS, SEEDS, Answer, NotWhole, outdated
from portal.store.copies import Statement
from portal.web.door.answers import Application, asked, environ_of
from portal.web.door.headers import HEALTH, is_desk
from portal.web.door.page_cache import STATEMENT

#: What was published meanwhile is taken in by another walk, most of whose pages are then at hand.
MOST_WALKS = 3
#: Of what is wrong, so much is told.
MOST_FAULTS = 20


@dataclass(slots=True)
class Site:
    """What the walk found: the pages, those shown where nothing is or where something is gone, and what moved."""

    pages: list[Answer] = field(default_factory=list)
    refusals: list[Answer] = field(default_factory=list)
    gone: list[Answer] = field(default_factory=list)
    moved: list[Answer] = field(default_factory=list)

    @property
    def kept(self) -> list[Answer]:
        """Return every answer that has a file."""
        return [*self.pages, *self.refusals, *self.gone]


class Walk:
    """Walks one site through its door; `keep` is given each file with its content as soon as it is known."""

    def __init__(self, door: Application, public_url: str, keep: Callable[[str, bytes], object]) -> None:
        self._door = door
        self._public_url = public_url
        self._keep = keep
        self._places: dict[str, str] = {}
        self._faults: list[str] = []

    def all(self, former: Iterable[str] = ()) -> Site:
        """Return the whole site as it is at one moment; `former` are addresses that were in it once.

        Raises NotWhole where an address answers what it should not, or where the site changes time and again.
        """
        former = list(former)
        for _ in range(MOST_WALKS):
            site = self._walked(former)
            if self._faults:
                told = "\n  ".join(self._told())
                raise NotWhole(f"nothing was exported, for the site does not answer as it should:\n  {told}")
            if not outdated(site.pages, time.time()):
                return site
        raise NotWhole(f"nothing was exported: the site changed during each of {MOST_WALKS} walks; try again")

    def _told(self) -> list[str]:
        more = len(self._faults) - MOST_FAULTS
        return self._faults[:MOST_FAULTS] + ([f"… and {more} more"] if more > 0 else [])

    def _walked(self, former: list[str]) -> Site:
        self._places, self._faults, site = {}, [], Site()
        self._follow(site, [*SEEDS, *REFUSALS.values()], is_linked=True)
        self._follow(site, former, is_linked=False)
        return site

    def _follow(self, site: Site, addresses: Iterable[str], is_linked: bool) -> None:
        known = {answer.address for answer in [*site.kept, *site.moved]}
        todo = deque((address, "", is_linked) for address in dict.fromkeys(addresses) if address not in known)
        known.update(address for address, _from, _linked in todo)
        while todo:
            address, found_on, is_linked = todo.popleft()
            answer, body = ask(self._door, address, self._public_url)
            if answer.status == 200 and answer.canonical != address:  # with arguments that nobody knows
                led_to = [answer.canonical]
            elif self._sorted(site, answer, body, is_linked, found_on):
                led_to = [own(link, address, self._public_url) for link in links(body, answer.headers)]
            else:
                led_to = []
            for led in led_to:
                if led and led not in known and not _is_left_out(led):
                    known.add(led)
                    # What is gone may lead to its twin, which is gone too.
                    todo.append((led, address, answer.status not in (404, 410)))

    def _sorted(self, site: Site, answer: Answer, body: bytes, is_linked: bool, found_on: str) -> bool:
        """Put an answer where it belongs; say whether its links are to be followed."""
        kind = answer.kind(is_linked)
        if kind == "fault":
            self._faults.append(_fault(answer, found_on))
        if kind in ("fault", "absent"):
            return False
        of_its_kind = {"page": site.pages, "refusal": site.refusals, "gone": site.gone, "moved": site.moved}[kind]
        of_its_kind.append(answer)
        if kind != "moved":
            other = self._places.setdefault(answer.place.casefold(), answer.address)
            if other != answer.address:
                raise NotWhole(f"{answer.address} and {other} would be one file: {answer.place}")
            self._keep(answer.place, body)
        return True


def _fault(answer: Answer, found_on: str) -> str:
    where = f" (a link of {found_on})" if found_on else ""
    if "age" in answer.headers:
        return f"{answer.address}{where} answers an old copy: the database is silent"
    return f"{answer.address}{where} answers {answer.status}"


def _is_left_out(address: str) -> bool:
    path = address.partition("?")[0]
    return path in HEALTH or is_desk(path)


def ask(door: Application, address: str, public_url: str) -> tuple[Answer, bytes]:
    """Return what the door answers to GET, and the bytes of it, compressed in no way (PEP 3333)."""
    path, _, query = address.partition("?")
    environ = environ_of(unquote(path).encode().decode("latin-1"), query, public_url)
    status, headers, body = asked(door, environ)
    named = {name.lower(): value for name, value in headers}
    stated = environ.get(STATEMENT)
    if int(status[:3]) != 200 or not isinstance(stated, Statement):
        return Answer(address, int(status[:3]), named), body
    known = (stated.arguments, stated.max_age, stated.valid_until, stated.revisions)
    return Answer(address, 200, named, *known), body
