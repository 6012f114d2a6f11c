"""The site on its way: staff publish, correct, change and withdraw; the operator restarts it and moves it elsewhere."""

import time
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from portal.web.door.page_cache import FORMER_SECONDS
from tests.feeds.strict import Entry, read
from tests.makers import Office, a_notice
from tests.readers.tls import front
from tests.serving import Served, free_port, served

AUDIENCES = ("professionals", "developers")
BOTH = "professionals, developers"
#: Seconds within which a change must show to whoever asks.
SOON = 1


def feed(audience: str, kind: str) -> str:
    """Return the path of the French feed of an audience."""
    return f"/fr/avis/clientele/{audience}/fil.{kind}"


@dataclass
class Scene:
    """A running site, of an office. `address` is the one its readers know."""

    office: Office
    certificate: Path
    port: int = field(default_factory=free_port)
    site: Served = field(init=False)
    address: str = field(init=False)
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start the site, anew if it runs."""
        self.stop()
        self._serve()
        self.address = self.site.address

    def move(self) -> None:
        """Start the site anew under another host, with TLS."""
        self.stop()
        self.address = self._running.enter_context(front(self.certificate, self.port))
        self._serve(PORTAL_PUBLIC_URL=self.address)

    def stop(self) -> None:
        """Stop what runs."""
        self._running.close()

    def _serve(self, **settings: str) -> None:
        running = served(self.office.data, settings={"PORT": str(self.port), **settings})
        self.site = self._running.enter_context(running)

    def publish(self, key: str, title: str, body: str, audiences: str = BOTH) -> None:
        """Publish a notice in French, or correct it."""
        self._give(key, title, body, audiences)

    def change(self, key: str, title: str, body: str, note: str) -> None:
        """Change a notice, and tell its readers."""
        self._give(key, title, body, BOTH, "--major", "--note-fr", note)

    def withdraw(self, key: str) -> None:
        """Withdraw a notice."""
        self.office.did("notices", "withdraw", key, "--reason", "It was a mistake")

    def _give(self, key: str, title: str, body: str, audiences: str, *words: str) -> None:
        text = a_notice(key=key, title_fr=title, title_en="", body_fr=body, audiences=audiences)
        self.office.did("notices", "publish", self.office.file(text, "notice.md"), *words)

    def told(self, audience: str) -> list[Entry]:
        """Return what the feed of an audience tells now."""
        return read(self.site.ask(feed(audience, "rss"))[1].encode(), "rss").entries

    def soon_tells(self, audience: str, titles: Collection[str]) -> list[Entry]:
        """Return what the feed of an audience tells, once these are its titles; they must be soon."""
        end = time.monotonic() + SOON
        while sorted(entry.title for entry in self.told(audience)) != sorted(titles):
            assert time.monotonic() < end, f"{audience}: {[entry.title for entry in self.told(audience)]}"
        time.sleep(FORMER_SECONDS)  # for so long another format may tell what it told before
        return self.told(audience)
