"""What the table answers to a person's own date (product.md §3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from portal.core.languages import Bilingual
from portal.dates.rules import Answer, Verdict, answer
from portal.history.rules import Reached
from portal.hours.rules import Holidays
from portal.rows.rules import Meaning, ProcessingDate
from tests.makers import AS_OF, ONE_DAY, D, a_date, a_row

#: No edition ever reached the day.
NEVER = Reached(passed_on=None, last_on=None)
#: Nobody has confirmed any year: the rule's own.
AS_PROPOSED = Holidays()
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def asked(
    found: ProcessingDate, received_on: date, reached: Reached, today: date, holidays: Holidays = AS_PROPOSED
) -> Answer:
    return answer(found, received_on, reached, today, holidays)


@pytest.mark.parametrize("meaning", ["received_on", "received_up_to"])
@pytest.mark.parametrize(("received_on", "days"), [(D + ONE_DAY, 1), (date(2026, 2, 2), 21)])
def test_a_request_received_later_is_not_reached_yet(meaning: Meaning, received_on: date, days: int) -> None:
    found = a_date(meaning=meaning)

    assert asked(found, received_on, NEVER, AS_OF) == Answer("not_yet", found, received_on, days)


def test_a_date_that_the_table_had_reached_and_left_again_says_when() -> None:
    found, received_on, last_on = a_date(), D + ONE_DAY, date(2026, 1, 19)

    answered = asked(found, received_on, Reached(None, last_on), AS_OF)

    assert answered == Answer("not_yet", found, received_on, 1, had_reached_on=last_on)


@pytest.mark.parametrize("received_on", [D, D - ONE_DAY])
def test_a_date_that_is_reached_says_nothing_of_when_it_was_left(received_on: date) -> None:
    answered = asked(a_date(), received_on, Reached(date(2026, 1, 26), AS_OF), AS_OF)

    assert answered.verdict != "not_yet"
    assert answered.had_reached_on is None


@pytest.mark.parametrize(
    "today",
    # Ten working days after the edition of Monday 2 February are Monday 16 February: what is late then is the office.
    [AS_OF, date(2026, 2, 4), date(2026, 2, 16), date(2026, 2, 17), date(2026, 12, 30)],
)
@pytest.mark.parametrize("reached", [NEVER, Reached(date(2025, 12, 1), date(2025, 12, 1))])
def test_a_request_of_the_day_is_being_processed_until_the_table_goes_beyond(today: date, reached: Reached) -> None:
    found = a_date()

    assert asked(found, D, reached, today) == Answer("today", found, D), "no day of its delay runs yet"


def test_a_row_up_to_date_gives_its_delay_then_says_to_call() -> None:
    found = a_date(meaning="up_to_date", received_on=None)

    assert asked(found, D, NEVER, date(2026, 1, 26)) == Answer("up_to_date", found, D, 0, date(2026, 1, 26))
    assert asked(found, D, NEVER, date(2026, 1, 27)) == Answer("call_us", found, D, 0, date(2026, 1, 26))


@pytest.mark.parametrize(
    ("passed_on", "today", "verdict", "allow_until"),
    [
        # Passed on Monday 26 January: ten working days end on Monday 9 February.
        (date(2026, 1, 26), date(2026, 2, 2), "allow_time", date(2026, 2, 9)),
        (date(2026, 1, 26), date(2026, 2, 9), "allow_time", date(2026, 2, 9)),
        (date(2026, 1, 26), date(2026, 2, 10), "call_us", date(2026, 2, 9)),
        # The edition that went beyond it is not known: the delay runs from the last one.
        (None, date(2026, 2, 16), "allow_time", date(2026, 2, 16)),
        (None, date(2026, 2, 17), "call_us", date(2026, 2, 16)),
    ],
)
def test_a_request_received_before_is_given_its_delay_then_told_to_call(
    passed_on: date | None, today: date, verdict: Verdict, allow_until: date
) -> None:
    found = a_date()
    received_on = date(2026, 1, 9)

    answered = asked(found, received_on, Reached(passed_on, AS_OF), today)

    assert answered == Answer(verdict, found, received_on, 3, allow_until)


@pytest.mark.parametrize(
    ("holidays", "allow_until"),
    [
        # A day given for one that falls on a weekend, and one that is no holiday this year.
        ({date(2026, 1, 30): Bilingual("jour donné", "day given")}, date(2026, 2, 10)),
        ({}, date(2026, 2, 9)),
    ],
)
def test_a_delay_leaves_out_the_holidays_that_staff_confirmed(
    holidays: Mapping[date, Bilingual], allow_until: date
) -> None:
    reached = Reached(date(2026, 1, 26), AS_OF)
    answered = asked(a_date(), date(2026, 1, 9), reached, date(2026, 2, 2), Holidays({2026: holidays}))
    assert answered.allow_until == allow_until


def test_a_delay_over_a_holiday_that_staff_took_away_is_shorter() -> None:
    row, reached = a_date(a_row(grace_days=1)), Reached(date(2026, 4, 2), date(2026, 4, 2))  # 3 April is Good Friday
    today = date(2026, 4, 2)
    assert asked(row, date(2026, 1, 9), reached, today).allow_until == date(2026, 4, 7)
    assert asked(row, date(2026, 1, 9), reached, today, Holidays({2026: {}})).allow_until == date(2026, 4, 3)


def test_a_row_without_delay_says_to_call_on_the_next_day() -> None:
    found, reached = a_date(a_row(grace_days=0)), Reached(AS_OF, AS_OF)

    assert asked(found, D - ONE_DAY, reached, AS_OF).verdict == "allow_time"
    assert asked(found, D - ONE_DAY, reached, AS_OF + ONE_DAY).verdict == "call_us"
    assert asked(found, D, reached, AS_OF).verdict == "today"
    assert asked(found, D, reached, AS_OF + ONE_DAY).verdict == "today"


ENDED = a_row(last_day=AS_OF - ONE_DAY)
NO_DATE: dict[str, None] = dict.fromkeys(("received_on", "as_of", "next_update_on"))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (a_date(meaning="suspended", received_on=None), "suspended"),
        (a_date(**NO_DATE), "unpublished"),
        (a_date(ENDED), "ended"),
        (a_date(ENDED, meaning="suspended", received_on=None), "ended"),
        (a_date(ENDED, **NO_DATE), "ended"),
        (a_date(replace(ENDED, merged_into="access")), "merged"),
        (a_date(a_row(merged_into="access")), "merged"),
        (a_date(a_row(merged_into="access"), meaning="suspended", received_on=None), "merged"),
        (a_date(a_row(merged_into="access"), **NO_DATE), "merged"),
    ],
)
@pytest.mark.parametrize("received_on", [D - ONE_DAY, D, D + ONE_DAY])
def test_a_row_without_a_date_of_its_own_has_one_answer(
    found: ProcessingDate, verdict: Verdict, received_on: date
) -> None:
    assert asked(found, received_on, NEVER, AS_OF) == Answer(verdict, found, received_on)


def test_a_row_answers_on_its_last_day() -> None:
    assert asked(a_date(a_row(last_day=AS_OF)), D, NEVER, AS_OF).verdict == "today"


@given(days_of_2026, days_of_2026, days_of_2026, st.integers(0, 40))
def test_the_answer_never_goes_back_as_time_passes(received_on: date, passed_on: date, today: date, grace: int) -> None:
    order = ["not_yet", "today", "allow_time", "call_us"]
    reached = Reached(passed_on, passed_on)
    found = a_date(a_row(grace_days=grace), as_of=max(passed_on, D))

    now = asked(found, received_on, reached, today).verdict
    tomorrow = asked(found, received_on, reached, today + ONE_DAY).verdict

    assert order.index(tomorrow) >= order.index(now)


@given(days_of_2026, days_of_2026, st.integers(0, 40))
def test_an_edition_that_goes_further_never_takes_a_date_back(received_on: date, today: date, grace: int) -> None:
    found = a_date(a_row(grace_days=grace), as_of=today)
    later = replace(found, received_on=D + ONE_DAY)
    reached = Reached(today if received_on < D else None, today if received_on <= D else None)
    then = Reached(today if received_on <= D else None, today if received_on <= D + ONE_DAY else None)

    order = ["not_yet", "today", "allow_time", "call_us"]
    now = order.index(asked(found, received_on, reached, today).verdict)

    assert order.index(asked(later, received_on, then, today).verdict) >= now


def test_a_stale_row_gives_the_same_answer() -> None:
    found = a_date()
    late = date(2026, 12, 30)

    assert found.is_stale(late)
    assert asked(found, D + ONE_DAY, NEVER, late) == asked(found, D + ONE_DAY, NEVER, AS_OF)
