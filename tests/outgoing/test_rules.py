"""Which addresses are public, and how what another machine says is shown."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, strategies as st

from portal.outgoing.rules import is_public, plain

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
def test_what_is_answered_is_one_short_line_that_no_terminal_obeys(text: str, expected: str) -> None:
    assert plain(text) == expected
