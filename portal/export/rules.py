"""What an export holds: the file of each address, what an answer is to it, and whether all was said at one moment."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl, unquote

from portal.core.errors import PortalError

Kind = Literal["page", "refusal", "gone", "moved", "absent", "fault"]
#: Where a walk begins; every other address is found from these.
SEEDS = (
    "/",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
    "/favicon.ico",
    "/apple-touch-icon.png",
    "/api/v1/openapi.json",
)
#: What the site answers to an address that does not exist, by the beginning of the address: the longest counts.
REFUSALS = {
    "/": "/fr/404.html",
    "/en/": "/en/404.html",
    "/fr/integrer/": "/fr/integrer/404.html",
    "/en/embed/": "/en/embed/404.html",
    "/api/": "/api/404.json",
}
MOVED = (301, 302, 303, 307, 308)
#: How the file of an address ends that does not end so itself, by what it holds.
ENDINGS = {
    "text/html": ".html",
    "application/json": ".json",
    "application/problem+json": ".json",
    "text/csv": ".csv",
    "image/svg+xml": ".svg",
}
#: A host makes these itself, of the bytes that it sends.
OF_THE_BYTES = frozenset({"content-length", "content-encoding", "etag", "vary", "date", "age", "accept-ranges"})
#: What may stand in a file name everywhere; an argument that holds more gives a name made of its digest.
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9_=&.,-]{1,120}", re.ASCII)
_PLAIN_PART = re.compile(r"(?!\.)[^\x00-\x1f\x7f\\@:*?\"<>|]{1,200}|\.well-known")
_DIGITS_OF_A_NAME = 12


class NotWhole(PortalError):
    """The site cannot be exported whole; the message says which address answers what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answers to an address of its own, a path with its arguments perhaps.

    `arguments` are the names that its path knows; `max_age` in seconds, None for what no one may keep; `valid_until`
    in seconds since 1970, None for never; `revisions` those of the subjects that it reads.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    max_age: int | None = None
    valid_until: float | None = None
    revisions: Mapping[str, int] | None = None

    @property
    def media_type(self) -> str:
        """Return its type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def place(self) -> str:
        """Return the path of its file in the site, with "/" and without one at its beginning."""
        return file_of(self.address, self.media_type)

    def kind(self, is_linked: bool) -> Kind:
        """Say what the answer is to an export; `is_linked` where a page of the site leads to it."""
        if "age" in self.headers:  # an old copy: the database is silent
            return "fault"
        if self.address in REFUSALS.values():
            return "refusal" if self.status == 404 else "fault"
        if self.status == 200:
            return "page"
        if self.status in MOVED:
            return "moved"
        if is_linked:
            return "fault"
        of_what_was: dict[int, Kind] = {404: "absent", 410: "gone"}
        return of_what_was.get(self.status, "fault")

    def said(self) -> dict[str, str]:
        """Return the headers that a host is to send with it, as the site does for as long as the page is right."""
        kept = {name: value for name, value in self.headers.items() if name not in OF_THE_BYTES | {"last-modified"}}
        if self.max_age is not None:  # not what was left of it when it was asked
            kept["cache-control"] = f"public, max-age={self.max_age}"
        return kept

    @property
    def canonical(self) -> str:
        """Return the address without what its path does not know: the site answers the same to both."""
        path, _, query = self.address.partition("?")
        given = [pair for pair in query.split("&") if pair.partition("=")[0] in self.arguments]
        return f"{path}?{'&'.join(given)}" if given else path

    @property
    def asked(self) -> str:
        """Return the address as a host can look it up: every argument that its path knows, in one order."""
        path, _, query = self.address.partition("?")
        return f"{unquote(path)}?{said_arguments(query, self.arguments)}"


def said_arguments(query: str, names: tuple[str, ...]) -> str:
    """Return a query with every one of `names`, in that order, each with the text given for it or with none."""
    given = {pair.partition("=")[0]: pair.partition("=")[2] for pair in reversed(query.split("&"))}
    return "&".join(f"{name}={given.get(name, '')}" for name in names)


def file_of(address: str, media_type: str) -> str:
    """Return the path of the file of an address, for example `fr/dates/index.html` for `/fr/dates/`.

    `fr/avis/@page=2.html` is `/fr/avis/?page=2`. Raises NotWhole for an address that no file can have.
    """
    path, _, query = address.partition("?")
    name = unquote(path).removeprefix("/")
    folders, _, last = name.rpartition("/")
    if not all(_PLAIN_PART.fullmatch(part) for part in [*filter(None, folders.split("/")), *filter(None, [last])]):
        raise NotWhole(f"{address} cannot be a file: a part of it is no name for one")
    own = re.search(r"\.[a-z0-9]+$", last)
    ending = own.group() if own else ENDINGS.get(media_type)
    if ending is None:
        raise NotWhole(f"{address} cannot be a file: its type, “{media_type}”, has no ending")
    if query:
        return f"{name}@{_of_query(query)}{ending}"
    return f"{name}{'' if last else 'index'}{'' if own else ending}"


def _of_query(query: str) -> str:
    text = "&".join(f"{name}={value}" for name, value in parse_qsl(query, keep_blank_values=True))
    return text if _PLAIN_QUERY.fullmatch(text) else sha256(query.encode()).hexdigest()[:_DIGITS_OF_A_NAME]


def outdated(answers: Iterable[Answer], now: float) -> list[str]:
    """Return the addresses whose answers no longer hold: another page knows a newer revision, or its time is over.

    `now` in seconds since 1970. What is published while a site is walked would otherwise stand on half of its pages.
    """
    told = list(answers)
    newest: dict[str, int] = {}
    for answer in told:
        for subject, number in (answer.revisions or {}).items():
            newest[subject] = max(number, newest.get(subject, 0))

    def holds(answer: Answer) -> bool:
        is_over = answer.valid_until is not None and answer.valid_until <= now
        return not is_over and all(newest[key] == number for key, number in (answer.revisions or {}).items())

    return [answer.address for answer in told if not holds(answer)]


def right_until(answers: Iterable[Answer]) -> float | None:
    """Return the instant, in seconds since 1970, from which on some page is no longer right; None for never."""
    return min((answer.valid_until for answer in answers if answer.valid_until is not None), default=None)
