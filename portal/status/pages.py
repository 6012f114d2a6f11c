"""Where is my own request: a form, and one answer for whoever holds a reference of it. Never kept, never logged."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, request
from limits import RateLimitItemPerHour
from wtforms import StringField, ValidationError

from portal.core.calendar import parse_day
from portal.core.errors import PortalError
from portal.core.numbers import EXAMPLE_REFERENCE, normal_reference
from portal.status import records
from portal.status.rules import Held, may_reveal, reference_hash
from portal.status.shared import MARKS, PLACE, page_of, request_words, rule_of, standing_of, time
from portal.store.database import reader
from portal.web.failures import words_for
from portal.web.limits import at_most, check_brake, may_tell, own_forms_only
from portal.web.locale import language, route
from portal.web.public import PublicForm, received_on as check_received_on, render, today

blueprint = Blueprint("status", __name__)

#: Product.md §4: by client and by reference, and they fail closed.
PER_CLIENT = "10 per minute; 50 per day"
WRONG_DATES_PER_REFERENCE = RateLimitItemPerHour(5)


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
        check_received_on(field)


@route(blueprint, fr="/suivi/", en="/status/")
def lookup() -> Response:
    """The form."""
    return _form(LookupForm(formdata=None))


@route(blueprint, fr="/suivi/", en="/status/", methods=("POST",))
@own_forms_only
@at_most(PER_CLIENT)
def answer() -> Response:
    """The status of one request, or the one answer for every miss: unknown, wrong date, closed too long ago."""
    given, config = request.form, current_app.config  # files and JSON are no answer to the form
    try:
        reference = normal_reference(given.get("reference", ""))
        received_on = parse_day(given.get("date", ""), today=today())
    except PortalError:
        return _refused(LookupForm(formdata=given))
    check_brake()
    hashes = [reference_hash(key.secret, reference) for key in config["KEYS"]]
    held = records.held(reader(), hashes)
    is_right = may_reveal(held, received_on, today(), config["CLOSED_DAYS"])
    # A reference with too many wrong dates misses too: whoever guesses dates learns nothing more.
    if not may_tell(WRONG_DATES_PER_REFERENCE, hashes[0], is_right=is_right):
        return _answered(page_of("status/miss.html", closed_days=config["CLOSED_DAYS"]))
    return _answered(page_of("status/request.html").replace(PLACE, _told(held), 1))


def _told(held: Held) -> str:
    """Return what is told of a request alone: the words of all that stand as it does, with its own days in them."""
    request_ = held.request
    standing = standing_of(request_)
    own = {
        "changed_on": time(request_.changed_on),
        "received_on": time(request_.received_on),
        "shown_until": time(request_.changed_on + timedelta(current_app.config["CLOSED_DAYS"])),
        "allow_until": time(standing.allow_until) if standing.allow_until else "",
        "forecast": standing.forecast,
        "form": request_.form_number,
    }
    rule = rule_of(request_.form_number, request_.received_on)
    words = request_words(request_, held.holder, standing, rule)
    for name, text in own.items():
        words = words.replace(MARKS[name], text)
    return words


def _answered(html: str) -> Response:
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language()
    return response


def _refused(form: LookupForm) -> Response:
    """Return the form with what is wrong: it reads what was typed with the same rules, field by field."""
    form.validate()
    response = _form(form)
    response.status_code = 422
    return response


def _form(form: LookupForm) -> Response:
    return render("status/lookup.html", form=form, example=EXAMPLE_REFERENCE)
