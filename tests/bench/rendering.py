"""What a page costs that is in no cache: rendered anew at each call, in this process, without a server in front."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from werkzeug.test import create_environ

from portal.app import create_app
from portal.config import from_environment
from portal.web.door.page_cache import STATEMENT, finished
from tests.bench.failures import BenchStopped
from tests.bench.processes import on_core
from tests.bench.sites import portal_environ

CALLS = 200
#: The first calls compile the template and the statements: they are the price of a start, not of a page.
FIRST_CALLS = 10


@dataclass(frozen=True, slots=True)
class Rendering:
    """Milliseconds a page, on average: rendered; and made ready for the cache (digest, brotli and gzip)."""

    rendered: float
    compressed: float


def rendering(path: str, data: Path, port: int, core: int) -> Rendering:
    """Time the application alone, the page cache left out. Raises BenchStopped unless each answer is a 200."""
    config = from_environment(portal_environ(data, port))
    with on_core(core):
        application = create_app(config)
        environs = [create_environ(path, config.public_url) for _ in range(FIRST_CALLS + CALLS)]
        timings = [_timed(application, environ) for environ in environs][FIRST_CALLS:]
    rendered, compressed = zip(*timings, strict=True)
    return Rendering(fmean(rendered) * 1000, fmean(compressed) * 1000)


def _timed(application: Any, environ: dict[str, Any]) -> Sequence[float]:
    said: list[Any] = []
    start = time.perf_counter()
    chunks = application(environ, lambda status, headers, exc_info=None: said.extend([status, headers]))
    body = b"".join(chunks)
    chunks.close()
    rendered = time.perf_counter()
    if not said[0].startswith("200"):
        raise BenchStopped(f"{environ['PATH_INFO']} answered {said[0]} to a direct call.")
    finished(environ[STATEMENT], said[1], body, time.time())
    return rendered - start, time.perf_counter() - rendered
