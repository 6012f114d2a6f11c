"""One ping, sent to a real server: what it holds, how long it may take, and where it never goes."""

import errno
import os
import socket
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from portal.hub.rules import Answer, Verdict
from portal.hub.sender import send
from tests.hub.hubs import a_hub
from tests.outgoing.listeners import CERTIFICATE

TOPIC = "https://portal.test/en/notices/feed.rss?audience=developers,professionals"


def tell(url: str, *, is_public: Callable[[str], bool] = lambda address: True, time_limit: float = 10) -> Answer:
    """Send a ping of TOPIC, to an address of this machine too."""
    return send(url, TOPIC, is_public=is_public, time_limit=time_limit)


def answer(status: str, body: bytes = b"", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


def resolving(**names: list[str]) -> Callable[..., list[Any]]:
    """Return a resolver that knows these names, `_` for a dot, and each of them only once."""
    really = socket.getaddrinfo

    def resolve(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        known = names.pop(host.replace(".", "_"), None)
        return [found for one in known or [host] for found in really(one, port, *more, **named)]

    return resolve


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_a_hub_that_accepts_was_told_of_the_feed(status: str) -> None:
    with a_hub(answer(status)) as hub:
        assert tell(hub.url) == Answer("accepted", f"127.0.0.1 answered {status[:3]}")
    form = {"hub.mode": ["publish"], "hub.url": [TOPIC], "hub.topic": [TOPIC]}
    assert hub.pings == [("/hub", f"127.0.0.1:{hub.port}", form)]


def test_an_address_without_a_path_has_the_path_of_the_root() -> None:
    with a_hub() as hub:
        tell(f"http://127.0.0.1:{hub.port}")
    assert hub.pings[0][0] == "/"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirection_is_not_followed(status: str) -> None:
    with a_hub() as elsewhere, a_hub(answer(status, b"", f"Location: {elsewhere.url}")) as hub:
        assert tell(hub.url) == Answer("refused", f"127.0.0.1 answered {status[:3]}")
    assert len(hub.pings) == 1
    assert elsewhere.pings == []


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        (answer("400 Bad Request", b"hub.topic is\r\n\x1b[31munknown"), "refused", "400: hub.topic is [31munknown"),
        (answer("404 Not Found", b"<!doctype html><title>Lost"), "refused", "404"),
        (answer("400 Bad Request", b"\xff\xfe"), "refused", "400: ��"),
        (answer("500 Internal Server Error", b"oops"), "failed", "500: oops"),
        (answer("429 Too Many Requests"), "away", "429"),
        (answer("503 Service Unavailable"), "away", "503"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_hub(given: bytes, verdict: Verdict, words: str) -> None:
    with a_hub(given) as hub:
        assert tell(hub.url) == Answer(verdict, f"127.0.0.1 answered {words}")


def test_a_hub_that_never_answers_is_left_in_time() -> None:
    with a_hub(None) as hub:
        begun = time.monotonic()
        assert tell(hub.url, time_limit=0.2) == Answer("away", "127.0.0.1: no answer within 0.2 s")
        assert time.monotonic() - begun < 2
    assert len(hub.pings) == 1


def test_a_hub_that_takes_no_connection_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # it never accepts: TLS waits for its first word
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/"
        assert tell(url, time_limit=0.2) == Answer("away", "127.0.0.1: no answer within 0.2 s")


def test_a_resolver_that_never_answers_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **named: os.read(reader, 1) and [])
    assert tell("http://hub.test/", time_limit=0.2) == Answer("away", "hub.test: no answer within 0.2 s")
    os.close(writer)


def test_a_hub_that_sends_a_byte_at_a_time_is_left_in_time() -> None:
    reader, writer = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as slow, reader, writer:

        def drip() -> None:
            client, _address = slow.accept()
            reader.settimeout(0.05)
            with client:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 50:
                    try:
                        client.send(bytes([byte]))
                        reader.recv(1)
                    except TimeoutError:
                        continue
                    except OSError:
                        return

        thread = Thread(target=drip)
        thread.start()
        begun = time.monotonic()
        url = f"http://127.0.0.1:{slow.getsockname()[1]}/"
        assert tell(url, time_limit=0.3) == Answer("away", "127.0.0.1: no answer within 0.3 s")
        assert time.monotonic() - begun < 2
        thread.join(10)
        assert not thread.is_alive()


def test_a_huge_answer_is_not_read() -> None:
    huge = b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"no " * 3_000_000
    with a_hub(huge) as hub:
        assert tell(hub.url).words == "127.0.0.1 answered 400: " + ("no " * 100)[:200]
    with a_hub(huge.replace(b"400", b"200", 1)) as hub:
        assert tell(hub.url) == Answer("accepted", "127.0.0.1 answered 200")


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200,
    ],
)
def test_an_answer_that_is_no_http_is_tried_again(given: bytes) -> None:
    with a_hub(given) as hub:
        found = tell(hub.url)
    assert found.verdict == "away"
    assert found.words.startswith("127.0.0.1: ")


def test_a_closed_port_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert tell(f"http://127.0.0.1:{port}/") == Answer("away", f"127.0.0.1: {os.strerror(errno.ECONNREFUSED)}")


def test_a_name_that_does_not_exist_is_tried_again() -> None:
    found = tell("https://hub.invalid/")
    assert found.verdict == "away"
    assert found.words.startswith("hub.invalid: ")


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".test"])
def test_a_name_that_no_resolver_takes_is_told(name: str) -> None:
    found = tell(f"https://{name}/")
    assert found.verdict == "away"
    assert found.words.startswith(f"{name}: ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "10.0.0.1", "169.254.169.254"])
def test_nothing_is_sent_to_a_private_address(host: str) -> None:
    with a_hub() as hub:
        found = send(f"http://{host}:{hub.port}/", TOPIC)
    assert found.verdict == "away"
    assert found.words.endswith("is not a public one, so nothing was sent")
    assert hub.pings == []


def test_one_private_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(hub_test=["192.0.2.1", "127.0.0.1"]))
    with a_hub() as hub:
        found = tell(f"http://hub.test:{hub.port}/", is_public=lambda address: address == "127.0.0.1")
    assert found.words == "hub.test: its address 192.0.2.1 is not a public one, so nothing was sent"
    assert hub.pings == []


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    # Resolved again, the name would lead nowhere: the resolver knows it only once.
    monkeypatch.setattr(socket, "getaddrinfo", resolving(hub_test=["127.0.0.1"]))
    with a_hub() as hub:
        assert tell(f"http://hub.test:{hub.port}/").verdict == "accepted"
    assert hub.pings[0][1] == f"hub.test:{hub.port}"


def test_where_one_address_does_not_answer_the_next_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(hub_test=["127.0.0.2", "127.0.0.1"]))
    with a_hub() as hub:
        assert tell(f"http://hub.test:{hub.port}/").verdict == "accepted"


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_hub() as proxy, a_hub() as hub:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert tell(hub.url).verdict == "accepted"
    assert (len(hub.pings), len(proxy.pings)) == (1, 0)


def test_over_https_a_hub_proves_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setattr(socket, "getaddrinfo", resolving(hub_test=["127.0.0.1"]))
    with a_hub(with_tls=True) as hub:
        assert tell(f"https://hub.test:{hub.port}/hub") == Answer("accepted", "hub.test answered 202")
    assert hub.topics == [TOPIC]


def test_over_https_a_hub_of_another_name_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setattr(socket, "getaddrinfo", resolving(other_test=["127.0.0.1"]))
    with a_hub(with_tls=True) as hub:
        found = tell(f"https://other.test:{hub.port}/hub")
    assert found.verdict == "away"
    assert "other.test" in found.words
    assert "certificate" in found.words.lower()
    assert hub.pings == []


def test_over_https_a_hub_that_no_one_vouches_for_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(hub_test=["127.0.0.1"]))
    with a_hub(with_tls=True) as hub:
        found = tell(f"https://hub.test:{hub.port}/hub")
    assert found.verdict == "away"
    assert "certificate" in found.words.lower()
    assert hub.pings == []


def test_a_fault_of_ours_is_no_answer_of_the_hub() -> None:
    def broken(address: str) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell("http://127.0.0.1:1/", is_public=broken)
