"""What is wrong with the machine: its folders, its room, its code."""

import os
import shutil
import stat
from collections.abc import Iterator
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from urllib.parse import unquote

from portal import assets
from portal.commands.deployment.unavailable import missing_pages
from portal.config import Config
from portal.core.errors import SettingError

MEGABYTE = 1024 * 1024
#: What a worker takes with everything loaded (make bench), and what the machine needs beside.
MEGABYTES_OF_A_WORKER = 120
MEGABYTES_BESIDE = 256
#: Below, the copies of pages, and soon the database, cannot be written.
LEAST_ROOM = 500
#: Modules that a start imports, of ours and of others.
IMPORTED = ("portal.wsgi", "portal.app", "flask.app", "sqlalchemy.orm.session")


def file_of(config: Config) -> Path:
    """Return the file of a SQLite database."""
    return Path(unquote(config.database_url.removeprefix("sqlite:///")))


def has_readable_keys(config: Config) -> bool:
    """Say whether the portal could start with its keys."""
    try:
        return bool(config.keys)
    except SettingError:
        return False


def faults_of_data(config: Config) -> Iterator[str]:
    """Say what is wrong with the folder of the data, for whoever gives the command."""
    if not config.data.is_dir():
        yield f"PORTAL_DATA is {config.data}, which is no folder; make it for the user of the portal alone (mode 750)."
        return
    if not os.access(config.data, os.W_OK | os.X_OK):
        yield f"PORTAL_DATA, {config.data}, cannot be written by you; give the command as the user of the portal."
    if config.data.stat().st_mode & stat.S_IRWXO:
        yield f"PORTAL_DATA, {config.data}, is open to every user of the machine: chmod 750."
    if config.database_url.startswith("sqlite"):
        yield from _faults_of_file(file_of(config))


def _faults_of_file(file: Path) -> Iterator[str]:
    if file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{file} holds received dates, and can be read by others: chmod 600."


def faults_of_static(config: Config) -> Iterator[str]:
    """Say whether the static files of this release lie ready for nginx."""
    folder = config.data / "static" / assets.static_prefix().strip("/").rpartition("/")[2]
    if not (folder / "css" / "portal.css.br").is_file():
        yield "The static files of this release are not compressed yet: start the site, which does it, and ask again."
    elif not folder.stat().st_mode & stat.S_IXGRP:
        yield f"nginx cannot read {folder}, which an earlier release made: remove it, and start the site again."


def faults_of_front_pages(config: Config) -> Iterator[str]:
    """Say which pages nginx could not show."""
    if names := missing_pages(config.data):
        yield f"nginx has nothing to say while the portal is down ({', '.join(names)}); run `portal unavailable`."


def faults_of_room(config: Config, workers: int) -> Iterator[str]:
    """Say whether so many workers fit in the memory, and the copies of their pages on the disk."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    needed = workers * MEGABYTES_OF_A_WORKER + MEGABYTES_BESIDE
    if needed > memory:
        yield f"{workers} workers need {needed} MB of memory, and the machine has {memory}; lower GRANIAN_WORKERS."
    if config.data.is_dir() and (room := shutil.disk_usage(config.data).free // MEGABYTE) < LEAST_ROOM:
        yield f"The disk of {config.data} has {room} MB left; make room, {LEAST_ROOM} at least."


def faults_of_code() -> Iterator[str]:
    """Say whether Python must compile the code at each start, which takes three seconds."""
    sources = [Path(spec.origin) for name in IMPORTED if (spec := find_spec(name)) and spec.origin]
    folders = {path.parent for path in sources if not Path(cache_from_source(str(path))).is_file()}
    for folder in sorted(folders):
        yield f"The code in {folder} is not compiled, and each start takes seconds: python -m compileall -q {folder}"
