"""Tokens as they are kept: found by their hash."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.errors import PortalError
from portal.core.languages import Sentence
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime
from portal.tokens.rules import Scope, Token, TokenNameTaken, token_hash


class TokenRow(Model):
    """A token."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("made_at < expires_at", name="order"),)

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    scope: Mapped[Scope] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def token_of(session: Session, typed: str) -> Token | None:
    """Return what is kept of a token as it was sent, or None."""
    row = session.get(TokenRow, token_hash(typed))
    return None if row is None else _token(row)


def tokens(session: Session) -> Sequence[Token]:
    """Return every token, revoked and expired ones too, by name."""
    return [_token(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.name))]


def _token(row: TokenRow) -> Token:
    return Token(row.name, row.scope, row.made_at, row.expires_at, row.revoked_at)


def keep(change: Change, token: Token, typed: str) -> None:
    """Keep a new token by the hash of what is `typed`. Raises TokenNameTaken: an old name is not used again."""
    if change.session.scalar(select(TokenRow.name).where(TokenRow.name == token.name)):
        sentence = Sentence("there is, or was, a token “%(name)s”: give this one another name", name=token.name)
        raise TokenNameTaken(sentence)
    columns = {name: getattr(token, name) for name in Token.__slots__}
    change.session.add(TokenRow(hash=token_hash(typed), **columns))
    change.details |= {"token": token.name, "scope": token.scope, "expires_at": token.expires_at.isoformat()}


def revoke(change: Change, name: str, at: datetime) -> None:
    """Revoke a token for good, from an aware instant on; one revoked before stays so. Raises PortalError if unknown."""
    row = change.session.scalar(select(TokenRow).where(TokenRow.name == name))
    if row is None:
        # Never what was typed: it may be the token itself.
        raise PortalError(Sentence("there is no token of that name; see the list of tokens"))
    if row.revoked_at is None:
        row.revoked_at = at
        change.details["token"] = name
