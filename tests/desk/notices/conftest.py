"""What the tests of notices start from: two publishers and an editor in front of the desk, and a clock."""

from collections.abc import Callable, Iterator

import pytest
from time_machine import Traveller, travel

from portal.staff.rules import Role
from tests.conftest import DEMO_DAY
from tests.desk.notices.writers import Writer
from tests.desk.people import Desk, address

#: So long before the tests that a password must be typed again, and not so long that the session is over.
SIGNED_IN_AT = f"{DEMO_DAY}T09:40:00-05:00"


@pytest.fixture
def at_desk(desk: Desk) -> Callable[[Role], Writer]:
    """Give the person of a role, in front of the desk."""

    def arrived(role: Role) -> Writer:
        with travel(SIGNED_IN_AT):
            return Writer(desk.signed_in(role))

    return arrived


@pytest.fixture
def time(desk: Desk) -> Iterator[Traveller]:
    """A clock that stands still at ten o’clock of the demonstration’s day, until the test moves it."""
    with travel(f"{DEMO_DAY}T10:00:00-05:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def paul(time: Traveller, at_desk: Callable[[Role], Writer]) -> Writer:
    """A publisher."""
    return at_desk("publisher")


@pytest.fixture
def anne(time: Traveller, desk: Desk, at_desk: Callable[[Role], Writer]) -> Writer:
    """Another one, who administers too."""
    desk.office.did("staff", "roles", address("administrator"), "--role", "administrator", "--role", "publisher")
    return at_desk("administrator")


@pytest.fixture
def eve(time: Traveller, at_desk: Callable[[Role], Writer]) -> Writer:
    """An editor: she writes, and publishes nothing."""
    return at_desk("editor")
