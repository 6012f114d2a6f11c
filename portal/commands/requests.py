"""The files of requests that the back office gives."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import click

from portal.commands.opening import File, actor, application, content, now
from portal.core.calendar import day_of
from portal.status import files as status_files, records as status
from portal.store.changes import recorded_change

#: A line of progress is worth its ink only on a file that takes seconds.
LONG_FILE = 2_000


@click.group("import")
def import_group() -> None:
    """Files of the back office."""


@import_group.command("requests")
@File
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and keep nothing.")
def import_requests(file: Path, dry_run: bool) -> None:
    """Import the requests of a CSV file: reference, received_on, stage, changed_on, and maybe form."""
    with application() as app:
        read = content(file)
        with _progress(read.count(b"\n")) as advance:
            found = status_files.read_requests(read, day_of(now()), advance)
        with recorded_change("status", action="requests.import", actor=actor(), at=now()) as change:
            added, changed = status.keep(change, found, app.config["SECRET"])
            if dry_run:
                change.abandon()
    verb = "would be" if dry_run else "were"
    click.echo(f"{len(found)} requests read: {added} {verb} added, {changed} {verb} changed.")


@contextmanager
def _progress(lines: int) -> Generator[Callable[[], object]]:
    if lines < LONG_FILE:
        yield lambda: None
        return
    with click.progressbar(length=lines, label="Reading", file=sys.stderr, update_min_steps=lines // 100) as bar:
        yield lambda: bar.update(1)
