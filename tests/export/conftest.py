"""A small site with something of every kind, and its export: made once, copied by whoever changes it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from time_machine import travel

from tests.makers import ROWS, Office, an_office

#: A Monday, a quarter of an hour before the morning's opening would end.
NOW = "2026-02-16T10:00:00-05:00"


@dataclass(frozen=True)
class Exported:
    """An export of an office."""

    office: Office
    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def addresses(self) -> dict[str, dict]:
        """What the list says of each address."""
        return json.loads((self.folder / "headers.json").read_bytes())

    @property
    def pages(self) -> dict[str, dict]:
        """The same of those that answer 200."""
        return {address: said for address, said in self.addresses.items() if said["status"] == 200}

    def content(self, address: str) -> bytes:
        return (self.site / self.addresses[address]["file"]).read_bytes()

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        """Every file by its path: its inode, when it was written, and its content."""
        found = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "lock"]
        return {
            str(path.relative_to(self.folder)): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
            for path in found
        }

    def again(self) -> str:
        """Export once more, and return what the command printed."""
        return self.office.did("export", self.folder)


def a_whole_office(folder: Path, like: Path) -> Office:
    """Return a site with dates of three weeks, notices in both languages and in one, and forms in a group."""
    office = an_office(folder, like=like)
    # A clock that stands still: a feed in RSS tells no part of a second.
    with travel("2026-02-02T09:00:00-05:00", tick=False):
        office.did("dates", "rows", office.file(ROWS))
        office.publishes_notice()
        office.publishes_notice(key="french-only", title_fr="Un avis", title_en="", body_fr="Ce texte est en français.")
    for as_of, new, b2b in (
        ("2026-02-02", "2026-01-12", "2026-01-05"),
        ("2026-02-09", "2026-01-19", "2026-01-12"),
        ("2026-02-16", "2026-01-26", "2026-01-12"),
    ):
        with travel(f"{as_of}T09:30:00-05:00", tick=False):
            office.publishes_dates(f"row,received_on\nnew,{new}\nb2b,{b2b}\n", as_of=as_of)
    return office


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Exported:
    """The export of the small site; no test changes it."""
    folder = tmp_path_factory.mktemp("exported")
    exported = Exported(a_whole_office(folder / "data", initialised), folder / "out")
    with travel(NOW):
        exported.again()
    return exported


@pytest.fixture
def exported(tmp_path: Path, made: Exported) -> Iterator[Exported]:
    """The same for a test of its own, a minute later."""
    shutil.copytree(made.folder.parent, tmp_path / "own", symlinks=True)
    with travel("2026-02-16T10:01:00-05:00"):
        yield Exported(Office(tmp_path / "own" / "data"), tmp_path / "own" / "out")
