"""The contact page at moments that the machine's own clock does not show: each a site served in this process."""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import time_machine
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.makers import Office, an_office, in_quebec
from tests.serving import Served


@dataclass(frozen=True, slots=True)
class Moment:
    """The wall clock of Québec, and what staff did before; `query` is asked of the contact page."""

    name: str
    at: str
    commands: Sequence[Sequence[str]] = ()
    query: str = ""


ALWAYS = ("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "always", "--new", "--open-on-holidays")
MOMENTS = (
    Moment("open", "2026-11-24 10:15"),
    Moment("at-lunch", "2026-11-24 12:20", query="?region=montreal"),
    Moment("at-night", "2026-11-24 21:00", query="?region=unknown"),
    Moment("on-a-holiday", "2026-12-24 10:15"),
    Moment(
        "announced-change",
        "2026-11-24 14:00",
        [
            ("contact", "hours", "Mo-Fr 08:00-12:00, 13:00-16:00", "--from", "2027-01-04"),
            (
                "contact",
                "exception",
                "2026-12-23",
                "--hours",
                "8:30-12",
                "--why-fr",
                "fin d’année",
                "--why-en",
                "year end",
            ),
        ],
    ),
    Moment(
        "two-schedules",
        "2026-11-24 12:30",
        [ALWAYS, ("contact", "phone", "elsewhere", "1 888 330-3023 poste 12", "--schedule", "always")],
    ),
)


class Silent(WSGIRequestHandler):
    """A server that does not tell of each request."""

    def log(self, type: str, message: str, *words: object) -> None:
        """Say nothing."""


@contextmanager
def served_here(office: Office, port: int = 0) -> Generator[Served]:
    """Serve an installation from a thread of this process, so that its clock is the one that the caller moves."""
    server = make_server("127.0.0.1", port, office.door, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", "", {})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def prepared(folder: Path, commands: Sequence[Sequence[str]] = ()) -> Office:
    """Return a new installation for which commands were given, at the time of this process."""
    office = an_office(folder)
    for command in (("init",), *commands):
        given(office, *command)
    return office


def given(office: Office, *command: str) -> str:
    """Give a command that must succeed and return what it printed."""
    # Not in this thread: playwright's event loop runs in it, and the application would look for one of its own.
    with ThreadPoolExecutor(1) as other:
        return other.submit(office.did, *command).result()


@contextmanager
def at_moment(folder: Path, moment: Moment) -> Generator[Served]:
    """Serve an installation at a moment that stands still."""
    confirmed = [("contact", "holidays", "2026", "--confirm"), *moment.commands]
    with time_machine.travel(in_quebec(moment.at), tick=False), served_here(prepared(folder, confirmed)) as site:
        yield site
