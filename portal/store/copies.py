"""Finished pages, and the last good copy of each on disk: for a new worker, and for the day the database is down.

Imports neither Flask nor SQLAlchemy: the door reads it.
"""

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha1
from pathlib import Path

from portal import assets
from portal.config import Config

#: Copies of releases not run for so long are thrown away.
KEPT_SECONDS = 7 * 86_400
#: The folder of the copies, in that of the data.
FOLDER = "pages"
#: The file beside the releases that says which copies must not be shown, swept or not.
FLOORS = "floors.json"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a view says of its page.

    `revisions` are those read before any data; `arguments` the known names of the query, `few` whether what they give
    is bounded; `max_age` in seconds; `valid_until` and `changed_at` in seconds since 1970, None for never;
    `stale_notice` the HTML to show should the copy outlive its database; `is_one_of_many` whether there are too many
    such pages to keep on disk.
    """

    revisions: Mapping[str, int]
    arguments: tuple[str, ...] = ()
    few: bool = False
    max_age: int = 60
    valid_until: float | None = None
    changed_at: float | None = None
    stale_notice: str = ""
    is_one_of_many: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: its bytes in each encoding ("" is none), and all it takes to know whether it is still right.

    `tag` is its strong ETag without quotes; `made_at` in seconds since 1970; `is_dense` says that its brotli is the
    shortest.
    """

    statement: Statement
    headers: tuple[tuple[str, str], ...]
    tag: str
    made_at: float
    bodies: Mapping[str, bytes] = field(repr=False)
    is_dense: bool = False

    def etag(self, encoding: str) -> str:
        """Return the strong ETag of the page in an encoding, "" for none: other bytes have another one."""
        dense = "-11" if self.is_dense and encoding == "br" else ""
        return f'"{self.tag}-{encoding}{dense}"' if encoding else f'"{self.tag}"'

    def is_current(self, revisions: Mapping[str, int], now: float) -> bool:
        """Say whether the page's key is still the one that comes up."""
        until = self.statement.valid_until
        return (until is None or now < until) and all(
            revisions.get(subject) == number for subject, number in self.statement.revisions.items()
        )

    def is_outdated(self, floors: Mapping[str, int]) -> bool:
        """Say whether what the page shows may have been withdrawn: it must not be shown any more, even as a copy."""
        return _are_outdated(self.statement.revisions, floors)

    @property
    def size(self) -> int:
        """Return the bytes it takes."""
        return sum(map(len, self.bodies.values()))


def _are_outdated(revisions: Mapping[str, int], floors: Mapping[str, int]) -> bool:
    return any(number < floors.get(subject, 0) for subject, number in revisions.items())


def forget(data: Path, floors: Mapping[str, int]) -> None:
    """Throw away every copy in a folder of data that must not be shown any more."""
    _refuse(data / FOLDER, floors)
    _forget(data / FOLDER, floors)


def _refuse(releases: Path, floors: Mapping[str, int]) -> Mapping[str, int]:
    """Write down floors, and return them with those written before: opening 40,000 copies takes seconds, this none.

    Two processes that write at once may lose what one knew: each worker writes it again when it learns it.
    """
    floors = _higher(floors, _refused(releases))
    if releases.is_dir():
        _write(releases / FLOORS, json.dumps(floors).encode(), "what was withdrawn was not written down: %s")
    return floors


def _refused(releases: Path) -> Mapping[str, int]:
    try:
        written = json.loads((releases / FLOORS).read_bytes())
        return {str(subject): int(floor) for subject, floor in written.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # not there, or not what `_refuse` wrote
        return {}


def _higher(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {subject: max(one.get(subject, 0), other.get(subject, 0)) for subject in {**one, **other}}


def _forget(releases: Path, floors: Mapping[str, int]) -> None:
    try:
        for file in releases.glob("*/*"):
            _sweep(file, floors)
    except OSError as error:  # the folder went away meanwhile, and all that was in it
        logger.warning("the copies were not looked through: %s", error)


def _sweep(file: Path, floors: Mapping[str, int]) -> None:
    try:
        with file.open("rb") as kept:
            statement = json.loads(kept.readline())["statement"]
        if _are_outdated(statement["revisions"], floors):
            file.unlink(missing_ok=True)
    except (OSError, ValueError, LookupError, TypeError):  # gone meanwhile, being written, or no copy of ours
        pass


class Copies:
    """Pages of one release, one file each. A copy that cannot be written or read is a miss, never a failure."""

    def __init__(self, data: Path, release: str) -> None:
        self._releases = data / FOLDER
        self._folder = self._releases / release
        self._floors: Mapping[str, int] = {}

    def are_kept(self) -> bool:
        """Say whether there is a copy of any page."""
        return self._folder.is_dir() and any(self._folder.iterdir())

    def prepare(self) -> None:
        """Make the folder, and throw away the copies of releases long gone."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            os.utime(self._folder)
            self._floors = _refused(self._releases)
            for other in filter(Path.is_dir, self._releases.iterdir()):
                if time.time() - other.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(other, ignore_errors=True)
        except OSError as error:
            logger.warning("no copies of pages are kept: %s", error)

    def load(self, address: str) -> Page | None:
        """Return the copy of an address, or None: one that must not be shown is none."""
        try:
            page = _page(self._file(address).read_bytes())
            return None if page.is_outdated(self._floors) else page
        except (OSError, ValueError, LookupError, TypeError):  # not there, or not what `save` wrote
            return None

    def save(self, address: str, page: Page) -> None:
        """Keep the copy of an address."""
        heading = {
            "statement": asdict(page.statement),
            "headers": page.headers,
            "tag": page.tag,
            "made_at": page.made_at,
            "is_dense": page.is_dense,
            "lengths": [(encoding, len(body)) for encoding, body in page.bodies.items()],
        }
        content = json.dumps(heading).encode() + b"\n" + b"".join(page.bodies.values())
        _write(self._file(address), content, "a copy was not kept: %s")
        # Asked once it is there: what is withdrawn meanwhile may have been swept before.
        if page.is_outdated(self._floors):
            self.drop(address)

    def drop(self, address: str) -> None:
        """Forget the copy of an address: a page that is gone must not come back with a database that is down."""
        try:
            self._file(address).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("a copy was not thrown away: %s", error)

    def refuse(self, floors: Mapping[str, int]) -> None:
        """Show no copy of revisions below these any more: this process at once, and every one that begins later."""
        self._floors = _higher(floors, self._floors)
        self._floors = _refuse(self._releases, self._floors)

    def forget(self, floors: Mapping[str, int]) -> None:
        """Throw away every copy, of other releases too, that must not be shown any more."""
        _forget(self._releases, floors)

    def _file(self, address: str) -> Path:
        return self._folder / sha1(address.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _write(file: Path, content: bytes, failed: str) -> None:
    # Renamed into place: another worker reads the old copy or the new one, never half of one.
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as making:
            try:
                making.write(content)
                making.close()
                os.replace(making.name, file)
            except OSError:
                Path(making.name).unlink()  # a full disk must not fill with halves
                raise
    except OSError as error:
        logger.warning(failed, error)


def _page(content: bytes) -> Page:
    heading, _, rest = content.partition(b"\n")
    kept = json.loads(heading)
    bodies, start = {}, 0
    for encoding, length in kept["lengths"]:
        bodies[encoding] = rest[start : start + length]
        start += length
    if start != len(rest):  # a disk that was full, a machine that lost its power
        raise ValueError("the copy is cut short")
    stated = kept["statement"] | {"arguments": tuple(kept["statement"]["arguments"])}
    headers = tuple((name, value) for name, value in kept["headers"])
    return Page(Statement(**stated), headers, kept["tag"], kept["made_at"], bodies, kept["is_dense"])


def copies_of(config: Config) -> Copies:
    """Return the copies of an installation: those of its release, made with its settings."""
    # The public address stands in feeds and canonical links, a page says how long a status is told, and development has
    # a page more: all are in the key.
    settings = (config.public_url, config.environment, str(config.closed_days))
    return Copies(config.data, assets.digest(assets.release(), *settings))
