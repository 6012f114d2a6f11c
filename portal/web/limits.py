"""How often a client may ask, and from where a form may be sent. A limit that cannot be counted refuses."""

import hmac
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from math import ceil
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from threading import Lock
from typing import Any

from flask import Flask, abort, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerHour, parse_many
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

View = Callable[..., Any]
#: Whoever counts for several processes answers at once, or is taken for silent.
REDIS_PATIENCE: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}
#: While everyone is refused, the misses of the last hour are forgotten little by little.
BRAKE_SECONDS = 300
#: How an IPv4 address begins where it is written as an IPv6 one (RFC 4291 §2.5.5.2).
IPV4_MAPPED = bytes(10) + b"\xff\xff"
#: Where an application has its counts.
COUNTS = "portal.counts"


class EveryoneRefused(ServiceUnavailable):
    """All clients together have missed too often: nobody is answered for a while."""

    def __init__(self) -> None:
        super().__init__(retry_after=BRAKE_SECONDS)


def client() -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits."""
    address = request.remote_addr or ""
    try:
        if ":" not in address:
            return inet_ntop(AF_INET, inet_pton(AF_INET, address))
        packed = inet_pton(AF_INET6, address)
    except (OSError, ValueError):
        return "unknown"
    # A socket that takes both writes an IPv4 address as ::ffff:192.0.2.1: all of them are in one network.
    if packed.startswith(IPV4_MAPPED):
        return inet_ntop(AF_INET, packed.removeprefix(IPV4_MAPPED))
    return f"{inet_ntop(AF_INET6, packed[:8] + bytes(8))}/64"


class Tries(MemoryStorage):
    """The tries that this process alone counts: `tries://`.

    MemoryStorage starts a thread at each try that looks through everyone who ever tried, and forgets nobody: after two
    thousand visitors that took longer than a lookup. Here whoever is forgotten next stands in front.
    """

    STORAGE_SCHEME = ["tries"]  # noqa: RUF012 — of an instance, as the library types it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        #: By the seconds for which a try counts: the instants of those of each key, the key counted last at the end.
        self.known: dict[int, OrderedDict[str, deque[float]]] = defaultdict(OrderedDict)
        self._one_at_a_time = Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count tries of `key`, unless more than `limit` would count in `expiry` seconds; say whether they were."""
        with self._one_at_a_time:
            tries = self._counting(key, expiry)
            if len(tries) + amount > limit:
                return False
            tries.extend([time.time()] * amount)
            self.known[expiry][key] = tries
            self.known[expiry].move_to_end(key)
            return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and return how many there are: what is over is left when it is next looked at."""
        with self._one_at_a_time:
            self.storage[key] = self.get(key) + amount
            self.expirations.setdefault(key, time.time() + expiry)
            return self.storage[key]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the instant of the first try of `key` that counts, or now, and how many do."""
        with self._one_at_a_time:
            tries = self._counting(key, expiry)
            return (tries[0] if tries else time.time()), len(tries)

    def _counting(self, key: str, expiry: int) -> deque[float]:
        """Return the tries of a key that still count; those of the others that do not are forgotten."""
        known, since = self.known[expiry], time.time() - expiry
        while known and next(iter(known.values()))[-1] < since:
            known.popitem(last=False)
        tries = known.get(key, deque())
        while tries and tries[0] < since:
            tries.popleft()
        if not tries:
            known.pop(key, None)
        return tries


@dataclass(frozen=True, slots=True)
class Counts:
    """What an application counts by: the tries of each client or reference, and those of all together."""

    each: MovingWindowRateLimiter
    #: Two numbers whatever the limit, where a moving window keeps every instant.
    together: SlidingWindowCounterRateLimiter
    most_misses: RateLimitItem


def attach(app: Flask) -> None:
    """Give `app` its limits, counted in this process, or in the Redis of its settings for all processes together."""
    address = app.config["LIMITS_URL"]
    options = REDIS_PATIENCE if address.startswith("redis") else {}
    storage: Any = storage_from_string(address, wrap_exceptions=True, **options)
    app.extensions[COUNTS] = Counts(
        MovingWindowRateLimiter(storage),
        SlidingWindowCounterRateLimiter(storage),
        RateLimitItemPerHour(app.config["MOST_MISSES"]),
    )


def _counts() -> Counts:
    return current_app.extensions[COUNTS]


def at_most(rates: str) -> Callable[[View], View]:
    """Let each client ask a view only so often: `10 per minute; 50 per day`, the shortest first.

    The view raises TooManyRequests, which says when to come back (RFC 6585 §4); StorageError when the store of the
    counts does not answer.
    """
    items = parse_many(rates)

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**values: object) -> object:
            count_try(items, str(request.endpoint), client())
            return view(**values)

        return answer

    return decorate


def count_try(rates: Sequence[RateLimitItem], purpose: str, whose: str) -> None:
    """Count a try for a purpose, by whoever or whatever makes it. Raises TooManyRequests, StorageError."""
    each, secret = _counts().each, current_app.config["KEYS"][0].secret
    # Whoever reads the store of the counts must not learn who asked.
    key = hmac.digest(secret, whose.encode(), "sha256").hex()
    for rate in rates:
        if not each.hit(rate, purpose, key):
            # A try counts until its time has passed, not only come.
            opens_at = int(each.get_window_stats(rate, purpose, key).reset_time) + 1
            raise TooManyRequests(retry_after=max(ceil(opens_at - g.now.timestamp()), 1))


_one_try = Lock()


def may_tell(rate: RateLimitItem, key: str, *, is_right: bool) -> bool:
    """Say whether a right try may be told: `key` must not have used up its `rate` of wrong ones.

    Counts the try when it may not. One at a time in this process: guesses sent together must not all pass before any
    is counted. Raises StorageError when the store of the counts does not answer.
    """
    counts = _counts()
    with _one_try:
        is_told = is_right & counts.each.test(rate, key)
        if not is_told:
            counts.each.hit(rate, key)
            counts.together.hit(counts.most_misses, "misses")
    return is_told


def check_brake() -> None:
    """Refuse everyone while all clients together have missed too often. Raises EveryoneRefused, StorageError.

    A guess that comes from a thousand addresses is one guesser still.
    """
    counts = _counts()
    if not counts.together.test(counts.most_misses, "misses"):
        raise EveryoneRefused


def own_forms_only(view: View) -> View:
    """Refuse a POST that another site makes a visitor's browser send: without a session, the origin alone tells."""

    @wraps(view)
    def answer(**values: object) -> object:
        check_origin()
        return view(**values)

    return answer


def check_origin() -> None:
    """Refuse what another site makes a browser send. Answers 403.

    A browser says where a POST comes from (Sec-Fetch-Site, or Origin on older ones); a client that says neither is
    no browser, and holds no visitor's trust to abuse.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none"):
        abort(403)
    if site is None and origin not in (None, current_app.config["PUBLIC_URL"]):
        abort(403)
