"""Clients that hold a server up, all at once: slow bodies, slow headers, slow pages, and some that say nothing."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress

from tests.bench.processes import on_cores

BODIES, PAGES, HEADERS, IDLE = 20, 20, 300, 1_000
#: A form that is announced and comes a byte a second.
FORM = (
    b"POST /fr/suivi/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 10000\r\n\r\n"
)
HEAD = b"GET /fr/dates/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SECONDS_BETWEEN_BYTES = 1
#: Connections opened at a time, so that none is refused for want of room.
AT_ONCE = 50
SECONDS_TO_BEGIN = 2


@contextmanager
def under_attack(port: int, slow_path: str, core: int) -> Generator[None]:
    """Hold a server up for the length of a block, which begins when all of them are there."""
    loop, is_over = asyncio.new_event_loop(), asyncio.Event()
    have_come = threading.Event()

    def run() -> None:
        with on_cores([core]):
            loop.run_until_complete(_all(port, slow_path, have_come, is_over))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        have_come.wait(30)
        yield
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()


async def _all(port: int, slow_path: str, have_come: threading.Event, is_over: asyncio.Event) -> None:
    room = asyncio.Semaphore(AT_ONCE)
    page = f"GET {slow_path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    kinds: list[tuple[int, Callable[[Connection], Awaitable[None]]]] = [
        (IDLE, _is_idle),
        (HEADERS, lambda connection: _drips(connection, HEAD)),
        (BODIES, lambda connection: _drips(connection, FORM)),
        (PAGES, lambda connection: _asks(connection, page)),
    ]
    clients = [asyncio.create_task(_client(port, act, room)) for number, act in kinds for _ in range(number)]
    await asyncio.sleep(SECONDS_TO_BEGIN)
    have_come.set()
    await is_over.wait()
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _client(port: int, act: Callable[[Connection], Awaitable[None]], room: asyncio.Semaphore) -> None:
    """Come again whenever the server hangs up: an attacker would."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            async with room:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await act((reader, writer))
            finally:
                writer.close()
        await asyncio.sleep(SECONDS_BETWEEN_BYTES)


async def _is_idle(connection: Connection) -> None:
    await connection[0].read()


async def _drips(connection: Connection, begun: bytes) -> None:
    reader, writer = connection
    writer.write(begun)
    while not reader.at_eof():
        await asyncio.sleep(SECONDS_BETWEEN_BYTES)
        writer.write(b"x")
        await writer.drain()


async def _asks(connection: Connection, page: bytes) -> None:
    reader, writer = connection
    while True:
        writer.write(page)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
