"""The history of a row: what each edition said of it, how far behind it was, and how to draw it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.core.calendar import day_of, working_days_between
from portal.core.languages import Bilingual
from portal.editions.rules import Step


@dataclass(frozen=True, slots=True)
class Reached:
    """What the editions said of one received date, by their as-of days.

    `passed_on`: since when every edition has said a later date; None when the newest does not. `last_on`: the last
    edition that had reached it, the newest or not; None when none ever did.
    """

    passed_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one edition said of a row. `published_at` is aware; `is_withdrawn` when it was taken back, or takes back."""

    edition: int
    as_of: date
    published_at: datetime
    why: Bilingual
    is_withdrawn: bool
    step: Step

    @property
    def day(self) -> date:
        """Return the day of publication in Québec."""
        return day_of(self.published_at)

    @property
    def delay(self) -> int | None:
        """Return the working days from the received date to the as-of day, or None for a row without a date."""
        received_on = self.step.received_on
        return None if received_on is None else working_days_between(received_on, self.as_of)
