"""Hours and telephones at the desk: each part tried, kept, or taken back; the lock is the revision of what is kept."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.approvals.records import settle
from portal.core.errors import CannotChange, StaleEdit
from portal.desk.approving import approved, held
from portal.desk.contact.forms import (
    ContactForm,
    HolidaysForm,
    PreviewForm,
    SpecialBackForm,
    SpecialForm,
    WeekBackForm,
    WeekForm,
    schedule_names,
)
from portal.desk.contact.lines import LineAwayForm, LineForm
from portal.desk.contact.page import Trial, changed_since, differences, page, reading, years
from portal.desk.forms import is_sure, revision_seen
from portal.hours import records
from portal.staff.sessions import person
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.web.locale import in_words, route

blueprint = Blueprint("desk_contact", __name__)

LONGEST_KEY = 40


@route(blueprint, fr="/contact/", en="/contact/", under="/desk")
def edit() -> AnyResponse:
    """All of it on one page, each part a form of its own; and the public page on a day that one asks for."""
    if not {"day", "hour"} & request.args.keys():
        return page()
    form = PreviewForm(formdata=request.args)
    return page(form, shown=reading(*form.at())) if form.validate() else page(form)


@route(blueprint, fr="/contact/heures", en="/contact/hours", under="/desk", methods=("POST",))
def hours() -> AnyResponse:
    """Change the weekly hours from a day on, for good or for a while, or take such a change back."""
    made = WeekBackForm if _is("remove") else WeekForm
    return _kept(made(schedule_names(session()), formdata=request.form, prefix="week-"), "contact.hours")


@route(blueprint, fr="/contact/exceptions", en="/contact/exceptions", under="/desk", methods=("POST",))
def exception() -> AnyResponse:
    """Close some days, give them other hours, or give one its usual hours again."""
    made = SpecialBackForm if _is("remove") else SpecialForm
    return _kept(made(schedule_names(session()), formdata=request.form, prefix="special-"), "contact.exception")


@route(blueprint, fr="/contact/feries", en="/contact/holidays", under="/desk", methods=("POST",))
def holidays() -> AnyResponse:
    """Confirm the holidays of a year: those that are checked, and one more perhaps."""
    year = next((one for one in years() if str(one) == request.form.get("year")), None)
    known = records.holidays(session())
    if year is None:
        form = HolidaysForm(years()[0], known)
        form.tell(_("Choose one of these years."))
        return page(form)
    return _kept(HolidaysForm(year, known, formdata=request.form), "contact.holidays")


@route(blueprint, fr="/contact/telephones", en="/contact/phones", under="/desk", methods=("POST",))
def phone() -> AnyResponse:
    """Change a line, add one, or take one away; the password first: a wrong number floods somebody else."""
    line = request.form.get("line", "").strip()[:LONGEST_KEY]
    if _is("remove"):
        return _kept(LineAwayForm(line, formdata=request.form), "contact.phone")
    return _kept(LineForm(line, schedule_names(session()), formdata=request.form), "contact.phone")


def _is(act: str) -> bool:
    return request.form.get("act") == act


def _kept(form: ContactForm, action: str) -> AnyResponse:
    """Keep what a form says, once however often it is sent; or show it on trial; or the page with what is wrong."""
    if not form.validate():
        return page(form)
    if _is("try"):
        return _tried(form, action)
    if isinstance(form, LineForm | LineAwayForm):
        if not is_sure(form.password):
            return page(form)
        if waits := held():
            return waits
    prepared = approved()
    try:
        with recorded_change(
            "contacts", action=action, actor=person().name, at=g.now, expected=revision_seen()
        ) as change:
            form.keep(change)
            is_change = bool(change.details)
            settle(change, prepared)
    except StaleEdit:
        return _stale(form, action)
    except CannotChange as refused:
        form.tell(in_words(refused.sentence))
        return page(form)
    flash(_("Saved.") if is_change else _("Nothing changed: it is so already."), "success")
    return redirect(url_for("desk_contact.edit"), 303)


def _tried(form: ContactForm, action: str) -> AnyResponse:
    """Show what a form would change, and how the public page would read; nothing is kept."""
    try:
        return page(form, trial=_trial(form, action))
    except CannotChange as refused:
        form.tell(in_words(refused.sentence))
        return page(form)


def _stale(form: ContactForm, action: str) -> AnyResponse:
    """Answer whoever began before the last change: 409 with what is kept and what they typed, or that it is so."""
    began = revision_seen()
    try:
        trial = _trial(form, action, lambda: changed_since(began))
    except CannotChange as refused:
        form.tell(in_words(refused.sentence))
        return page(form, status=409)
    if not trial.differences:
        flash(_("Nothing changed: it is so already."), "success")
        return redirect(url_for("desk_contact.edit"), 303)
    return page(form, trial=trial, status=409)


def _trial(form: ContactForm, action: str, meanwhile: Callable[[], Sequence[tuple[str, datetime]]] = tuple) -> Trial:
    with recorded_change("contacts", action=action, actor=person().name, at=g.now) as change:
        before = form.said(change.session)
        _keep(form, change)
        found = Trial(differences(before, form.said(change.session)), reading(form.first()), tuple(meanwhile()))
        change.abandon()
    return found


def _keep(form: ContactForm, change: Change) -> None:
    form.keep(change)
    change.session.flush()
