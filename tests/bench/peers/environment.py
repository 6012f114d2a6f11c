"""The environment of the peers, which is none of ours: made once, and made anew when its requirements change."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.bench.failures import BenchStopped

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = Path(__file__).parents[3] / "build" / "bench"
#: Django 6 wants 3.12; without one, its last long-term release is measured.
NEWER = ("3.14", "3.13", "3.12")
SECONDS_TO_INSTALL = 300


def environment() -> Path:
    """Return the folder of its programs. Raises BenchStopped with what pip said."""
    python = _python()
    made_of = sha256(REQUIREMENTS.read_bytes() + python.encode()).hexdigest()
    stamp = FOLDER / "stamp"
    if not stamp.exists() or stamp.read_text("ascii") != made_of:
        shutil.rmtree(FOLDER, ignore_errors=True)
        _done([python, "-m", "venv", str(FOLDER)])
        pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _done([*pip, "install", "-r", str(REQUIREMENTS)])
        stamp.write_text(made_of, "ascii")
    return FOLDER / "bin"


def version(programs: Path, package: str) -> str:
    """Return the version of a package that is installed there."""
    words = f"from importlib.metadata import version; print(version({package!r}))"
    return _done([str(programs / "python"), "-c", words]).strip()


def _python() -> str:
    """Return the newest Python that runs: by its name, or one that pyenv keeps and does not show."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for number in NEWER:
        kept = sorted(root.glob(f"versions/{number}.*/bin/python"))
        for name in (f"python{number}", *map(str, kept)):
            if shutil.which(name) and not subprocess.run([name, "-c", ""], capture_output=True).returncode:
                return name
    return sys.executable


def _done(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_TO_INSTALL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchStopped(f"the peers cannot be installed: {error}") from error
    if done.returncode:
        raise BenchStopped(f"the peers cannot be installed:\n{done.stderr.strip()}")
    return done.stdout
