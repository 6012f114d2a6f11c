"""The `portal` command: parse, call, print.

A command that takes a file is one recorded change, or nothing. `init` and `demo` are several, each whole, and are
finished when they are given again.
"""

from collections.abc import Mapping
from importlib import import_module

import click

#: Where each command is; it is imported when it is given: all of them together take three seconds.
COMMANDS: Mapping[str, str] = {
    "audit": "audit:audit_group",
    "check": "beginning:check",
    "contact": "publishing.contact:contact_group",
    "dates": "publishing.dates:dates_group",
    "demo": "beginning:demo",
    "export": "publishing.export:export_site",
    "hub": "outgoing.hub:hub_group",
    "import": "requests:import_group",
    "init": "beginning:init",
    "notices": "publishing.notices:notices_group",
    "promises": "publishing.notices:promises",
    "purges": "outgoing.purges:purges_group",
    "rules": "publishing.rules:rules_group",
    "run": "serving:run",
    "staff": "access.staff:staff_group",
    "status": "requests:status_group",
    "tokens": "access.tokens:tokens_group",
    "unavailable": "deployment.unavailable:unavailable",
}


class Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        return getattr(import_module(f"portal.commands.{module}"), name)


@click.group(cls=Commands)
@click.version_option(package_name="portal", message="%(version)s")
def portal() -> None:
    """The status and information portal."""
