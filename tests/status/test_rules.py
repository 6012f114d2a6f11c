"""When the status of a request may be told, and under what it is kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.status.rules import (
    ARROWS,
    NOBODY,
    STAGE_NAMES,
    STAGES,
    Held,
    Holder,
    Imported,
    ReasonTellsWhose,
    Request,
    Stage,
    check_reason,
    fault_of,
    has_expired,
    last_expired,
    may_reveal,
    reference_fault_of,
    reference_hash,
    superseded,
)

RECEIVED = date(2026, 6, 1)
CHANGED = date(2026, 6, 15)
LAST_DAY_TOLD = CHANGED + timedelta(days=90)
ONE_DAY = timedelta(days=1)

dates = st.dates(date(1990, 1, 1), date(2100, 1, 1))


CLOSED_DAYS = 90


def a_request(**changes: object) -> Request:
    request = Request(RECEIVED, "4058", "in_line", CHANGED)
    return replace(request, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def is_told(request: Request, received_on: date, today: date) -> bool:
    return may_reveal(Held(request, "anyone"), received_on, today, CLOSED_DAYS)


def test_the_stages_stand_in_their_order() -> None:
    assert STAGES == ("received", "in_line", "in_processing", "more_information", "processed", "closed")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("today", [CHANGED, LAST_DAY_TOLD])
def test_the_right_date_reveals_every_stage(stage: Stage, today: date) -> None:
    assert is_told(a_request(stage=stage), RECEIVED, today)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "received_on", [RECEIVED - ONE_DAY, RECEIVED + ONE_DAY, CHANGED, date(2025, 6, 1), date.min, date.max]
)
def test_a_wrong_date_reveals_nothing(stage: Stage, received_on: date) -> None:
    assert not is_told(a_request(stage=stage), received_on, CHANGED)


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
    assert is_told(a_request(stage=stage), RECEIVED, today) is told


@given(dates, dates)
def test_nobody_is_never_revealed(received_on: date, today: date) -> None:
    assert not may_reveal(NOBODY, received_on, today, CLOSED_DAYS)


def test_nobody_is_not_revealed_even_to_who_guesses_its_date_in_time() -> None:
    assert not may_reveal(NOBODY, NOBODY.request.received_on, NOBODY.request.changed_on, CLOSED_DAYS)


@given(st.sampled_from(STAGES), dates, dates, dates, dates)
def test_a_status_is_told_exactly_when_date_and_delay_allow_it(
    stage: Stage, received: date, given_date: date, changed: date, today: date
) -> None:
    request = a_request(stage=stage, received_on=received, changed_on=changed)
    in_time = stage != "closed" or (today - changed).days <= 90

    assert is_told(request, received, today) is in_time
    assert is_told(request, given_date, today) is (in_time and given_date == received)


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


ALONG = [
    ("received", "in_line"),
    ("received", "closed"),
    ("in_line", "in_processing"),
    ("in_line", "more_information"),
    ("in_processing", "processed"),
    ("more_information", "in_line"),
    ("more_information", "in_processing"),
    ("processed", "more_information"),
    ("processed", "closed"),
]
AGAINST = [
    ("in_line", "received"),
    ("in_processing", "in_line"),
    ("processed", "in_processing"),
    ("more_information", "received"),
    ("closed", "received"),
    ("closed", "processed"),
    ("closed", "more_information"),
]


@pytest.mark.parametrize(("before", "after"), ALONG)
def test_a_request_passes_along_the_arrows(before: Stage, after: Stage) -> None:
    assert fault_of(a_request(stage=before), a_request(stage=after)) == ""


@pytest.mark.parametrize(("before", "after"), AGAINST)
def test_a_request_does_not_go_against_them(before: Stage, after: Stage) -> None:
    assert fault_of(a_request(stage=before), a_request(stage=after)) == (
        f"it cannot go from “{STAGE_NAMES[before].en}” to “{STAGE_NAMES[after].en}”"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_but_the_last_leads_on_and_every_one_may_stay(stage: Stage) -> None:
    assert bool(ARROWS[stage]) == (stage != "closed")
    assert stage not in ARROWS[stage]
    assert fault_of(a_request(stage=stage), a_request(stage=stage, changed_on=CHANGED + ONE_DAY)) == ""


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"received_on": RECEIVED + ONE_DAY}, "its received date is not the one kept"),
        ({"form_number": "4123"}, "its form is not the one kept"),
        ({"form_number": ""}, "its form is not the one kept"),
        ({"changed_on": CHANGED - ONE_DAY}, "it has changed since this changed_on"),
    ],
)
def test_what_a_file_contradicts_is_told_without_saying_what_is_kept(changes: dict[str, object], fault: str) -> None:
    assert fault_of(a_request(), a_request(**changes)) == fault


def test_a_form_that_was_not_known_may_be_told_later() -> None:
    assert fault_of(a_request(form_number=""), a_request()) == ""


@given(st.sampled_from(STAGES), dates, dates, st.integers(1, 3_650))
def test_the_last_day_that_has_expired_is_the_last_one(stage: Stage, changed: date, today: date, days: int) -> None:
    expired = stage == "closed" and changed <= last_expired(today, days)

    assert has_expired(a_request(stage=stage, changed_on=changed), today, days) is expired


PAIR: dict[str, Holder] = {"a": "user", "b": "authoriser"}


@pytest.mark.parametrize(("authoriser", "holders"), [("", {"a": "anyone"}), ("b", PAIR)])
def test_one_reference_is_held_by_anyone_and_two_by_one_person_each(
    authoriser: str, holders: dict[str, Holder]
) -> None:
    assert Imported(2, "a", authoriser, a_request()).holders() == holders


@pytest.mark.parametrize(
    ("kept", "given", "fault"),
    [
        ({"a": "anyone"}, {"a": "anyone"}, ""),
        ({"a": "anyone"}, PAIR, ""),
        ({"b": "anyone"}, PAIR, ""),
        (PAIR, PAIR, ""),
        (PAIR, {"a": "anyone"}, ""),
        (PAIR, {"b": "anyone"}, ""),
        ({"a": "user"}, PAIR, ""),
        (PAIR, {"a": "user", "c": "authoriser"}, "it has another reference of the person who authorised it"),
        (PAIR, {"c": "user", "b": "authoriser"}, "it has another reference of the user"),
        ({**PAIR, "c": "anyone"}, PAIR, "it has another reference of both people"),
        (
            PAIR,
            {"b": "user", "a": "authoriser"},
            "the reference given as that of the user is kept as that of the person who authorised it",
        ),
        (
            PAIR,
            {"c": "user", "a": "authoriser"},
            "the reference given as that of the person who authorised it is kept as that of the user",
        ),
    ],
)
def test_the_references_of_a_request_change_only_by_a_correction(
    kept: dict[str, Holder], given: dict[str, Holder], fault: str
) -> None:
    assert reference_fault_of(kept, given) == fault
    assert list(superseded(kept, given)) == ([] if "anyone" in given.values() else sorted(kept.keys() - given.keys()))


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ("8ZK3M-2QX7A-N was typed for another", "a reference"),
        ("asked by jacques.untel@xx.com", "an e-mail address"),
        ("asked by jacques.untel ＠ xx.com", "an e-mail address"),
    ],
)
def test_a_reason_that_says_whose_request_it_is_is_refused(reason: str, what: str) -> None:
    with pytest.raises(ReasonTellsWhose) as refused:
        check_reason(reason)
    assert str(refused.value) == (
        f"the reason holds what reads as {what}, and the audit log keeps it; say why without it"
    )


@pytest.mark.parametrize("reason", ["", "Typed twice on 2026-10-01", "form 4058 (@ the counter)"])
def test_any_other_reason_is_taken(reason: str) -> None:
    check_reason(reason)  # raises nothing
