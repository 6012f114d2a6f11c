"""One message to a real cache: what it holds, what counts as taken, and what is never told of it."""

import json
import socket

import pytest

from portal.config import PurgeHook
from portal.purges.sender import NotTold, send
from tests.outgoing.listeners import a_listener
from tests.purges.caches import AWAY, REFUSED, TOKEN, a_cache


@pytest.mark.parametrize("status", ["200 OK", "202 Accepted", "204 No Content"])
def test_a_cache_is_told_of_all_subjects_in_one_message(status: str) -> None:
    with a_cache(f"HTTP/1.1 {status}\r\n\r\n".encode()) as cache:
        send(cache.hook, ["notices", "dates"])
    (message,) = cache.listener.messages
    assert (message.path, message.headers["Surrogate-Key"]) == ("/purge", "dates notices")
    assert message.headers["Authorization"] == f"Bearer {TOKEN}"
    assert message.headers["Content-Type"] == "application/json"
    assert json.loads(message.body) == {"surrogate_keys": ["dates", "notices"]}


def test_without_a_token_none_is_sent() -> None:
    with a_cache() as cache:
        send(PurgeHook(cache.hook.url, ""), ["dates"])
    assert "Authorization" not in cache.listener.messages[0].headers


@pytest.mark.parametrize(("answer", "status"), [(REFUSED, 403), (AWAY, 503), (b"HTTP/1.1 100 Continue\r\n\r\n", None)])
def test_what_a_cache_does_not_take_is_told_without_the_token(answer: bytes, status: int | None) -> None:
    with a_cache(answer) as cache, pytest.raises(NotTold) as refused:
        send(cache.hook, ["dates"], time_limit=0.5)
    assert str(refused.value).startswith("127.0.0.1")
    assert status is None or str(refused.value) == f"127.0.0.1 answered {status}"
    assert TOKEN not in str(refused.value)


def test_a_redirection_is_not_followed() -> None:
    with a_listener() as elsewhere:
        there = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\n\r\n"
        with a_cache(there.encode()) as cache, pytest.raises(NotTold, match=r"^127\.0\.0\.1 answered 307$"):
            send(cache.hook, ["dates"])
    assert (len(cache.told), elsewhere.messages) == (1, [])


def test_a_cache_that_never_answers_is_left_in_time() -> None:
    with a_cache(None) as cache, pytest.raises(NotTold, match=r"^127\.0\.0\.1: no answer within 0\.2 s$"):
        send(cache.hook, ["dates"], time_limit=0.2)


def test_a_cache_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotTold, match=r"^127\.0\.0\.1: Connection refused$"):
        send(PurgeHook(f"http://127.0.0.1:{port}/", TOKEN), ["dates"])
