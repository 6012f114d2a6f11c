"""What the tests of the dates start from: two publishers and an editor, who signed in twenty minutes ago."""

from collections.abc import Callable

import pytest
from time_machine import travel

from portal.staff.rules import Role
from tests.conftest import DEMO_DAY
from tests.desk.dates.clerks import Clerk
from tests.desk.people import Desk, address

#: So long ago that a password must be typed again, and not so long that the session is over.
SIGNED_IN_AT = f"{DEMO_DAY}T09:40:00-05:00"


@pytest.fixture
def at_desk(desk: Desk) -> Callable[[Role], Clerk]:
    """Give the person of a role, in front of the desk."""

    def arrived(role: Role) -> Clerk:
        with travel(SIGNED_IN_AT):
            return Clerk(desk.signed_in(role), f"Personne {role}")

    return arrived


@pytest.fixture
def paul(at_desk: Callable[[Role], Clerk]) -> Clerk:
    """A publisher."""
    return at_desk("publisher")


@pytest.fixture
def anne(desk: Desk, at_desk: Callable[[Role], Clerk]) -> Clerk:
    """Another one, who administers too."""
    desk.office.did("staff", "roles", address("administrator"), "--role", "administrator", "--role", "publisher")
    return at_desk("administrator")


@pytest.fixture
def eve(at_desk: Callable[[Role], Clerk]) -> Clerk:
    """An editor: she prepares, and publishes nothing."""
    return at_desk("editor")
