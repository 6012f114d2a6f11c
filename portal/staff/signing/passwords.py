"""Passwords: what a new one must be, how they are hashed, and hashed anew when that changes."""

from functools import cache
from typing import Any

from flask import current_app, g
from flask_security import PasswordUtil, hash_password

from portal import assets
from portal.staff import keeping
from portal.staff.files import read_guesses
from portal.staff.records import StaffRow
from portal.staff.rules import LONGEST_PASSWORD, Guesses, PasswordRefused, check_password
from portal.staff.signing.words import password_words
from portal.store.changes import recorded_change

#: Argon2id as OWASP advises: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
ARGON2 = {
    "argon2__rounds": 2,
    "argon2__memory_cost": 19 * 1024,
    "argon2__parallelism": 1,
}
#: One letter may be typed as several symbols (é as e and an accent); the longest password may be typed so.
LONGEST_TYPED = 4 * LONGEST_PASSWORD


class Passwords(PasswordUtil):
    """What a new password must be."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong, in words, and the password in the form in which it is kept."""
        normal = self.normalize(password)
        user = kwargs.get("user")
        about = (user.name, user.email.partition("@")[0]) if user else ()
        try:
            check_password(normal, about, guesses())
        except PasswordRefused as refused:
            return [password_words(refused.why)], normal
        return None, normal


@cache
def guesses() -> Guesses:
    """Return what anybody would try first."""
    lists = (assets.FACTS / f"passwords_{of}.txt" for of in ("everywhere", "here"))
    return Guesses(*(read_guesses(found.read_text("utf-8")) for found in lists))


def hash_anew(user: StaffRow, password: str) -> None:
    """Hash a password that was just found right as passwords are hashed now: a recorded change of its own."""
    kept = user.password
    if not kept or not current_app.extensions["security"].pwd_context.needs_update(kept):
        return
    with recorded_change("staff", action="staff.hash", actor=user.name, at=g.now) as change:
        keeping.keep_hash(change, user.id, kept, hash_password(password))
