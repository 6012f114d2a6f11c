"""The answer to "has my date been reached?" (product.md §3)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.core.calendar import add_working_days
from portal.history.rules import Reached
from portal.hours.rules import Holidays
from portal.rows.rules import ProcessingDate

#: The answer to "has my date been reached?".
Verdict = Literal[
    "not_yet", "today", "allow_time", "call_us", "up_to_date", "suspended", "merged", "ended", "unpublished"
]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a person who gives the received date of their own request.

    `days_between` are calendar days between the two dates; `allow_until` is the last day of the grace delay, None while
    the request is processed. `had_reached_on` is the as-of day of the last edition that had reached a date which the
    newest has not: the table went back.
    """

    verdict: Verdict
    date: ProcessingDate
    received_on: date
    days_between: int = 0
    allow_until: date | None = None
    had_reached_on: date | None = None


def answer(found: ProcessingDate, received_on: date, reached: Reached, today: date, holidays: Holidays) -> Answer:
    """Decide which of the six cases of product.md §3 a request received on `received_on` is in.

    `reached` is what the editions said of that day; `today` is a day in Québec; `holidays` are as staff confirmed them.
    """
    if verdict := _without_date(found, today):
        return Answer(verdict, found, received_on)
    if found.received_on is None or found.as_of is None:
        allow_until = add_working_days(received_on, found.row.grace_days, holidays.of)
        return Answer("up_to_date" if today <= allow_until else "call_us", found, received_on, 0, allow_until)
    days = abs((received_on - found.received_on).days)
    if received_on > found.received_on:
        return Answer("not_yet", found, received_on, days, had_reached_on=reached.last_on)
    if received_on < found.received_on:
        allow_until = add_working_days(reached.passed_on or found.as_of, found.row.grace_days, holidays.of)
        return Answer("allow_time" if today <= allow_until else "call_us", found, received_on, days, allow_until)
    # Its delay begins when the table goes beyond it: until then it is being processed, however long that takes.
    return Answer("today", found, received_on)


def _without_date(found: ProcessingDate, today: date) -> Verdict | None:
    if found.row.merged_into:
        return "merged"
    if found.row.has_ended(today):
        return "ended"
    if found.as_of is None:
        return "unpublished"
    return "suspended" if found.meaning == "suspended" else None
