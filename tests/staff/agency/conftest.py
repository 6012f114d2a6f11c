"""What the tests of signing in with an account of the agency start from."""

from collections.abc import Iterator

import pytest

from tests.desk.people import Desk
from tests.makers import Office
from tests.staff.agency.provider import CLIENT_SECRET, Provider, provided
from tests.staff.conftest import ask

__all__ = ["ask"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that knows nobody yet."""
    with provided() as serving:
        yield serving


@pytest.fixture
def agency(desk: Desk, provider: Provider) -> Desk:
    """The desk, which trusts the provider."""
    secret = desk.office.file(CLIENT_SECRET, "oidc-secret")
    return Desk(Office(desk.office.data, provider.settings(secret)), desk.keys)
