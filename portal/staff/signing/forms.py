"""The forms of signing in where Flask-Security's own would let too much in, or tell too much."""

from typing import Any, Literal, cast

from flask import current_app, request, session as browser, url_for
from flask_login import current_user
from flask_security import (
    LoginForm,
    MfRecoveryForm,
    TwoFactorVerifyCodeForm,
    UserMixin,
    WebAuthnRegisterResponseForm,
    WebAuthnSigninResponseForm,
    WebauthnUtil,
)
from flask_security.forms import RequiredLocalize
from flask_security.utils import get_message
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import UserVerificationRequirement
from wtforms import StringField

from portal.staff.records import PasskeyRow, StaffRow
from portal.staff.signing.passwords import LONGEST_TYPED, hash_anew


class SignInForm(LoginForm):
    """Address and password. No “remember me”: a session of the desk ends."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        del self.remember
        self.next.data = self.next.data or url_for("desk.home")

    def validate(self, **named: Any) -> bool:
        """Check the password. What it costs must not tell whether there is such an account."""
        typed = self.password.data or ""
        if len(typed) > LONGEST_TYPED:  # to bring it to its normal form would take longer than to hash it
            return _refused(self.password, "INVALID_PASSWORD")
        self.password.data = current_app.extensions["security"].password_util.normalize(typed)
        if not super().validate(**named):
            return False
        hash_anew(cast("StaffRow", self.user), self.password.data)
        return True


class CodeForm(TwoFactorVerifyCodeForm):
    """A code of an application."""

    code = StringField(validators=[RequiredLocalize(message="INVALID_CODE")])


class RecoveryForm(MfRecoveryForm):
    """A recovery code."""

    code = StringField(validators=[RequiredLocalize(message="INVALID_RECOVERY_CODE")])


class PublicOrigin(WebauthnUtil):
    """Passkeys are for the configured public address, never for the one that a request names."""

    def origin(self) -> str:
        """Return the origin that a browser must have seen."""
        return current_app.config["PUBLIC_URL"]

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        """Return whether the device must know its person: where the passkey takes the place of the password."""
        if request.endpoint == "security.wan_verify":
            return UserVerificationRequirement.REQUIRED
        return super().user_verification(user, usage)


class PasskeyForm(WebAuthnSigninResponseForm):
    """What a passkey says: it must be one of the person's who gave the password, and say it for the first time."""

    def validate(self, **named: Any) -> bool:
        """Check the passkey."""
        self.user_verification = self.user_verification or self.is_verify
        try:
            if not super().validate(**named):
                return False
        except WebAuthnException:
            return _refused(self.credential, "API_ERROR")
        whose = current_user.fs_uniquifier if self.is_verify else browser.get("tf_user_id")
        if self.user is None or self.user.fs_uniquifier != whose:
            return _refused(self.credential, "WEBAUTHN_UNKNOWN_CREDENTIAL_ID")
        return not self._is_spent() or _refused(self.credential, "WEBAUTHN_EXPIRED")

    def _is_spent(self) -> bool:
        """Say whether the passkey was used since it was asked: an answer is good once, though nothing keeps it."""
        token = (request.view_args or {})["token"]
        _state, asked_at = current_app.extensions["security"].wan_serializer.loads(token, return_timestamp=True)
        used_at = cast("PasskeyRow", self.cred).lastuse_datetime
        return asked_at < used_at.replace(microsecond=0)  # the token says no fraction of a second


class NewPasskeyForm(WebAuthnRegisterResponseForm):
    """What a new passkey says of itself."""

    def validate(self, **named: Any) -> bool:
        """Check the passkey."""
        try:
            return super().validate(**named)
        except WebAuthnException:
            return _refused(self.credential, "API_ERROR")


def _refused(field: Any, message: str) -> Literal[False]:
    """Say beside a field why the form is refused."""
    field.errors = [get_message(message)[0]]
    return False
