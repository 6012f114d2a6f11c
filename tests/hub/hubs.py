"""A hub of a test: a real HTTP server in a thread, that answers as it is told and remembers what it was asked."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs

#: The key and certificate of hub.test, which nothing but these tests trusts; until 2120.
CERTIFICATE = Path(__file__).with_name("hub.test.pem")
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Hub:
    """A running hub: where it listens, and each ping it got, its path and Host line first."""

    port: int
    pings: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    @property
    def topics(self) -> list[str]:
        return [form["hub.url"][0] for _path, _host, form in self.pings]


@contextmanager
def a_hub(*answers: bytes | None, with_tls: bool = False) -> Generator[Hub]:
    """Run a hub that gives these answers in turn, the last one for ever (None: it never answers)."""
    is_over = Event()
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    hub = Hub(server.server_address[1])
    server.RequestHandlerClass = _handler(hub, list(answers or [ACCEPTED]), is_over)
    if with_tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: Hub, answers: list[bytes | None], is_over: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            hub.pings.append((self.path, self.headers["Host"], parse_qs(asked.decode(), strict_parsing=True)))
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if answer is None:
                is_over.wait(60)
            else:
                self.wfile.write(answer)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that a client goes away, or does not trust us, is what is tried."""
