"""What is wrong with the front as visitors meet it: asked over the network by the public address."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from portal import assets
from portal.config import Config

PAGE, DESK = "/fr/", "/desk/"
PATIENCE_SECONDS = 10
#: What is said once, by the portal: said twice, browsers choose the stricter, or the first.
SAID_ONCE = ("content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: each header as often as it stands there, names in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return each value of a header."""
        return [value for found, value in self.headers if found == name]

    def first(self, name: str) -> str:
        """Return the first value of a header, empty where there is none."""
        return next(iter(self.all(name)), "")


def faults(config: Config) -> Iterator[str]:
    """Say what a visitor would not get as the portal says it."""
    try:
        page, desk = _asked(config.public_url, PAGE), _asked(config.public_url, DESK)
    except ssl.SSLCertVerificationError as error:
        yield f"Browsers refuse the certificate of {config.public_url}: {error.verify_message}."
        return
    except (OSError, HTTPException) as error:
        yield f"{config.public_url} does not answer ({type(error).__name__}: {error})."
        return
    if page.status != 200:
        yield f"{config.public_url}{PAGE} answers {page.status}; look at the front, and at PORTAL_PUBLIC_URL."
        return
    yield from _faults_of_page(page)
    if "no-store" not in desk.first("cache-control"):
        yield "The desk comes without `Cache-Control: no-store`: the front must pass on what the portal says there."


def _faults_of_page(page: Answer) -> Iterator[str]:
    for name in SAID_ONCE:
        if (times := len(page.all(name))) != 1:
            how = "does not pass on" if not times else "says again"
            yield f"The front {how} the header {name}, which the portal says of every page."
    for name in ("set-cookie", "surrogate-key"):
        if page.all(name):
            yield f"Public pages come with the header {name}: the front must hold it back, and set none."
    if not page.first("etag").startswith('"'):
        yield "Pages come without their strong ETag: let the front not compress them, the portal does."
    if "public" not in page.first("cache-control"):
        yield "Pages come without `Cache-Control: public`: the front must pass on what the portal says."
    if assets.static_prefix().encode() not in page.body:
        yield "The front shows another release than the one that is installed here: restart the site."


def _asked(address: str, path: str) -> Answer:
    parts = urlsplit(address)
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(parts.netloc, timeout=PATIENCE_SECONDS, context=trust)
    else:
        connection = HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        answer = connection.getresponse()
        return Answer(answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read())
    finally:
        connection.close()
