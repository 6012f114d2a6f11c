"""`portal check --production`: everything that is wrong with a deployment, in one sentence each."""

import os
from collections.abc import Callable, Iterable, Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from portal.commands.deployment import kept, machine, settings, through
from portal.commands.opening import application, now, stop
from portal.config import Config, from_environment
from portal.core.errors import SettingError
from portal.store.database import session

#: What is looked at, and what finds the faults of it.
Look = tuple[str, Callable[[], Iterable[str]]]


def check_deployment(*, with_front: bool) -> None:
    """Say what is wrong and end with 1, or say what was looked at."""
    try:
        config = from_environment()
    except SettingError as error:
        stop(f"{error}.", "Mend this first: with a wrong setting nothing else can be looked at.")
    looks = _looks(config, with_front)
    wrong = [sentence for _name, faults in looks for sentence in faults()]
    wrong += _of_the_database(config)
    if wrong:
        stop(*wrong)
    names = [name for name, _faults in looks] + ["the database", "the people of the desk"]
    click.echo(f"Nothing is wrong with {', '.join(names[:-1])} and {names[-1]}.")


def _looks(config: Config, with_front: bool) -> Sequence[Look]:
    looks: list[Look] = [
        ("the settings", lambda: settings.faults(config, os.environ)),
        ("the keys", lambda: settings.faults_of_keys(config)),
        ("the data folder", lambda: machine.faults_of_data(config)),
        ("the static files", lambda: machine.faults_of_static(config)),
        ("the pages for when it is down", lambda: machine.faults_of_front_pages(config)),
        ("the memory and the disk", lambda: machine.faults_of_room(config, settings.workers(os.environ) or 1)),
        ("the compiled code", machine.faults_of_code),
        ("the limits", lambda: kept.faults_of_limits(config)),
    ]
    return looks + ([("the front", lambda: through.faults(config))] if with_front else [])


def _of_the_database(config: Config) -> Sequence[str]:
    if config.database_url.startswith("sqlite") and not machine.file_of(config).exists():
        return [f"There is no database at {machine.file_of(config)}; run `portal init`."]  # to look would make a folder
    if not machine.has_readable_keys(config):
        return ["The database was not looked at: that takes the keys."]
    with application():
        try:
            return [*kept.faults(session(), now())]
        except SQLAlchemyError as error:  # its class alone: the message may hold a password
            return [
                f"The database does not answer, or has no tables ({type(error).__name__}); see PORTAL_DATABASE_URL."
            ]
