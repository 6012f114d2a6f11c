"""Where a message may go, and how what is answered is shown to an operator. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: Of what another machine says, enough to see what is wrong.
LONGEST_WORDS = 200
#: The only IPv6 addresses that were ever given out (RFC 4291 §2.4, IANA's registry).
_UNICAST = IPv6Network("2000::/3")
#: IPv4 as seen through a translator (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_accepted(status: int) -> bool:
    """Say whether an HTTP status says that a message was taken. A redirection does not, and is not followed."""
    return 200 <= status < 300


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public Internet, and so may be sent to.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is as public as what it carries.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        carried = _carried(found)
        if carried is None:
            return found in _UNICAST and found.is_global
        found = carried
    return found.is_global and not found.is_multicast


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def plain(text: str) -> str:
    """Return the beginning of what another machine says, on one line, without what a terminal would obey."""
    shown = "".join(symbol if symbol.isprintable() else " " for symbol in text)
    return " ".join(shown.split())[:LONGEST_WORDS]
