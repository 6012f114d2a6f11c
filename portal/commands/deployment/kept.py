"""What is wrong with what a deployment keeps: its database, its people, its counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from limits.storage import storage_from_string
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.demo.load import day_loaded
from portal.staff.records import PasskeyRow, StaffRoleRow, StaffRow
from portal.web.health import is_migrated
from portal.web.limits import REDIS_PATIENCE

#: Two clocks that differ by more publish at two moments, and refuse each other's codes.
MOST_APART = timedelta(seconds=5)


def faults(session: Session, now: datetime) -> Iterator[str]:
    """Say what is wrong with a database at an aware instant. Raises SQLAlchemyError when it does not answer."""
    if not is_migrated():
        yield "The database has not every table of this release; run `portal init`."
        return
    if day := day_loaded():
        yield f"The database holds the demonstration of {day}: visitors must not read it; begin with an empty database."
    yield from _faults_of_clock(session, now)
    if not _is_there_an_administrator(session):
        yield (
            "Nobody can let people in at the desk: there is no enabled administrator with a second factor; give "
            "`portal staff add`, and let the person sign in once."
        )


def _faults_of_clock(session: Session, now: datetime) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":  # of this very machine
        return
    theirs = session.scalars(select(func.clock_timestamp())).one().astimezone(UTC)
    if (apart := abs(theirs - now)) > MOST_APART:
        yield (
            f"The clocks of this machine and of the database are {apart.total_seconds():.0f} seconds apart: "
            "set both by NTP."
        )


def _is_there_an_administrator(session: Session) -> bool:
    role = exists().where(StaffRoleRow.staff_id == StaffRow.id, StaffRoleRow.name == "administrator")
    passkey = exists().where(PasskeyRow.user_id == StaffRow.id)
    found = select(StaffRow.id).where(StaffRow.active, role, or_(StaffRow.tf_primary_method.is_not(None), passkey))
    return session.scalars(found.limit(1)).first() is not None


def faults_of_limits(config: Config) -> Iterator[str]:
    """Say what is wrong with the Redis that counts tries, where there is one."""
    if not config.limits_url.startswith("redis"):
        return
    try:
        storage: Any = storage_from_string(config.limits_url, **REDIS_PATIENCE)
        room = storage.storage.info("memory")
    except Exception as error:  # of redis, which is not imported where it is not set; never its words: a password
        yield f"The Redis of PORTAL_LIMITS_URL does not answer ({type(error).__name__}): the lookup answers nobody."
        return
    if room.get("maxmemory") and room.get("maxmemory_policy") != "noeviction":
        yield "The Redis of PORTAL_LIMITS_URL forgets counts when it is full: set `maxmemory-policy noeviction`."
