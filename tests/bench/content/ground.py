"""What the parts stand on: folders, cores, databases, and one content that all of them serve."""

import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flask import Flask
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from portal.app import create_app
from portal.config import Config, from_environment
from tests.bench.content.filling import fill_up
from tests.bench.processes import Cores, free_port, on_cores, program, running
from tests.bench.sites import NONE, PUBLIC, fill, portal_environ
from tests.postgres import Server, running_postgres

Database = Literal["SQLite", "PostgreSQL"]
DATABASES: tuple[Database, ...] = ("SQLite", "PostgreSQL")
#: A Redis that was just started is asked again so often, and so many times.
SECONDS_BETWEEN, MOST_TRIES = 0.05, 100


@dataclass(frozen=True, slots=True)
class Site:
    """An installation with its content: its folder, a port of its own, and its settings."""

    data: Path
    port: int
    settings: Mapping[str, str]

    @property
    def config(self) -> Config:
        """Return its settings as the application reads them."""
        return from_environment(portal_environ(self.data, self.port, self.settings))

    def app(self) -> Flask:
        """Return its application, in this process."""
        return create_app(self.config)


@dataclass(slots=True)
class Ground:
    """Where everything is measured; `end` stops what it started."""

    folder: Path
    cores: Cores
    _stack: ExitStack = field(default_factory=ExitStack)
    _postgres: Server | None = None
    _filled: dict[Database, Site] = field(default_factory=dict)

    def settings(self, database: Database) -> dict[str, str]:
        """Return the settings of a new database; PostgreSQL runs beside the load, as on a machine of its own."""
        if database == "SQLite":
            return dict(PUBLIC)
        if self._postgres is None:
            with on_cores([self.cores.load]):
                self._postgres = self._stack.enter_context(running_postgres())
        name = self._postgres.has_new()
        return {**PUBLIC, "PORTAL_DATABASE_URL": self._postgres.address_of(name)}

    def site(self, database: Database) -> Site:
        """Return an installation with forty rows and sixty notices, on a database that all parts share.

        Its folder is a new copy, so that two servers share no page; that of SQLite holds the database too.
        """
        if database not in self._filled:
            self._filled[database] = self.new(f"content-{database}", self.settings(database))
            fill_up(self._filled[database].app())
        first = self._filled[database]
        copy = self._new_folder(f"copy-{database}") / "data"
        shutil.copytree(first.data, copy, ignore=shutil.ignore_patterns("pages*", "*.lock"))
        return Site(copy, free_port(), first.settings)

    def new(self, name: str, settings: Mapping[str, str] = NONE, how: str = "demo") -> Site:
        """Return a new installation with the demonstration, or with nothing by `init`."""
        data = self._new_folder(name) / "data"
        site = Site(data, free_port(), settings)
        fill(data, site.port, how, settings)
        return site

    def _new_folder(self, name: str) -> Path:
        number = len(list(self.folder.iterdir()))
        folder = self.folder / f"{number:02}-{name}"
        folder.mkdir()
        return folder

    def files(self) -> Path:
        """Return a new folder whose folder `files` nginx is to serve."""
        folder = self._new_folder("nginx")
        (folder / "files").mkdir()
        return folder

    def end(self) -> None:
        """Stop what was started."""
        self._stack.close()


@contextmanager
def redis(ground: Ground) -> Generator[dict[str, str]]:
    """Run a Redis beside the load, which keeps nothing on disk; yield the setting that names it."""
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command = [program("redis-server"), *words, "--dir", str(ground.folder)]
    with running(command, ground.folder / "redis.log", [ground.cores.load], dict(os.environ)):
        _ping(port)
        yield {"PORTAL_LIMITS_URL": f"redis://127.0.0.1:{port}/0"}


def _ping(port: int) -> None:
    with Redis(port=port, retry=Retry(ConstantBackoff(SECONDS_BETWEEN), MOST_TRIES)) as client:
        client.ping()
