"""The cache in front of the portal: tell it now of what it does not know."""

import sys
import time

import click

from portal.commands.opening import application, now
from portal.config import PURGE_URL
from portal.core.calendar import QUEBEC
from portal.core.errors import SettingError
from portal.purges import keeping, records
from portal.purges.rules import SETTLE
from portal.store.database import session
from portal.store.revisions import numbers


@click.group("purges")
def purges_group() -> None:
    """The cache in front, a CDN, that is told of changes."""


@purges_group.command("send")
def send_purges() -> None:
    """Tell the cache in front now of what it does not know, and say what came of it."""
    with application() as app:
        if not (hook := app.config["PURGE_HOOK"]):
            raise SettingError(PURGE_URL, "is not set: there is no cache to tell")
        known = numbers(session())
        session().rollback()
        time.sleep(SETTLE.total_seconds())
        outcomes = keeping.tell(hook, known, now)
        for purge, why in outcomes:
            click.echo(f"{purge.subject}: not told yet ({why})" if why else f"{purge.subject}: told")
        if not outcomes:
            click.echo("Nothing is due.")
        if again := records.next_try(session()):
            click.echo(f"The next try is on {again.astimezone(QUEBEC):%Y-%m-%d at %H:%M:%S}.")
    sys.exit(1 if any(why for _purge, why in outcomes) else 0)
