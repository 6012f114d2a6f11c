"""A token: what it allows, and until when. Pure; whoever makes one gives the random bits."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, get_args

from portal.core.errors import PortalError

#: What a token may be used for: one thing each.
Scope = Literal[
    "dates.publish", "notices.publish", "contact.change", "rules.change", "requests.import", "requests.change"
]
SCOPES: tuple[Scope, ...] = get_args(Scope)

#: So that a token left in a file or a log is recognised as one, and searched for.
PREFIX = "portal_"
#: 256 bits in base 64 (RFC 4648 §5).
RANDOM_BYTES = 32
_TOKEN = re.compile(r"portal_[A-Za-z0-9_-]{43}", re.ASCII)


class TokenRefused(PortalError):
    """A token is unknown, expired, revoked, or for something else: which, nobody is told."""


class TokenNameTaken(PortalError):
    """A token has that name already: its name tells in the audit log who wrote."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token but its hash; the instants are aware, `revoked_at` None while it is not."""

    name: str
    scope: Scope
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Say whether it opens anything at an aware instant."""
        return self.revoked_at is None and now < self.expires_at


def token_hash(token: str) -> str:
    """Return the hash (hexadecimal) under which a token is kept; 256 random bits need no key and no salt."""
    return sha256(token.encode()).hexdigest()


def bearer(header: str) -> str:
    """Return the token of an Authorization header (RFC 6750 §2.1). Raises TokenRefused where there is none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        raise TokenRefused
    return token


def check(token: Token | None, scope: Scope, now: datetime) -> Token:
    """Return a token that allows `scope` at an aware instant. Raises TokenRefused."""
    if token is None or token.scope != scope or not token.is_valid(now):
        raise TokenRefused
    return token
