"""A provider of accounts as an agency has one, over real HTTP, and what it was asked."""

import io
import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from justhtml import JustHTML
from oidc_provider_mock import app as provider_app
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request, Response

from tests.desk.people import SIGN_IN, Colleague
from tests.makers import PUBLIC_URL

START = "/desk/fr/session/agence"
CLIENT_ID, CLIENT_SECRET = "portal", "what the provider gave to the portal"
#: Whoever is sent to the provider waits no longer for it.
PATIENCE_SECONDS = 10


@dataclass
class Heard:
    """What was sent to an address of the provider."""

    path: str
    form: Mapping[str, str]
    authorization: str


@dataclass
class Provider:
    """The provider; `says` changes what it answers at a path, before it is sent."""

    application: Any
    issuer: str = ""
    heard: list[Heard] = field(default_factory=list)
    says: dict[str, dict[str, object]] = field(default_factory=dict)
    is_down: bool = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        request = Request(environ)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.heard.append(Heard(request.path, form, request.headers.get("Authorization", "")))
        if self.is_down:
            return Response("<p>down</p>", 503)(environ, start_response)
        answer = Response.from_app(self.application, environ)
        if more := self.says.get(request.path):
            answer.set_data(json.dumps({**json.loads(answer.get_data()), **more}))
        return answer(environ, start_response)

    def settings(self, secret_file: object) -> dict[str, str]:
        """Return the settings of a portal that trusts it."""
        return {
            "PORTAL_OIDC_ISSUER": self.issuer,
            "PORTAL_OIDC_CLIENT_ID": CLIENT_ID,
            "PORTAL_OIDC_SECRET_FILE": str(secret_file),
        }

    def knows(self, email: object, **claims: object) -> None:
        """Keep an account; `claims` take the place of what its token says."""
        told: dict[str, Any] = {"email": email, "email_verified": True, **claims}
        kept = requests.put(f"{self.issuer}/users/someone", json=told, timeout=PATIENCE_SECONDS)
        assert kept.status_code == 204

    def signs_in(self, address: str, **answer: str) -> str:
        """Do at the provider what a person does there, and return where it sends them."""
        form = answer or {"sub": "someone"}
        sent = requests.post(address, form, allow_redirects=False, timeout=PATIENCE_SECONDS)
        assert sent.status_code == 302, sent.text
        return sent.headers["Location"]

    def asked_for_tokens(self) -> list[Heard]:
        return [heard for heard in self.heard if heard.path == "/oauth2/token"]


@contextmanager
def provided() -> Generator[Provider]:
    """Serve a provider on a port of its own."""
    provider = Provider(provider_app())
    server = make_server("localhost", 0, provider, threaded=True)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def leaves(someone: Colleague, *, path: str = START, opened: str = SIGN_IN, way: str = "") -> str:
    """Press the button of the agency's accounts, and return the address that it leads to."""
    someone.get(opened)
    page = someone.send(path + (f"?{urlencode({'next': way})}" if way else ""), status=200)
    (sent_on,) = JustHTML(page.text, sanitize=False).query("meta[http-equiv=refresh]")
    return str((sent_on.attrs or {})["content"]).removeprefix("0; url=")


def comes_back(someone: Colleague, address: str, *, status: int = 302) -> TestResponse:
    """Follow where the provider sends somebody."""
    assert address.startswith(f"{PUBLIC_URL}/desk/")
    return someone.get(address.removeprefix(PUBLIC_URL), status=status)


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
