"""The folder of an export: files beside the ones that stand, moved into their places once all of them are whole.

What did not change is not touched, so that whoever copies the folder sees what changed and nothing else. Only what an
export wrote is replaced or removed: its list is `export.json`.
"""

import fcntl
import gzip
import json
import os
import shutil
import time
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

import brotli

from portal.core.errors import PortalError

#: The list of what an export wrote, and the format of that list.
LIST, FORMAT = "export.json", 1
#: What a host serves; beside it stands what a host reads.
SITE = "site"
_MAKING, _LOCK = "making", "lock"
#: Pictures are compressed as they are.
_NOT_COMPRESSED = frozenset({".png", ".ico"})
_BEST_BROTLI, _BEST_GZIP = 11, 9
#: Brotli lets others work while it compresses; the walk itself takes one core.
_COMPRESSORS = 2


class NoPlace(PortalError):
    """A folder cannot take an export; the message says why, and what to do."""


class Folder:
    """One export under way: `put` each file, then `finish`. Nothing that stands is touched before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = folder / _MAKING
        self._former = _listed(folder)
        self._seconds = int(time.time())
        self._files: dict[str, str] = {}
        self._staged: set[str] = set()
        self._twins: dict[str, Future[dict[str, str]]] = {}
        self._compressors = ThreadPoolExecutor(_COMPRESSORS)

    @property
    def former_addresses(self) -> list[str]:
        """Return the addresses that the former export held."""
        return list(self._former.get("addresses", ()))

    def put(self, name: str, content: bytes, *, has_twins: bool = True) -> None:
        """Take a file of the new export by its path in the folder; one that was put before is put anew."""
        digest = sha256(content).hexdigest()
        if self._files.get(name) == digest:
            return
        self._files[name] = digest
        is_new = self._stage(name, content, digest)
        if has_twins and PurePosixPath(name).suffix not in _NOT_COMPRESSED:
            kept = None if is_new else self._kept_twins(name, digest)
            if kept is None:
                self._twins[name] = self._compressors.submit(self._make_twins, name, content, is_new)
            else:
                self._files.update(kept)

    def _stage(self, name: str, content: bytes, digest: str) -> bool:
        """Write a file beside, unless it stands as it is to be; say whether it was written."""
        place = self._folder / name
        if place.is_file():
            if _digest(place) == digest:
                self._staged.discard(name)
                return False
            if name not in self._former["files"]:
                raise NoPlace(f"{place} was not written by an export; move it away, then export again")
        self._write(name, content, self._seconds)
        return True

    def _write(self, name: str, content: bytes, seconds: float) -> None:
        beside = self._making / name
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        os.utime(beside, (seconds, seconds))
        self._staged.add(name)

    def _kept_twins(self, name: str, digest: str) -> dict[str, str] | None:
        """Return the twins of a file that did not change, or None where one is not as it was written."""
        former: Mapping[str, str] = self._former["files"]
        if former.get(name) != digest:
            return None
        listed = {twin: former[twin] for twin in (f"{name}.br", f"{name}.gz") if twin in former}
        is_whole = all(_digest(self._folder / twin) == written for twin, written in listed.items())
        return listed if is_whole else None

    def _make_twins(self, name: str, content: bytes, is_new: bool) -> dict[str, str]:
        made = {
            f"{name}.br": brotli.compress(content, quality=_BEST_BROTLI),
            f"{name}.gz": gzip.compress(content, _BEST_GZIP, mtime=0),
        }
        seconds = self._seconds if is_new else (self._folder / name).stat().st_mtime
        smaller = {twin: packed for twin, packed in made.items() if len(packed) < len(content)}
        for twin, packed in smaller.items():
            self._write(twin, packed, seconds)
        return {twin: sha256(packed).hexdigest() for twin, packed in smaller.items()}

    def finish(self, addresses: Iterable[str]) -> int:
        """Move all that was put into its place, remove what is gone, and return how many files changed or went."""
        for made in self._twins.values():
            self._files.update(made.result())
        gone = [name for name in self._former["files"] if name not in self._files]
        listed = {"format": FORMAT, "addresses": sorted(addresses), "files": dict(sorted(self._files.items()))}
        # Should the moves be cut short, the next export knows what of both it may replace.
        self._list({**listed, "files": {**self._former["files"], **self._files}})
        # Pages last: what they show is there before them.
        for name in sorted(self._staged & self._files.keys(), key=lambda name: ("/static/" not in name, name)):
            place = self._folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._making / name, place)
        for name in gone:
            self._remove(name)
        self._list(listed)
        return len(self._staged & self._files.keys()) + len(gone)

    def _remove(self, name: str) -> None:
        place = self._folder / name
        place.unlink(missing_ok=True)
        for parent in place.relative_to(self._folder).parents[:-1]:
            try:
                (self._folder / parent).rmdir()
            except OSError:  # not empty
                return

    def _list(self, listed: Mapping[str, Any]) -> None:
        text = json.dumps(listed, ensure_ascii=False, indent=0).encode()
        place = self._folder / LIST
        if place.is_file() and place.read_bytes() == text:
            return
        self._making.mkdir(exist_ok=True)
        (self._making / LIST).write_bytes(text)
        os.replace(self._making / LIST, place)

    def close(self) -> None:
        """Throw away what was not moved."""
        self._compressors.shutdown(cancel_futures=True)
        shutil.rmtree(self._making, ignore_errors=True)


@contextmanager
def opened(folder: Path) -> Generator[Folder]:
    """Open a folder for an export: a new one, an empty one, or that of a former export. Raises NoPlace."""
    _check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NoPlace(f"another export is being written in {folder}; wait until it is done") from None
        shutil.rmtree(folder / _MAKING, ignore_errors=True)  # of one that was cut short
        under_way = Folder(folder)
        try:
            yield under_way
        finally:
            under_way.close()


def _check(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise NoPlace(f"{folder} is no folder; name another place")
    # A first export that was cut short leaves these two, and wrote nothing else.
    is_empty = {found.name for found in folder.iterdir()} <= {_LOCK, _MAKING}
    if not is_empty and not (folder / LIST).is_file():
        raise NoPlace(f"{folder} is not empty and holds no export; name a new folder, or empty this one")


def _listed(folder: Path) -> dict[str, Any]:
    place = folder / LIST
    if not place.is_file():
        return {"addresses": [], "files": {}}
    try:
        listed = json.loads(place.read_bytes())
        if listed["format"] == FORMAT and isinstance(listed["files"], dict):
            return listed
    except (ValueError, LookupError, TypeError):
        pass
    raise NoPlace(f"{place} was not written by this release; move the folder away, then export again")


def _digest(place: Path) -> str:
    try:
        return sha256(place.read_bytes()).hexdigest()
    except OSError:
        return ""
