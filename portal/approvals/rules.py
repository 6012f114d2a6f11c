"""An approval: what somebody sent, and who may send it again for it to be done. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

#: The name and the text of each field of a form, in its order; a name may come several times.
Fields = Sequence[tuple[str, str]]
#: What says how something is done, not what: the answers to questions, the revision from which one began.
MANNERS = frozenset({"confirmed", "expected"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `person`, an account by its number, had sent by an aware instant, to be done by somebody else.

    `act` is the endpoint to which it was sent, `item` the values of its address.
    """

    number: int
    act: str
    item: Mapping[str, str]
    fields: Fields
    person: int
    name: str
    at: datetime

    def is_same(self, act: str, item: Mapping[str, str], fields: Fields) -> bool:
        """Say whether something else that was sent does the very same."""
        return (self.act, self.item, _matter(self.fields)) == (act, item, _matter(fields))


def _matter(fields: Fields) -> list[tuple[str, str]]:
    """Return what matters of fields, in one order: pages give spaces back in their own way."""
    plain = [(name, " ".join(text.split())) for name, text in fields if name not in MANNERS]
    return sorted((name, text) for name, text in plain if text)
