"""Log lines for machines and for people: one JSON object a line in production, a plain line while one develops.

What an exception says is left out: `invalid literal for int(): '…'` repeats what a visitor typed, and so may the detail
of a database. Its class, its code and its places in our code are told.
A formatter of our own, of the standard library alone: those that are to be had (python-json-logger, structlog) write
every attribute of a record that they find, and what an exception says: which is how personal data come into logs.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

from portal.config import Config

#: Where a record has the fields of a request (`middleware`).
FIELDS = "fields"
#: Exceptions whose words tell of the machine and of our code, never of what was typed.
TELLING = (OSError, ImportError, AttributeError, NameError)
#: Where a driver says what failed in a word of its own: `SQLITE_BUSY`, `53300` (PostgreSQL).
CODES = ("sqlite_errorname", "sqlstate")


class Json(logging.Formatter):
    """One JSON object (RFC 8259) a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line: its instant in UTC (RFC 3339), its fields, and its exception where there is one.

        The keys are those of the README.
        """
        line: dict[str, object] = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **vars(record).get(FIELDS, {}),
        }
        if failure := _failure(record):
            line["exception"] = failure
        return json.dumps(line)  # in ASCII: whatever the locale of the service


class Plain(logging.Formatter):
    """A line to be read while one develops, with all that an exception says below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line, its fields at the end."""
        fields = vars(record).get(FIELDS, {})
        return " ".join([super().format(record), *(f"{name}={value}" for name, value in fields.items())])


def configure(config: Config) -> None:
    """Let this process write its log to stderr: all that the portal says, and the warnings of the libraries."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if config.is_production else Plain("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("portal").setLevel(logging.INFO)
    logging.captureWarnings(True)


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _failure(record: logging.LogRecord) -> str:
    """Return where it failed, the exception that came first at the top, as Python tells it; without what was typed."""
    error = record.exc_info[1] if record.exc_info else None
    return "\n".join(reversed([_told(one) for one in _with_causes(error)]))


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    codes = [str(code) for code in (getattr(error, attribute, None) for attribute in CODES) if code]
    words = [str(error)] if isinstance(error, TELLING) else codes
    return "".join(traceback.format_tb(error.__traceback__)) + ": ".join([name, *words])
