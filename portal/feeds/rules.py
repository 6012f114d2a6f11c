"""What a feed is: a channel and its items, each with an identity that never changes; and how its past is shelved.

A feed's newest document holds the last items; the others stand in archives of a fixed size, counted from the oldest
(RFC 5005 §4), so that a reader which has one never needs it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from portal.core.calendar import QUEBEC
from portal.core.languages import Language

#: The forms in which every feed exists, each the ending of its address.
Format = Literal["rss", "atom", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
#: How people call them.
FORMAT_NAMES: dict[Format, str] = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
#: RFC 4151: guids belong to the agency and the notice's year, so no change of host, title or address renames an item.
TAG = "tag:ramq.gouv.qc.ca,2021:portail"
#: What a feed without items says of its last change, so that asking twice gives the same bytes.
EPOCH = datetime(2021, 7, 22, tzinfo=QUEBEC)
#: Items of a feed's newest document, and of each archive: what a reader that comes once a month still finds.
MOST_ITEMS = 50
_NO_MARKUP = str.maketrans({"<": "‹", ">": "›"})


@dataclass(frozen=True, slots=True)
class Category:
    """What an item is about. Among the keys of a `kind`, `key` never changes; `label` is in the item's language."""

    kind: str
    key: str
    label: str

    @property
    def scheme(self) -> str:
        """Return what its key is one of, as an address of ours."""
        return guid("categories", self.kind)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. `guid` never changes; `html` is already safe; `published` and `updated` are aware."""

    guid: str
    title: str
    link: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Archives:
    """Where the document stands among a feed's archives, as absolute addresses: None where there is none.

    `current` is the newest document, given by an archive alone.
    """

    current: str | None = None
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed as a whole. Every address is absolute, from the configured public URL.

    `guid` never changes; `link` is its page and `address` its own; `twin` is the same feed in the other language;
    `hub` tells of changes (WebSub), None where none is configured; `ttl` is in minutes.
    """

    guid: str
    title: str
    description: str
    author: str
    link: str
    address: str
    twin: str
    language: Language
    ttl: int
    hub: str | None = None
    archives: Archives = Archives()


def guid(*parts: object) -> str:
    """Return a stable `tag:` guid from parts that never change."""
    return "/".join([TAG, *map(str, parts)])


def without_markup(title: str) -> str:
    """Return a title that no reader takes for HTML: of what type a title of RSS is, the specification does not say."""
    return title.translate(_NO_MARKUP)


def full_archives(count: int) -> int:
    """Return how many archives the older items of a feed fill: none while the newest document holds them all."""
    return count // MOST_ITEMS if count > MOST_ITEMS else 0


def last_change(items: Sequence[Item]) -> datetime:
    """Return the instant of the last change of a feed: that of its newest item, never that of the question."""
    return max((item.updated for item in items), default=EPOCH)
