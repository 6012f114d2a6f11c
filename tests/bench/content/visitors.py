"""Visitors of the lookup: what each sends, and the installations with ten thousand requests and with a million."""

from collections.abc import Generator
from datetime import UTC, date, datetime
from itertools import count
from random import Random
from urllib.parse import urlencode

from portal.core.calendar import day_of
from portal.core.numbers import printed_reference
from tests.bench.content.ground import Database, Ground, Site
from tests.bench.content.million import MILLION, Filling, reference, request_of

#: So that no limit stands in the way: each visitor is another client, and all may miss.
SETTINGS = {"PORTAL_PROXY_HOPS": "1", "PORTAL_MOST_MISSES": "1000000"}
#: The two parts of visitors who are told a status, and the third who are not.
MISS_IN = 3
PATHS = ("/fr/suivi/", "/en/status/")
#: What stands in the answer on each path when a status is told, and when none is: both are 200.
WORDS = {True: (b"Suivi de votre demande", b"Status of your request"), False: (b"Aucune demande", b"No request found")}
#: The numbers of those who came alone, one each.
CLIENTS = count(1)


def filled(ground: Ground, database: Database, requests: int) -> Site:
    """Return a new installation that keeps so many requests beside those of the demonstration."""
    site = ground.new(f"requests-{requests}", {**SETTINGS, **ground.settings(database)})
    Filling(site.config, requests, today()).fill()
    return site


def today() -> date:
    """Return the day in Québec."""
    return day_of(datetime.now(UTC))


def form(number: int, *, is_hit: bool) -> str:
    """Return what the holder of a reference sends, or someone whose reference is unknown."""
    typed = printed_reference(reference(number if is_hit else MILLION * 10 + number))
    return urlencode({"reference": typed, "date": request_of(number, today()).received_on})


def forms(visitors: int, requests: int) -> Generator[tuple[str, str, bytes]]:
    """Give what so many visitors send: a path, a form, and words that the answer holds."""
    chance = Random(2021)
    for number in range(visitors):
        is_hit = bool(number % MISS_IN)
        typed = form(chance.randrange(1, requests + 1), is_hit=is_hit)
        yield PATHS[number % 2], typed, WORDS[is_hit][number % 2]


def messages(visitors: int, port: int) -> Generator[tuple[bytes, bytes]]:
    """Give the same as whole HTTP requests, among a million, each of another client."""
    for path, typed, words in forms(visitors, MILLION):
        message = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: 2001:db8:{next(CLIENTS):x}::1\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(typed)}\r\n\r\n{typed}"
        )
        yield message.encode(), words
