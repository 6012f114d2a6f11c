"""Who counts as one client, how often they may ask, and from where a form may be sent."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from limits import RateLimitItemPerHour
from limits.strategies import SlidingWindowCounterRateLimiter
from time_machine import Traveller

from portal.app import create_app
from portal.web.limits import Tries, client, may_tell
from tests.makers import PUBLIC_URL, Office

NOW = "2026-11-18 10:00"
FORM = {"reference": "", "date": ""}


@pytest.fixture
def app(office: Office) -> Flask:
    return create_app(office.config)


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.2", "192.0.2.2"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("192.0.2.1, 192.0.2.2", "unknown"),
    ],
)
def test_a_client_is_an_address_or_a_network_of_64_bits(app: Flask, address: str, counted_as: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client() == counted_as


def ask(app: Flask, address: str) -> int:
    answer = app.test_client().post(
        "/en/status/", base_url=PUBLIC_URL, data=FORM, environ_base={"REMOTE_ADDR": address}
    )
    return answer.status_code


def test_the_addresses_of_one_network_share_one_limit(app: Flask) -> None:
    assert [ask(app, f"2001:db8:0:1::{number}") for number in range(11)] == [422] * 10 + [429]
    assert ask(app, "2001:db8:0:2::1") == 422


def test_who_reads_is_not_limited(app: Flask) -> None:
    for _ in range(15):
        answer = app.test_client().get("/en/status/", base_url=PUBLIC_URL, environ_base={"REMOTE_ADDR": "192.0.2.9"})
        assert answer.status_code == 200


def test_a_header_of_the_visitor_is_not_believed(app: Flask) -> None:
    for number in range(10):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        app.test_client().post(
            "/en/status/", base_url=PUBLIC_URL, data=FORM, headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.3"}
        )
    assert ask(app, "192.0.2.3") == 429


def test_a_right_try_is_told_until_the_wrong_ones_are_used_up(app: Flask) -> None:
    with app.app_context():
        for _ in range(4):
            assert may_tell(RateLimitItemPerHour(2), "a-key", is_right=True)
        for _ in range(2):
            assert not may_tell(RateLimitItemPerHour(2), "a-key", is_right=False)
        assert not may_tell(RateLimitItemPerHour(2), "a-key", is_right=True)
        assert may_tell(RateLimitItemPerHour(2), "another-key", is_right=True)


def test_to_count_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = Tries()
    tries.timer.join()
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    together, rate = SlidingWindowCounterRateLimiter(tries), RateLimitItemPerHour(2)
    assert [together.hit(rate, "misses") for _number in range(3)] == [True, True, False]
    assert not together.test(rate, "misses")
    assert not started


def test_what_all_count_together_is_left_when_it_is_over(clock: Traveller) -> None:
    tries = Tries()
    assert [tries.incr("misses", 3600) for _number in range(2)] == [1, 2]
    clock.shift(3600)
    assert tries.incr("misses", 3600) == 1


def counted(tries: Tries, clock: Traveller, *keys: str) -> list[bool]:
    """Try once a second, each key at most twice in ten."""
    return [tries.acquire_entry(key, 2, 10) for key in keys if clock.shift(1) is None]


def test_a_try_counts_for_its_seconds_and_is_forgotten_with_its_key(clock: Traveller) -> None:
    tries = Tries()
    start = time.time()
    assert counted(tries, clock, "a", "b", "a", "a", "c", "b") == [True, True, True, False, True, True]
    assert [tries.get_moving_window(key, 2, 10) for key in "abcd"] == [
        (start + 1, 2),
        (start + 2, 2),
        (start + 5, 1),
        (start + 6, 0),
    ]
    clock.shift(5)  # the first of “a” is past
    assert counted(tries, clock, "a", "a", "b") == [True, False, True]
    for seconds, left in ((0, {"a", "b", "c"}), (8, {"a", "b"}), (20, set())):
        clock.shift(seconds)
        tries.get_moving_window("d", 2, 10)
        assert set(tries.known[10]) == left


def test_tries_are_counted_when_the_clock_goes_back(clock: Traveller) -> None:
    tries = Tries()
    clock.shift(60)
    assert counted(tries, clock, "late") == [True]
    clock.shift(-60)
    assert counted(tries, clock, "early", "early") == [True, True]
    clock.shift(20)
    assert counted(tries, clock, "early") == [True]
    assert tries.get_moving_window("late", 2, 10)[1] == 1


def test_guesses_sent_together_do_not_all_pass(app: Flask) -> None:
    def guess(number: int) -> bool:
        with app.app_context():
            return may_tell(RateLimitItemPerHour(5), "a-key", is_right=number == 49)

    with ThreadPoolExecutor(50) as guessers:
        assert not any(guessers.map(guess, range(50)))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 422),
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Sec-Fetch-Site": "none"}, 422),
        ({"Origin": PUBLIC_URL}, 422),
        ({"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC_URL}, 422),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC_URL}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": PUBLIC_URL + ".evil.example"}, 403),
    ],
)
def test_a_form_comes_from_our_own_page(office: Office, headers: dict[str, str], status: int) -> None:
    answer = office.post("/fr/suivi/", FORM, **{name.replace("-", "_"): value for name, value in headers.items()})
    assert answer.status_code == status
