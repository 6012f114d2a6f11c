"""Laws for the house itself: small files, small functions, and papers that tell the truth."""

import ast
import re
from collections import Counter
from pathlib import Path

import click
import pytest

from portal.assets import TRANSLATIONS
from portal.commands.main import portal
from portal.config import SETTINGS

ROOT = TRANSLATIONS.parent
README = (ROOT / "README.md").read_text("utf-8")
FILES = sorted([*ROOT.glob("portal/**/*.py"), *ROOT.glob("tests/**/*.py")])
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 30
MOST_FILES_OF_A_FOLDER = 7
#: Migrations pile up by nature.
GROWING = {"migrations"}


def test_no_file_is_too_long() -> None:
    assert not [path for path in FILES if len(path.read_text("utf-8").splitlines()) > MOST_LINES]


@pytest.mark.parametrize(
    "path", [p for p in FILES if "migrations" not in p.parts], ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_function_is_too_long(path: Path) -> None:
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    too_long = {
        function.name: length
        for function in functions
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not too_long


def test_no_folder_has_too_many_files() -> None:
    folders = Counter(path.parent for path in ROOT.glob("portal/**/*.py") if path.name != "__init__.py")
    assert not {f: n for f, n in folders.items() if n > MOST_FILES_OF_A_FOLDER and f.name not in GROWING}


def test_a_package_holds_its_docstring_and_nothing_else() -> None:
    for path in ROOT.glob("portal/**/__init__.py"):
        body = ast.parse(path.read_text("utf-8")).body
        assert len(body) == 1, path
        assert isinstance(body[0], ast.Expr), path


def test_no_name_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "manager", "misc"}
    assert not [path for path in FILES if empty & set(path.relative_to(ROOT).with_suffix("").parts)]


def test_the_readme_lists_every_setting() -> None:
    assert set(re.findall(r"^\| `((?:PORT|PORTAL_)\w*)` \|", README, re.MULTILINE)) == set(SETTINGS)


def test_no_setting_is_read_that_is_not_listed() -> None:
    read = {
        name for path in FILES if "portal" in path.parts for name in re.findall(r'"(PORTAL_\w+)"', path.read_text())
    }
    assert read <= set(SETTINGS)


def commands(group: click.Group, before: str = "portal") -> list[str]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command, words = group.get_command(context, name), f"{before} {name}"
        if isinstance(command, click.Group):
            found += commands(command, words)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            found.append(words)
    return found


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `(portal [a-z -]+)", README, re.MULTILINE)
    assert sorted(words.strip() for words in listed) == sorted(commands(portal))


def test_the_readme_maps_every_folder_of_the_portal() -> None:
    folders = {
        path.name for path in (ROOT / "portal").iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
    }
    assert folders <= set(re.findall(r"^  (\w+)/", README, re.MULTILINE))
