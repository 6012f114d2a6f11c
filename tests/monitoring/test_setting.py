"""Where the counts are read: on this machine or in a private network, or the start is refused in one sentence."""

import sys

import pytest

from portal.config import from_environment
from portal.core.errors import SettingError


@pytest.mark.parametrize(
    ("address", "heard"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("10.1.2.3:9464", ("10.1.2.3", 9464)),
        ("100.64.0.7:9464", ("100.64.0.7", 9464)),
        ("[fd00::7]:9464", ("fd00::7", 9464)),
        ("", None),
    ],
)
def test_counts_are_read_on_this_machine_or_in_a_private_network(address: str, heard: tuple[str, int] | None) -> None:
    assert from_environment({"PORTAL_METRICS": address}).metrics == heard


@pytest.mark.parametrize(
    "address",
    [
        *("9464", "localhost:9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.256:9464", "::1:9464"),
        *("0.0.0.0:9464", "[::]:9464", "[::ffff:0:0]:9464", "224.0.0.1:9464"),
        *("8.8.8.8:9464", "[2606:4700::1111]:9464", "[::ffff:808:808]:9464"),
        "127.0.0.1:8000",
    ],
)
def test_what_the_world_could_reach_or_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment({"PORTAL_METRICS": address})
    sentence = str(refused.value)
    assert sentence.startswith("PORTAL_METRICS must ")
    assert "\n" not in sentence


def test_counts_for_prometheus_need_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)  # as where it is not installed
    with pytest.raises(SettingError, match=r"^PORTAL_METRICS needs prometheus-client: install portal\[metrics\]$"):
        from_environment({"PORTAL_METRICS": "127.0.0.1:9464"})
