"""The tokens by which programs of the back office write: make one, list them, revoke one."""

import secrets
from datetime import timedelta

import click

from portal.commands.opening import actor, application, now
from portal.core.calendar import QUEBEC
from portal.core.numbers import is_key
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.tokens import records
from portal.tokens.rules import PREFIX, RANDOM_BYTES, SCOPES, Scope, Token

MOST_DAYS = 730


def check_name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return the name of a token, or refuse it in words."""
    if not is_key(value):
        raise click.BadParameter("a name has 2 to 40 lower-case letters, figures and hyphens, a letter first")
    return value


@click.group("tokens")
def tokens_group() -> None:
    """The tokens by which programs of the back office write."""


@tokens_group.command()
@click.argument("name", callback=check_name)
@click.option("--scope", type=click.Choice(SCOPES), required=True, help="What it may be used for.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=365, show_default=True, help="For how long it is valid."
)
def add(name: str, scope: Scope, days: int) -> None:
    """Make a token and print it, this once: only its hash is kept. Its name tells in the audit log who wrote."""
    typed = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    with application():
        at = now()
        token = Token(name, scope, at, at + timedelta(days), None)
        with recorded_change("tokens", action="tokens.add", actor=actor(), at=at) as change:
            records.keep(change, token, typed)
    click.echo(typed)
    click.echo(f"Valid until {token.expires_at.astimezone(QUEBEC):%Y-%m-%d %H:%M}. It is not shown again.", err=True)


@tokens_group.command("list")
def list_tokens() -> None:
    """List the tokens: name, scope, until when, and whether they are valid."""
    with application():
        found = records.tokens(session())
        for token in found:
            state = "valid" if token.is_valid(now()) else "revoked" if token.revoked_at else "expired"
            until = f"{token.expires_at.astimezone(QUEBEC):%Y-%m-%d %H:%M}"
            click.echo(f"{token.name:<24}  {token.scope:<16}  until {until}  {state}")
    if not found:
        click.echo("There is no token.")


@tokens_group.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke a token for good, from this moment on."""
    with application(), recorded_change("tokens", action="tokens.revoke", actor=actor(), at=now()) as change:
        records.revoke(change, name, now())
    click.echo(f"The token “{name}” is revoked.")
