"""Who works at the desk, what each role may do, how long a session lasts, and which passwords are refused. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from email_validator import EmailNotValidError, validate_email

from portal.core.errors import AddressMalformed, PortalError
from portal.core.languages import Bilingual

Role = Literal["editor", "publisher", "clerk", "administrator", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
#: Who lets the public see something, now or later.
PUBLISHING: frozenset[Role] = frozenset({"publisher"})
ROLE_NAMES: dict[Role, Bilingual] = {
    "editor": Bilingual("Rédaction", "Editor"),
    "publisher": Bilingual("Publication", "Publisher"),
    "clerk": Bilingual("Suivi des demandes", "Requests clerk"),
    "administrator": Bilingual("Administration", "Administrator"),
    "auditor": Bilingual("Vérification", "Auditor"),
}
#: However busy somebody is (NIST SP 800-63B-4 §2.2.3: 24 hours at most; the client asked for 12).
LONGEST_SESSION = timedelta(hours=12)
#: Without an answer to the browser.
LONGEST_IDLE = timedelta(minutes=30)
#: Whoever signs in with a second factor needs 8 (NIST SP 800-63B-4 §3.1.1.2); 15 are advised on the page.
SHORTEST_PASSWORD = 8
ADVISED_PASSWORD = 15
LONGEST_PASSWORD = 256
#: An invitation that lies around is a key under the mat.
INVITATION_HOURS = 24
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_FEWEST_SYMBOLS = 5


class PasswordRefused(PortalError):
    """A password is too short, too long, or one that others would guess; `why` says which."""

    def __init__(self, why: Literal["short", "long", "common", "personal", "monotonous"]) -> None:
        super().__init__(f"the password is refused: {why}")
        self.why = why


class LastAdministrator(PortalError):
    """Nobody would be left who can let others in."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """What anybody would try first: passwords that people choose everywhere, and words of this agency; folded."""

    common: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works at the desk; `name` is what the audit log says of whoever acts."""

    number: int
    email: str
    name: str
    roles: frozenset[Role]
    is_active: bool

    def has_any(self, roles: Collection[Role]) -> bool:
        """Say whether the person has one at least of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A person's session at the desk: from when (aware), on what, and when it was ended, None while it is not."""

    id: str
    person: int
    began_at: datetime
    device: str
    ended_at: datetime | None

    @property
    def last_instant(self) -> datetime:
        """When it ends, whatever its person does."""
        return self.began_at + LONGEST_SESSION

    def is_live(self, now: datetime) -> bool:
        """Say whether it is still open at an aware instant."""
        return self.ended_at is None and now < self.last_instant


def sign_in_address(typed: str) -> str:
    """Return an e-mail address as accounts are known by. Raises AddressMalformed."""
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise AddressMalformed from None


def check_password(password: str, about: Collection[str], guesses: Guesses) -> None:
    """Refuse a password that others would guess; `about` are texts about the person. Raises PasswordRefused."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused("short")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefused("long")
    plain = folded(password)
    if len(set(plain)) < _FEWEST_SYMBOLS:
        raise PasswordRefused("monotonous")
    core = _EDGES.sub("", plain)
    if not core and len(plain) < ADVISED_PASSWORD:  # figures alone: a date, a telephone number
        raise PasswordRefused("common")
    if plain in guesses.common or core in guesses.common or _is_made_of(core, guesses.words):
        raise PasswordRefused("common")
    words = {word for text in about for word in re.split(r"\W+", folded(text)) if len(word) > 2}
    if _is_made_of(core, guesses.words | words):
        raise PasswordRefused("personal")


def folded(text: str) -> str:
    """Return a text without case, accents or outer spaces: what a guesser takes for the same."""
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _is_made_of(text: str, words: Collection[str]) -> bool:
    """Say whether a text is nothing but some of these words, with figures and signs between them."""
    letters = re.sub(r"[\W\d_]+", " ", text).replace(" ", "")
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(end - len(word) in reached and letters.endswith(word, 0, end) for word in words):
            reached.add(end)
    return bool(letters) and len(letters) in reached
