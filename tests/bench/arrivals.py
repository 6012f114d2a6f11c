"""Visitors who come when they come, however long the others wait: latency from the instant at which each should come.

A load that waits for an answer before it asks again hides what it waited (“coordinated omission”).
"""

import asyncio
import time
from collections.abc import Sequence
from math import inf
from random import Random

from tests.bench.failures import BenchStopped
from tests.bench.processes import on_core

CONNECTIONS = 32
#: Visitors who come one by one before the others: the first answers load the application and compile its templates.
FIRST = 300


def latencies(port: int, messages: Sequence[bytes], rate: int, core: int) -> Sequence[float]:
    """Send whole HTTP requests, on average `rate` a second at chance instants; return the seconds of each, sorted.

    The FIRST ones, sent one by one, are left out. Whoever is refused, as too many at once are, waits for ever.
    """
    chance, at, instants = Random(2021), 0.0, []
    for _message in messages[FIRST:]:
        instants.append(at := at + chance.expovariate(rate))
    with on_core(core):
        return sorted(asyncio.run(_all(port, messages, instants)))


async def _all(port: int, messages: Sequence[bytes], instants: Sequence[float]) -> Sequence[float]:
    free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _number in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    reader, writer = connection = await free.get()
    for message in messages[:FIRST]:
        if not await _is_told(reader, writer, message):
            raise BenchStopped("a lookup that comes alone is refused, so there is nothing to measure.")
    free.put_nowait(connection)
    start = time.perf_counter()

    async def visit(message: bytes, due: float) -> float:
        await asyncio.sleep(start + due - time.perf_counter())
        reader, writer = connection = await free.get()
        is_told = await _is_told(reader, writer, message)
        free.put_nowait(connection)
        return time.perf_counter() - start - due if is_told else inf

    try:
        return await asyncio.gather(*map(visit, messages[FIRST:], instants))
    finally:
        while not free.empty():
            free.get_nowait()[1].close()


async def _is_told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> bool:
    writer.write(message)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
    return head.startswith(b"http/1.1 200 ")
