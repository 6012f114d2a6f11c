"""The people of the desk: let the first administrator in, and whoever has lost everything."""

from collections.abc import Sequence

import click
from flask import Flask, url_for
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from portal.commands.opening import actor, application, now, plain_text
from portal.core.errors import PortalError
from portal.desk.app import create_desk
from portal.staff import keeping, records
from portal.staff.records import StaffRow
from portal.staff.rules import INVITATION_HOURS, ROLES, Role, sign_in_address
from portal.store.changes import Change, recorded_change
from portal.store.database import session

Roles = click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="What they may do; may be repeated."
)


@click.group("staff")
def staff_group() -> None:
    """The people of the desk."""


@staff_group.command()
@click.argument("email")
@click.option("--name", required=True, callback=plain_text, help="What the audit log calls the person.")
@Roles
def add(email: str, name: str, roles: Sequence[Role]) -> None:
    """Add a person and print an invitation: an address, good for 24 hours, at which they choose a password."""
    with application(create_desk) as app:
        with recorded_change("staff", action="staff.add", actor=actor(), at=now()) as change:
            keeping.add_person(change, sign_in_address(email), name, roles, now())
        _invite(app, email)


@staff_group.command()
@click.argument("email")
def invite(email: str) -> None:
    """Print another invitation for a person: they choose a new password; sessions and earlier invitations end."""
    with application(create_desk) as app:
        with recorded_change("staff", action="staff.invite", actor=actor(), at=now()) as change:
            keeping.invite(change, _found(email).id, now())
        _invite(app, email)


@staff_group.command()
@click.argument("email")
@Roles
def roles(email: str, roles: Sequence[Role]) -> None:
    """Give a person these roles and no other."""
    with application(create_desk):
        with recorded_change("staff", action="staff.roles", actor=actor(), at=now()) as change:
            keeping.keep_roles(change, _found(email).id, roles)
        _say(change)


@staff_group.command()
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account: its sessions end at once, and nobody signs in to it."""
    _keep_active(email, is_active=False)


@staff_group.command()
@click.argument("email")
def enable(email: str) -> None:
    """Enable an account again."""
    _keep_active(email, is_active=True)


@staff_group.command("reset-factors")
@click.argument("email")
def reset_factors(email: str) -> None:
    """Forget a person's second factors, which they set up anew when they next sign in."""
    with application(create_desk):
        with recorded_change("staff", action="staff.factors", actor=actor(), at=now()) as change:
            keeping.reset_factors(change, _found(email).id, now())
        _say(change)


@staff_group.command("list")
def list_staff() -> None:
    """List the people of the desk with their roles."""
    with application(create_desk):
        found = records.people(session())
        for person in found:
            state = "" if person.is_active else "  (disabled)"
            click.echo(f"{person.name:<30}  {', '.join(sorted(person.roles)):<30}  {person.email}{state}")
    if not found:
        click.echo("There is nobody yet; see `portal staff add`.")


def _keep_active(email: str, *, is_active: bool) -> None:
    with application(create_desk):
        with recorded_change("staff", action="staff.active", actor=actor(), at=now()) as change:
            keeping.keep_active(change, _found(email).id, now(), is_active=is_active)
        _say(change)


def _found(email: str) -> StaffRow:
    row = session().scalar(select(StaffRow).where(StaffRow.email == sign_in_address(email)))
    if row is None:
        raise PortalError("nobody has an account with that address; see `portal staff list`")
    return row


def _say(change: Change) -> None:
    click.echo(f"{change.details['person']}: done." if change.details else "Nothing changed.")


def _invite(app: Flask, email: str) -> None:
    token = generate_reset_password_token(_found(email))
    with app.test_request_context():
        path = url_for("security.reset_password", language="fr", token=token)
    click.echo(app.config["PUBLIC_URL"] + path)
    click.echo(f"Good for {INVITATION_HOURS} hours, once. Whoever has this address has the account.", err=True)
