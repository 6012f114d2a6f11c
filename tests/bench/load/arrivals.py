"""Visitors who come when they come, however long the others wait: latency from the instant at which each should come.

A load that waits for an answer before it asks again hides what it waited (“coordinated omission”).
"""

import asyncio
import time
from collections.abc import Sequence
from math import inf
from random import Random

from tests.bench.failures import BenchStopped
from tests.bench.processes import on_cores

CONNECTIONS = 32
#: Visitors who come one by one before the others: the first answers load the application and compile its templates.
FIRST = 300
#: Before the first of the others: to make ready thousands of visitors takes a while, in which some would be late.
SECONDS_TO_SET_OUT = 1


def latencies(port: int, messages: Sequence[tuple[bytes, bytes]], rate: int, core: int) -> Sequence[float]:
    """Send whole HTTP requests, on average `rate` a second at chance instants; return the seconds of each, sorted.

    With each come words that its answer must hold. Raises BenchStopped when one does not.
    The FIRST ones, sent one by one, are left out. Whoever is refused, as too many at once are, waits for ever.
    """
    chance, at, instants = Random(2021), 0.0, []
    for _message in messages[FIRST:]:
        instants.append(at := at + chance.expovariate(rate))
    with on_cores([core]):
        return sorted(asyncio.run(_all(port, messages, instants)))


async def _all(port: int, messages: Sequence[tuple[bytes, bytes]], instants: Sequence[float]) -> Sequence[float]:
    free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    for _number in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    reader, writer = connection = await free.get()
    for message, words in messages[:FIRST]:
        if not await _is_answered(reader, writer, message, words):
            raise BenchStopped("a lookup that comes alone is refused, so there is nothing to measure.")
    free.put_nowait(connection)
    start = time.perf_counter() + SECONDS_TO_SET_OUT

    async def visit(message: bytes, words: bytes, due: float) -> float:
        await asyncio.sleep(start + due - time.perf_counter())
        reader, writer = connection = await free.get()
        is_answered = await _is_answered(reader, writer, message, words)
        free.put_nowait(connection)
        return time.perf_counter() - start - due if is_answered else inf

    try:
        visits = zip(messages[FIRST:], instants, strict=True)
        return await asyncio.gather(*(visit(*message, due) for message, due in visits))
    finally:
        while not free.empty():
            free.get_nowait()[1].close()


async def _is_answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes, words: bytes
) -> bool:
    writer.write(message)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
    if not head.startswith(b"http/1.1 200 "):
        return False
    if words not in body:
        raise BenchStopped(f"a lookup does not answer “{words.decode()}”, so something else would be measured.")
    return True
