"""Who counts as one client, how often they may ask, and from where a form may be sent."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from flask import Flask, request
from limits import RateLimitItemPerHour
from time_machine import Traveller

from portal.app import create_app
from portal.web import limits
from portal.web.limits import Tries, client, in_turn, may_tell
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


class SlowBody(BytesIO):
    """A form that comes when it is let go."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.is_asked_for, self.comes = Event(), Event()

    def readinto(self, buffer: Any) -> int:
        self.is_asked_for.set()
        assert self.comes.wait(10)
        return super().readinto(buffer)


@pytest.fixture
def taking_turns() -> Flask:
    """An application with one answer, which waits for a database when the form says so."""
    app = Flask("turns")
    app.extensions["database"] = (asked, answers) = Event(), Event()

    @in_turn
    def answer() -> str:
        if "waits" in request.form:
            asked.set()
            assert answers.wait(10)
        return "answered"

    app.add_url_rule("/", view_func=answer, methods=["POST"])
    return app


def turn(app: Flask, form: bytes | SlowBody) -> str:
    body = BytesIO(form) if isinstance(form, bytes) else form
    length, kind = str(len(body.getvalue())), "application/x-www-form-urlencoded"
    return app.test_client().post("/", input_stream=body, headers={"Content-Length": length}, content_type=kind).text


def test_a_form_that_comes_slowly_takes_no_turn(taking_turns: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_TURN", 10)
    slow = SlowBody(b"a=b")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(turn, taking_turns, slow)
        assert slow.is_asked_for.wait(10)
        assert turn(taking_turns, b"") == "answered"
        assert not first.done()
        slow.comes.set()
        assert first.result() == "answered"


def test_answers_are_made_one_after_the_other(taking_turns: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_TURN", 10)
    asked, answers = taking_turns.extensions["database"]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(turn, taking_turns, b"waits=1")
        assert asked.wait(10)
        second = pool.submit(turn, taking_turns, b"")
        assert not wait([first, second], 0.2).done
        answers.set()
        assert {first.result(), second.result()} == {"answered"}


def test_one_that_waits_for_a_database_holds_up_nobody(taking_turns: Flask) -> None:
    asked, answers = taking_turns.extensions["database"]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(turn, taking_turns, b"waits=1")
        assert asked.wait(10)
        assert [turn(taking_turns, b"") for _ in range(2)] == ["answered"] * 2
        assert not first.done()
        answers.set()
        assert first.result() == "answered"
    assert turn(taking_turns, b"") == "answered", "a turn that was never had is not given back"


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
