"""What the answers of the lookup share, made once for a state of the portal: nothing in it is of one request."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app, render_template
from markupsafe import Markup

from portal.core.calendar import add_working_days
from portal.core.languages import Language
from portal.dates.rules import Verdict, answer
from portal.delivery import records as delivery
from portal.delivery.rules import Rule, rule_to_tell
from portal.forecast.rules import Point, forecast
from portal.history.records import points
from portal.history.rules import reached
from portal.hours.records import holidays
from portal.hours.rules import Holidays
from portal.notices.records import next_publication, notice_of_key
from portal.notices.rules import Notice
from portal.rows import shared as shared_rows
from portal.rows.rules import ProcessingDate, standing_for
from portal.status.rules import Holder, Request
from portal.store.database import session
from portal.web.locale import language
from portal.web.public import now, today, valid_until
from portal.web.shared import shared

Value = TypeVar("Value")
#: What the answers show beside the request itself.
SUBJECTS = ("contacts", "dates", "delivery", "notices", "site")
#: Where the answer to one visitor goes in a page that is the same for all, and the days of one request in the words of
#: those that stand as it does.
PLACE = Markup("<!-- told -->")
MARKS = {
    name: Markup("<!-- %s -->") % name
    for name in ("changed_on", "received_on", "shown_until", "allow_until", "forecast", "form")
}
#: Stages of a request that the table of processing dates still tells something about.
WAITING = frozenset({"received", "in_line", "in_processing"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, by the row that covers its form, if any.

    `verdict` is that of its received date while it waits; once it is processed, whether what was sent may still be on
    its way, until the day `allow_until`. `forecast` is in words.
    """

    row: ProcessingDate | None
    verdict: Verdict | None = None
    allow_until: date | None = None
    forecast: str = ""

    @property
    def sends_credentials(self) -> bool:
        """Say whether credentials are sent for the request, as for all whose row does not say otherwise."""
        return not self.row or self.row.row.issues_credentials


def value(key: object, make: Callable[[], Value]) -> Value:
    """Return what the answers share under a key."""
    return shared().value(SUBJECTS, key, make)


def page_of(template: str, **context: object) -> str:
    """Return a page of the lookup in the language of the path, with PLACE where the request goes."""
    return value((template, language()), lambda: render_template(template, place=PLACE, **context))


def rule_of(form_number: str, received_on: date) -> Rule | None:
    """Return the delivery rule of a request; None where nobody can say, as of a form that we do not know."""

    def make() -> Rule | None:
        kept = value("rules", lambda: delivery.rules(session()))
        return rule_to_tell(kept, form_number, received_on, value("forms", _covered_forms))

    return value(("rule", form_number, received_on), make)


def _covered_forms() -> Collection[str]:
    """Return the forms of every row that has begun: a request may be older than the end of its row."""
    return {number for found in shared_rows.known_rows() for number in found.row.forms}


def _notice(key: str) -> Notice | None:
    def make() -> Notice | None:
        valid_until(next_publication(session(), now()))
        return notice_of_key(session(), key, now())

    return value(("notice", key), make)


def request_words(request_: Request, holder: Holder, standing: Standing, rule: Rule | None) -> str:
    """Return what is told of all requests that stand as one does, with MARKS where the days of each go."""
    stage, row, verdict = request_.stage, standing.row, standing.verdict

    def make() -> str:
        return render_template(
            "status/told.html",
            stage=stage,
            has_form=bool(request_.form_number),
            holder=holder,
            row=row,
            row_notice=_notice(row.row.notice) if row and row.row.notice else None,
            verdict=verdict,
            tells_row=row and (stage in ("received", "in_line") or row.received_on or verdict == "call_us"),
            delivery=rule,
            notice=_notice(rule.notice) if rule else None,
            sends_credentials=standing.sends_credentials,
            today=today(),
            **MARKS,
        )

    key = (stage, bool(request_.form_number), holder, row and row.row.key, verdict, rule and rule.key, language())
    return value(("words", *key), make)


def time(day: date) -> Markup:
    """Return a day as people read it and as machines do, in the language of the path."""
    return _time_in(day, language())


@lru_cache(maxsize=2_000)
def _time_in(day: date, language: Language) -> Markup:
    return _macros("macros/text.html").time(day)


def _macros(template: str) -> Any:
    return current_app.jinja_env.get_template(template).module


def standing_of(request_: Request) -> Standing:
    """Return what can be said of when a request is or was to be processed, by the row that stands for its form."""
    row = value("rows", _rows_by_form).get(request_.form_number)
    if row is None or request_.stage not in (*WAITING, "processed"):
        return Standing(row)
    if request_.stage == "processed":
        key, make = request_.changed_on, lambda: _sent(row, request_.changed_on)
    else:
        key, make = request_.received_on, lambda: _waiting(row, request_.received_on)
    return value(("standing", row.row.key, request_.stage == "processed", key, language()), make)


def _rows_by_form() -> Mapping[str, ProcessingDate]:
    known = shared_rows.known_rows()
    return {number: found for number in _covered_forms() for found in standing_for(known, number)}


def _holidays() -> Holidays:
    return value("holidays", lambda: holidays(session()))


def _sent(row: ProcessingDate, sent_on: date) -> Standing:
    until = add_working_days(sent_on, row.row.grace_days, _holidays().of)
    return Standing(row, "allow_time" if today() <= until else "call_us", until)


def _waiting(row: ProcessingDate, received_on: date) -> Standing:
    past = value(("history", row.row.key), lambda: points(session(), row.row.key))
    answered = answer(row, received_on, reached(past, received_on), today(), _holidays())
    says_when = answered.verdict == "not_yet" and row.row.has_forecast and not row.is_stale(today())
    words = _forecast_words(row.row.key, past, received_on) if says_when else ""
    return Standing(row, answered.verdict, answered.allow_until, words)


def _forecast_words(key: str, past: Sequence[Point], received_on: date) -> str:
    found = value(("forecast", key, received_on), lambda: forecast(past, received_on, today()))
    return _macros("forecast/words.html").forecast_words(found)
