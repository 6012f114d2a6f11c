"""The application of the desk: the public one, whose addresses it links and previews, and staff’s pages beside it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, abort, g, make_response, redirect, render_template, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from portal.app import LONGEST_BODY, create_app
from portal.config import Config
from portal.core.calendar import QUEBEC
from portal.desk import approving, delivery, home
from portal.desk.access import ACCESS, UPLOADS, FileTooLarge
from portal.desk.contact import pages as contact
from portal.desk.dates import editions, pages as dates, scheduled
from portal.desk.dates.typed import meaning_words
from portal.desk.notices import acts as notices
from portal.desk.office import account, agency as agency_pages, approvals, log, people
from portal.desk.requests import pages as requests
from portal.staff import agency, sessions
from portal.staff.rules import LONGEST_IDLE, ROLE_NAMES
from portal.staff.signing import accounts, steps, tries
from portal.web.door.headers import is_desk
from portal.web.failures import refused
from portal.web.limits import check_origin
from portal.web.locale import check_twins, language

BLUEPRINTS = (
    home.blueprint,
    account.blueprint,
    agency_pages.blueprint,
    dates.blueprint,
    editions.blueprint,
    scheduled.blueprint,
    contact.blueprint,
    delivery.blueprint,
    requests.blueprint,
    notices.blueprint,
    people.blueprint,
    approvals.blueprint,
    log.blueprint,
)
#: A link from elsewhere leads to the desk; a form from elsewhere is refused.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a page never gives back.
SECRET = re.compile("csrf_token|password|code|credential")


class RoleMissing(Forbidden):
    """The person at the desk has none of the roles that open the page."""


def create_desk(config: Config, clock: Callable[[], datetime] = lambda: datetime.now(QUEBEC)) -> Flask:
    """Return the application of `/desk/`; `clock` gives the aware instant of each request. Raises SettingError."""
    app = create_app(config, clock)
    app.config["FAILURE_PAGE"] = "desk/failure.html"
    app.before_request(_only_the_desk)
    app.before_request(_take_files)  # before the token is looked for, which reads all that is sent
    CSRFProtect(app)
    security = accounts.attach(app)
    steps.attach(app)
    sessions.attach(app, security, is_secure=config.public_url.startswith("https:"))
    tries.attach(app)
    agency.attach(app, config.provider)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_twins(app)
    app.before_request(_admit)
    app.after_request(_say_truly)
    app.register_error_handler(401, _sign_in_first)
    app.register_error_handler(CSRFError, _form_is_old)
    app.register_error_handler(RoleMissing, _role_is_missing)
    _furnish(app, has_agency=config.provider is not None)
    return app


def _furnish(app: Flask, **known: object) -> None:
    """Give the pages of the desk the words that they share, beside what is `known` of the installation."""
    words: dict[str, Any] = app.jinja_env.globals
    words.update(
        person=sessions.here,
        may=_may,
        sitting=sessions.sitting,
        approval_sent=approving.sent_number,
        meaning_words=meaning_words,
        IDLE_MINUTES=LONGEST_IDLE // timedelta(minutes=1),
        **known,
    )
    app.jinja_env.filters["role_name"] = lambda role: ROLE_NAMES[role].in_(language())


def _only_the_desk() -> None:
    """Answer nothing public: its addresses are here to be linked, and each is answered without any session."""
    if not is_desk(request.path):
        abort(404)
    if request.method not in SAFE:
        check_origin()


def _take_files() -> None:
    """Take a file of whoever may send one. Answers 401 to a stranger, whose file is not read; raises FileTooLarge."""
    largest = UPLOADS.get(request.endpoint or "")
    if largest and _may(str(request.endpoint)):
        if (request.content_length or 0) > largest:
            raise FileTooLarge
        request.max_content_length = largest
        # Werkzeug counts what it holds of a file at once, 64 kB and a little, among the fields.
        request.max_form_memory_size = 4 * LONGEST_BODY


def _admit() -> None:
    """Let in whoever the table of access lets in. Answers 401 to a stranger, 403 to everyone else."""
    if request.endpoint is None:  # 404 or 405
        return
    access = ACCESS.get(request.endpoint)
    if access == "anyone":
        return
    if access is None or not sessions.person().has_any(access):
        raise RoleMissing


def _say_truly(response: Response) -> Response:
    """Say that nothing is kept, and that a form is refused: Flask-Security says neither as browsers understand it."""
    response.headers["Cache-Control"] = "no-store"
    if g.get("is_refused") and response.status_code == 200:
        response.status_code = 422
    return response


def _sign_in_first(error: Exception) -> AnyResponse:
    if request.method not in SAFE:  # the session was ended meanwhile, from another browser perhaps
        return _send_again()
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _form_is_old(error: CSRFError) -> Response:
    return _send_again()


def _send_again() -> Response:
    """Ask once more for a form whose session is over: what was typed comes back, and nothing was changed."""
    is_over = ACCESS.get(str(request.endpoint)) != "anyone" and sessions.here() is None
    with_file = request.endpoint in UPLOADS
    # Of what a stranger sends with a file, nothing is read.
    fields = [] if is_over and with_file else request.form.items(multi=True)
    typed = [(name, value) for name, value in fields if not SECRET.search(name)]
    page = render_template("desk/again.html", typed=typed, is_over=is_over, with_file=with_file)
    return make_response(page, 401 if is_over else 400)


def _role_is_missing(error: RoleMissing) -> Response:
    return refused(error, _("None of your roles opens this page. Ask an administrator of the desk."))


def _may(endpoint: str) -> bool:
    """Say whether the person at the desk may open an endpoint."""
    access = ACCESS.get(endpoint, frozenset())
    return access == "anyone" or sessions.person().has_any(access)
