"""When and on what it was measured: a figure without its machine says nothing."""

import os
import platform
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.bench.processes import Cores, program

#: Share of the machine that others may use without spoiling the ratios.
QUIET = 0.1


def described(cores: Cores) -> Iterator[str]:
    """Give the lines above the table: the instant, the machine, who has which core, and whether others disturb."""
    now = datetime.now().astimezone()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield f"{now:%Y-%m-%d %H:%M %Z}; {os.cpu_count()} cores, {_processor()}; {python}; Linux {platform.release()};"
    said = subprocess.run([program("nginx"), "-v"], capture_output=True, text=True, timeout=5, check=False).stderr
    servers = " and ".join(str(core) for core in cores.servers)
    yield f"{said.strip().rpartition(' ')[2]}. Servers on core {servers}, load and databases on core {cores.load}."
    if cores.load in cores.servers:
        yield "There is but one core: ratios suffer."
    if (busy := _busy()) > QUIET:
        yield f"**Other work keeps {busy:.0%} of the machine busy: distrust every figure.**"


def _busy() -> float:
    """Return the share of the machine that others used during one second."""
    earlier = _ticks()
    time.sleep(1)
    idle, total = (after - before for after, before in zip(_ticks(), earlier, strict=True))
    return 1 - idle / total


def _ticks() -> tuple[int, int]:
    # proc(5): user, nice, system, idle, iowait, irq, softirq, steal; waiting for a disk is idle too.
    ticks = [int(word) for word in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
