"""Which line to call: by region, and the toll-free one for whoever does not know. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from portal.core.errors import CannotChange, UnknownKey
from portal.core.languages import Bilingual, Sentence
from portal.core.numbers import KEY_SHAPE, TOLL_FREE, is_key
from portal.hours.rules import Schedule, State

#: Where one writes to the agency, and its site for professionals (product.md §2).
WEB_FORM = "https://www.ramq.gouv.qc.ca/courriel"
AGENCY_SITE = "https://www.ramq.gouv.qc.ca/professionnels"
#: What a caller answers who does not know their region.
UNKNOWN = "unknown"
UNKNOWN_NAME = Bilingual("Je ne sais pas", "I don’t know")


@dataclass(frozen=True, slots=True)
class Phone:
    """A line by region, and when it is answered.

    `number` is what follows `tel:` (RFC 3966): `+14187804208`, `+18883303023;ext=12`, or a short one, `811`.
    """

    key: str
    region: Bilingual
    number: str
    schedule: Schedule

    @property
    def name(self) -> Bilingual:
        """Return what the line is called where nothing around it says that it is one."""
        return Bilingual(f"Téléphone – {self.region.fr}", f"Phone – {self.region.en}")

    @property
    def is_toll_free(self) -> bool:
        """Say whether calling it costs nothing."""
        return self.number.startswith("+1") and self.number[2:5] in TOLL_FREE


@dataclass(frozen=True, slots=True)
class Answering:
    """The lines that share a schedule, and whether they are answered at an instant."""

    schedule: Schedule
    state: State
    phones: Sequence[Phone]


def check_key(key: str) -> None:
    """Refuse a key of a line that no address can hold, or that means something else. Raises CannotChange."""
    if not is_key(key):
        raise CannotChange(KEY_SHAPE)
    if key == UNKNOWN:
        raise CannotChange(Sentence("“%(key)s” is what a caller answers who does not know their region", key=key))


def line_of(phones: Sequence[Phone], region: str) -> Phone:
    """Return the line of a region by its key; for UNKNOWN the first toll-free one, else the last.

    Raises UnknownKey for another key, with those there are.
    """
    choices = {phone.key: phone for phone in phones}
    if phones and region == UNKNOWN:
        return next((phone for phone in phones if phone.is_toll_free), phones[-1])
    if region not in choices:
        raise UnknownKey("region", region, [(phone.key, phone.name) for phone in phones])
    return choices[region]


def by_schedule(phones: Sequence[Phone]) -> Sequence[tuple[Schedule, Sequence[Phone]]]:
    """Return the lines that share their hours together, in the order of the first line of each."""
    order = list(dict.fromkeys(phone.schedule.key for phone in phones))
    together = sorted(phones, key=lambda phone: order.index(phone.schedule.key))
    groups = [list(group) for _key, group in groupby(together, key=lambda phone: phone.schedule.key)]
    return [(group[0].schedule, group) for group in groups]


def answering(phones: Sequence[Phone], at: datetime) -> Sequence[Answering]:
    """Return whether each line is answered at an aware instant, those that share their hours together."""
    return [Answering(schedule, schedule.state(at), lines) for schedule, lines in by_schedule(phones)]
