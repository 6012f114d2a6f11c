"""Notices from the screen to the public: kept while one types, sent for publishing, published, withdrawn."""

from dataclasses import dataclass, field

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from portal.core import formats
from portal.core.errors import CannotPublish, StaleEdit
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.desk.approving import approved, held
from portal.desk.notices.pages import (
    Received,
    blueprint,
    check_page,
    form_page,
    kept_or_new,
    may_publish,
    receive,
    refused_page,
    unlooked,
)
from portal.desk.notices.sent import HAS_UNREADABLE, REQUIRED, TOO_LONG, UNREADABLE, sent, typed_text
from portal.desk.notices.words import field_names, kept_words, told
from portal.drafts import records as drafts
from portal.notices.rules import LONGEST_SENTENCE, Draft, Weight
from portal.publication import notices as publication
from portal.publication.acts import By
from portal.staff.sessions import is_fresh, is_sure, person
from portal.store.changes import recorded_change
from portal.web.failures import refused
from portal.web.locale import in_words, language, route
from portal.web.public import as_json, render
from portal.writing.rules import Fault


@route(blueprint, fr="/avis/<key>/brouillon", en="/notices/<key>/draft", under="/desk", methods=("POST",))
def autosave(key: str) -> AnyResponse:
    """Keep what is typed, as it is, whether a notice can be made of it or not: nothing is lost with the browser."""
    kept_or_new(key)
    typed = {**sent(request.form, key).typed, "key": request.form.get("key", "")}
    with recorded_change("drafts", action="drafts.keep", actor=person().name, at=g.now) as change:
        drafts.keep(change, "notices", key, person().number, typed, g.now)
    return as_json({"saved": _("Kept as your draft: %(at)s", at=formats.instant(g.now, language()))})


@route(blueprint, fr="/avis/<key>/oublier", en="/notices/<key>/forget", under="/desk", methods=("POST",))
def forget(key: str) -> AnyResponse:
    """Forget what one typed and did not publish."""
    kept = kept_or_new(key)
    _forget(key)
    flash(_("What you typed is forgotten."), "success")
    return redirect(url_for("desk_notices.edit", key=key) if kept else url_for("desk_notices.index"), 303)


@route(blueprint, fr="/avis/<key>/envoyer", en="/notices/<key>/send", under="/desk", methods=("POST",))
def send(key: str) -> AnyResponse:
    """Ask a publisher to publish a notice that was checked."""
    received = receive(key)
    if refusal := refused_page(received) or _not_yet(received):
        return refusal
    with recorded_change("drafts", action="drafts.send", actor=person().name, at=g.now) as change:
        drafts.send(change, "notices", key, person().number, received.sent.typed, g.now)
    flash(_("The notice is sent: a publisher finds it in this list."), "success")
    return redirect(url_for("desk_notices.index"), 303)


@route(blueprint, fr="/avis/<key>/garder", en="/notices/<key>/keep", under="/desk", methods=("POST",))
def keep(key: str) -> AnyResponse:
    """Publish, schedule or correct a notice that was checked: once, however often the button is pressed."""
    received = receive(key)
    if received.draft and _is_said(received):
        return _kept(received, received.draft, None)
    if refusal := refused_page(received) or _not_yet(received):
        return refusal
    if not (may_publish() or received.is_private):
        return refused(
            Forbidden(), _("Only a publisher lets the public see something. Send the notice for publishing.")
        )
    draft = received.draft or abort(422)
    try:
        return _kept(received, draft, _publish(received, draft))
    except StaleEdit:
        return check_page(receive(key))
    except CannotPublish as error:
        received.sent.faults.append(Fault("", error.sentence))
        return form_page(key, received.sent, status=422)


def _not_yet(received: Received) -> AnyResponse | None:
    """Return the check again where the notice has changed meanwhile, or where the check list was not looked at."""
    if received.meanwhile:
        return check_page(received)
    if unlooked(received) and request.form.get("confirmed") != "yes":
        return check_page(received, error=_("Look at the check list, then say that it is meant."), status=422)
    return None


def _note(received: Received) -> Bilingual | None:
    is_public = received.kept is not None and received.kept.is_public(g.now)
    return received.sent.note if is_public else None


def _is_said(received: Received) -> bool:
    """Say whether the notice says all of it already: the button was pressed twice."""
    if received.draft is None or received.kept is None:
        return False
    return received.kept.says(received.draft, _note(received), g.now)


def _publish(received: Received, draft: Draft) -> Weight | None:
    writers = tuple({person().number, received.sent.whose or person().number})
    by = By(person().name, expected=received.base, drafts_of=writers)
    return publication.keep(current_app, draft, _note(received), by, lambda: g.now, received.key)


def _kept(received: Received, draft: Draft, weight: Weight | None) -> AnyResponse:
    if weight is None:  # nothing changed, but what was typed is no longer needed
        _forget(received.key)
    flash(kept_words(weight, draft, g.now), "success")
    return redirect(url_for("desk_notices.edit", key=draft.key), 303)


def _forget(key: str) -> None:
    with recorded_change("drafts", action="drafts.forget", actor=person().name, at=g.now) as change:
        if drafts.forget(change, "notices", key, person().number):
            change.details |= {"form": "notices", "item": key}


REASONS = ("reason", "why_fr", "why_en")


@dataclass(slots=True)
class Withdrawal:
    """Why a notice is withdrawn, as typed: for the audit log, and for the public in both languages or in neither."""

    reason: str = ""
    why_fr: str = ""
    why_en: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def why(self) -> Bilingual:
        """Return what the public is told, perhaps nothing."""
        return Bilingual(typography(self.why_fr, "fr"), typography(self.why_en, "en"))

    def check(self) -> None:
        """Tell what is wrong with it."""
        if not self.reason:
            self.errors["reason"] = [in_words(REQUIRED)]
        if bool(self.why_fr) != bool(self.why_en):
            missing = "why_en" if self.why_fr else "why_fr"
            self.errors[missing] = [_("Say why to the public in both languages, or in neither.")]
        for name in REASONS:
            if len(getattr(self, name)) > LONGEST_SENTENCE:
                self.errors[name] = [in_words(TOO_LONG)]
            if UNREADABLE in getattr(self, name):
                self.errors[name] = [in_words(HAS_UNREADABLE)]


@route(blueprint, fr="/avis/<key>/retirer", en="/notices/<key>/withdraw", under="/desk")
def withdrawal(key: str) -> AnyResponse:
    """What withdrawing a notice does, and the reasons to give."""
    return _withdrawal_page(key, Withdrawal())


@route(blueprint, fr="/avis/<key>/retirer", en="/notices/<key>/withdraw", under="/desk", methods=("POST",))
def withdraw(key: str) -> AnyResponse:
    """Withdraw a notice for good, from pages, feeds, data, search and every copy."""
    kept_or_new(key) or abort(404)
    reason, why_fr, why_en = (typed_text(request.form.get(name, "")) for name in REASONS)
    given = Withdrawal(reason, why_fr, why_en)
    given.check()
    if not given.errors and not is_sure(request.form.get("password", "")):
        given.errors["password"] = [_("This is not your password.")]
    if given.errors:
        return _withdrawal_page(key, given, status=422)
    if waits := held():
        return waits
    by = By(person().name, prepared=approved())
    try:
        publication.withdraw(current_app, key, given.reason, given.why, by, lambda: g.now)
    except CannotPublish as error:
        given.errors[""] = [in_words(error.sentence)]
        return _withdrawal_page(key, given, status=422)
    flash(_("The notice is withdrawn."), "success")
    return redirect(url_for("desk_notices.index"), 303)


def _withdrawal_page(key: str, given: Withdrawal, status: int = 200) -> AnyResponse:
    kept = kept_or_new(key) or abort(404)
    response = render(
        "desk/notices/withdraw.html",
        key=key,
        kept=kept,
        form=given,
        names=field_names(),
        faults=told(given.errors),
        needs_password=not is_fresh(),
    )
    response.status_code = status
    return response
