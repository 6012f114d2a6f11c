"""Serving the site. What is ready is served at once: the application, which takes seconds to import, is not asked."""

import os
import subprocess
import sys

import click

from portal import assets
from portal.commands.deployment.settings import check_ports
from portal.config import Config, from_environment
from portal.core.errors import SettingError
from portal.store.bare.connections import DatabaseSilent
from portal.store.bare.servable import is_servable
from portal.store.copies import copies_of

SITE_THREADS = 64
MOST_CONNECTIONS = 4_096
#: In milliseconds.
LONGEST_HEADERS = 10_000
#: 64 threads with a heap each keep a third more than they use (make bench): two heaps, and large pieces given back.
THRIFT = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "65536"}


@click.command()
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
    config, pages = None if with_demo else _ready(), []
    if config is None:
        # Here, because it knows everything: what it finds wrong, it says.
        from portal.commands.beginning import begin

        config, pages = begin(with_demo=with_demo)
    click.echo(f"The portal answers on http://{config.bind}:{config.port} (stop it with Ctrl-C)")
    click.echo("\n".join(pages) or f"  {config.public_url}/")
    _serve(config, interface)


def _ready() -> Config | None:
    """Return the settings of an installation that can be served as it is; None where more must be known or said.

    In production one whose database does not answer is served all the same, from its copies. The application is not
    tried: what is wrong with it alone shows at the first page that is not kept.
    """
    try:
        config = from_environment()
        check_ports(config)
        _ = config.keys  # or it says what is wrong with them
        is_ready = is_servable(config.database_url, assets.newest_migration())
    except (SettingError, OSError):
        return None
    except DatabaseSilent:
        is_ready = config.is_production and copies_of(config).are_kept()
        if is_ready:
            click.echo("portal: the database does not answer; pages are given as they were last kept", err=True)
    return config if is_ready else None


def _serve(config: Config, interface: str) -> None:
    """Become the server: a process of its own, that shares no connection with this one and has imported nothing."""
    sys.stdout.flush()
    if config.hub_url:
        start_watch()
    if config.metrics:
        from portal.monitoring.metrics import clean

        clean(config.data)
    words = [*server_command(config.bind, config.port, interface), f"portal.{interface}:application"]
    os.execve(sys.executable, words, {**THRIFT, **os.environ})  # noqa: S606 — no shell: the words are our own


def start_watch() -> None:
    """Start `portal hub watch` beside the server that this process is about to become; it ends with it.

    In a group of its own: Ctrl-C is for the server, and the watch ends because its parent has.
    """
    words = "from portal.commands.main import portal; portal(prog_name='portal')"
    command = [sys.executable, "-c", words, "hub", "watch", "--parent", str(os.getpid())]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603 — the words are our own


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
