"""What a person who sends a form must know: who receives what, and where its requests stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.delivery.rules import Rule, agreed
from portal.rows.rules import ProcessingDate, standing_for


@dataclass(frozen=True, slots=True)
class Preparation:
    """One form, received on a day in Québec: the rule that decides (None: nobody can say) and the rows that cover it.

    `is_known` says that a row covers the form or a rule names it: of another one, only the general rule is known.
    `sends_credentials` is false where every row that covers the form sends none.
    """

    form_number: str
    received_on: date
    rule: Rule | None
    dates: Sequence[ProcessingDate]
    is_known: bool
    sends_credentials: bool

    @property
    def goes_by_email(self) -> bool:
        """Say whether credentials will go to the two addresses of the form: then they are worth a check."""
        channels = {self.rule.password, self.rule.user_name} if self.rule and self.sends_credentials else set()
        return bool(channels - {"registered_mail"})


def preparation(
    rules: Sequence[Rule], rows: Sequence[ProcessingDate], form_number: str, received_on: date
) -> Preparation:
    """Return what is known of a form received on a day; `rows` are those that have begun."""
    dates = standing_for(rows, form_number)
    return Preparation(
        form_number=form_number,
        received_on=received_on,
        rule=agreed(rules, [form_number], received_on),
        dates=dates,
        is_known=bool(dates) or any(form_number in rule.forms for rule in rules),
        sends_credentials=not dates or any(found.row.issues_credentials for found in dates),
    )
