"""What a clerk typed into the table of dates: read row by row, nothing lost of what cannot be read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from portal.core.calendar import LAST_YEAR, parse_day
from portal.core.errors import PortalError, Problem
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.core.tables import CONTROL
from portal.editions.rules import Proposal, Question
from portal.rows.rules import DATED, LONGEST_NOTE, MEANINGS, Meaning, ProcessingDate
from portal.web.locale import in_words

#: A day of this year or the last: what is typed most is typed short.
_SHORT = re.compile(r"(\d{1,2})[-/. ](\d{1,2})", re.ASCII)
#: As spreadsheets show a day, whatever sign they put between.
_WHOLE = re.compile(r"(\d{4})[-/.](\d{2})[-/.](\d{2})", re.ASCII)
#: What the fields of a row are called, before the key of the row; `was` is the note from which the clerk began.
FIELDS_OF_DATE = ("date", "same", "meaning", "next")
FIELDS = (*FIELDS_OF_DATE, "fr", "en", "was")
LONGEST_TYPED = 40
#: A note that is too long is told so, with all of it there to be shortened; nobody types more by hand.
LONGEST_READ = 4_000


@dataclass(slots=True)
class TypedRow:
    """A row of the table as it is now, what stands in its fields, and what is to be said of that."""

    now: ProcessingDate
    said: dict[str, str]
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def is_said(self) -> bool:
        """Say whether the clerk says anything of the row's date."""
        return any(self.said[name] for name in FIELDS_OF_DATE)

    @property
    def note(self) -> Bilingual | None:
        """Return the row's note where the clerk wrote another one, or None."""
        typed = Bilingual(typography(self.said["fr"], "fr"), typography(self.said["en"], "en"))
        return None if written(typed) == self.said["was"] or typed == self.now.row.note else typed


@dataclass(slots=True)
class Typed:
    """A whole table as it was typed; `errors` are of no row."""

    rows: list[TypedRow]
    proposals: list[Proposal] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Say whether all that was typed can be read."""
        return not self.errors and not any(row.errors for row in self.rows)

    @property
    def readable(self) -> list[Proposal]:
        """Return what is said of the rows in which nothing is wrong."""
        return [one for one in self.proposals if not self.rows[one.line - 1].errors]

    @property
    def notes(self) -> dict[str, Bilingual]:
        """Return the notes that the clerk wrote, by the keys of their rows."""
        return {row.now.row.key: row.note for row in self.rows if row.note is not None}

    def tell(self, problems: Sequence[Problem]) -> None:
        """Put each fault of an edition beside its row."""
        for problem in problems:
            told = self.rows[problem.line - 1].errors if problem.line else self.errors
            told.append(in_words(problem.sentence))

    def ask(self, questions: Sequence[Question]) -> None:
        """Put each question that is of a row beside it."""
        rows = {row.now.row.key: row for row in self.rows}
        for question in questions:
            if question.row:
                rows[question.row.key].asked.append(in_words(question.sentence))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each field in which something stands, by its name: to be sent again, or kept as a draft."""
        for row in self.rows:
            names = FIELDS if row.note is not None else FIELDS_OF_DATE
            yield from (
                (f"{name}-{row.now.row.key}", row.said[name]) for name in names if row.said[name] or name == "was"
            )


def read(table: Sequence[ProcessingDate], given: Mapping[str, str], today: date) -> Typed:
    """Return what a form says of the rows of a table; a row of which nothing is said is left as it is."""
    typed = Typed([_row(now, given) for now in table])
    for line, row in enumerate(typed.rows, start=1):
        _check_note(row)
        if row.is_said:
            typed.proposals.append(_proposal(line, row, today))
    return typed


def written(note: Bilingual) -> str:
    """Return a note as the form remembers it."""
    return f"{note.fr}|{note.en}"


def cleaned(text: str, longest: int = LONGEST_TYPED) -> str:
    """Return a text as it was typed, without what nobody types: controls, and more than there is room for."""
    return re.sub(r"[\r\n\t]+", " ", CONTROL.sub(" ", text)).strip()[:longest]


def _row(now: ProcessingDate, given: Mapping[str, str]) -> TypedRow:
    key = now.row.key
    said = {name: cleaned(given.get(f"{name}-{key}", "")) for name in FIELDS_OF_DATE}
    if f"was-{key}" in given:
        said |= {name: cleaned(given.get(f"{name}-{key}", ""), LONGEST_READ) for name in ("fr", "en", "was")}
    else:
        said |= {"fr": now.row.note.fr, "en": now.row.note.en, "was": written(now.row.note)}
    return TypedRow(now, said)


def _check_note(row: TypedRow) -> None:
    note = row.note
    if note is None:
        return
    if bool(note.fr) != bool(note.en):
        row.errors.append(_("Write the note in both languages, or in neither."))
    if max(len(note.fr), len(note.en)) > LONGEST_NOTE:
        row.errors.append(_("A note has %(most)s characters at most.", most=LONGEST_NOTE))


def _proposal(line: int, row: TypedRow, today: date) -> Proposal:
    now, meaning = row.now, _meaning(row)
    if row.said["date"]:
        received_on = _day(row, row.said["date"], _past(today))
        if row.said["same"] and received_on not in (None, now.received_on):
            row.errors.append(_("Type a date, or say that it is the same: not both."))
    else:
        received_on = now.received_on if meaning in DATED else None
    return Proposal(line, now.row.key, received_on, meaning, _day(row, row.said["next"], _coming(today)))


def _meaning(row: TypedRow) -> Meaning | None:
    chosen: Meaning | None = next((known for known in MEANINGS if known == row.said["meaning"]), None)
    if row.said["meaning"] and not chosen:
        row.errors.append(
            _("“%(text)s” is nothing that a row can say: choose from the list.", text=row.said["meaning"])
        )
    # A date typed beside a row that had none means that it has one again.
    return chosen or (None if row.said["date"] else row.now.meaning)


def _day(row: TypedRow, text: str, whole: Callable[[int, int], date]) -> date | None:
    if not text:
        return None
    try:
        short = _SHORT.fullmatch(text)
        day = whole(int(short[1]), int(short[2])) if short else parse_day(_WHOLE.sub(r"\1-\2-\3", text))
        if day.year <= LAST_YEAR:
            return day
    except (PortalError, ValueError):
        pass
    row.errors.append(
        _("“%(text)s” is no date: type year, month and day, for example 2021-07-22, or 07-22.", text=text)
    )
    return None


def _past(today: date) -> Callable[[int, int], date]:
    """Return what makes a day of a month and a day: the last that has been reached."""
    return lambda month, day: date(today.year - ((month, day) > (today.month, today.day)), month, day)


def _coming(today: date) -> Callable[[int, int], date]:
    """Return what makes a day of a month and a day: the next one."""
    return lambda month, day: date(today.year + ((month, day) < (today.month, today.day)), month, day)


def meaning_words() -> dict[Meaning, str]:
    """Return what a date can mean, as a clerk chooses it."""
    return {
        "received_on": _("requests of that day"),
        "received_up_to": _("requests up to that day"),
        "up_to_date": _("up to date, no date"),
        "suspended": _("suspended, no date"),
    }
