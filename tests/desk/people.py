"""Colleagues at the desk: a browser with cookies that sends the forms which the pages show, and nothing else."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from html import unescape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from justhtml import JustHTML
from passlib.totp import TOTP
from time_machine import travel
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client, TestResponse, encode_multipart

from portal.staff.rules import ROLES, Role
from portal.staff.sessions import COOKIE
from portal.staff.signing.tries import MARK
from tests.makers import PUBLIC_URL, Office, an_office

PASSWORD = "trois girafes lentes"  # noqa: S105  # of a test
SIGN_IN = "/desk/fr/session"
#: Where the cookies of the desk are sent: to its host, under its path.
AT_DESK = ("portal.test", "/desk/")
#: One step of a code, in seconds (RFC 6238).
STEP = 30
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ACTION = re.compile(r'<form class="p-form[^>]* action="([^"]+)"')
_KEY = re.compile(r'<span class="p-together">([0-9A-Z-]{20,})<')


@dataclass
class Colleague:
    """Someone with an account, in front of one browser."""

    office: Office
    email: str
    key: str = ""
    password: str = PASSWORD
    last_step: int = 0
    token: str = ""
    page: str = ""
    address: str = "192.0.2.1"

    @cached_property
    def client(self) -> Client:
        return Client(self.office.door)

    def get(self, path: str, *, status: int = 200, **headers: str) -> TestResponse:
        """Open a page; what it answers must have this status."""
        return self._looked_at(self.client.get(path, **self._from(headers)), status)

    def send(
        self, path: str, form: Mapping[str, object] | None = None, *, status: int = 302, **headers: str
    ) -> TestResponse:
        """Send a form with the token of the last page that had one."""
        return self._looked_at(self.client.post(path, **self.posted(form or {}, **headers)), status)

    def fill(self, path: str, *, status: int = 200, **typed: object) -> TestResponse:
        """Send the form of a page: a file is its bytes, `__` in a name is `-`."""
        form = {"csrf_token": self.token, **{name.replace("__", "-"): value for name, value in typed.items()}}
        headers = {"Origin": PUBLIC_URL}
        body: object = form
        if any(isinstance(value, bytes) for value in form.values()):
            # Whole in memory: what the client itself would make of a large file is left open.
            boundary, body = encode_multipart({name: _sent(value) for name, value in form.items()})
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        sent = self._from(headers)
        return self._looked_at(self.client.post(path, data=body, **sent), status)

    @property
    def document(self) -> JustHTML:
        """The page last seen."""
        return JustHTML(self.page, sanitize=False)

    def words(self, selector: str = "main") -> str:
        """Return the words of the page last seen, each space as one."""
        found = self.document.query(selector)
        return " ".join(" ".join(one.to_text(separator=" ", strip=False) for one in found).split())

    def hidden(self, name: str) -> str:
        """Return what the first hidden field of that name sends, on the page last seen."""
        return self.attributes(f"input[name='{name}']")[0]["value"]

    def attributes(self, selector: str) -> list[dict[str, str]]:
        """Return the attributes of each of these elements of the page last seen."""
        return [
            {name: value or "" for name, value in (one.attrs or {}).items()} for one in self.document.query(selector)
        ]

    def posted(self, form: Mapping[str, object], **headers: str) -> dict:
        """Return what is sent with a form, and as what."""
        return {"data": {"csrf_token": self.token, **form}, **self._from(headers)}

    def code(self) -> str:
        """Return the next code of the application on their telephone: none is good twice."""
        now = int(datetime.now(UTC).timestamp()) // STEP
        self.last_step = max(self.last_step + 1, now - 1)
        assert self.last_step <= now + 1, "too many codes in so little time: move the clock"
        return TOTP(key=self.key).generate(self.last_step * STEP).token

    def code_of(self, steps: int) -> str:
        """Return the code of so many steps from now, before or after."""
        return TOTP(key=self.key).generate(datetime.now(UTC).timestamp() + steps * STEP).token

    def give_password(self, *, path: str = SIGN_IN, status: int = 302) -> TestResponse:
        """Do the first half of signing in."""
        self.get(path)
        return self.send(path, {"email": self.email, "password": self.password}, status=status)

    def sign_in(self) -> "Colleague":
        """Sign in with the password and the code."""
        self.get(self.give_password().headers["Location"])
        self.send("/desk/fr/session/code", {"code": self.code()})
        return self

    def accept(self, invitation: str) -> "Colleague":
        """Choose a password, sign in for the first time and set up an application for codes."""
        self.get(invitation.removeprefix(PUBLIC_URL))
        self.send(invitation.removeprefix(PUBLIC_URL), {"password": self.password, "password_confirm": self.password})
        self.get(self.give_password().headers["Location"])
        self.set_up_codes()
        return self

    def set_up_codes(self) -> None:
        """Set up the app for codes, and give its first one."""
        page = self.send("/desk/fr/account/application", {"setup": "authenticator"}, status=200)
        found = _KEY.search(page.text)
        assert found, page.text
        self.key, self.last_step = found[1].replace("-", ""), 0
        action = _ACTION.search(page.text)
        assert action, page.text
        self.send(unescape(action[1]), {"code": self.code()})

    def beside(self) -> "Colleague":
        """Return the same person in front of another browser, signed in to nothing."""
        return Colleague(self.office, self.email, self.key, self.password, self.last_step)

    def _from(self, headers: Mapping[str, str]) -> dict:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"base_url": PUBLIC_URL, "headers": named, "environ_base": {"REMOTE_ADDR": self.address}}

    def _looked_at(self, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, f"{answer.request.path}: {answer.status}\n{answer.text[-3000:]}"
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        self.page = answer.text if answer.mimetype == "text/html" else self.page
        return answer


@dataclass
class Desk:
    """An installation with a person for each role."""

    office: Office
    keys: Mapping[str, str]

    def someone(self, role: Role) -> Colleague:
        """Return the person of a role in front of a browser, signed in to nothing."""
        return Colleague(self.office, address(role), self.keys[role])

    def signed_in(self, role: Role) -> Colleague:
        """Return the person of a role, signed in: once for every copy of this installation that is as it was then.

        Signed in to the minute: whoever measures a session to the second signs in themselves.
        """
        someone = self.someone(role)
        if "door" in vars(self.office):
            return someone.sign_in()
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        known = (role, minute, _contents(self.office.data))
        if known not in _ARRIVED:
            folder = Path(mkdtemp(dir=self.office.data.parent.parent))
            copy = replace(someone, office=an_office(folder, like=self.office.data))
            # As the minute begins: to whoever is quicker than this one was, a later session would not have begun yet.
            with travel(minute, tick=False):
                _ARRIVED[known] = Arrival.of(copy.sign_in())
        return _ARRIVED[known].given(someone)


@dataclass(frozen=True)
class Arrival:
    """What signing in leaves in the data of an installation, in a browser and on a telephone: no application."""

    data: Path
    last_step: int
    token: str
    page: str
    cookies: Mapping[str, str]

    @classmethod
    def of(cls, someone: Colleague) -> "Arrival":
        """Return what somebody has who has just signed in."""
        found = {name: someone.client.get_cookie(name, *AT_DESK) for name in (COOKIE, MARK)}
        cookies = {name: cookie.value for name, cookie in found.items() if cookie}
        return cls(someone.office.data, someone.last_step, someone.token, someone.page, cookies)

    def given(self, someone: Colleague) -> Colleague:
        """Give it to somebody before another copy of the same installation."""
        an_office(someone.office.data, like=self.data)
        someone.last_step, someone.token, someone.page = self.last_step, self.token, self.page
        for name, value in self.cookies.items():
            someone.client.set_cookie(name, value, domain=AT_DESK[0], path=AT_DESK[1])
        return someone


#: What signing in left, by all that decides it.
_ARRIVED: dict[tuple[Role, datetime, bytes], Arrival] = {}


def _contents(data: Path) -> bytes:
    files = sorted(data.glob("portal.db*"))
    return sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).digest()


def _sent(value: object) -> object:
    return FileStorage(io.BytesIO(value), filename="file.csv") if isinstance(value, bytes) else value


def but(form: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what is typed in a form, with some of it changed."""
    return {**form, **changes}


def refused(person: Colleague, path: str, status: int = 422, **typed: object) -> str:
    """Send a form that must be refused without a trace, and return the words of the answer."""
    before = person.office.dump()
    person.fill(path, status=status, **typed)
    assert person.office.dump() == before, "a refused form leaves no trace"
    if status == 422:
        title = person.words("title")
        assert title.startswith(("Erreur :", "Error:")), f"the title of a form with errors says so: {title}"
        assert person.document.query(".p-errors[role='alert']"), "what is wrong is told at once"
    return person.words()


def address(role: Role) -> str:
    return f"{role}@agence-essai.ca"


def a_staffed_office(folder: Path, like: Path) -> tuple[Path, dict[str, str]]:
    """Return the folder of an installation with a person for each role, and the keys of their codes."""
    office = an_office(folder, like=like)
    keys = {}
    for role in ROLES:
        invitation = office.did("staff", "add", address(role), "--name", f"Personne {role}", "--role", role).split()[0]
        keys[role] = Colleague(office, address(role)).accept(invitation).key
    return office.data, keys
