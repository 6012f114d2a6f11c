"""In which words a cache is told, of which subjects, and when it is told again."""

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.app import create_app
from portal.purges.rules import KEPT, LONGEST_DELAY, SUBJECTS, Purge, body, headers, retry_at
from tests.makers import Office

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_a_message_names_each_subject_once_above_and_below() -> None:
    assert headers(["notices", "dates", "notices"], "") == {
        "Content-Type": "application/json",
        "Surrogate-Key": "dates notices",
    }
    assert json.loads(body(["notices", "dates", "notices"])) == {"surrogate_keys": ["dates", "notices"]}


def test_a_token_stands_above_it() -> None:
    assert headers(["dates"], "a-token")["Authorization"] == "Bearer a-token"


def purge(tries: int, since: datetime = AT) -> Purge:
    return Purge("dates", 7, tries, since)


def test_the_delay_doubles_from_a_second_to_five_minutes() -> None:
    delays = []
    for tries in range(1, 12):
        again_at = retry_at(purge(tries), AT)
        assert again_at
        delays.append((again_at - AT).total_seconds())
    assert delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@pytest.mark.parametrize(("waited", "is_told_again"), [(KEPT - timedelta(microseconds=1), True), (KEPT, False)])
def test_what_waits_for_a_day_is_given_up_and_not_before(waited: timedelta, is_told_again: bool) -> None:
    assert (retry_at(purge(300), AT + waited) is not None) is is_told_again


@given(st.integers(1, 2**31 - 1), st.timedeltas(timedelta(), KEPT - timedelta(microseconds=1)))
def test_it_is_always_told_again_soon_and_never_at_once(tries: int, waited: timedelta) -> None:
    again_at = retry_at(purge(tries), AT + waited)
    assert again_at
    assert timedelta(seconds=1) <= again_at - (AT + waited) <= LONGEST_DELAY


def declared(view: Callable[..., object] | None) -> Iterator[str]:
    """Yield the subjects that a public view, be it wrapped, declares (web/public)."""
    while view is not None:
        yield from inspect.getclosurevars(view).nonlocals.get("subjects", ())
        view = getattr(view, "__wrapped__", None)


def test_a_cache_is_told_of_the_subjects_that_public_pages_read_and_of_no_other(office: Office) -> None:
    views = create_app(office.config).view_functions.values()
    assert {subject for view in views for subject in declared(view)} == set(SUBJECTS)
