"""The files of requests that the back office gives, and what becomes of the requests that are kept."""

import secrets
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask, g, render_template
from flask_babel import force_locale

from portal.commands.opening import File, actor, application, content, now, say_why, stop
from portal.core.calendar import day_of
from portal.core.languages import LANGUAGES, LOCALES, Language
from portal.core.numbers import REFERENCE_LENGTH, printed_reference, reference_of
from portal.status import records
from portal.status.files import read_requests
from portal.status.keeping import AlreadyImported, Counts, Terms, import_file, purge as remove_expired
from portal.status.rules import Imported
from portal.status.shared import rule_of, standing_of
from portal.store.changes import recorded_change
from portal.store.database import session

#: A line of progress is worth its ink only on a file that takes seconds.
LONG_FILE = 2_000
BITS_OF_A_SYMBOL = 5
MOST_REFERENCES = 100_000
MOST_FORMS_TOLD = 10


def _why_if_given(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return None if value is None else say_why(ctx, param, value)


@click.group("import")
def import_group() -> None:
    """Files of the back office."""


@import_group.command("requests")
@File
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and keep nothing.")
@click.option(
    "--correct", metavar="WHY", callback=_why_if_given, help="Let requests go against what is kept, and say why."
)
def import_requests(file: Path, dry_run: bool, correct: str | None) -> None:
    """Import the requests of a CSV file.

    Its columns: reference, received_on, stage, changed_on; maybe form and authoriser_reference.
    """
    with application() as app:
        read = content(file)
        try:
            with _progress(read.count(b"\n")) as advance:
                counts = import_file(
                    read, _terms(app, correct or ""), now(), actor(), is_trial=dry_run, progress=advance
                )
        except AlreadyImported as known:
            click.echo(f"{str(known)[0].upper()}{str(known)[1:]}.")
            return
    click.echo(report(counts, "would be" if dry_run else "were"))


def _terms(app: Flask, correction: str = "") -> Terms:
    return Terms(app.config["KEYS"], day_of(now()), app.config["CLOSED_DAYS"], correction)


def report(counts: Counts, verb: str) -> str:
    """Return what came of a file, in a line or two; `verb` is “were” or “would be”."""
    told = [f"{counts.added} {verb} added", f"{counts.changed} {verb} changed"]
    told += [f"{counts.corrected} of them against what was kept"] if counts.corrected else []
    told += [f"{counts.referred} references {verb} added to those known"] if counts.referred else []
    told += [f"{counts.replaced} references {verb} replaced by others"] if counts.replaced else []
    told += [f"{counts.reassigned} references {verb} given another holder"] if counts.reassigned else []
    told += [f"{counts.moved_to_key} {verb} moved to the newest key"] if counts.moved_to_key else []
    told += [f"{counts.expired} left out, closed too long ago"] if counts.expired else []
    told += [f"{counts.removed} {verb} removed, closed too long ago"] if counts.removed else []
    said = f"{counts.read} requests read: {', '.join(told)}."
    if counts.unknown_forms:
        more = ", …" if len(counts.unknown_forms) > MOST_FORMS_TOLD else ""
        forms = ", ".join(counts.unknown_forms[:MOST_FORMS_TOLD])
        said += f"\nNo row and no rule knows these forms; check their numbers: {forms}{more}."
    return said


@contextmanager
def _progress(lines: int) -> Generator[Callable[[], object]]:
    if lines < LONG_FILE:
        yield lambda: None
        return
    with click.progressbar(length=lines, label="Reading", file=sys.stderr, update_min_steps=lines // 100) as bar:
        yield lambda: bar.update(1)


@click.group("status")
def status_group() -> None:
    """The requests whose status is told."""


@status_group.command()
@click.option("--dry-run", is_flag=True, help="Say how many would be removed, and remove none.")
def purge(dry_run: bool) -> None:
    """Remove the requests that were closed longer ago than PORTAL_CLOSED_DAYS."""
    with application() as app:
        days = app.config["CLOSED_DAYS"]
        with recorded_change("status", action="requests.purge", actor=actor(), at=now()) as change:
            count = remove_expired(change, day_of(now()), days)
            if dry_run:
                change.abandon()
    verb = "would be" if dry_run else "were"
    click.echo(f"{count} requests {verb} removed: closed more than {days} days ago.")


@status_group.command()
def keys() -> None:
    """Count the references kept under each key of PORTAL_SECRET_FILE; one that keeps none may be taken out of it."""
    with application() as app:
        counts = records.counts_by_key(session())
        known = [key.id for key in app.config["KEYS"]]
        for key_id in known:
            note = "  (for new references)" if key_id == known[0] else ""
            click.echo(f"{key_id:<20}  {counts.get(key_id, 0):>9}{note}")
        lost = {key_id: count for key_id, count in counts.items() if key_id not in known}
        if lost:
            stop(
                *(
                    f"{count} references are kept under key “{key_id}”, which is not in the file: no lookup finds them"
                    for key_id, count in lost.items()
                )
            )


@status_group.command()
@click.argument("count", type=click.IntRange(1, MOST_REFERENCES))
def references(count: int) -> None:
    """Print new references to give to requests: random, of 50 bits; nothing is kept."""
    for _number in range(count):
        click.echo(printed_reference(reference_of(secrets.randbits(REFERENCE_LENGTH * BITS_OF_A_SYMBOL))))


@status_group.command()
@click.argument("file", type=click.File("rb"))
@click.option("--language", type=click.Choice(LANGUAGES), help="One language; both unless given, French first.")
def acknowledgements(file: BinaryIO, language: Language | None) -> None:
    """Print the text of the letter or e-mail that acknowledges each request of a file (- for the standard input).

    The file is that of an import; nothing is kept.
    """
    with application() as app:
        found = read_requests(file.read(), day_of(now()), lambda: None)
        with app.test_request_context(base_url=app.config["PUBLIC_URL"]):
            g.now = now()
            for one in found:
                for tongue in [language] if language else LANGUAGES:
                    g.language = tongue
                    with force_locale(LOCALES[tongue]):
                        click.echo("\n".join(_acknowledgements(one)))


def _acknowledgements(one: Imported) -> Generator[str]:
    """Yield the text for each holder of a reference of a request."""
    sends_credentials = standing_of(one.request).sends_credentials
    rule = rule_of(one.request.form_number, one.request.received_on) if sends_credentials else None
    for reference, holder in one.holders().items():
        words = {"reference": printed_reference(reference), "holder": holder, "request_": one.request}
        yield render_template("status/acknowledgement.txt", delivery=rule, **words)
