"""What the answers of the lookup share, made once for a state of the portal: nothing in it is of one request."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast

from flask import current_app, g, render_template, request
from markupsafe import Markup

from portal.core.calendar import instant
from portal.dates.rules import answer
from portal.delivery import records as delivery
from portal.delivery.rules import Rule, rule_to_tell
from portal.forecast.rules import Interval, Refusal, forecast
from portal.history.records import points
from portal.history.rules import reached
from portal.hours.records import holidays
from portal.notices.records import next_publication, notice_of_key
from portal.notices.rules import Notice
from portal.rows import records as rows
from portal.rows.rules import ProcessingDate
from portal.status.rules import Holder, Stage
from portal.store import revisions
from portal.store.copies import Statement
from portal.store.database import session
from portal.web.locale import language
from portal.web.page_cache import REVISIONS
from portal.web.public import now, today, valid_until

Value = TypeVar("Value")
#: What the answers show beside the request itself.
SUBJECTS = ("contacts", "dates", "delivery", "notices", "site")
#: Days of a few hundred rows: more would be someone's play.
MOST_VALUES = 5_000
#: Where the answer to one visitor goes in a page that is the same for all, and the days of one request in the words of
#: those that stand as it does.
PLACE = Markup("<!-- told -->")
MARKS = {name: Markup("<!-- %s -->") % name for name in ("changed_on", "received_on", "shown_until", "forecast")}
#: Stages of a request that the table of processing dates still tells something about.
WAITING = frozenset({"received", "in_line", "in_processing"})


@dataclass(frozen=True, slots=True)
class _Made:
    value: object
    until: float


@dataclass(slots=True)
class Shared:
    """Values made for the revisions of SUBJECTS, each right until an instant that it states, as a page does.

    A lookup renders 7 kB of which 1 kB is its own: made anew each time, it took 10 ms, now 2.
    """

    _state: tuple[int, ...] = ()
    _made: dict[object, _Made] = field(default_factory=dict)

    def value(self, key: object, make: Callable[[], Value]) -> Value:
        """Return what `make` gave for `key`, made anew when the portal has changed or the clock has passed on."""
        # The state is in the key: a thread that read the revisions before a change must not leave what it makes behind.
        whole_key = (self._state_now(), key)
        found = self._made.get(whole_key)
        if found is None or now().timestamp() >= found.until:
            found = self._make(make)
            if len(self._made) >= MOST_VALUES:
                self._made.clear()
            self._made[whole_key] = found
        valid_until(datetime.fromtimestamp(found.until, UTC))  # of what it is made into
        return cast(Value, found.value)

    def _state_now(self) -> tuple[int, ...]:
        """Return the revisions of this request, as the door knew them; what was made for others is let go."""
        if "shared_state" not in g:
            known = request.environ.get(REVISIONS) or revisions.numbers(session())
            g.shared_state = tuple(known[subject] for subject in SUBJECTS)
            if g.shared_state != self._state:
                self._made.clear()
                self._state = g.shared_state
        return g.shared_state

    def _make(self, make: Callable[[], object]) -> _Made:
        midnight = instant(today() + timedelta(days=1)).timestamp()
        around, g.statement = g.pop("statement", None), Statement({}, valid_until=midnight)
        try:
            value = make()
            return _Made(value, cast(Statement, g.statement).valid_until or midnight)
        finally:
            g.statement = around


def shared() -> Shared:
    """Return the values of this application."""
    return current_app.extensions.setdefault("status", Shared())


def page_of(template: str, **context: object) -> str:
    """Return a page of the lookup in the language of the path, with PLACE where the request goes."""
    return shared().value((template, language()), lambda: render_template(template, place=PLACE, **context))


def rule_of(form_number: str, received_on: date) -> Rule | None:
    """Return the delivery rule of a request; None where nobody can say, as of a form that we do not know."""
    kept = shared().value("rules", lambda: delivery.rules(session()))
    return rule_to_tell(kept, form_number, received_on, shared().value("forms", _covered_forms))


def _covered_forms() -> Collection[str]:
    """Return the forms of every row that has begun: a request may be older than the end of its row."""
    return {number for found in rows.known_rows(session(), today()) for number in found.row.forms}


def _notice(key: str) -> Notice | None:
    valid_until(next_publication(session(), now()))
    return notice_of_key(session(), key, now())


def request_words(stage: Stage, holder: Holder, row: ProcessingDate | None, rule: Rule | None) -> str:
    """Return what is told of the requests of a stage, row and rule to a holder, with MARKS where their days go."""

    def make() -> str:
        return render_template(
            "status/told.html",
            stage=stage,
            holder=holder,
            row=row,
            delivery=rule,
            notice=_notice(rule.notice) if rule else None,
            sends_credentials=not row or row.row.issues_credentials,
            is_waiting=stage in WAITING,
            today=today(),
            **MARKS,
        )

    key = ("words", stage, holder, row and row.row.key, rule and rule.key, language())
    return shared().value(key, make)


def time(day: date) -> Markup:
    """Return a day as people read it and as machines do."""
    return _macros("macros/text.html").time(day)


def _macros(template: str) -> Any:
    return current_app.jinja_env.get_template(template).module


def row_of(form_number: str) -> ProcessingDate | None:
    """Return what the table says now of the row that covers a form, or None where none does."""
    covered = shared().value("rows", _rows_by_form)
    return covered.get(form_number)


def _rows_by_form() -> Mapping[str, ProcessingDate]:
    return {number: found for found in rows.table(session(), today()) for number in found.row.forms}


def forecast_words(found: ProcessingDate, received_on: date) -> str:
    """Return when a received date not yet reached will be, or why that cannot be said; nothing where nobody is told."""
    if not found.row.has_forecast or found.is_stale(today()):
        return ""

    def make() -> str:
        said = _forecast(found, received_on)
        return _macros("forecast/words.html").forecast_words(said) if said else ""

    return shared().value((found.row.key, received_on, language()), make)


def _forecast(found: ProcessingDate, received_on: date) -> Interval | Refusal | None:
    past = points(session(), found.row.key)
    answered = answer(found, received_on, reached(past, received_on), today(), holidays(session()))
    return forecast(past, received_on, today()) if answered.verdict == "not_yet" else None
