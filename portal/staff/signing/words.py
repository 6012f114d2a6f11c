"""What Flask-Security says, in our own sentences, which our catalogue translates."""

from flask_babel import gettext as _

#: Its messages by name, each with its category; those of ways to sign in that the desk has not are never shown.
_GENERIC = "We do not know this address with this password. Check both and try again."


def N_(words: str) -> str:
    """Mark a sentence for the catalogue."""
    return words


MESSAGES: dict[str, tuple[str, str]] = {
    f"MSG_{name}": (words, category)
    for name, category, words in [
        (
            "GENERIC_AUTHN_FAILED",
            "error",
            N_("We do not know this address with this password. Check both and try again."),
        ),
        ("UNAUTHENTICATED", "error", N_("Sign in first.")),
        ("REAUTHENTICATION_REQUIRED", "error", N_("Type your password again: what follows is hard to undo.")),
        ("REAUTHENTICATION_SUCCESSFUL", "info", N_("Thank you. You will not be asked again for 15 minutes.")),
        ("INVALID_RECOVERY_CODE", "error", N_("This recovery code is wrong, or was used already.")),
        ("NO_RECOVERY_CODES_SETUP", "info", N_("You have no recovery code yet.")),
        ("PASSWORD_RESET_EXPIRED", "error", N_("This invitation has expired. Ask an administrator for another one.")),
        (
            "INVALID_RESET_PASSWORD_TOKEN",
            "error",
            N_("This invitation was used already, or its address is incomplete. Ask an administrator for another one."),
        ),
        ("PASSWORD_RESET_NO_LOGIN", "success", N_("Your password is saved. Sign in with it.")),
        ("DISABLED_ACCOUNT", "error", _GENERIC),
        ("EMAIL_NOT_PROVIDED", "error", N_("Enter your e-mail address.")),
        ("INVALID_EMAIL_ADDRESS", "error", _GENERIC),
        ("INVALID_CODE", "error", N_("Enter the code from your authenticator app.")),
        ("INVALID_INPUT", "error", N_("This cannot be read. Type it again.")),
        ("PASSWORD_NOT_PROVIDED", "error", N_("Enter your password.")),
        ("RETYPE_PASSWORD_MISMATCH", "error", N_("The two passwords are not the same.")),
        ("PASSWORD_IS_THE_SAME", "error", N_("Choose a password other than the current one.")),
        ("INVALID_PASSWORD", "error", N_("This is not your password.")),
        ("USER_DOES_NOT_EXIST", "error", _GENERIC),
        ("PASSWORD_CHANGE", "success", N_("Your password is changed. Your other sessions are over.")),
        ("TWO_FACTOR_INVALID_TOKEN", "error", N_("This code is wrong, or was used already. Wait for the next one.")),
        ("TWO_FACTOR_LOGIN_SUCCESSFUL", "success", N_("You are signed in.")),
        ("TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL", "success", N_("Your authenticator app is saved.")),
        ("TWO_FACTOR_PERMISSION_DENIED", "error", N_("Begin again: this step comes after the password.")),
        ("TWO_FACTOR_SETUP_EXPIRED", "error", N_("That took too long. Begin again.")),
        ("TWO_FACTOR_METHOD_NOT_AVAILABLE", "error", N_("Choose one of these options.")),
        ("API_ERROR", "error", N_("This cannot be read. Begin again.")),
        ("INVALID_REDIRECT", "error", N_("This cannot be read. Begin again.")),
        ("WEBAUTHN_EXPIRED", "error", N_("That took too long. Begin again.")),
        ("WEBAUTHN_NAME_REQUIRED", "error", N_("Give this passkey a name that you will recognize.")),
        ("WEBAUTHN_NAME_INUSE", "error", N_("You have a passkey of that name already.")),
        ("WEBAUTHN_NAME_NOT_FOUND", "error", N_("You have no passkey of that name.")),
        ("WEBAUTHN_NAME_DISALLOWED_CHARACTERS", "error", N_("A name has letters, figures, spaces, hyphens and _.")),
        ("WEBAUTHN_CREDENTIAL_DELETED", "info", N_("The passkey “%(name)s” is removed.")),
        ("WEBAUTHN_REGISTER_SUCCESSFUL", "info", N_("The passkey “%(name)s” is saved.")),
        ("WEBAUTHN_CREDENTIAL_ID_INUSE", "error", N_("This passkey is saved already.")),
        ("WEBAUTHN_UNKNOWN_CREDENTIAL_ID", "error", N_("This passkey is not one of yours.")),
        ("WEBAUTHN_ORPHAN_CREDENTIAL_ID", "error", N_("This passkey is not one of yours.")),
        ("WEBAUTHN_NO_VERIFY", "error", N_("This passkey could not be checked. Try again.")),
        ("WEBAUTHN_CREDENTIAL_WRONG_USAGE", "error", N_("This passkey is not one of yours.")),
        ("WEBAUTHN_MISMATCH_USER_HANDLE", "error", N_("This passkey is not one of yours.")),
    ]
}


def password_words(why: str) -> str:
    """Return why a password is refused, and what to do."""
    return {
        "short": _("Choose a password of 8 characters at least; 15 are better: a few words that you will remember."),
        "long": _("Choose a password of 256 characters at most."),
        "common": _("Anybody would try this one first. Choose another: a few words that do not go together."),
        "personal": _("This one can be guessed from your name or your address. Choose another."),
        "monotonous": _("Use more different characters."),
    }[why]
