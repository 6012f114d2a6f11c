"""How an installation begins: its database, its facts, the demonstration; and what it waits for a person to do."""

import tomllib
from datetime import date

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from portal import assets, front
from portal.commands.deployment.settings import check_ports
from portal.commands.opening import DayType, actor, application, now, stop
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
from portal.status.keeping import Terms
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.health import is_migrated


@click.command()
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


@click.command()
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


def begin(*, with_demo: bool) -> tuple[Config, list[str]]:
    """Bring an installation to where it can be served; return its settings, and the lines that say what it has.

    In production nothing is made by itself: what is missing stops in words. `with_demo` loads the demonstration if the
    database is empty.
    """
    with application() as app:
        config = from_environment()
        check_ports(config)
        is_ready = _is_ready()
        if config.is_production:
            _check_production(is_ready)
        elif not is_ready:
            _init(app)
        may_load = demonstration.day_loaded() or not demonstration.has_content()
        if with_demo and not config.is_production and may_load:
            _demo(config)
        with app.test_request_context(base_url=config.public_url):
            return config, _pages(config)


def _check_production(is_ready: bool) -> None:
    if not is_ready:
        stop("portal: the database has not every table of this release; run `portal init`, then start again")
    if demonstration.day_loaded():
        raise SettingError("PORTAL_ENV", "is production, but the database holds demonstration content")


def _pages(config: Config) -> list[str]:
    lines = [
        f"  {config.public_url}{french:<22}  {config.public_url}{english}" for french, english in front.addresses()
    ]
    if day := demonstration.day_loaded():
        lines.append("Demonstration references for the lookup, with their received dates:")
        lines += [f"  {request.reference}  {request.received_on}" for request in content.requests(day)[:2]]
    return lines


@click.command()
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
