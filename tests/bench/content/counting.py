"""What a page costs that is in no cache, and what the application does meanwhile: counted where it is done."""

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from flask import Flask, template_rendered
from sqlalchemy import Engine, event
from werkzeug.test import create_environ

from portal.feeds import documents
from portal.web.door.page_cache import STATEMENT, finished
from tests.bench.failures import BenchStopped

CALLS = 25


@contextmanager
def counting() -> Generator[Counter[str]]:
    """Count the SQL statements of the application, the templates it renders and the feeds that it writes in XML."""
    count: Counter[str] = Counter()
    before = {"rss": documents.rss, "atom": documents.atom}

    def counted(write: Callable[..., bytes]) -> Callable[..., bytes]:
        def written(*arguments: object) -> bytes:
            count["documents"] += 1
            return write(*arguments)

        return written

    def executed(*arguments: object) -> None:
        count["statements"] += 1

    def rendered(sender: object, **more: object) -> None:
        count["templates"] += 1

    event.listen(Engine, "before_cursor_execute", executed)
    vars(documents).update({form: counted(write) for form, write in before.items()})
    with template_rendered.connected_to(rendered):
        try:
            yield count
        finally:
            vars(documents).update(before)
            event.remove(Engine, "before_cursor_execute", executed)


@dataclass(frozen=True, slots=True)
class Cold:
    """A page in no cache: milliseconds to render it and to make it ready for the cache, what that takes, its bytes."""

    rendered: float
    compressed: float
    statements: int
    templates: int
    documents: int
    body: bytes

    @property
    def whole(self) -> float:
        """Return all the milliseconds."""
        return self.rendered + self.compressed

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self.body)


def cold(app: Flask, path: str, calls: int = CALLS) -> Cold:
    """Time the application alone, the page cache left out: medians of some calls in this process."""
    _call(app, path)  # compiles the template and the statements
    with counting() as count:
        timings = [_call(app, path) for _ in range(calls)]
    rendered, compressed, bodies = zip(*timings, strict=True)
    counts = (count[name] // calls for name in ("statements", "templates", "documents"))
    return Cold(median(rendered) * 1000, median(compressed) * 1000, *counts, bodies[0])


def _call(app: Any, path: str) -> tuple[float, float, bytes]:
    said: list[Any] = []
    environ = create_environ(path, app.config["PUBLIC_URL"])
    start = time.perf_counter()
    chunks = app(environ, lambda status, headers, exc_info=None: said.extend([status, headers]))
    body = b"".join(chunks)
    chunks.close()
    rendered = time.perf_counter()
    if not said[0].startswith("200"):
        raise BenchStopped(f"{path} answered {said[0]} to a direct call.")
    finished(environ[STATEMENT], said[1], body, time.time())
    return rendered - start, time.perf_counter() - rendered, body
