"""What the tests of programs start from: the demonstration, and a clock that stands still on its day."""

from collections.abc import Callable, Iterator

import pytest
from time_machine import Traveller, travel

from portal.tokens.rules import Scope
from tests.backoffice.programs import Program
from tests.conftest import DEMO_DAY
from tests.makers import Office


@pytest.fixture
def time(demo: Office) -> Iterator[Traveller]:
    """A clock that stands still at ten o’clock of the demonstration’s day, until the test moves it."""
    with travel(f"{DEMO_DAY}T10:00:00-05:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def program(time: Traveller, demo: Office) -> Callable[[Scope], Program]:
    """Give a program whose token allows one thing."""
    return lambda scope: Program.of(demo, scope)
