"""The committed configuration of nginx, edited as an operator would, and run as an ordinary process."""

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.assets import TRANSLATIONS
from tests.serving import PATIENCE_SECONDS, free_port

DEPLOY = TRANSLATIONS.parent / "deploy"
NAME = "portal.test"
PUBLIC_URL = f"https://{NAME}"
FORM = "application/x-www-form-urlencoded"
NGINX = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])) or "nginx"

#: What Debian's own file says around ours, and nothing that needs a right which tests lack.
AROUND = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
include /etc/nginx/modules-enabled/*.conf;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include portal.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor gets: names of headers in lower case, the body as it travelled."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Front:
    """A running nginx before a portal at a port or a socket of this machine."""

    folder: Path
    data: Path
    behind: int | Path
    secure: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    lines_read: int = 0

    def ask(self, path: str, /, **headers: str) -> Answer:
        """Ask over TLS; `Accept_Encoding="br"` gives a header, `X_Forwarded_For` says for whom a CDN asks."""
        with closing(self.opened()) as connection:
            return sent(connection, "GET", path, None, headers)

    def send(self, path: str, form: bytes, /, **headers: str) -> Answer:
        """Send a form over TLS."""
        with closing(self.opened()) as connection:
            return sent(connection, "POST", path, form, {"Content_Type": FORM, **headers})

    def opened(self) -> HTTPSConnection:
        trust = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        return HTTPSConnection("127.0.0.1", self.secure, timeout=30, context=trust)

    def ask_plainly(self, path: str) -> Answer:
        with closing(HTTPConnection("127.0.0.1", self.plain, timeout=30)) as connection:
            return sent(connection, "GET", path, None, {})

    def logged(self) -> list[str]:
        """Return the lines that were written since this was last asked."""
        self.ask_plainly("/")  # its one worker has written down what it answered before
        lines = (self.folder / "log" / "portal.access.log").read_text().splitlines()
        new, self.lines_read = lines[self.lines_read :], len(lines)
        return new

    def states(self) -> list[str]:
        """Return what the cache did, as the log tells, since this was last asked."""
        return [line.split("cache=")[1].split()[0] for line in self.logged()]


def sent(connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": NAME, "Accept-Encoding": "", **named})
    answer = connection.getresponse()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextmanager
def fronted(folder: Path, data: Path, behind: int | Path, secure: int = 0, more: str = "") -> Generator[Front]:
    """Run nginx before the portal of `data` at a port or a socket of this machine, for the length of a block.

    `secure` is its own port, `more` what an operator wrote besides for the site.
    """
    front = Front(folder, data, behind, secure or free_port())
    for name in ("snippets", "log", "cache", "acme"):
        (folder / name).mkdir(parents=True)
    (folder / "modules").symlink_to("/usr/lib/nginx/modules")
    _certify(folder)
    shutil.copy(DEPLOY / "nginx" / "portal-headers.conf", folder / "snippets")
    (folder / "portal.conf").write_text(edited(front).replace("server_tokens off;", f"server_tokens off; {more}"))
    # As root, nginx would hand its workers to a user who may not enter our folder.
    around = AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else "")
    (folder / "nginx.conf").write_text(around)
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while not (folder / "nginx.pid").exists() or not _listens(front):
            assert process.poll() is None, (folder / "start.log").read_text()
            assert time.monotonic() < end, (folder / "start.log").read_text()
            time.sleep(0.02)
        yield front
    finally:
        process.terminate()
        process.wait(20)


def edited(front: Front) -> str:
    """Return the configuration with addresses, names and folders of ours."""
    text = (DEPLOY / "nginx" / "portal.conf").read_text()
    where = f"unix:{front.behind}" if isinstance(front.behind, Path) else f"127.0.0.1:{front.behind}"
    ours = {
        "portal.example.org": NAME,
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{front.plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{front.secure} ssl http2;",
        "server 127.0.0.1:8000 ": f"server {where} ",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{front.folder}/certificate.pem",
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{front.folder}/key.pem",
        "/var/cache/nginx/": f"{front.folder}/cache/",
        "/var/log/nginx/": f"{front.folder}/log/",
        "/var/www/acme": f"{front.folder}/acme",
        "/var/lib/portal": str(front.data),
        " buffer=32k flush=5s;": ";",
        "#set_real_ip_from 192.0.2.0/24;": "set_real_ip_from 127.0.0.0/8;",
        "#real_ip_header": "real_ip_header",
    }
    for theirs, our in ours.items():
        assert theirs in text, theirs
        text = text.replace(theirs, our)
    return text


def _listens(front: Front) -> bool:
    try:
        return front.ask_plainly("/").status == 301
    except OSError:
        return False


def _certify(folder: Path) -> None:
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName(
        [x509.DNSName(NAME), x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(7))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(written)
