"""What the tests of approvals start from: two people who publish and administer, where the setting asks for both."""

from collections.abc import Iterator

import pytest
from time_machine import Traveller, travel

from tests.conftest import DEMO_DAY
from tests.desk.people import Colleague, Desk, address
from tests.makers import Office

#: So long before the tests that a password must be typed again, and not so long that the session is over.
SIGNED_IN_AT = f"{DEMO_DAY}T09:40:00-05:00"


@pytest.fixture
def time(desk: Desk) -> Iterator[Traveller]:
    """A clock that stands still at ten o’clock of the demonstration’s day, until the test moves it."""
    with travel(f"{DEMO_DAY}T10:00:00-05:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def pair(time: Traveller, desk: Desk) -> Desk:
    """The desk where two people do together what is hard to take back."""
    for role in ("publisher", "administrator"):
        desk.office.did("staff", "roles", address(role), "--role", "administrator", "--role", "publisher")
    return Desk(Office(desk.office.data, {"PORTAL_SECOND_PERSON": "yes"}), desk.keys)


@pytest.fixture
def paul(pair: Desk) -> Colleague:
    """Whoever prepares."""
    with travel(SIGNED_IN_AT):
        return pair.signed_in("publisher")


@pytest.fixture
def anne(pair: Desk) -> Colleague:
    """Whoever approves."""
    with travel(SIGNED_IN_AT):
        return pair.signed_in("administrator")
