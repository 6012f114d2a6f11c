"""Requests: how many stand where; one of them by its reference, moved on or corrected."""

from dataclasses import asdict
from datetime import date

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.desk.forms import answer, refuse, sealed, unsealed
from portal.desk.requests import files
from portal.desk.requests.forms import CorrectionForm, ReferenceForm, StageForm, stage_name
from portal.desk.requests.index import index_page
from portal.opened.keeping import (
    CannotMove,
    Opened,
    RequestChanged,
    RequestGone,
    move_request,
    open_again,
    open_request,
)
from portal.staff.sessions import person
from portal.status.rules import Request
from portal.store.changes import recorded_change
from portal.web.locale import in_words, route
from portal.web.public import today

blueprint = Blueprint("desk_requests", __name__)
blueprint.register_blueprint(files.blueprint)

#: For so long a request that was opened can be changed without its reference being typed again.
OPEN_SECONDS = 15 * 60
#: How the fields of a correction begin: those of the next stage stand on the same page.
KEPT = "kept-"


@route(blueprint, fr="/demandes/", en="/requests/", under="/desk")
def index() -> AnyResponse:
    """How many requests stand where; a reference to look for; a file to try."""
    return index_page()


@route(blueprint, fr="/demandes/ouvrir", en="/requests/open", under="/desk", methods=("POST",))
def open_one() -> AnyResponse:
    """One request, by its reference: that somebody opened it stands in the audit log."""
    form = ReferenceForm(formdata=request.form)
    if not form.validate():
        return index_page(reference=form)
    with recorded_change("status", action="requests.open", actor=person().name, at=g.now) as change:
        opened = open_request(change, current_app.config["KEYS"], form.reference.data)
    if opened is None:
        refuse(form.reference, _("No request has this reference."))
        return index_page(reference=form)
    return _one(opened)


@route(blueprint, fr="/demandes/etape", en="/requests/stage", under="/desk", methods=("POST",))
def move() -> AnyResponse:
    """Give an opened request its next stage."""
    opened = _seen()
    return _kept(opened, StageForm(opened, formdata=request.form)) if opened else _too_late()


@route(blueprint, fr="/demandes/corriger", en="/requests/correct", under="/desk", methods=("POST",))
def correct() -> AnyResponse:
    """Correct what is kept of an opened request, with a reason."""
    opened = _seen()
    return _kept(opened, CorrectionForm(opened, formdata=request.form, prefix=KEPT)) if opened else _too_late()


def _too_late() -> AnyResponse:
    form = ReferenceForm()
    form.tell(_("The request was open for too long. Type its reference again."))
    return index_page(reference=form)


def _kept(seen: Opened, form: StageForm) -> AnyResponse:
    """Keep what was typed of a request, once however often it is sent; or show the request again."""
    if not form.validate():
        return _one(seen, form)
    is_correction = isinstance(form, CorrectionForm)
    action, reason = ("requests.correct", form.reason.data) if is_correction else ("requests.move", "")
    try:
        with recorded_change("status", action=action, actor=person().name, at=g.now) as change:
            move_request(change, seen, form.wanted(), reason)
            is_change = bool(change.details)
    except RequestChanged:
        return _meanwhile(seen, form)
    except (CannotMove, RequestGone) as refused:
        form.tell(in_words(refused.sentence))
        return _one(seen, form)
    words = _("The request is saved: %(stage)s.", stage=stage_name(form.chosen()))
    flash(words if is_change else _("Nothing changed: the request is so already."), "success")
    return redirect(url_for("desk_requests.index"), 303)


def _meanwhile(seen: Opened, form: StageForm) -> AnyResponse:
    """Answer whoever opened a request before it changed: 409 with what it was, what it is, and what they typed."""
    try:
        with recorded_change("status", action="requests.open", actor=person().name, at=g.now) as change:
            now = open_again(change, seen)
    except RequestGone as gone:
        form.tell(in_words(gone.sentence))
        return _one(seen, form)
    # The stages that may follow are those of what it is now.
    again = type(form)(now, formdata=request.form, prefix=form._prefix)
    return _one(now, again, seen=seen, wanted=form.wanted(), status=409)


def _one(
    opened: Opened,
    form: StageForm | None = None,
    *,
    seen: Opened | None = None,
    wanted: Request | None = None,
    status: int = 0,
) -> AnyResponse:
    """Show a request as somebody saw it: what is kept is not read again without a line in the audit log."""
    as_typed = {name: str(value) for name, value in asdict(opened.request).items()}
    is_correction = isinstance(form, CorrectionForm)
    return answer(
        "desk/requests/one.html",
        "desk_requests.index",
        form=form,
        status=status,
        opened=opened,
        stage_name=stage_name,
        seen=seen,
        wanted=wanted,
        moved=form if form and not is_correction else StageForm(opened, data={"changed_on": str(today())}),
        correction=form if is_correction else CorrectionForm(opened, data=as_typed, prefix=KEPT),
        sealed=sealed(_plain(opened), "request"),
    )


def _plain(opened: Opened) -> list[object]:
    given = opened.request
    return [opened.number, opened.holder, str(given.received_on), given.form_number, given.stage, str(given.changed_on)]


def _seen() -> Opened | None:
    """Return the request that this person opened a while ago, as they saw it, or None."""
    found = unsealed(request.form.get("opened", ""), "request", OPEN_SECONDS)
    if found is None:
        return None
    number, holder, received_on, number_of_form, stage, changed_on = found
    days = date.fromisoformat(received_on), date.fromisoformat(changed_on)
    return Opened(number, Request(days[0], number_of_form, stage, days[1]), holder)
