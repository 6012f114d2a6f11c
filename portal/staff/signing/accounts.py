"""Signing in, by Flask-Security-Too: what it is told, where it keeps things, and the ways around its pitfalls.

Password and a second factor, always: a code of an application, a passkey, or a recovery code.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app, g, render_template
from flask_babel import get_domain
from flask_security import FSQLALiteUserDatastore, RoleMixin, Security, UserMixin, user_authenticated
from flask_security.babel import FsDomain
from flask_security.forms import Form

from portal.config import Key
from portal.staff.records import PasskeyRow, StaffRow
from portal.staff.rules import INVITATION_HOURS, SHORTEST_PASSWORD
from portal.staff.sessions import FRESH
from portal.staff.signing import keys as kept
from portal.staff.signing.forms import CodeForm, NewPasskeyForm, PasskeyForm, PublicOrigin, RecoveryForm, SignInForm
from portal.staff.signing.passwords import ARGON2, Passwords
from portal.staff.signing.words import MESSAGES
from portal.store.database import database

ISSUER = "Portail"
#: One step of 30 seconds before and after: a telephone's clock may be a little wrong (RFC 6238 §5.2).
CODE_WINDOW_SECONDS = 30
RECOVERY_CODES = 10


#: What it is told, without the prefix of its settings.
_ADDRESSES = {
    "URL_PREFIX": "/desk/<any(fr, en):language>",
    "LOGIN_URL": "/session",
    "LOGOUT_URL": "/session/end",
    "VERIFY_URL": "/session/confirm",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/session/code",
    "TWO_FACTOR_SELECT_URL": "/session/factor",
    "TWO_FACTOR_RESCUE_URL": "/session/help",
    "MULTI_FACTOR_RECOVERY_URL": "/session/recovery",
    "WAN_SIGNIN_URL": "/session/passkey",
    "WAN_VERIFY_URL": "/session/confirm/passkey",
    "RESET_URL": "/invitation",
    "CHANGE_URL": "/account/password",
    "TWO_FACTOR_SETUP_URL": "/account/application",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/codes",
    "WAN_REGISTER_URL": "/account/passkeys",
    "WAN_DELETE_URL": "/account/passkeys/remove",
}
_CHOICES = {
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
    "PASSWORD_SINGLE_HASH": True,
    "PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "PASSWORD_NORMALIZE_FORM": "NFKC",
    "RETURN_GENERIC_RESPONSES": True,
    "CHANGEABLE": True,
    "RECOVERABLE": True,
    "RESET_PASSWORD_WITHIN": timedelta(hours=INVITATION_HOURS),
    "SEND_PASSWORD_CHANGE_EMAIL": False,
    "SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "TWO_FACTOR": True,
    "TWO_FACTOR_REQUIRED": True,
    "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": CODE_WINDOW_SECONDS,
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "TOTP_ISSUER": ISSUER,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
    "WEBAUTHN": True,
    "WAN_RP_NAME": ISSUER,
    "WAN_ALLOW_AS_FIRST_FACTOR": False,
    "WAN_ALLOW_AS_VERIFY": ["secondary"],
    "WAN_ALLOW_USER_HINTS": False,
    "FRESHNESS": FRESH,
    "FRESHNESS_GRACE_PERIOD": timedelta(0),
    "API_ENABLED_METHODS": ["session"],
    "CACHE_CONTROL": None,  # it writes no-store=True, which no cache reads; the desk says no-store of every answer
    "JOIN_USER_ROLES": False,
    "DATETIME_FACTORY": lambda: datetime.now(UTC),
    "STATIC_FOLDER": None,
}
#: Its pages, each by the name of our template in `staff/`.
_TEMPLATES = {
    "LOGIN_USER": "sign_in",
    "VERIFY": "confirm",
    "RESET_PASSWORD": "invitation",
    "CHANGE_PASSWORD": "password",
    "TWO_FACTOR_VERIFY_CODE": "code",
    "TWO_FACTOR_SETUP": "application",
    "TWO_FACTOR_SELECT": "factor",
    "MULTI_FACTOR_RECOVERY": "recovery",
    "MULTI_FACTOR_RECOVERY_CODES": "codes",
    "WAN_REGISTER": "passkeys",
    "WAN_SIGNIN": "passkey",
    "WAN_VERIFY": "passkey",
}
_VIEWS = {
    "POST_LOGIN_VIEW": "desk.home",
    "POST_LOGOUT_VIEW": "security.login",
    "POST_VERIFY_VIEW": "desk.home",
    "POST_RESET_VIEW": "security.login",
    "POST_CHANGE_VIEW": "account.show",
    "TWO_FACTOR_POST_SETUP_VIEW": "account.show",
    "WAN_POST_REGISTER_VIEW": "account.show",
}


class Datastore(FSQLALiteUserDatastore):
    """The accounts; a view of Flask-Security's writes inside `recorded_change`, which commits."""

    def commit(self) -> None:
        """Do nothing: the recorded change around the view does it."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> UserMixin | None:
        """Return an account that is enabled, or None: with a disabled one, no step of any kind can be taken."""
        email = kwargs.get("email")
        found = super().find_user(**({"email": email.lower()} if email else kwargs))
        return found if found and found.active else None

    def tf_set(
        self, user: UserMixin, primary_method: str, totp_secret: str | None = None, phone: str | None = None
    ) -> None:
        """Keep an application for codes, under the newest key of the portal."""
        renewed = current_app.extensions["security"].totp_factory.renewed(totp_secret)
        super().tf_set(user, primary_method, renewed, phone)


def attach(app: Flask) -> Security:
    """Give the desk its sign-in. Raises SettingError where there is no secret."""
    keys: tuple[Key, ...] = app.config["KEYS"]
    _configure(app, keys)
    store = Datastore(database, StaffRow, RoleMixin, PasskeyRow)
    security = Security(
        app,
        store,
        login_form=SignInForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=RecoveryForm,
        wan_signin_response_form=PasskeyForm,
        wan_register_response_form=NewPasskeyForm,
        totp_cls=kept.OneUseTotp,
        password_util_cls=Passwords,
        webauthn_util_cls=PublicOrigin,
        mf_recovery_codes_util_cls=kept.RecoveryCodes,
        render_template=_page,
    )
    _correct(security, app)
    user_authenticated.connect(kept.renew, app)
    return security


def _configure(app: Flask, keys: tuple[Key, ...]) -> None:
    told: dict[str, Any] = {
        **_ADDRESSES,
        **_CHOICES,
        **_VIEWS,
        **MESSAGES,
        **{f"{name}_TEMPLATE": f"staff/{page}.html" for name, page in _TEMPLATES.items()},
        "PASSWORD_SALT": kept.derived(keys[0], "passwords"),
        "TOTP_SECRETS": kept.code_secrets(keys),
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": kept.recovery_secrets(keys),
    }
    app.config.update(
        SECRET_KEY=kept.derived(keys[0], "sessions"),
        SECRET_KEY_FALLBACKS=[kept.derived(key, "sessions") for key in keys[1:]],
        WTF_CSRF_TIME_LIMIT=None,
        **{f"SECURITY_{name}": value for name, value in told.items()},
    )


def _correct(security: Security, app: Flask) -> None:
    # Our sentences, in our catalogue: the library has French for France alone.
    with app.app_context():
        security.i18n_domain = cast("FsDomain", get_domain())
    security.want_json(lambda request: False)  # pages only: a program writes by the interface, with a token
    security.login_manager.request_loader(None)  # nor does it sign in here with one
    for serializer in (security.reset_serializer, security.tf_setup_serializer, security.wan_serializer):
        serializer.secret_keys.reverse()  # it signs with the last: the newest, so that the oldest can be removed


def _page(template: str, **context: Any) -> str:
    """Return a page, and note that it refuses a form: Flask-Security answers 200 to what it refuses."""
    g.is_refused = any(isinstance(value, Form) and value.errors for value in context.values())
    return render_template(template, **context)
