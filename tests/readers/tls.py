"""A front that ends TLS, as an operator’s does, with a certificate made for the test."""

import re
import socket
import ssl
import subprocess
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

HOST = "localhost"
_CONNECTION = re.compile(rb"\r\nConnection:[^\r]*", re.IGNORECASE)


def make_certificate(folder: Path) -> Path:
    """Return the file of a new certificate for HOST; its key is beside it."""
    file, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file]
    subprocess.run([*new, *subject], check=True, capture_output=True)
    return file


@contextmanager
def front(certificate: Path, behind: int) -> Generator[str]:
    """Give the https address of a front that hands each request on to a port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))

    class Connection(BaseRequestHandler):
        """One request of a client, which has no body, and its answer."""

        def handle(self) -> None:
            with (
                suppress(OSError),  # a client that leaves
                context.wrap_socket(self.request, server_side=True) as client,
                closing(socket.create_connection(("127.0.0.1", behind))) as site,
            ):
                request = b""
                while not request.endswith(b"\r\n\r\n") and (data := client.recv(65_536)):
                    request += data
                site.sendall(_CONNECTION.sub(b"", request).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
                while data := site.recv(65_536):
                    client.sendall(data)

    class Front(ThreadingTCPServer):
        """One thread a client."""

        daemon_threads = True

    with Front(("127.0.0.1", 0), Connection) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://{HOST}:{server.server_address[1]}"
        server.shutdown()
