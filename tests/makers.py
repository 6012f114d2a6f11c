"""Makers: valid by default, one keyword changes one thing."""

import io
import os
import shutil
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep

from click.testing import CliRunner, Result
from werkzeug.test import Client, TestResponse

from portal.commands.main import portal
from portal.config import Config, from_environment
from portal.core.calendar import QUEBEC
from portal.core.languages import NO_TEXT, Bilingual
from portal.rows.rules import Group, ProcessingDate, Row
from portal.store.bare.watch import INTERVAL
from portal.wsgi import Application, door

#: The address visitors of a test type; its host is the only one trusted in production.
PUBLIC_URL = "http://portal.test"

NOTICE = """\
key: {key}
published: {published}
audiences: {audiences}
title_fr: {title_fr}
{title_en}
--- fr ---
{body_fr}
{body_en}"""


@dataclass
class Office:
    """One installation of the portal: its folder, its environment, its command line, its door."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which it runs, and nothing of the machine's own."""
        return {"PORTAL_DATA": str(self.data), "PORTAL_PUBLIC_URL": PUBLIC_URL, **self.settings}

    @property
    def config(self) -> Config:
        return from_environment(self.environment)

    @cached_property
    def door(self) -> Application:
        """The whole site as one WSGI application, as granian serves it."""
        return door(self.config)

    def another_worker(self) -> "Office":
        """The same installation in a process that has nothing in memory yet."""
        return Office(self.data, self.settings)

    @contextmanager
    def hearing(self) -> Generator[None]:
        """What another process changes meanwhile is known here at the end: a door asks every fifth of a second."""
        began = monotonic()
        yield
        if "door" in vars(self):
            sleep(max(began + INTERVAL - monotonic(), 0))

    def portal(self, *arguments: str | Path) -> Result:
        """Give a command and return what it printed; it must not end in a traceback."""
        own = dict.fromkeys((name for name in os.environ if name.startswith("PORTAL_")), None)
        with self.hearing():
            result = CliRunner().invoke(portal, [str(word) for word in arguments], env={**own, **self.environment})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def did(self, *arguments: str | Path) -> str:
        """Give a command that must succeed and return what it printed."""
        result = self.portal(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask for a page through the door; `Accept_Encoding="br"` gives a header."""
        return self._client.get(path, base_url=PUBLIC_URL, headers=_headers(headers))

    def head(self, path: str, **headers: str) -> TestResponse:
        return self._client.head(path, base_url=PUBLIC_URL, headers=_headers(headers))

    def post(
        self, path: str, form: Mapping[str, object] | str, *, client: str = "192.0.2.1", **headers: str
    ) -> TestResponse:
        """Send a form, or a body that is none; `client` is the address it comes from."""
        environ = {"REMOTE_ADDR": client}
        return self._client.post(path, base_url=PUBLIC_URL, data=form, headers=_headers(headers), environ_base=environ)

    @cached_property
    def _client(self) -> Client:
        return Client(self.door)

    def dump(self) -> list[str]:
        """Return everything that its SQLite database holds, audit and revisions included."""
        with closing(sqlite3.connect(self.data / "portal.db")) as connection:
            return list(connection.iterdump())

    def file(self, content: str | bytes, name: str = "file.csv") -> Path:
        """Write a file as staff would give it."""
        path = self.data / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def publishes_dates(self, content: str, *, as_of: str, reason: str = "Weekly update", confirm: bool = False) -> str:
        """Publish dates that must be accepted."""
        more = ["--confirm"] if confirm else []
        return self.did("dates", "publish", self.file(content), "--as-of", as_of, "--reason", reason, *more)

    def publishes_notice(self, **changes: str) -> str:
        """Publish a notice that must be accepted."""
        return self.did("notices", "publish", self.file(a_notice(**changes), "notice.md"))


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}


def in_quebec(text: str) -> datetime:
    """Return the instant, in UTC, at which the wall clock of Québec shows `2026-11-18 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC).astimezone(UTC)


def an_office(folder: Path, like: Path | None = None, **settings: str) -> Office:
    """Return an installation in `folder`; with `like`, a copy of another one's data."""
    if like:
        shutil.copytree(like, folder, dirs_exist_ok=True)
    return Office(folder, settings)


def a_notice(
    *,
    key: str = "closing-days",
    published: str = "2026-01-05 09:00",
    audiences: str = "professionals",
    title_fr: str = "Jours de fermeture",
    title_en: str = "Closing days",
    body_fr: str = "Nous sommes fermés le 24 juin.",
    body_en: str = "We are closed on June 24.",
) -> str:
    """Return the file of a notice; an empty `title_en` makes it French only."""
    return NOTICE.format(
        key=key,
        published=published,
        audiences=audiences,
        title_fr=title_fr,
        title_en=f"title_en: {title_en}\n" if title_en else "",
        body_fr=body_fr,
        body_en=f"--- en ---\n{body_en}\n" if title_en else "",
    )


ROWS = """\
row,group,group_fr,group_en,label_fr,label_en,forms,update_every_days,tolerance_days,grace_days
new,online,Services en ligne,Online services,Nouvel accès,New access,,7,3,10
b2b,exchanges,Échanges B2B,B2B exchanges,Accès B2B,B2B access,4058 4123,7,3,10
"""


#: A Monday with no holiday within five weeks, so that delays can be counted by hand.
AS_OF = date(2026, 2, 2)
#: The received date of a made row, a Monday too.
D = date(2026, 1, 12)
ONE_DAY = timedelta(days=1)


def a_row(**changes: object) -> Row:
    """Return a row that stands in the table for ever."""
    row = Row(
        key="access-new",
        group=Group("online", Bilingual("Services en ligne", "Online services")),
        label=Bilingual("Nouvel accès", "New access"),
        forms=(),
        update_every_days=7,
        tolerance_days=3,
        grace_days=10,
        jump_days=30,
        note=NO_TEXT,
        issues_credentials=True,
        has_forecast=True,
        merged_into=None,
        split_from=None,
        first_day=None,
        last_day=None,
        notice="",
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_date(row: Row | None = None, **changes: object) -> ProcessingDate:
    """Return what the table says of a row: published as of AS_OF, processing the requests of D."""
    published = ProcessingDate(row or a_row(), "received_on", D, AS_OF, AS_OF + timedelta(days=7))
    return replace(published, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_request(
    *,
    reference: str = "8ZK3M-2QX7A-N",
    received_on: str = "2026-10-01",
    form: str = "",
    stage: str = "in_processing",
    changed_on: str = "2026-10-20",
) -> str:
    """Return one line of the back office's file."""
    return f"{reference},{received_on},{form},{stage},{changed_on}\n"


def a_requests_file(*lines: str) -> str:
    """Return the back office's file."""
    return "reference,received_on,form,stage,changed_on\n" + "".join(lines)


def feed_of(response: TestResponse) -> io.BytesIO:
    """Return the bytes of a feed, for a parser that wants a file (a string could be taken for an address)."""
    return io.BytesIO(response.data)
