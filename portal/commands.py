"""The `portal` command: parse, call, print.

A command that takes a file is one recorded change, or nothing. `init` and `demo` are several, each whole, and are
finished when they are given again.
"""

import getpass
import json
import os
import secrets
import socket
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal import assets, front
from portal.app import create_app
from portal.config import Config, from_environment
from portal.contacts import records as contacts
from portal.core.calendar import QUEBEC, day_of, parse_day
from portal.core.errors import FileRefused, NeedsConfirmation, PortalError, SettingError
from portal.dates import files as dates_files, records as dates
from portal.delivery import records as delivery
from portal.demo import content, load as demonstration
from portal.notices import files as notices_files, records as notices
from portal.status import files as status_files, records as status
from portal.store.changes import audit_lines, recorded_change
from portal.store.database import session
from portal.web.health import is_migrated

LARGEST_FILE = 50_000_000
#: A line of progress is worth its ink only on a file that takes seconds.
LONG_FILE = 2_000
SITE_THREADS = 64
#: The log keeps whole texts; a terminal shows their beginning.
LONGEST_DETAILS = 200

File = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


class DayType(click.ParamType):
    """A day written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or refuse it in words."""
        try:
            return value if isinstance(value, date) else parse_day(value)
        except PortalError as error:
            self.fail(str(error), param, ctx)


def _now() -> datetime:
    return datetime.now(UTC)


def _actor() -> str:
    return f"command line: {getpass.getuser()}"


def _stop(*sentences: str) -> NoReturn:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def _application() -> Generator[Flask]:
    """Open the application for a command, and turn every refusal into words and a non-zero exit."""
    try:
        config = from_environment()
        _make_secret(config)
        app = create_app(config)
        with app.app_context():
            yield app
    except FileRefused as refused:
        _stop("Nothing was kept. Mend these lines and try again:", *_problems(refused))
    except NeedsConfirmation as question:
        _stop("Nothing was kept yet:", *question.questions, "If this is meant, give the command again with --confirm.")
    except PortalError as error:
        _stop(f"portal: {error}")
    except OSError as error:
        _stop(f"portal: {error.strerror}: {error.filename}; check PORTAL_DATA")
    except SQLAlchemyError as error:
        if "database is locked" in str(error.__cause__):
            _stop("portal: another command is writing; nothing was kept, try again in a minute")
        # Its class only: the message may hold a password or what is personal.
        _stop(f"portal: the database does not answer or has no tables ({type(error).__name__}); try `portal init`")


def _problems(refused: FileRefused) -> list[str]:
    return [f"  line {p.line}: {p.sentence}" if p.line else f"  {p.sentence}" for p in refused.problems]


def _content(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_FILE:
        _stop(f"portal: {file} is larger than {LARGEST_FILE // 1_000_000} MB; split it")
    return file.read_bytes()


def _make_secret(config: Config) -> None:
    """Make the key of the references once, readable by its owner alone; in production the operator gives it."""
    if config.is_production or config.secret_file.exists():
        return
    try:
        config.secret_file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: written beside, then named, so that two first starts agree on one.
        with tempfile.NamedTemporaryFile("w", dir=config.secret_file.parent) as making:
            making.write(f"{secrets.token_hex(32)}\n")
            making.flush()
            os.link(making.name, config.secret_file)
    except FileExistsError:
        return
    except OSError as error:
        raise SettingError("PORTAL_SECRET_FILE", f"cannot be made: {error.strerror}: {error.filename}") from None


def _said(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.BadParameter("say why in a few words")
    return value.strip()


@click.group()
@click.version_option(package_name="portal", message="%(version)s")
def portal() -> None:
    """The status and information portal."""


@portal.command()
def init() -> None:
    """Create or upgrade the database, and store the facts that every portal begins with."""
    with _application() as app:
        _init(app)
        click.echo("The database is ready.")


def _init(app: Flask) -> None:
    # Here, because Alembic is a third of the import time and only this command needs it.
    from portal.store.migrate import upgrade

    upgrade(app)
    with recorded_change("contacts", action="contacts.facts", actor=_actor(), at=_now()) as change:
        contacts.keep_facts(change, tomllib.loads((assets.FACTS / "contact.toml").read_text("utf-8")))
    with recorded_change("delivery", action="delivery.facts", actor=_actor(), at=_now()) as change:
        delivery.keep_facts(change, tomllib.loads((assets.FACTS / "delivery.toml").read_text("utf-8")))


def _is_ready() -> bool:
    try:
        return is_migrated()
    except SQLAlchemyError:
        session().rollback()
        return False


@portal.command()
@click.option("--day", type=DayType(), help="The day for which the content is made; today unless given.")
def demo(day: date | None) -> None:
    """Fill an empty database with demonstration content, marked as such on every page."""
    with _application() as app:
        if not _is_ready():
            _init(app)
        is_done = _demo(from_environment(), day)
        click.echo("The demonstration is loaded." if is_done else "The demonstration was loaded already.")


def _demo(config: Config, day: date | None = None) -> bool:
    if config.is_production:
        raise SettingError("PORTAL_ENV", "is production: demonstration content is refused there")
    return demonstration.load(day or day_of(_now()), _now(), config.secret)


@portal.command()
@click.option("--with-demo", is_flag=True, help="Load the demonstration first if the database is empty.")
def run(with_demo: bool) -> None:
    """Serve the site."""
    with _application() as app:
        config = from_environment()
        _check_port(config)
        is_ready = _is_ready()
        if config.is_production:
            _check_production(is_ready)
        elif not is_ready:
            _init(app)
        may_load = demonstration.day_loaded() or not demonstration.has_content(_now())
        if with_demo and not config.is_production and may_load:
            _demo(config)
        with app.test_request_context(base_url=config.public_url):
            _greet(config)
    _serve(config)


def _check_production(is_ready: bool) -> None:
    if not is_ready:
        _stop("portal: the database has not every table of this release; run `portal init`, then start again")
    if demonstration.day_loaded():
        raise SettingError("PORTAL_ENV", "is production, but the database holds demonstration content")


def _greet(config: Config) -> None:
    click.echo(f"The portal answers on http://{config.bind}:{config.port} (stop it with Ctrl-C)")
    for french, english in front.addresses():
        click.echo(f"  {config.public_url}{french:<22}  {config.public_url}{english}")
    if day := demonstration.day_loaded():
        click.echo("Demonstration references for the lookup, with their received dates:")
        for request in content.requests(day)[:2]:
            click.echo(f"  {request.reference}  {request.received_on}")


def _check_port(config: Config) -> None:
    with socket.socket(socket.AF_INET6 if ":" in config.bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as error:
            where = f"{config.port} at PORTAL_BIND {config.bind}"
            raise SettingError("PORT", f"{where} cannot be listened on: {error.strerror or error}") from None


def _serve(config: Config) -> None:
    """Become the server: a process of its own, that shares no connection with this one and has imported nothing."""
    where = ["--host", config.bind, "--port", str(config.port)]
    # Few threads, and 20 slow clients stop everything, pages in memory too (performance.md).
    how = ["--interface", "wsgi", "--no-ws", "--blocking-threads", str(SITE_THREADS), "--log-level", "error"]
    # A worker told to stop in its first moment has been seen to wait for ever.
    how += ["--workers-kill-timeout", "5"]
    sys.stdout.flush()
    words = [sys.executable, "-m", "granian", *where, *how, "portal.wsgi:application"]
    os.execv(sys.executable, words)  # noqa: S606 — no shell: the words are our own


@portal.group("dates")
def dates_group() -> None:
    """The table of processing dates."""


@dates_group.command("rows")
@File
def define_rows(file: Path) -> None:
    """Define the rows of the table, new or changed, from a CSV file."""
    with _application():
        rows = dates_files.read_rows(_content(file))
        with recorded_change("dates", action="dates.rows", actor=_actor(), at=_now()) as change:
            changed = dates.keep_rows(change, rows)
    click.echo(f"Defined: {', '.join(changed)}." if changed else "Nothing changed.")


@dates_group.command("publish")
@File
@click.option("--as-of", "as_of", type=DayType(), required=True, help="The day on which these dates hold.")
@click.option("--reason", required=True, callback=_said, help="Why, for the audit log.")
@click.option("--confirm", is_flag=True, help="Publish although a date goes back.")
def publish_dates(file: Path, as_of: date, reason: str, confirm: bool) -> None:
    """Publish the dates of a CSV file: columns row, received_on, and maybe meaning, next_update_on."""
    with _application():
        proposals = dates_files.read_dates(_content(file))
        at = _now()
        with recorded_change("dates", action="dates.publish", actor=_actor(), at=at) as change:
            moves = dates.publish(change, proposals, as_of, at=at, reason=reason, is_confirmed=confirm)
    for move in moves:
        old, new = move.old_received_on or move.old_meaning or "–", move.received_on or move.meaning
        click.echo(f"  {move.row.key}: {f'{old} → {new}' if move.is_change else f'{new}, unchanged'}")
    click.echo(f"Published as of {as_of}." if moves else "Nothing changed: this was published already.")


@portal.group("notices")
def notices_group() -> None:
    """The notices."""


@notices_group.command("publish")
@File
def publish_notice(file: Path) -> None:
    """Publish the notice of a file, or correct it: the file's key says which notice it is."""
    with _application():
        draft = notices_files.read_notice(_content(file))
        at = _now()
        with recorded_change("notices", action="notices.publish", actor=_actor(), at=at) as change:
            is_changed = notices.keep(change, draft, at)
    when = draft.published_at.astimezone(QUEBEC)
    click.echo(f"{draft.key}: published, {when:%Y-%m-%d %H:%M}." if is_changed else "Nothing changed.")


@portal.group("import")
def import_group() -> None:
    """Files of the back office."""


@import_group.command("requests")
@File
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and keep nothing.")
def import_requests(file: Path, dry_run: bool) -> None:
    """Import the requests of a CSV file: reference, received_on, stage, changed_on, and maybe form."""
    with _application() as app:
        read = _content(file)
        with _progress(read.count(b"\n")) as advance:
            found = status_files.read_requests(read, day_of(_now()), advance)
        with recorded_change("status", action="requests.import", actor=_actor(), at=_now()) as change:
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


@portal.command()
@click.option("--last", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many changes.")
def audit(last: int) -> None:
    """List who changed what and when, newest first."""
    with _application():
        for line in audit_lines(session(), last):
            at = line.at.astimezone(QUEBEC)
            details = textwrap.shorten(json.dumps(line.details, ensure_ascii=False), LONGEST_DETAILS)
            click.echo(
                f"{at:%Y-%m-%d %H:%M:%S}  {line.actor}  {line.action}  {line.subject} {line.revision}  {details}"
            )
