"""khal, a calendar of Debian’s, shows the hours and closures of a site, and what staff change in them, under one name.

What it showed is written in build/readers.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.makers import Office

LOGS = Path(__file__).parents[2] / "build/readers"
#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
CONFIG = """\
[calendars]
[[portal]]
path = {folder}/calendar
[locale]
local_timezone = America/Toronto
default_timezone = America/Toronto
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = portal
"""


@dataclass(frozen=True, slots=True)
class Khal:
    """A calendar that keeps what it imports in a folder."""

    folder: Path

    def ask(self, *words: str | Path) -> str:
        # The machine's own time zone must not matter.
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
        command = ["khal", "-c", self.folder / "config", *words]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def take(self, office: Office, path: str) -> None:
        """Import the calendar that the site gives now."""
        self.ask("import", "--batch", office.file(office.another_worker().get(path).data, "calendar.ics"))

    def days(self, first: str, count: int) -> dict[str, list[str]]:
        """Return what it shows of so many days, by day."""
        said = self.ask(
            "list", "--day-format", "# {date}", "--format", "{start-end-time-style} {title}", first, f"{count}d"
        )
        days = [part.splitlines() for part in said.split("# ")[1:]]
        return {day: [line.strip() for line in lines] for day, *lines in days}


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    assert shutil.which("khal"), "install khal: tests/chromium/programs/debian.sh"
    folder = tmp_path / "khal"
    (folder / "calendar").mkdir(parents=True)
    (folder / "config").write_text(CONFIG.format(folder=folder))
    return Khal(folder)


def test_a_calendar_shows_the_hours_and_follows_their_changes(office: Office, khal: Khal) -> None:
    office.did("contact", "holidays", "2026", "--confirm")
    khal.take(office, "/fr/contact/heures.ics")
    opened = "Lignes téléphoniques ouvertes"
    usual = [f"08:30-12:00 {opened}", f"13:00-16:30 {opened}"]
    wednesday = [f"10:00-12:00 {opened}", f"13:00-16:30 {opened}"]
    before = khal.days("2026-12-21", 14)
    assert before == {
        "2026-12-21": usual,
        "2026-12-22": usual,
        "2026-12-23": wednesday,
        "2026-12-24": ["Fermé\u00a0: veille de Noël"],
        "2026-12-25": ["Fermé\u00a0: Noël"],
        "2026-12-28": usual,
        "2026-12-29": usual,
        "2026-12-30": wednesday,
        "2026-12-31": ["Fermé\u00a0: veille du jour de l’An"],
        "2027-01-01": ["Fermé\u00a0: jour de l’An (à confirmer)"],
    }
    office.did("contact", "exception", "2026-12-24", "--hours", "8:30-12", "--why-fr", "tempête", "--why-en", "storm")
    office.did("contact", "holidays", "2026", "--confirm", "--remove", "2026-12-25")
    khal.take(office, "/fr/contact/heures.ics")
    after = khal.days("2026-12-24", 1) | khal.days("2026-12-25", 1)
    # A file that is imported again takes nothing away: a subscription does. What is told anew replaces the old.
    assert after["2026-12-24"] == ["Autres heures\u00a0: de\u00a08\u00a0h\u00a030 à\u00a012\u00a0h (tempête)", usual[0]]
    assert set(usual) <= set(after["2026-12-25"])
    LOGS.mkdir(parents=True, exist_ok=True)
    shown = "\n".join(f"{day}\n  " + "\n  ".join(lines) for day, lines in (before | after).items())
    (LOGS / "khal-heures.txt").write_text(shown + "\n")
