"""Another machine of a test: a real HTTP server in a thread, that answers as told and remembers what it was sent."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Event, Thread

#: The key and certificate of hub.test, which nothing but these tests trusts; until 2120.
CERTIFICATE = Path(__file__).with_name("hub.test.pem")
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Message:
    """What was sent in one POST."""

    path: str
    headers: Headers
    body: bytes


@dataclass
class Listener:
    """Where it listens, and each message it got; `news` are those for which nobody waited yet."""

    port: int
    messages: list[Message] = field(default_factory=list)
    news: Queue[Message] = field(default_factory=Queue)


@contextmanager
def a_listener(*answers: bytes | None, with_tls: bool = False) -> Generator[Listener]:
    """Run one that gives these answers in turn, the last one for ever (None: it never answers)."""
    is_over = Event()
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    listener = Listener(server.server_address[1])
    server.RequestHandlerClass = _handler(listener, list(answers or [ACCEPTED]), is_over)
    if with_tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield listener
    finally:
        is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(listener: Listener, answers: list[bytes | None], is_over: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.messages.append(Message(self.path, self.headers, body))
            listener.news.put(listener.messages[-1])
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
