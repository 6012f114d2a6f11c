"""The delivery rules at the desk: by which channel credentials travel; seen first, and kept with the password alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, StringField, ValidationError

from portal.approvals.records import settle
from portal.audit import records as audit
from portal.core.errors import NeedsConfirmation, PortalError, StaleEdit
from portal.core.numbers import KEY_SHAPE, form_numbers, is_key
from portal.delivery import keeping, records
from portal.delivery.keeping import Amended, Terms
from portal.delivery.rules import WAYS, Rule, way
from portal.desk.approving import approved, held
from portal.desk.forms import DeskForm, answer, day_of, is_sure, revision_seen
from portal.forms.rules import known_forms
from portal.notices import records as notices
from portal.notices.rules import Standing
from portal.rows import records as rows
from portal.staff.sessions import is_fresh, person
from portal.store import revisions
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.web.locale import in_words, language, route
from portal.web.public import today

blueprint = Blueprint("desk_rules", __name__)


class AmendForm(DeskForm):
    """A change of the rules, and the password that it takes."""

    password = StringField()

    def amend(self, change: Change, terms: Terms) -> Sequence[Amended]:
        """Keep what was typed, once it is validated. Raises PortalError."""
        raise NotImplementedError


class RuleForm(AmendForm):
    """A rule that takes the place of others for some forms, from a received date on."""

    key = StringField()
    forms = StringField()
    by = SelectField(validate_choice=False)
    notice = SelectField(validate_choice=False)
    first_day = StringField()

    def __init__(self, standing: Sequence[Standing], **named: Any) -> None:
        super().__init__(prefix="rule-", **named)
        self.by.choices = list(way_words().items())
        self.notice.choices = [(one.key, one.title.in_(language())) for one in standing if _explains(one)]

    def validate_key(self, field: StringField) -> None:
        """Refuse what no log and no address can hold."""
        field.data = (field.data or "").strip()
        if not is_key(field.data):
            raise ValidationError(in_words(KEY_SHAPE))

    def validate_forms(self, field: StringField) -> None:
        """Refuse what is no list of numbers; none at all is every form that no rule names."""
        try:
            self._numbers()
        except ValueError:
            raise ValidationError(_("Give the numbers of the forms, four digits each: 4058, 4123.")) from None

    def validate_by(self, field: SelectField) -> None:
        """Refuse a way that there is not."""
        if field.data not in WAYS:
            raise ValidationError(_("Choose how the credentials travel."))

    def validate_notice(self, field: SelectField) -> None:
        """Refuse a notice that there is not, or was withdrawn."""
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose the notice that explains the rule."))

    def validate_first_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def amend(self, change: Change, terms: Terms) -> Sequence[Amended]:
        """Keep the rule; one that is kept already stays so."""
        password, user_name = WAYS[self.by.data or ""]
        forms = frozenset(self._numbers())
        new = Rule(self.key.data, day_of(self.first_day), None, forms, password, user_name, self.notice.data or "")
        return [] if new in records.rules(change.session) else keeping.cover(change, new, terms)

    def _numbers(self) -> Iterable[str]:
        """Return the numbers of the forms. Raises ValueError."""
        return form_numbers((self.forms.data or "").replace(",", " "))


class EndForm(AmendForm):
    """A rule that ends: for what is received after its last day, the rule for all others decides."""

    key = SelectField(validate_choice=False)
    last_day = StringField()

    def __init__(self, rules: Sequence[Rule], **named: Any) -> None:
        super().__init__(prefix="end-", **named)
        self.key.choices = [(rule.key, rule.key) for rule in rules if not rule.has_ended(today())]

    def validate_key(self, field: SelectField) -> None:
        """Refuse a rule that there is not."""
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose the rule."))

    def validate_last_day(self, field: StringField) -> None:
        """Refuse what is no day."""
        day_of(field)

    def amend(self, change: Change, terms: Terms) -> Sequence[Amended]:
        """End the rule."""
        return keeping.end(change, self.key.data or "", day_of(self.last_day), terms)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a change does, what may be a slip in it, and who changed the rules since its form was opened."""

    amended: Sequence[Amended]
    asked: Sequence[str]
    meanwhile: Sequence[tuple[str, datetime]] = ()


@route(blueprint, fr="/regles/", en="/rules/", under="/desk")
def edit() -> AnyResponse:
    """The rules, and the two ways to change them."""
    return _page()


@route(blueprint, fr="/regles/remplacer", en="/rules/cover", under="/desk", methods=("POST",))
def cover() -> AnyResponse:
    """Let a new rule decide for some forms from a received date on, in the place of those that name them."""
    return _kept(RuleForm(notices.standing(session()), formdata=request.form), "rules.cover")


@route(blueprint, fr="/regles/finir", en="/rules/end", under="/desk", methods=("POST",))
def end() -> AnyResponse:
    """Give a rule its last day."""
    return _kept(EndForm(records.rules(session()), formdata=request.form), "rules.end")


def _kept(form: AmendForm, action: str) -> AnyResponse:
    """Keep a change once its questions are answered and the password is typed; or show what it would do."""
    if not form.validate():
        return _page(form)
    try:
        trial = _trial(form, action)
        if request.form.get("act") == "try":
            return _page(form, trial)
        if set(trial.asked) - set(request.form.getlist("confirmed")):
            form.tell(_("Answer every question, or change what you typed."))
            return _page(form, trial)
        if not is_sure(form.password):
            return _page(form, trial)
        if waits := held():
            return waits
        prepared = approved()
        with recorded_change(
            "delivery", action=action, actor=person().name, at=g.now, expected=revision_seen()
        ) as change:
            amended = form.amend(change, _terms(is_confirmed=True))
            settle(change, prepared)
    except StaleEdit:
        return _stale(form, trial)
    except PortalError as refused:
        form.tell(in_words(refused.sentence))
        return _page(form)
    return _done(_("Saved.") if amended else _("Nothing changed: it is so already."))


def _stale(form: AmendForm, trial: Trial) -> AnyResponse:
    """Answer whoever began before the last change: 409 with what the rules are and what the change does to them."""
    if not trial.amended:
        return _done(_("Nothing changed: it is so already."))
    meanwhile = [(line.actor, line.at) for line in audit.since(session(), "delivery", revision_seen())]
    return _page(form, Trial(trial.amended, trial.asked, meanwhile), status=409)


def _done(words: str) -> AnyResponse:
    flash(words, "success")
    return redirect(url_for("desk_rules.edit"), 303)


def _trial(form: AmendForm, action: str) -> Trial:
    asked: Sequence[str] = ()
    try:
        with recorded_change("delivery", action=action, actor=person().name, at=g.now) as change:
            form.amend(change, _terms(is_confirmed=False))
            change.abandon()
    except NeedsConfirmation as needed:
        asked = needed.questions
    with recorded_change("delivery", action=action, actor=person().name, at=g.now) as change:
        amended = form.amend(change, _terms(is_confirmed=True))
        change.abandon()
    return Trial(amended, asked)


def _terms(*, is_confirmed: bool) -> Terms:
    return Terms(
        today=today(),
        forms=known_forms(rows.known_rows(session(), today()), records.rules(session())),
        notices=[one.key for one in notices.standing(session()) if _explains(one)],
        is_confirmed=is_confirmed,
    )


def _explains(notice: Standing) -> bool:
    """Say whether a rule may name a notice: a draft will do, one that was withdrawn will not."""
    return notice.state(g.now) != "withdrawn"


def way_words() -> dict[str, str]:
    """Return how the credentials can travel, as staff choose it."""
    return {
        "registered-mail": _("both by registered mail"),
        "email": _("by e-mail: the password to the user, the user name to the person who authorises"),
    }


def _page(form: AmendForm | None = None, trial: Trial | None = None, *, status: int = 0) -> AnyResponse:
    expected = revisions.numbers(session())["delivery"]  # before what it counts: a later number would hide a change
    rules, standing = records.rules(session()), notices.standing(session())
    return answer(
        "desk/rules.html",
        "desk_rules.edit",
        form=form,
        status=status,
        trial=trial,
        rules=rules,
        titles={one.key: one.title.in_(language()) for one in standing},
        way_of=lambda rule: way_words()[way(rule)],
        expected=expected,
        rule=form if isinstance(form, RuleForm) else RuleForm(standing),
        ending=form if isinstance(form, EndForm) else EndForm(rules),
        answered=request.form.getlist("confirmed"),
        in_words=in_words,
        needs_password=not is_fresh(),
    )
