"""Which answers count, and when a ping is sent again."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given, strategies as st

from portal.hub.rules import (
    RETRY_DELAYS,
    Answer,
    Outcome,
    Ping,
    Verdict,
    body,
    outcome,
    retry_at,
    verdict,
)

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "accepted"),
        (202, "accepted"),
        (204, "accepted"),
        (301, "refused"),
        (307, "refused"),
        (400, "refused"),
        (404, "refused"),
        (410, "refused"),
        (408, "failed"),
        (500, "failed"),
        (501, "failed"),
        (101, "failed"),
        (999, "failed"),
        (429, "away"),
        (502, "away"),
        (503, "away"),
        (504, "away"),
    ],
)
def test_a_status_is_accepted_refused_or_tried_again(status: int, expected: Verdict) -> None:
    assert verdict(status) == expected


def test_a_ping_is_tried_again_later_each_time_and_then_given_up() -> None:
    assert [retry_at(tries, AT) for tries in range(1, 8)] == [*(AT + delay for delay in RETRY_DELAYS), None]
    assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)


def test_a_hub_that_is_mended_within_a_day_misses_nothing() -> None:
    assert sum(RETRY_DELAYS, timedelta()) > timedelta(days=1)


@pytest.mark.parametrize(
    ("answer", "tries", "expected"),
    [
        ("accepted", 0, Outcome("told", 1, None, "so")),
        ("accepted", 6, Outcome("told", 7, None, "so")),
        ("refused", 0, Outcome("refused", 1, None, "so")),
        ("failed", 0, Outcome("waiting", 1, AT + timedelta(minutes=1), "so")),
        ("away", 3, Outcome("waiting", 4, AT + timedelta(hours=1), "so")),
        ("away", 6, Outcome("given_up", 7, None, "so")),
    ],
)
def test_what_becomes_of_a_ping(answer: Verdict, tries: int, expected: Outcome) -> None:
    assert outcome(Ping("/fr/avis/fil.rss", (1,), tries), Answer(answer, "so"), AT) == expected


@given(st.text(min_size=1))
def test_a_form_tells_of_one_feed_under_both_names(topic: str) -> None:
    form = parse_qs(body("https://portal.test/" + topic).decode("ascii"), strict_parsing=True)
    assert form == {name: ["https://portal.test/" + topic] for name in ("hub.url", "hub.topic")} | {
        "hub.mode": ["publish"]
    }
