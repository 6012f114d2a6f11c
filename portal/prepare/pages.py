"""Prepare your request: who will receive what, and whether the two addresses of the form will do. Keeps nothing."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from wtforms import StringField, ValidationError

from portal.core.errors import AddressMalformed, AddressUnreachable, PortalError
from portal.core.numbers import form_number
from portal.delivery import records as delivery
from portal.mailboxes.records import names
from portal.mailboxes.rules import Finding, Role, check, mailbox, shared
from portal.notices.records import next_publication, notice_of_key
from portal.prepare.rules import Preparation, preparation
from portal.rows import shared as shared_rows
from portal.store.database import session
from portal.web.failures import words_for
from portal.web.limits import at_most, own_forms_only
from portal.web.locale import query_arguments, route
from portal.web.public import PublicForm, known_arguments, now, page, received_on, render, today, valid_until

blueprint = Blueprint("prepare", __name__)

#: It is computation only, and one person may try several addresses; a program that tries many is slowed down.
PER_CLIENT = "30 per minute"


class QuestionForm(PublicForm):
    """The number of a form, and the received date of a request already sent."""

    form = StringField()
    date = StringField()

    def validate_form(self, field: StringField) -> None:
        """Refuse what is not four digits, and keep them alone; a form that we do not know is answered with care."""
        try:
            field.data = form_number(field.data or "")
        except PortalError as error:
            raise ValidationError(words_for(error)) from None

    def validate_date(self, field: StringField) -> None:
        """Refuse what is no day, a day to come, or one before 1990; without one, the request is sent today."""
        if self.is_sent:
            received_on(field)

    @property
    def is_sent(self) -> bool:
        """Say whether the request was received already."""
        return bool((self.date.data or "").strip())

    def prepared(self) -> Preparation:
        """Return what is known of the request, once it is validated."""
        day = received_on(self.date) if self.is_sent else today()
        known = shared_rows.known_rows()
        return preparation(delivery.rules(session()), known, self.form.data, day)


class AddressesForm(PublicForm):
    """The addresses of sections 2 and 3, and whether one person holds both roles."""

    user = StringField()
    authoriser = StringField()
    one_person = StringField()

    def validate_user(self, field: StringField) -> None:
        """Refuse what is no address, and the shared mailbox that the notice names."""
        _refuse_what_is_none(field)
        _refuse_what_is_shared(field, "user")

    def validate_authoriser(self, field: StringField) -> None:
        """Refuse the same, and the mailbox of section 2: it was looked at before."""
        _refuse_what_is_none(field)
        _refuse_what_is_shared(field, "authoriser")
        if not self.user.errors and any(finding.is_refused for finding in self.found()):
            raise ValidationError(self._same_mailbox())

    def found(self) -> Sequence[Finding]:
        """Return what is found of the two, once each is an address."""
        user, authoriser = mailbox(self.user.data), mailbox(self.authoriser.data)
        return check(user, authoriser, names(), one_person=bool(self.one_person.data))

    def _same_mailbox(self) -> str:
        if self.user.data.strip().lower() == self.authoriser.data.strip().lower():
            return _(
                "This is the address of section 2. Give another one: the password and the user name never go to one "
                "mailbox."
            )
        return _(
            "This address and that of section 2 lead to one mailbox; capitals, what follows a “+” and dots at Gmail "
            "make no other one. Give another address: the password and the user name never go to one mailbox."
        )


def _refuse_what_is_none(field: StringField) -> None:
    try:
        mailbox(field.data or "")
    except AddressUnreachable as error:
        words = _(
            "No e-mail from outside reaches an address that ends in “.%(ending)s”. Give the one to which people "
            "outside your office write.",
            ending=error.ending,
        )
        raise ValidationError(words) from None
    except AddressMalformed:
        raise ValidationError(_("Give one whole e-mail address, for example jacques.untel@xx.com.")) from None


def _refuse_what_is_shared(field: StringField, role: Role) -> None:
    finding = shared(role, mailbox(field.data), names())
    if finding and finding.is_refused:
        words = _(
            "“%(word)s” is the name of a shared mailbox: it is never accepted. Give the address of one person, for "
            "example jacques.untel@xx.com.",
            word=finding.word,
        )
        raise ValidationError(words)


@route(blueprint, fr="/preparer/", en="/prepare/")
@page("dates", "delivery", "notices", arguments=("form", "date"))
def preparing() -> Response:
    """What to know before a form is sent; without arguments, the question."""
    given = known_arguments("form", "date")
    query_arguments(given)
    question = QuestionForm(formdata=request.args if given else None)
    if not given or not question.validate():
        return _answer(question)
    query_arguments({**given, "form": question.form.data})
    return _answer(question, question.prepared(), AddressesForm(formdata=None))


@route(blueprint, fr="/preparer/", en="/prepare/", methods=("POST",))
@own_forms_only
@at_most(PER_CLIENT)
def addresses() -> Response:
    """What is found of two addresses: compared, told to whoever sent them, and forgotten."""
    question = QuestionForm(formdata=request.form)
    if not question.validate():
        return _answer(question)
    query_arguments({"form": question.form.data, "date": question.date.data or ""})
    prepared = question.prepared()
    if not prepared.goes_by_email:  # the rule may have changed since the form was opened: nothing is compared
        return _answer(question, prepared)
    addresses = AddressesForm(formdata=request.form)
    return _answer(question, prepared, addresses, found=addresses.found() if addresses.validate() else None)


def _answer(
    question: QuestionForm,
    prepared: Preparation | None = None,
    addresses: AddressesForm | None = None,
    *,
    found: Sequence[Finding] | None = None,
) -> Response:
    wrong = addresses if addresses and addresses.errors else question
    context = {"prepared": prepared, "addresses": addresses, "found": found}
    context["notice"] = prepared and prepared.rule and notice_of_key(session(), prepared.rule.notice, now())
    valid_until(next_publication(session(), now()))
    response = render("prepare/prepare.html", form=wrong, question=question, today=today(), **context)
    response.status_code = 422 if wrong.errors else 200
    return response
