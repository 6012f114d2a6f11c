"""Where is my own request: a form, and one answer for whoever holds its reference. Never kept, never logged."""

from flask import Blueprint, Response, current_app
from wtforms import StringField, ValidationError

from portal.core.errors import PortalError
from portal.core.numbers import EXAMPLE_REFERENCE, normal_reference
from portal.delivery import records as delivery_records
from portal.delivery.rules import agreed
from portal.status import records
from portal.status.rules import TOLD_AFTER_CLOSING_DAYS, may_reveal, reference_hash
from portal.store.database import session
from portal.web.failures import words_for
from portal.web.limits import limiter, may_tell, own_forms_only
from portal.web.locale import route
from portal.web.public import PublicForm, received_on, render, today

blueprint = Blueprint("status", __name__)

#: Product.md §4: by client and by reference, and they fail closed.
PER_CLIENT = "10 per minute; 50 per day"
WRONG_DATES_PER_REFERENCE = "5 per hour"


class LookupForm(PublicForm):
    """The reference of an acknowledgement, and the date received printed beside it."""

    reference = StringField()
    date = StringField()

    def validate_reference(self, field: StringField) -> None:
        """Tell a mistyped reference at once: its check symbol needs no database."""
        try:
            normal_reference(field.data or "")
        except PortalError as error:
            raise ValidationError(words_for(error)) from None

    def validate_date(self, field: StringField) -> None:
        """Refuse what is no day, a day to come, or one before 1990."""
        received_on(field)


@route(blueprint, fr="/suivi/", en="/status/")
def lookup() -> Response:
    """The form."""
    return _form(LookupForm(formdata=None))


@route(blueprint, fr="/suivi/", en="/status/", methods=("POST",))
@own_forms_only
@limiter.limit(PER_CLIENT)
def answer() -> Response:
    """The status of one request, or the one answer for every miss: unknown, wrong date, closed too long ago."""
    form = LookupForm()
    if not form.validate():
        return _form(form)
    key = reference_hash(current_app.config["SECRET"], normal_reference(form.reference.data))
    request = records.request_of(session(), key)
    rules = delivery_records.rules(session())
    is_right = may_reveal(request, received_on(form.date), today())
    # A reference with too many wrong dates misses too: whoever guesses dates learns nothing more.
    if not may_tell(WRONG_DATES_PER_REFERENCE, key, is_right=is_right):
        return render("status/miss.html", told_days=TOLD_AFTER_CLOSING_DAYS)
    delivery = agreed(rules, [request.form_number], request.received_on)
    return render("status/request.html", request_=request, delivery=delivery)


def _form(form: LookupForm) -> Response:
    response = render("status/lookup.html", form=form, example=EXAMPLE_REFERENCE)
    response.status_code = 422 if form.errors else 200
    return response
