"""What many answers share, made once for a state of the portal: nothing in it is of one visitor."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from portal.core.calendar import day_of, instant
from portal.store import revisions
from portal.store.copies import Statement
from portal.store.database import session
from portal.web.door.page_cache import NEVER, REVISIONS

Value = TypeVar("Value")
#: Days of a few hundred rows: more would be someone's play.
MOST_VALUES = 5_000


@dataclass(frozen=True, slots=True)
class _Made:
    """A value with the numbers of the revisions that it was made of; right from an instant until another."""

    state: tuple[int, ...]
    value: object
    since: float
    until: float


@dataclass(slots=True)
class Shared:
    """Values made for the revisions of some subjects, each right until an instant that it states, as a page does.

    A lookup renders 7 kB of which 1 kB is its own: made anew each time, it took 10 ms, now 2.
    """

    _made: dict[object, _Made] = field(default_factory=dict)

    def value(
        self, subjects: tuple[str, ...], key: object, make: Callable[[], Value], *, is_daily: bool = True
    ) -> Value:
        """Return what `make` gave for `key`, made anew when a subject has changed or the clock has passed on.

        One that `is_daily` is right until midnight in Québec at most.
        """
        here = g._get_current_object()  # asked for once: the proxies were a tenth of a lookup
        if "is_trial" in here:
            return _tried(here, (subjects, key), make)
        state, now = _state(here, subjects), here.now.timestamp()
        found = self._made.get((subjects, key))
        if found is None or found.state != state or not found.since <= now < found.until:
            midnight = instant(day_of(here.now) + timedelta(days=1)).timestamp()
            found = self._made[subjects, key] = _Made(state, *_stated(make, midnight if is_daily else NEVER))
            if len(self._made) > MOST_VALUES:
                for oldest in list(self._made)[: MOST_VALUES // 10]:
                    self._made.pop(oldest, None)
        right_until(found.until)  # of what it is made into
        return cast(Value, found.value)


def shared() -> Shared:
    """Return the values of this application."""
    kept = current_app.extensions
    if "shared" not in kept:
        kept.setdefault("shared", Shared())
    return kept["shared"]


def right_until(at: float) -> None:
    """State that the page under way is no longer right from an instant on, in seconds since 1970."""
    stated: Statement | None = g.get("statement")
    if stated is not None and at != NEVER:  # a page that is not kept states nothing
        g.statement = replace(stated, valid_until=min(stated.valid_until or NEVER, at))


def _tried(here: Any, key: object, make: Callable[[], Value]) -> Value:
    """Return what `make` gives within a change under way: for nobody else, and of nothing that was made before."""
    made: dict[object, Value] = vars(here).setdefault("tried", {})
    if key not in made:
        made[key] = make()
    return made[key]


def _state(here: Any, subjects: tuple[str, ...]) -> tuple[int, ...]:
    """Return the revisions of this request: those of its page, or as the door knew them."""
    states: dict[tuple[str, ...], tuple[int, ...]] = vars(here).setdefault("shared_states", {})
    if subjects not in states:
        if request.environ.get(REVISIONS) is None:
            request.environ[REVISIONS] = revisions.numbers(session())
        states[subjects] = tuple(request.environ[REVISIONS][subject] for subject in subjects)
    return states[subjects]


def _stated(make: Callable[[], object], at_most: float) -> tuple[object, float, float]:
    """Return a value, with the instants between which it is right."""
    around, g.statement = g.pop("statement", None), Statement({}, valid_until=at_most)
    try:
        return make(), g.now.timestamp(), g.statement.valid_until
    finally:
        g.statement = around
