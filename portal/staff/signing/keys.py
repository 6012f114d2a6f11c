"""What is kept so that the database alone gives it to nobody: keys of applications for codes, recovery codes."""

import base64
import hmac
from collections.abc import Sequence
from typing import cast

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app
from flask_security import MfRecoveryCodesUtil, Totp, UserMixin
from passlib.totp import TOTP, AppWallet, TotpMatch

from portal.config import Key
from portal.staff.records import StaffRow


def derived(key: Key, purpose: str) -> str:
    """Return a secret of its own for a purpose, from one key of the portal."""
    return hmac.digest(key.secret, f"desk {purpose}".encode(), "sha256").hex()


def code_secrets(keys: Sequence[Key]) -> dict[str, str]:
    """Return under what the keys of the applications are kept: by the id of each key, the newest first."""
    return {key.id: derived(key, "codes") for key in keys}


def recovery_secrets(keys: Sequence[Key]) -> list[bytes]:
    """Return under what the recovery codes are kept, the newest first."""
    return [base64.urlsafe_b64encode(bytes.fromhex(derived(key, "recovery"))) for key in keys]


class OneUseTotp(Totp):
    """Codes that are taken once: Flask-Security itself takes one again as long as its half minute lasts."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        # Of itself, the library would keep under the key whose id comes last in the alphabet.
        wallet = AppWallet(secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet)

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Say whether a code is right: six figures, of an application whose key can still be read."""
        try:
            return token.isascii() and super().verify_totp(token, totp_secret, user, window)
        except KeyError:  # it was kept under a key of the portal that was removed
            return False

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the step of the last code that was taken."""
        return cast("StaffRow", user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the step of a code that is taken."""
        cast("StaffRow", user).tf_last_counter = tmatch.counter

    def renewed(self, kept: str) -> str:
        """Return what is kept of an application, under the newest key of the portal."""
        read = self._totp.from_source(kept)
        return read.to_json(encrypt=True) if read.changed else kept


class RecoveryCodes(MfRecoveryCodesUtil):
    """The codes of a person who has lost the telephone."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._newest = Fernet(app.config["SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS"][0])

    def renew(self, row: StaffRow) -> None:
        """Keep a person's codes under the newest key of the portal, so that an older one can be removed."""
        kept = row.mf_recovery_codes or []
        try:
            for code in kept:
                self._newest.decrypt(code)
        except InvalidToken:
            row.mf_recovery_codes = self._encrypt_codes(self._decrypt_codes(kept))


def renew(app: Flask, user: StaffRow, **told: object) -> None:
    """Keep under the newest key what is kept of a person who has just signed in."""
    security = current_app.extensions["security"]
    security.mf_recovery_codes_util.renew(user)
    if user.tf_totp_secret:
        user.tf_totp_secret = security.totp_factory.renewed(user.tf_totp_secret)
