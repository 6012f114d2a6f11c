"""The table of processing dates: define its rows, publish an edition, take one back."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from portal.commands.opening import (
    DayType,
    File,
    WhyEnglish,
    WhyFrench,
    actor,
    application,
    both_or_neither,
    content,
    now,
    say_why,
)
from portal.editions import files as editions_files, records as editions
from portal.editions.rules import Move
from portal.publication import dates as publication
from portal.publication.acts import By
from portal.rows import files as rows_files, records as rows
from portal.store.changes import recorded_change

Reason = click.option("--reason", required=True, callback=say_why, help="Why, for the audit log.")
DryRun = click.option("--dry-run", is_flag=True, help="Say what would be published, and publish nothing.")


@click.group("dates")
def dates_group() -> None:
    """The table of processing dates."""


@dates_group.command("rows")
@File
def define_rows(file: Path) -> None:
    """Define the rows of the table, new or changed, from a CSV file."""
    with application():
        found = rows_files.read_rows(content(file))
        with recorded_change("dates", action="dates.rows", actor=actor(), at=now()) as change:
            changed = rows.keep_rows(change, found)
    click.echo(f"Defined: {', '.join(changed)}." if changed else "Nothing changed.")


@dates_group.command("publish")
@File
@click.option("--as-of", "as_of", type=DayType(), required=True, help="The day on which these dates hold.")
@Reason
@WhyFrench
@WhyEnglish
@click.option("--confirm", is_flag=True, help="Publish although a date goes back or far ahead.")
@DryRun
def publish_dates(file: Path, as_of: date, reason: str, why_fr: str, why_en: str, confirm: bool, dry_run: bool) -> None:
    """Publish the dates of a CSV file: columns row, received_on, and maybe meaning, next_update_on."""
    why = both_or_neither(why_fr, why_en)
    with application() as app:
        proposals = editions_files.read_dates(content(file))
        signed = editions.Signature(now(), reason, why, is_confirmed=confirm)
        new = publication.NewDates(proposals, as_of)
        moves = publication.publish(app, new, signed, By(actor(), is_trial=dry_run))
    _say(moves)
    said = "Nothing was published: this was a trial." if dry_run else f"Published as of {as_of}."
    click.echo(said if moves else "Nothing changed: this was published already.")


@dates_group.command("undo")
@click.argument("edition", type=click.IntRange(1))
@Reason
@WhyFrench
@WhyEnglish
@DryRun
def undo_edition(edition: int, reason: str, why_fr: str, why_en: str, dry_run: bool) -> None:
    """Take an edition back by a new one: its rows say again what they said before."""
    why = both_or_neither(why_fr, why_en)
    with application() as app:
        signed = editions.Signature(now(), reason, why)
        moves = publication.undo(app, edition, signed, By(actor(), is_trial=dry_run))
    _say(moves)
    click.echo("Nothing was published: this was a trial." if dry_run else f"Edition {edition} was taken back.")


def _say(moves: Sequence[Move]) -> None:
    for move in moves:
        step = move.step
        old, new = step.old_received_on or step.old_meaning or "–", step.received_on or step.meaning
        click.echo(f"  {move.row.key}: {f'{old} → {new}' if step.is_change else f'{new}, unchanged'}")
