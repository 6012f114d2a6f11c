"""A form: the rows that cover it, what it is for, and how its credentials travelled, travel and will travel. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.delivery.rules import Rule, Span, decide, spans
from portal.rows.rules import ProcessingDate, Row

#: The groups of forms, by their name in the glossary.
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its number, on a day in Québec.

    `dates` are those of the rows that cover it; `group` its word in the glossary, or None. `sends_credentials` is false
    where every row that covers it sends none; then nothing travels, and there is no span. `rule` is the one that
    decides for a request received on that day, and `today` the span in which the day lies; `past` are the spans before,
    newest first, and `announced` those to come, in their order.
    """

    number: str
    dates: Sequence[ProcessingDate]
    group: str | None
    sends_credentials: bool
    rule: Rule | None
    today: Span | None
    past: Sequence[Span]
    announced: Sequence[Span]

    @property
    def spans(self) -> Sequence[Span]:
        """Return every span, oldest first."""
        return [*reversed(self.past), *([self.today] if self.today else []), *self.announced]


def form_of(number: str, table: Sequence[ProcessingDate], rules: Sequence[Rule], groups: Groups, today: date) -> Form:
    """Return what is known of a form; `table` holds the rows of today."""
    dates = [found for found in table if number in found.row.forms]
    # A row may send none, as a removal of access; a form that no row covers is judged by its rule alone.
    sends_credentials = not dates or any(found.row.issues_credentials for found in dates)
    decided = spans(rules, number) if sends_credentials else []
    current = next((span for span in decided if span.holds_on(today)), None)
    return Form(
        number=number,
        dates=dates,
        group=next((group for group, forms in groups.items() if number in forms), None),
        sends_credentials=sends_credentials,
        rule=decide(rules, number, today) if current else None,
        today=current,
        past=[span for span in reversed(decided) if span.last_day and span.last_day < today],
        announced=[span for span in decided if span.first_day and span.first_day > today],
    )


def known_forms(table: Sequence[ProcessingDate], rules: Sequence[Rule]) -> Mapping[str, Row | None]:
    """Return every form that a row covers or a rule names, by its number, with its row if there is one."""
    known: dict[str, Row | None] = dict.fromkeys(number for rule in rules for number in rule.forms)
    known |= {number: found.row for found in reversed(table) for number in found.row.forms}
    return dict(sorted(known.items()))
