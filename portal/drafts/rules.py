"""A draft: what was typed into a form of the desk, by whom and when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

#: The forms whose drafts are kept.
Form = Literal["dates", "notices"]
#: Whoever typed something so short a while ago is still at it.
AT_IT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Draft:
    """What `person` had typed by an aware instant into a form about an item: a notice's key, or nothing for the table.

    `sent_at` is the aware instant at which they asked a publisher to publish it as it is, None where they have not.
    """

    form: Form
    item: str
    person: int
    name: str
    at: datetime
    typed: Mapping[str, str]
    sent_at: datetime | None = None

    def is_at_it(self, now: datetime) -> bool:
        """Say whether the person is still typing, as far as one can tell."""
        return now - self.at < AT_IT
