"""The `portal` command: parse, call, print.

A command that takes a file is one recorded change, or nothing. `init` and `demo` are several, each whole, and are
finished when they are given again.
"""

import os
import socket
import sys
import tomllib
from datetime import date
from importlib import import_module

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal import assets, front
from portal.commands.audit import audit_group
from portal.commands.deployment.unavailable import unavailable
from portal.commands.opening import DayType, actor, application, now, stop
from portal.commands.outgoing.hub import hub_group, start_watch
from portal.commands.outgoing.purges import purges_group
from portal.commands.publishing.contact import contact_group
from portal.commands.publishing.dates import dates_group
from portal.commands.publishing.export import export_site
from portal.commands.publishing.notices import notices_group, promises
from portal.commands.publishing.rules import rules_group
from portal.commands.requests import import_group, status_group
from portal.commands.tokens import tokens_group
from portal.config import Config, from_environment
from portal.contacts import keeping as contacts
from portal.contacts.records import phones
from portal.contacts.rules import by_schedule
from portal.core.calendar import day_of
from portal.core.errors import SettingError
from portal.delivery import keeping as delivery
from portal.demo import content, load as demonstration
from portal.hours import records as hours
from portal.hours.rules import unconfirmed_years
from portal.monitoring.metrics import clean
from portal.status.keeping import Terms
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.health import is_migrated

SITE_THREADS = 64
MOST_CONNECTIONS = 4_096
#: In milliseconds.
LONGEST_HEADERS = 10_000
#: 64 threads with a heap each keep a third more than they use (make bench): two heaps, and large pieces given back.
THRIFT = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "65536"}
#: The groups of commands that are imported when one of theirs is given, each with its module.
SLOW = {"staff": "portal.commands.staff"}


class Commands(click.Group):
    """The commands; those of the desk's people are imported when they are given: sign-in takes a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *SLOW])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name in SLOW:
            return getattr(import_module(SLOW[cmd_name]), f"{cmd_name}_group")
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands)
@click.version_option(package_name="portal", message="%(version)s")
def portal() -> None:
    """The status and information portal."""


PUBLISHING = (dates_group, notices_group, promises, contact_group, rules_group, export_site)
OTHERS = (import_group, status_group, tokens_group, hub_group, purges_group, audit_group, unavailable)
for command in (*PUBLISHING, *OTHERS):
    portal.add_command(command)


@portal.command()
def init() -> None:
    """Create or upgrade the database, and store the facts that every portal begins with."""
    with application() as app:
        _init(app)
        click.echo("The database is ready.")


def _init(app: Flask) -> None:
    # Here, because Alembic is a third of the import time and only this command needs it.
    from portal.store.migrate import upgrade

    upgrade(app)
    with recorded_change("contacts", action="contacts.facts", actor=actor(), at=now()) as change:
        contacts.keep_facts(change, tomllib.loads((assets.FACTS / "contact.toml").read_text("utf-8")))
    with recorded_change("delivery", action="delivery.facts", actor=actor(), at=now()) as change:
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
    with application() as app:
        if not _is_ready():
            _init(app)
        is_done = _demo(from_environment(), day)
        click.echo("The demonstration is loaded." if is_done else "The demonstration was loaded already.")


def _demo(config: Config, day: date | None = None) -> bool:
    if config.is_production:
        raise SettingError("PORTAL_ENV", "is production: demonstration content is refused there")
    day = day or day_of(now())
    return demonstration.load(day, now(), Terms(config.keys, day, config.closed_days))


@portal.command()
@click.option("--with-demo", is_flag=True, help="Load the demonstration first if the database is empty.")
@click.option(
    "--interface",
    type=click.Choice(["rsgi", "wsgi"]),
    default="wsgi",
    show_default=True,
    help="By which the server asks for pages: RSGI is slower by a tenth, and no slow client can hold it up.",
)
def run(with_demo: bool, interface: str) -> None:
    """Serve the site."""
    with application() as app:
        config = from_environment()
        _check_port(config)
        is_ready = _is_ready()
        if config.is_production:
            _check_production(is_ready)
        elif not is_ready:
            _init(app)
        may_load = demonstration.day_loaded() or not demonstration.has_content()
        if with_demo and not config.is_production and may_load:
            _demo(config)
        with app.test_request_context(base_url=config.public_url):
            _greet(config)
    _serve(config, interface)


def _check_production(is_ready: bool) -> None:
    if not is_ready:
        stop("portal: the database has not every table of this release; run `portal init`, then start again")
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
    _check_free("PORT", config.bind, config.port, f"{config.port} at PORTAL_BIND {config.bind}")
    if config.metrics:
        host, port = config.metrics
        _check_free("PORTAL_METRICS", host, port, f"{host}, port {port},")


def _check_free(setting: str, host: str, port: int, where: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(setting, f"{where} cannot be listened on: {error.strerror or error}") from None


def _serve(config: Config, interface: str) -> None:
    """Become the server: a process of its own, that shares no connection with this one and has imported nothing."""
    sys.stdout.flush()
    if config.hub_url:
        start_watch()
    if config.metrics:
        clean(config.data)
    words = [*server_command(config.bind, config.port, interface), f"portal.{interface}:application"]
    os.execve(sys.executable, words, {**THRIFT, **os.environ})  # noqa: S606 — no shell: the words are our own


def server_command(bind: str, port: int, interface: str = "wsgi") -> list[str]:
    """Return the command of the server, to which the application is to be added: that of the interface."""
    where = ["--host", bind, "--port", str(port)]
    how = ["--interface", interface, "--no-ws", "--log-level", "error"]
    # As many threads as wait, and everything stops, pages in memory too: of 24, 20 slow pages and 16 slow forms.
    how += ["--loop", "uvloop"] if interface == "rsgi" else ["--blocking-threads", str(SITE_THREADS)]
    # 1,024 at once unless told: as many idle ones, and nobody else is answered.
    how += ["--backlog", str(MOST_CONNECTIONS), "--backpressure", str(MOST_CONNECTIONS)]
    how += ["--http1-header-read-timeout", str(LONGEST_HEADERS)]
    # Over HTTP/2 a body needs no length: one that broke off passes for whole. The proxy speaks it with browsers.
    how += ["--http", "1"]
    # A worker told to stop in its first moment has been seen to wait for ever.
    how += ["--workers-kill-timeout", "5"]
    return [sys.executable, "-m", "granian", *where, *how]


@portal.command()
@click.option("--production", is_flag=True, help="Say instead what is wrong with this deployment.")
@click.option("--through", is_flag=True, help="The same, and ask for pages at PORTAL_PUBLIC_URL as visitors do.")
def check(production: bool, through: bool) -> None:
    """Say what waits for a person, and end with 1 if anything does."""
    if production or through:
        # Here, because it knows the people of the desk: sign-in takes a second to import.
        from portal.commands.deployment.production import check_deployment

        check_deployment(with_front=through)
        return
    with application():
        if not _is_ready():
            stop("The database has not every table of this release; run `portal init`.")
        today = day_of(now())
        waiting = [
            f"The holidays of {year} are not confirmed; see `portal contact holidays {year} --propose`."
            for year in unconfirmed_years(hours.holidays(session()), today)
        ]
        waiting += [
            f"Nobody ever answers on the schedule “{schedule.key}”; see `portal contact hours`."
            for schedule, _lines in by_schedule(phones(session(), today))
            if not schedule.is_open(now()) and schedule.next_change(now()) is None
        ]
    if waiting:
        stop(*waiting)
    click.echo("Nothing waits for you.")
