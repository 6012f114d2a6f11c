"""A worker behind the front that does what the real one does on its worst day, and counts what reaches it."""

import socketserver
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nSurrogate-Key: dates\r\nContent-Length: 4\r\n\r\npage"
FAILURE = b"HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\nContent-Length: 4\r\n\r\ndown"
#: To hang up in the middle of an answer that was never begun.
NOTHING = b""


@dataclass
class Worker:
    """What it answers each path with, and what it was asked; `connections` counts those that were opened."""

    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def times(self, method: str, path: str) -> int:
        """Return how often a request arrived whole."""
        return sum((how, where) == (method, path) for how, where, _body in self.asked)


@contextmanager
def working() -> Generator[Worker]:
    """Run a worker for the length of a block."""
    worker = Worker()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(worker)) as server:
        server.daemon_threads = True
        worker.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield worker
        server.shutdown()


def _handler(worker: Worker) -> Callable[..., socketserver.BaseRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            worker.connections += 1
            while line := self.rfile.readline().decode():
                method, path, _version = line.split()
                headers = [name.decode().lower() for name in iter(self.rfile.readline, b"\r\n")]
                lengths = [int(name.partition(":")[2]) for name in headers if name.startswith("content-length:")]
                worker.asked.append((method, path, self.rfile.read(sum(lengths))))
                answer = worker.answers.get(path, PAGE)
                if answer == NOTHING:
                    return
                self.wfile.write(answer)

    return Handler
