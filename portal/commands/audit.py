"""The audit log: who changed what and when; whether anybody touched it; a copy to take away."""

import json
import textwrap
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click
from click.core import ParameterSource
from xlsxwriter.exceptions import FileCreateError

from portal.audit import files, records
from portal.audit.rules import Asked
from portal.commands.opening import DayType, application, plain_text, stop
from portal.core.calendar import QUEBEC
from portal.core.chain import Entry
from portal.store.database import session
from portal.store.revisions import SUBJECTS

#: The log keeps whole texts; a terminal shows their beginning.
LONGEST_DETAILS = 200

Subject = click.option("--subject", type=click.Choice(SUBJECTS), help="Only what was changed of a subject.")
Person = click.option("--person", default="", callback=plain_text, help="Only what a person changed, named as listed.")
From = click.option("--from", "first_day", type=DayType(), help="From a day on, in Québec.")
To = click.option("--to", "last_day", type=DayType(), help="Up to a day, that day included.")


@click.group("audit", invoke_without_command=True)
@click.option("--last", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many changes.")
@click.option("--whole", is_flag=True, help="All that each one holds, not its beginning.")
@Subject
@Person
@From
@To
@click.pass_context
def audit_group(
    ctx: click.Context,
    last: int,
    whole: bool,
    subject: str | None,
    person: str,
    first_day: date | None,
    last_day: date | None,
) -> None:
    """List who changed what and when, newest first."""
    if ctx.invoked_subcommand:
        if any(ctx.get_parameter_source(name) != ParameterSource.DEFAULT for name in ctx.params):
            raise click.UsageError(f"give the options of “{ctx.invoked_subcommand}” after that word")
        return
    with application():
        for line in records.newest(session(), last, Asked(subject, person, first_day, last_day)):
            at = line.at.astimezone(QUEBEC)
            details = json.dumps(line.details, ensure_ascii=False)
            details = details if whole else textwrap.shorten(details, LONGEST_DETAILS)
            click.echo(
                f"{at:%Y-%m-%d %H:%M:%S}  {line.actor}  {line.action}  {line.subject} {line.revision}  {details}"
            )


@audit_group.command()
def verify() -> None:
    """Say whether every line is as it was written, or name each one that is not, and end with 1."""
    with application():
        head, faults = records.verified(session())
    if head is None or faults:
        stop(*faults)
    click.echo(
        f"The audit log is whole: {_lines(head.number)}, the last of hash {head.hash}; keep this hash elsewhere, for "
        "whoever can write to the database can make another whole log, but none that holds it."
    )


def _lines(count: int) -> str:
    return f"{count} {'line' if count == 1 else 'lines'}"


@audit_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@Subject
@Person
@From
@To
def export(file: Path, subject: str | None, person: str, first_day: date | None, last_day: date | None) -> None:
    """Write the log, oldest line first, to a new FILE whose name ends in .csv or .xlsx."""
    with application():
        kind = files.kind_of(file.name)
        asked = Asked(subject, person, first_day, last_day)
        count = records.count(session(), asked)
        files.check_fits(kind, count)
        why = _written(file, kind, records.each(session(), asked))
    if why:
        stop(f"portal: {file} {why}")
    click.echo(f"{file}: {_lines(count)}.")


def _written(file: Path, kind: files.Kind, entries: Iterable[Entry]) -> str:
    """Write a new file, whole or not at all; return why it cannot be, or nothing."""
    try:
        content = files.written(kind, entries)
        with file.open("xb") as begun:
            try:
                begun.write(content)
                begun.flush()
            except OSError:
                file.unlink()
                raise
    except FileExistsError:
        return "is there already; give the copy another name"
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    except FileCreateError as error:
        return f"cannot be written: {error.args[0].strerror}"
    return ""
