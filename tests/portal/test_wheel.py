"""The wheel, installed in an empty environment, serves the same pages from another folder."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from portal.assets import TRANSLATIONS
from tests.serving import served

ROOT = TRANSLATIONS.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_template_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("templates", "static", "translations"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert {f"portal/_assets/{path}" for path in files} <= set(names)
    assert not [name for name in names if name.startswith("tests/")]


def test_the_installed_wheel_serves_the_same_pages(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    pip = [environment / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    locked = ["-r", str(ROOT / "requirements.txt"), "--require-hashes"]
    subprocess.run([*pip, "install", *locked], check=True, capture_output=True)
    subprocess.run([*pip, "install", "--no-deps", str(wheel)], check=True, capture_output=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    pages = ["/fr/", "/en/dates/", "/fr/avis/fil.rss", "/en/contact/", "/api/v1/dates"]
    with served(tmp_path / "data", "--with-demo") as checkout:
        expected = [checkout.ask(path)[1].replace(checkout.address.partition(":")[2], "") for path in pages]
    command = environment / "bin" / "portal"
    with served(tmp_path / "data", command=command, cwd=elsewhere) as installed:
        assert [installed.ask(path)[1].replace(installed.address.partition(":")[2], "") for path in pages] == expected
