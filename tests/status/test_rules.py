"""When the status of a request may be told, and under what it is kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.status.rules import (
    NOBODY,
    STAGES,
    TOLD_AFTER_CLOSING_DAYS,
    Request,
    Stage,
    may_reveal,
    reference_hash,
)

RECEIVED = date(2026, 6, 1)
CHANGED = date(2026, 6, 15)
LAST_DAY_TOLD = CHANGED + timedelta(days=90)
ONE_DAY = timedelta(days=1)

dates = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def a_request(**changes: object) -> Request:
    request = Request("ab" * 32, RECEIVED, "4058", "in_line", CHANGED)
    return replace(request, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def test_the_stages_stand_in_their_order() -> None:
    assert STAGES == ("received", "in_line", "in_processing", "more_information", "processed", "closed")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("today", [CHANGED, LAST_DAY_TOLD])
def test_the_right_date_reveals_every_stage(stage: Stage, today: date) -> None:
    assert may_reveal(a_request(stage=stage), RECEIVED, today)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "received_on", [RECEIVED - ONE_DAY, RECEIVED + ONE_DAY, CHANGED, date(2025, 6, 1), date.min, date.max]
)
def test_a_wrong_date_reveals_nothing(stage: Stage, received_on: date) -> None:
    assert not may_reveal(a_request(stage=stage), received_on, CHANGED)


@pytest.mark.parametrize(
    ("stage", "today", "told"),
    [
        ("closed", LAST_DAY_TOLD, True),
        ("closed", LAST_DAY_TOLD + ONE_DAY, False),
        ("closed", date.max, False),
        ("processed", LAST_DAY_TOLD + ONE_DAY, True),
        ("more_information", date.max, True),
    ],
)
def test_a_closed_request_is_told_for_ninety_days(stage: Stage, today: date, told: bool) -> None:
    assert TOLD_AFTER_CLOSING_DAYS == 90
    assert may_reveal(a_request(stage=stage), RECEIVED, today) is told


@given(dates, dates)
def test_nobody_is_never_revealed(received_on: date, today: date) -> None:
    assert not may_reveal(NOBODY, received_on, today)


def test_nobody_is_not_revealed_even_to_who_guesses_its_date_in_time() -> None:
    assert not may_reveal(NOBODY, NOBODY.received_on, NOBODY.changed_on)


@given(st.sampled_from(STAGES), dates, dates, dates, dates)
def test_a_status_is_told_exactly_when_date_and_delay_allow_it(
    stage: Stage, received: date, given_date: date, changed: date, today: date
) -> None:
    request = a_request(stage=stage, received_on=received, changed_on=changed)
    in_time = stage != "closed" or (today - changed).days <= 90

    assert may_reveal(request, received, today) is in_time
    assert may_reveal(request, given_date, today) is (in_time and given_date == received)


@pytest.mark.parametrize(
    ("secret", "reference", "expected"),
    [
        # RFC 4231, test cases 1 and 2
        (
            b"\x0b" * 20,
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ],
)
def test_a_reference_is_kept_under_hmac_sha256(secret: bytes, reference: str, expected: str) -> None:
    assert reference_hash(secret, reference) == expected


def test_another_secret_or_another_reference_is_another_hash() -> None:
    hashes = {
        reference_hash(secret, reference) for secret in (b"one", b"two") for reference in ("000000016JD", "00000000000")
    }

    assert len(hashes) == 4
