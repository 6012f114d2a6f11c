"""What may be asked of the audit log."""

from datetime import date

import pytest

from portal.audit.rules import Asked, DaysReversed, LineUnreadable

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("first", "last"), [(None, None), (FRIDAY, None), (None, FRIDAY), (FRIDAY, FRIDAY), (FRIDAY, SATURDAY)]
)
def test_days_in_order_may_be_asked_for(first: date | None, last: date | None) -> None:
    asked = Asked(first_day=first, last_day=last)
    assert (asked.first_day, asked.last_day) == (first, last)


def test_days_the_wrong_way_round_are_refused_with_both() -> None:
    with pytest.raises(DaysReversed) as refused:
        Asked(first_day=SATURDAY, last_day=FRIDAY)
    assert str(refused.value) == "the last day, 2026-11-20, comes before the first, 2026-11-21"


def test_a_line_that_cannot_be_read_leads_to_the_command_that_says_which() -> None:
    assert str(LineUnreadable()) == "a line of the audit log cannot be read; `portal audit verify` says which"
