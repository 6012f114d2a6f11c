"""Notices and requests: the files that staff and the back office give."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import click

from portal.commands.opening import File, actor, application, content, now
from portal.core.calendar import QUEBEC, day_of
from portal.notices import files as notices_files, records as notices
from portal.status import files as status_files, records as status
from portal.store.changes import recorded_change

#: A line of progress is worth its ink only on a file that takes seconds.
LONG_FILE = 2_000


@click.group("notices")
def notices_group() -> None:
    """The notices."""


@notices_group.command("publish")
@File
def publish_notice(file: Path) -> None:
    """Publish the notice of a file, or correct it: the file's key says which notice it is."""
    with application():
        draft = notices_files.read_notice(content(file))
        at = now()
        with recorded_change("notices", action="notices.publish", actor=actor(), at=at) as change:
            is_changed = notices.keep(change, draft, at)
    when = draft.published_at.astimezone(QUEBEC)
    click.echo(f"{draft.key}: published, {when:%Y-%m-%d %H:%M}." if is_changed else "Nothing changed.")


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
