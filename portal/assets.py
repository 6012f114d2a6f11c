"""Where the templates, static files and translations lie, and the release they make up."""

import os
import shutil
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha1
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

_PACKAGE = Path(__file__).parent
#: In an installed wheel the three folders are inside the package; in a checkout they are beside it.
_ASSETS = _PACKAGE / "_assets"
_ROOT = _ASSETS if _ASSETS.is_dir() else _PACKAGE.parent

TEMPLATES = _ROOT / "templates"
STATIC = _ROOT / "static"
TRANSLATIONS = _ROOT / "translations"
MIGRATIONS = _PACKAGE / "migrations"
FACTS = _PACKAGE / "facts"

#: Files that change what a page says. Anything else (a .pyc, an editor's file) makes no new release.
_SUFFIXES = {".py", ".html", ".po", ".css", ".js", ".svg", ".toml", ".json", ".xml", ".png", ".ico"}
#: In an installed wheel the folders beside are in the package; they are read as what they are.
_NO_SOURCES = {"__pycache__", _ASSETS.name}
#: Packages whose new version may write the same page otherwise.
_WRITERS = ("babel", "feedgen", "icalendar", "jinja2")


def digest(*parts: str | bytes) -> str:
    """Return a short name that changes with any of `parts`."""
    total = sha1(usedforsecurity=False)
    for part in parts:
        total.update(part.encode() if isinstance(part, str) else part)
    return total.hexdigest()[:12]


def _contents(folder: Path) -> Iterator[str | bytes]:
    # Without a Path for each of 440 files: whoever starts waits for it.
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NO_SOURCES)
        for name in sorted(names):
            if os.path.splitext(name)[1] in _SUFFIXES:
                yield f"{place.removeprefix(str(folder))}/{name}"
                with open(f"{place}/{name}", "rb") as file:
                    yield file.read()


@lru_cache(maxsize=1)
def release() -> str:
    """Return the name of this release: the same on every machine that runs the same files."""
    contents = [part for folder in (_PACKAGE, TEMPLATES, STATIC, TRANSLATIONS) for part in _contents(folder)]
    return digest(*map(version, _WRITERS), *contents)


def newest_migration() -> str:
    """Return the number of the newest migration of this release, for example `0001`."""
    return max(path.name[:4] for path in MIGRATIONS.glob("[0-9]*.py"))


@lru_cache(maxsize=1)
def static_prefix() -> str:
    """Return the path under which static files are served; it changes with them, so they may be kept for ever."""
    return f"/static/{digest(*_contents(STATIC))}/"


def static_address(name: str) -> str:
    """Return the path of a static file, for example `css/portal.css`."""
    return static_prefix() + name


@lru_cache(maxsize=1)
def icon_address() -> str:
    """Return the icon as a `data:` address: a few hundred bytes are not worth a request of each visitor."""
    return f"data:image/svg+xml,{quote((STATIC / 'img' / 'icon.svg').read_text('utf-8').strip())}"


def compressed_static(data: Path) -> Path:
    """Return a folder of the static files with their compressed twins, made in `data` once for each release."""
    # Here, because only the first start of a release compresses.
    from whitenoise.compress import Compressor

    folder = data / "static" / static_prefix().strip("/").rpartition("/")[2]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(mkdtemp(prefix="making-", dir=folder.parent))
        shutil.copytree(STATIC, making, dirs_exist_ok=True)
        compressor = Compressor(quiet=True)
        for path in sorted(making.rglob("*")):
            if path.is_file() and compressor.should_compress(path.name):
                list(compressor.compress(str(path)))
        # mkdtemp keeps it to ourselves, and nginx serves these files too: the folder around them says who may.
        making.chmod(0o755)
        try:
            making.rename(folder)
        except OSError:  # another worker was first
            shutil.rmtree(making)
    return folder


def compiled_templates(data: Path) -> Path:
    """Return the folder of this release's compiled templates in `data`; those of other releases are removed."""
    folder = data / "templates" / release()
    if not folder.is_dir():
        shutil.rmtree(folder.parent, ignore_errors=True)
    return folder
