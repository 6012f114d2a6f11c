"""Which answers count, when a ping is sent again, and which addresses are public."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
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
    is_public,
    outcome,
    plain,
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


PUBLIC = [
    "8.8.8.8",
    "142.213.160.134",
    "2607:f8b0:4020::1",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
    "64:ff9b::808:808",
]
PRIVATE = [
    "0.0.0.0",  # noqa: S104 — nothing listens on it
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_as_public_as_the_one_it_carries(number: int) -> None:
    bare = is_public(str(IPv4Address(number)))
    assert is_public(str(IPv6Address(0xFFFF << 32 | number))) == bare
    assert is_public(str(IPv6Address(0x64_FF9B << 96 | number))) == bare
    assert is_public(str(IPv6Address(0x2002 << 112 | number << 80 | 1))) == bare


@given(st.ip_addresses())
def test_no_private_address_is_public(address: IPv4Address | IPv6Address) -> None:
    if is_public(str(address)):
        assert not any((address.is_loopback, address.is_link_local, address.is_multicast, address.is_unspecified))
        assert isinstance(address, IPv6Address) or not address.is_private


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topic unknown", "topic unknown"),
        ("  two\r\n\tlines ", "two lines"),
        ("\x1b[31mred\x07", "[31mred"),
        ("right\u202eleft", "right left"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_what_a_hub_says_is_one_short_line_that_no_terminal_obeys(text: str, expected: str) -> None:
    assert plain(text) == expected
