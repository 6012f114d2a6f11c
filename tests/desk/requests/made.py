"""Requests of the tests: two references, and files that hold them."""

from portal.core.numbers import printed_reference, reference_of
from tests.makers import a_request, a_requests_file

ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))
#: No request has it.
NOBODYS = printed_reference(reference_of(5))


def a_file(*references: str, **changes: str) -> bytes:
    """Return the file of the back office with these requests."""
    return a_requests_file(*(a_request(reference=one, **changes) for one in references)).encode()


def spellings(reference: str) -> list[str]:
    """Return how a reference may stand somewhere."""
    bare = reference.replace("-", "")
    return [reference.lower(), bare.lower(), bare[:10].lower()]
