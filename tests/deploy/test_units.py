"""The units of systemd: well formed, closed, and such that the portal runs under what can be tried without systemd."""

import ctypes
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import SETTINGS, from_environment
from tests.deploy.fronts import DEPLOY
from tests.makers import an_office
from tests.serving import PORTAL, served

UNITS = DEPLOY / "systemd"
SERVICES = ("portal.service", "portal-daily.service")
#: systemd's own measure: 0 is closed, 10 is open; a service that speaks to a network has 1 at the best.
MOST_EXPOSED = 15  # in tenths
#: What the kernel refuses under MemoryDenyWriteExecute, before the portal begins (prctl(2): PR_SET_MDWE).
DENIED = """\
import ctypes, os, sys
failed = ctypes.CDLL(None, use_errno=True).prctl(65, 1, 0, 0, 0)
os.execvp(sys.argv[1], sys.argv[1:]) if not failed else sys.exit(os.strerror(ctypes.get_errno()))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with the portal where it is here."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for unit in folder.iterdir():
        unit.write_text(unit.read_text().replace("/opt/portal/bin/portal", str(PORTAL)))
    return folder


def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    units = [str(unit) for unit in installed.iterdir() if unit.suffix in (".service", ".timer")]
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
    ours = [line for line in said.stderr.splitlines() if "portal" in line]
    assert (said.returncode, ours) == (0, [])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_closed(installed: Path, service: str) -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}"]
    said = subprocess.run([*words, str(installed / service)], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stdout[-300:]


def test_both_services_are_closed_alike() -> None:
    def closed(service: str) -> dict[str, list[str]]:
        lines = re.findall(r"^(\w+)=(.*)$", (UNITS / service).read_text(), re.MULTILINE)
        own = {"Type", "Description", "After", "Wants", "ExecStart", "MemoryMax", "Environment"}
        return {name: [value for key, value in lines if key == name] for name, _value in lines if name not in own}

    daily, site = closed("portal-daily.service"), closed("portal.service")
    assert {name: site.get(name) for name in daily if name != "ConditionPathExists"} == {
        name: value for name, value in daily.items() if name != "ConditionPathExists"
    }


def test_the_example_of_settings_is_one_that_the_portal_takes(tmp_path: Path) -> None:
    lines = [line for line in (UNITS / "portal.env").read_text().splitlines() if re.match(r"#?[A-Z_]+=", line)]
    given = dict(line.removeprefix("#").split("=", 1) for line in lines)
    assert {name for name in given if not name.startswith("GRANIAN_")} <= set(SETTINGS)
    config = from_environment(given)
    assert config.is_production
    assert config.proxy_hops == 1


def knows_mdwe() -> bool:
    """Whether the kernel can be asked to refuse it (PR_GET_MDWE, Linux 6.3)."""
    return ctypes.CDLL(None).prctl(66, 0, 0, 0, 0) >= 0


@pytest.mark.skipif(not knows_mdwe(), reason="Linux before 6.3 lets no process ask for this by itself; systemd does")
def test_the_portal_runs_where_no_memory_is_written_and_executed(tmp_path: Path, initialised: Path) -> None:
    office = an_office(tmp_path / "office", like=initialised)
    command = tmp_path / "portal"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path / "denied.py"} {PORTAL} "$@"\n')
    command.chmod(0o755)
    (tmp_path / "denied.py").write_text(DENIED)
    with served(office.data, command=command) as site:
        assert site.ask("/fr/dates/")[0] == 200
        assert site.ask("/desk/fr/session")[0] == 200
        assert site.ask("/fr/suivi/", b"reference=x")[0] == 422
