"""Who is at the desk: a cookie for its pages alone, each session checked against what is kept, and no lock for all."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Flask, abort, current_app, g, make_response, request, session as browser
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Request
from flask_login import current_user, user_logged_out
from flask_security import Security, UserMixin, password_changed, password_reset, user_authenticated
from limits import parse_many

from portal.staff import keeping, records
from portal.staff.records import StaffRow, person_of
from portal.staff.rules import LONGEST_IDLE, Person, Sitting
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.web.limits import count_try

View = Callable[..., Any]
#: After this long, whoever does what is hard to undo types the password again.
FRESH = timedelta(minutes=15)
PER_ACCOUNT = parse_many("10 per 15 minutes")
COOKIE = "portal_desk"
#: In the cookie: what the session of this browser is called. Its hash is kept.
NAME = "sitting"
#: The views of Flask-Security that write, each with what the audit log calls it. Signing in writes once the second
#: factor is right: a password alone opens nothing, and the lock of the database is not held while one is checked.
RECORDED = {
    "two_factor_token_validation": "staff.code",
    "mf_recovery": "staff.recovery",
    "wan_signin_response": "staff.passkey",
    "two_factor_setup_validate": "staff.application",
    "mf_recovery_codes": "staff.codes",
    "wan_register": "staff.passkeys",
    "wan_register_response": "staff.passkeys",
    "wan_delete": "staff.passkeys",
    "wan_verify_response": "staff.confirm",
    "change_password": "staff.password",
    "reset_password": "staff.invitation",
    "logout": "staff.sign-out",
}


class DeskSessions(SecureCookieSessionInterface):
    """The desk's cookie: signed, for `/desk/` alone, out of reach of scripts; over after half an hour of silence."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return its name; in production browsers hold it to HTTPS (RFC 6265bis §4.1.3.1)."""
        return cookie_name(COOKIE, is_secure=app.config["SESSION_COOKIE_SECURE"])

    def get_cookie_path(self, app: Flask) -> str:
        """Return the only path that it is sent to."""
        return "/desk/"

    def open_session(self, app: Flask, request: Request) -> Any:
        """Read the cookie; what is older than the longest silence is not read."""
        opened = super().open_session(app, request)
        if opened is not None:
            opened.permanent = True
        return opened


def cookie_name(name: str, *, is_secure: bool) -> str:
    """Return the name under which a cookie is sent."""
    return f"__Secure-{name}" if is_secure else name


def attach(app: Flask, security: Security, *, is_secure: bool) -> None:
    """Give the desk its sessions."""
    app.config.update(
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_PROTECTION=None,  # a session is checked against what is kept
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST_IDLE,
        REMEMBER_COOKIE_DURATION=timedelta(0),
    )
    app.session_interface = DeskSessions()
    security.login_manager.user_loader(_loaded)
    for endpoint, action in RECORDED.items():
        name = f"security.{endpoint}"
        app.view_functions[name] = _recorded(action, app.view_functions[name])
    user_authenticated.connect(_begin, app)
    password_changed.connect(_end_others, app)
    password_reset.connect(_end_all, app)
    user_logged_out.connect(_end, app)


def person() -> Person:
    """Return who is at the desk. Answers 401 where nobody is."""
    return person_of(account() or abort(401))


def here() -> Person | None:
    """Return who is at the desk, or None."""
    found = account()
    return person_of(found) if found else None


def account() -> StaffRow | None:
    """Return the account of whoever is at the desk, or None."""
    return cast("StaffRow", current_user) if current_user.is_authenticated else None


def sitting() -> Sitting | None:
    """Return the session of this browser, or None."""
    if "sitting" not in g:
        g.sitting = records.sitting(session(), _own_hash()) if NAME in browser else None
    return g.sitting


def is_fresh() -> bool:
    """Say whether the password was typed in this session a short while ago."""
    return g.now.timestamp() - browser.get("fs_paa", 0) < FRESH.total_seconds()


def is_sure(password: str) -> bool:
    """Say whether the password was typed a short while ago, or is this one. Raises TooManyRequests."""
    return is_fresh() or confirm(password)


def confirm(password: str) -> bool:
    """Say whether this is the password of whoever is at the desk, and remember when it was typed.

    Raises TooManyRequests, as signing in does.
    """
    count_try(PER_ACCOUNT, "confirm", str(current_user.id))
    normal = current_app.extensions["security"].password_util.normalize(password)
    if not normal or not current_user.verify_and_update_password(normal):
        return False
    browser["fs_paa"] = g.now.timestamp()
    return True


def end_own_sessions(change: Change, which: str) -> None:
    """End one session of whoever is at the desk, by its hash, or all `others` than this one."""
    here = person()
    if which == "others":
        keeping.end_sessions(change, here.number, g.now, but=_own_hash())
    else:
        keeping.end_session(change, here.number, which, g.now)


def _own_hash() -> str:
    return _hashed(browser.get(NAME, ""))


def _hashed(name: str) -> str:
    """Return the hash under which a session is kept; 256 random bits need no key and no salt."""
    return hashlib.sha256(name.encode()).hexdigest()


def _loaded(uniquifier: str) -> UserMixin | None:
    """Return the account of this browser's session, or None: ended, over, or of an account disabled meanwhile."""
    if g.get("is_asking"):  # the database failed: the page that says so asks again, and is nobody's
        return None
    g.is_asking = True
    found, here = _account(uniquifier), sitting()
    g.is_asking = False
    if not (found and here and here.person == found.id and here.is_live(g.now)):
        return None
    # As Flask-Security's own loader says it: by what, and when the password was last typed.
    g.fs_authn_via, g.fs_paa = "session", browser.get("fs_paa", 0)
    return found


def _account(uniquifier: str) -> StaffRow | None:
    return current_app.extensions["security"].datastore.find_user(fs_uniquifier=uniquifier)


def _recorded(action: str, view: View) -> View:
    """Let a view of Flask-Security write, in one recorded change, what it says in `g.staff_change`."""

    @wraps(view)
    def answer(**values: object) -> object:
        if request.method != "POST":
            return view(**values)
        actor = current_user.name if current_user.is_authenticated else "nobody yet"
        with recorded_change("staff", action=action, actor=actor, at=g.now) as change, session().no_autoflush:
            g.staff_change = change
            response = make_response(view(**values))
            changed = [row for row in session().dirty if session().is_modified(row)]
            if session().new or session().deleted or changed:
                change.details.setdefault("person", change.actor)
        return response

    return answer


def _begin(app: Flask, user: StaffRow, **told: object) -> None:
    """Begin a session under a new name; nothing of what the browser held before goes on."""
    change: Change = g.staff_change
    name = secrets.token_urlsafe(32)
    kept = {key: browser[key] for key in ("_user_id", "_fresh", "fs_paa", "fs_cc") if key in browser}
    browser.clear()
    browser.update(kept)
    browser[NAME] = name
    change.actor = user.name
    keeping.begin_session(change, person_of(user), _hashed(name), device(request.user_agent.string), g.now)


def _end(app: Flask, **told: object) -> None:
    if here := sitting():
        keeping.end_session(g.staff_change, here.person, here.id, g.now)


def _end_others(app: Flask, user: StaffRow, **told: object) -> None:
    keeping.end_sessions(g.staff_change, user.id, g.now, but=_own_hash())


def _end_all(app: Flask, user: StaffRow, **told: object) -> None:
    g.staff_change.actor = user.name
    g.staff_change.details["person"] = user.name
    keeping.end_sessions(g.staff_change, user.id, g.now)


_BROWSERS = {"Firefox": r"Firefox/", "Edge": r"Edg(A|iOS)?/", "Chrome": r"(Chrome|CriOS)/", "Safari": r"Safari/"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "macOS": "Macintosh",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """Return what a person knows a browser by: its name and its system, nothing more of what it sends."""
    browser_name = next((name for name, sign in _BROWSERS.items() if re.search(sign, user_agent)), "")
    system = next((name for name, sign in _SYSTEMS.items() if sign in user_agent), "")
    return ", ".join(filter(None, [browser_name, system]))
