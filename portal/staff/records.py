"""The people of the desk as they are kept: accounts, passkeys, sessions. Never a password, never a code as typed."""

from collections.abc import Sequence
from datetime import datetime

from flask_security import RoleMixin, UserMixin, WebAuthnMixin, verify_password
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from portal.staff.rules import ROLES, Person, Sitting
from portal.store.database import Model, UtcDateTime

LONGEST_EMAIL = 254
LONGEST_NAME = 60
ROLE_IS_KNOWN = "name IN ('editor', 'publisher', 'clerk', 'administrator', 'auditor')"


class StaffRow(UserMixin, Model):
    """Someone who works at the desk; the names of the columns after `active` are Flask-Security’s."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        CheckConstraint("name <> ''", name="name_is_there"),
        CheckConstraint("(tf_primary_method IS NULL) = (tf_totp_secret IS NULL)", name="second_factor_is_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    active: Mapped[bool]
    #: What a session stands on: another one ends them all.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    #: The step of the last code that was used: none is taken twice.
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    fs_webauthn_user_handle: Mapped[str] = mapped_column(String(64), unique=True, nullable=True)

    roles: Mapped[list[RoleMixin]] = relationship(
        "StaffRoleRow", order_by="StaffRoleRow.name", cascade="all, delete-orphan"
    )
    webauthn: Mapped[list[WebAuthnMixin]] = relationship(
        "PasskeyRow", order_by="PasskeyRow.name", cascade="all, delete-orphan"
    )

    def verify_and_update_password(self, password: str) -> bool:
        """Say whether this is the password, in its normal form; to hash it anew is a change to be recorded."""
        return bool(self.password) and verify_password(password, self.password)


class StaffRoleRow(RoleMixin, Model):
    """A role of a person; what it may do is decided by `desk.access` alone."""

    __tablename__ = "staff_roles"
    __table_args__ = (CheckConstraint(ROLE_IS_KNOWN, name="role_is_known"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)


class PasskeyRow(WebAuthnMixin, Model):
    """A passkey of a person; the columns are Flask-Security’s."""

    __tablename__ = "staff_passkeys"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    extensions: Mapped[str | None] = mapped_column(Text)
    usage: Mapped[str] = mapped_column(String(10))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(20))
    lastuse_datetime: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingRow(Model):
    """A session: the hash of what the browser holds, so that whoever reads the database can open none."""

    __tablename__ = "staff_sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def person_of(row: StaffRow) -> Person:
    """Return the person of an account."""
    return Person(row.id, row.email, row.name, frozenset(role for role in ROLES if role in row.roles), row.active)


def people(session: Session) -> Sequence[Person]:
    """Return everyone who has, or had, an account, by name."""
    everyone = select(StaffRow).options(selectinload(StaffRow.roles)).order_by(StaffRow.name)
    return [person_of(row) for row in session.scalars(everyone)]


def sittings(session: Session, person: int, now: datetime) -> Sequence[Sitting]:
    """Return the open sessions of a person at an aware instant, the newest first."""
    newest = select(SittingRow).where(SittingRow.staff_id == person, SittingRow.ended_at.is_(None))
    found = [_sitting(row) for row in session.scalars(newest.order_by(SittingRow.began_at.desc()))]
    return [sitting for sitting in found if sitting.is_live(now)]


def sitting(session: Session, hashed: str) -> Sitting | None:
    """Return the session of that hash, or None."""
    row = session.get(SittingRow, hashed)
    return _sitting(row) if row else None


def _sitting(row: SittingRow) -> Sitting:
    return Sitting(row.hash, row.staff_id, row.began_at, row.device, row.ended_at)
