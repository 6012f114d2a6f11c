"""The forms there are today, from the table and the rules of delivery; their groups from the portal’s facts."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy.orm import Session

from portal.assets import FACTS
from portal.delivery import records as delivery
from portal.delivery.rules import Rule
from portal.forms.rules import Form, Groups, form_of, known_forms
from portal.rows import records as rows
from portal.rows.rules import ProcessingDate


@cache
def groups() -> Groups:
    """Return the groups of forms; read once."""
    return tomllib.loads((FACTS / "forms.toml").read_text("utf-8"))["groups"]


@dataclass(frozen=True, slots=True)
class Registry:
    """The table and the rules of a day in Québec: all that is known of forms."""

    table: Sequence[ProcessingDate]
    rules: Sequence[Rule]
    today: date

    def __contains__(self, number: str) -> bool:
        return number in known_forms(self.table, self.rules)

    def form(self, number: str) -> Form:
        """Return what is known of a form."""
        return form_of(number, self.table, self.rules, groups(), self.today)

    def forms(self) -> Sequence[Form]:
        """Return every form, by its number."""
        return [self.form(number) for number in known_forms(self.table, self.rules)]


def registry(session: Session, today: date) -> Registry:
    """Return what is known of forms on a day, read at once."""
    return Registry(rows.table(session, today), delivery.rules(session), today)
