"""Programs of npm that judge what is finished: where they are, and what they answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NODE = Path(sys.executable).with_name("node")
MODULES = Path(__file__).parents[1] / ".venv" / "node" / "node_modules"
ICAL = MODULES / "ical.js" / "dist" / "ical.js"
READER = Path(__file__).parent / "hours" / "second_reader.mjs"
TSC = MODULES / "typescript" / "lib" / "tsc.js"
SECONDS = 60


def read_by_ical_js(file: Path) -> Any:
    """Return what ical.js finds in a calendar or a card."""
    answer = subprocess.run([NODE, READER, ICAL, file], check=True, capture_output=True, timeout=SECONDS)
    return json.loads(answer.stdout)


def faults_of_types(folder: Path, source: str) -> str:
    """Return what TypeScript finds wrong in a source that may import the packages of npm; empty when nothing."""
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    (folder / "source.ts").write_text(source)
    flags = ("--noEmit", "--strict", "--module", "nodenext", "--pretty", "false")
    command = [NODE, TSC, *flags, folder / "source.ts"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=SECONDS, text=True).stdout
