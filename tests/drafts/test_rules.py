"""Who is still at a form."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.drafts.rules import Draft

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "is_at_it"),
    [
        (timedelta(0), True),
        (timedelta(minutes=15) - timedelta(microseconds=1), True),
        (timedelta(minutes=15), False),
        (timedelta(days=1), False),
    ],
)
def test_whoever_typed_a_quarter_of_an_hour_ago_has_gone(later: timedelta, is_at_it: bool) -> None:
    draft = Draft("dates", "", person=3, name="Paul Tremblay", at=AT, typed={"date_b2b_new": "11-02"})
    assert draft.is_at_it(AT + later) is is_at_it
