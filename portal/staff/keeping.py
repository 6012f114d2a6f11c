"""Changing who works at the desk: someone added, their roles, an end to their sessions; each with its audit line."""

from collections.abc import Collection
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.errors import PortalError
from portal.staff.records import SittingRow, StaffRoleRow, StaffRow, people
from portal.staff.rules import LONGEST_SESSION, LastAdministrator, Person, Role
from portal.store.changes import Change

#: Sessions of which nobody asks any more.
KEPT_SESSIONS = timedelta(days=90)


class AccountTaken(PortalError):
    """Someone has that address or that name already: the audit log must tell them apart."""


class AccountDisabled(PortalError):
    """A person whose account is disabled cannot be invited."""


def add_person(change: Change, email: str, name: str, roles: Collection[Role], at: datetime) -> StaffRow:
    """Keep a new account without a password, at an aware instant. Raises AccountTaken."""
    session = change.session
    if session.scalar(select(StaffRow.id).where((StaffRow.email == email) | (StaffRow.name == name))):
        raise AccountTaken("there is, or was, an account with that address or that name")
    row = StaffRow(email=email, name=name, made_at=at, active=True, fs_uniquifier=token_hex(32))
    row.roles = [StaffRoleRow(name=role) for role in sorted(roles)]
    session.add(row)
    session.flush()
    change.details |= {"person": name, "roles": [[], sorted(roles)]}
    return row


def invite(change: Change, number: int, at: datetime) -> None:
    """Make way for an invitation at an aware instant: earlier ones and sessions are over. Raises AccountDisabled."""
    row = change.session.get_one(StaffRow, number)
    if not row.active:
        raise AccountDisabled("this account is disabled: enable it first")
    _begin_anew(change, row, at)
    change.details["person"] = row.name


def keep_hash(change: Change, number: int, before: str, after: str) -> None:
    """Keep another hash of the same password, unless the password has changed meanwhile."""
    row = change.session.get_one(StaffRow, number)
    if row.password == before:
        row.password = after
        change.details["person"] = row.name


def _begin_anew(change: Change, row: StaffRow, at: datetime) -> None:
    """End whatever was begun in the name of a person: sessions, sign-ins halfway, invitations."""
    row.fs_uniquifier = token_hex(32)
    end_sessions(change, row.id, at)


def keep_roles(change: Change, number: int, roles: Collection[Role]) -> None:
    """Give a person these roles and no other. Raises LastAdministrator."""
    row = change.session.get_one(StaffRow, number)
    before = sorted(held.name for held in row.roles)
    if before == sorted(roles):
        return
    if "administrator" in before and "administrator" not in roles:
        _check_not_last(change.session, number)
    row.roles = [StaffRoleRow(name=role) for role in sorted(roles)]
    change.details |= {"person": row.name, "roles": [before, sorted(roles)]}


def keep_active(change: Change, number: int, at: datetime, *, is_active: bool) -> None:
    """Enable or disable an account: every session of a disabled one ends at once. Raises LastAdministrator."""
    row = change.session.get_one(StaffRow, number)
    if row.active == is_active:
        return
    if not is_active:
        _check_not_last(change.session, number)
        _begin_anew(change, row, at)
    row.active = is_active
    change.details |= {"person": row.name, "active": [not is_active, is_active]}


def _check_not_last(session: Session, number: int) -> None:
    others = [found for found in people(session) if found.is_active and found.number != number]
    if not any(other.has_any(["administrator"]) for other in others):
        raise LastAdministrator("nobody else is an administrator: name another one first")


def reset_factors(change: Change, number: int, at: datetime) -> None:
    """Forget a person's second factors, be it that they lost them or that another found them; all sessions end."""
    row = change.session.get_one(StaffRow, number)
    row.tf_primary_method = row.tf_totp_secret = row.tf_last_counter = row.mf_recovery_codes = None
    row.webauthn = []
    _begin_anew(change, row, at)
    change.details |= {"person": row.name, "factors": "forgotten"}


def begin_session(change: Change, person: Person, hashed: str, device: str, at: datetime) -> None:
    """Keep a session that begins at an aware instant; those that ended long ago are forgotten."""
    old = select(SittingRow).where(SittingRow.began_at < at - KEPT_SESSIONS - LONGEST_SESSION)
    for row in change.session.scalars(old):
        change.session.delete(row)
    change.session.add(SittingRow(hash=hashed, staff_id=person.number, began_at=at, device=device))
    change.details |= {"person": person.name, "device": device}


def end_sessions(change: Change, number: int, at: datetime, *, but: str = "") -> int:
    """End the open sessions of a person at an aware instant, all but one perhaps; return how many there were."""
    open_ones = (SittingRow.staff_id == number, SittingRow.ended_at.is_(None), SittingRow.hash != but)
    ended = list(change.session.scalars(select(SittingRow.hash).where(*open_ones)))
    change.session.execute(update(SittingRow).where(SittingRow.hash.in_(ended)).values(ended_at=at))
    if ended:
        change.details |= {"sessions_ended": len(ended)}
    return len(ended)


def end_session(change: Change, number: int, hashed: str, at: datetime) -> None:
    """End one open session of a person at an aware instant; another's, or one that is over, stays as it is."""
    row = change.session.get(SittingRow, hashed)
    if row and row.staff_id == number and row.ended_at is None:
        row.ended_at = at
        change.details |= {"sessions_ended": 1}
