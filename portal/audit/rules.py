"""What may be asked of the audit log. Pure."""

from dataclasses import dataclass
from datetime import date

from portal.core.errors import PortalError


class DaysReversed(PortalError):
    """The last day asked for comes before the first."""

    def __init__(self, first_day: date, last_day: date) -> None:
        super().__init__(f"the last day, {last_day}, comes before the first, {first_day}")


class LineUnreadable(PortalError):
    """A line of the log is not as anything of ours would have written it."""

    def __init__(self) -> None:
        super().__init__("a line of the audit log cannot be read; `portal audit verify` says which")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: of a subject, of a person, from one day in Québec to another, both included; all unless told.

    Raises DaysReversed.
    """

    subject: str | None = None
    person: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise DaysReversed(self.first_day, self.last_day)


EVERYTHING = Asked()
