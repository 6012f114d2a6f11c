"""Two programs with which people read feeds, each driven by its own commands: the package `reader`, and newsboat."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import feedparser_sgmllib

# The feedparser that `reader` 3.26 carries wants sgmllib3k; today’s feedparser has it under its own name.
sys.modules.setdefault("sgmllib", feedparser_sgmllib)
from reader import Entry, Reader, make_reader  # noqa: E402 — after the line above


@dataclass(frozen=True, slots=True)
class Seen:
    """An item that a reader shows: its identity, the feed it stands in, what is read of it, and where it leads."""

    guid: str
    feed: str
    title: str
    link: str
    text: str


class Subscriber(Protocol):
    """Someone with a feed reader."""

    def subscribe(self, addresses: Sequence[str]) -> None:
        """Follow these feeds."""

    def reload(self) -> None:
        """Ask every feed now; a feed that cannot be read raises."""

    def move(self, old: str, new: str) -> None:
        """Follow every feed at its new host and scheme."""

    def unread(self) -> list[Seen]:
        """Return what is shown as new."""

    def kept(self) -> list[Seen]:
        """Return everything that is shown."""

    def read_all(self) -> None:
        """Mark everything as read."""

    def close(self) -> None:
        """Let go of what is open."""


class Package:
    """The package `reader` of PyPI, over requests: it keeps each feed apart."""

    def __init__(self, folder: Path) -> None:
        self._reader: Reader = make_reader(str(folder / "reader.sqlite"))

    def subscribe(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            self._reader.add_feed(address)

    def reload(self) -> None:
        # At once, as a person does who presses the button; by itself it obeys our max-age, and asks a quarter of an
        # hour later.
        for result in self._reader.update_feeds_iter(scheduled=False):
            if isinstance(result.value, Exception):
                raise result.value

    def move(self, old: str, new: str) -> None:
        for feed in list(self._reader.get_feeds()):
            self._reader.change_feed_url(feed, feed.url.replace(old, new, 1))

    def unread(self) -> list[Seen]:
        return self._entries(read=False)

    def kept(self) -> list[Seen]:
        return self._entries(read=None)

    def read_all(self) -> None:
        for entry in list(self._reader.get_entries(read=False)):
            self._reader.mark_entry_as_read(entry)

    def _entries(self, *, read: bool | None) -> list[Seen]:
        return [
            Seen(entry.id, entry.feed_url, entry.title or "", entry.link or "", _text(entry))
            for entry in self._reader.get_entries(read=read)
        ]

    def close(self) -> None:
        self._reader.close()


def _text(entry: Entry) -> str:
    content = entry.get_content()
    return content.value if content else ""


class Newsboat:
    """newsboat of Debian, over libcurl, without its terminal: it shows an item of two feeds once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._addresses: list[str] = []
        (folder / "config").write_text("download-timeout 20\ndownload-retries 1\n")

    def subscribe(self, addresses: Sequence[str]) -> None:
        self._addresses += addresses
        (self._folder / "urls").write_text("".join(f"{address}\n" for address in self._addresses))

    def reload(self) -> None:
        self._run("-x", "reload")
        with closing(sqlite3.connect(self._folder / "cache.db")) as cache:
            found = {address for (address,) in cache.execute("select rssurl from rss_feed")}
        assert found >= set(self._addresses), (self._folder / "log").read_text()

    def move(self, old: str, new: str) -> None:
        addresses, self._addresses = self._addresses, []
        self.subscribe([address.replace(old, new, 1) for address in addresses])

    def unread(self) -> list[Seen]:
        return self._items("where unread and not deleted")

    def kept(self) -> list[Seen]:
        return self._items("where not deleted")

    def read_all(self) -> None:
        file = self._folder / "read"
        file.write_text("".join(f"{seen.guid}\n" for seen in self.kept()))
        self._run("-I", file)
        assert self._run("-x", "print-unread").startswith("0 ")

    def close(self) -> None:
        """Nothing is open: each command is a program of its own."""

    def _items(self, which: str) -> list[Seen]:
        query = f"select guid, feedurl, title, url, content from rss_item {which}"  # noqa: S608 — our own words
        with closing(sqlite3.connect(self._folder / "cache.db")) as cache:
            found = [Seen(*row) for row in cache.execute(query)]
        return [seen for seen in found if seen.feed in self._addresses]  # it shows the feeds of its file alone

    def _run(self, *words: str | Path) -> str:
        files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
        own = [word for option, name in files.items() for word in (option, self._folder / name)]
        command = ["newsboat", *own, "-l", "4", "-d", self._folder / "log", *words]
        environment = {**os.environ, "HOME": str(self._folder)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout
