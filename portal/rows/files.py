"""The file in which staff define the rows of the table. Pure: bytes → values."""

import re
from collections.abc import Callable, Mapping

from portal.core import tables
from portal.core.errors import FileRefused, Problem
from portal.core.formats import typography
from portal.core.languages import Bilingual, Sentence
from portal.core.numbers import form_numbers
from portal.rows.rules import Group, Row, already_covered

ROW_COLUMNS = frozenset({"row", "group", "group_fr", "group_en", "label_fr", "label_en"})
ROW_OPTIONS = frozenset(
    {
        "forms",
        "update_every_days",
        "tolerance_days",
        "grace_days",
        "jump_days",
        "note_fr",
        "note_en",
        "credentials",
        "forecast",
        "merged_into",
        "split_from",
        "first_day",
        "last_day",
        "notice",
    }
)
#: A key stands in addresses and guids for ever: short, lower case, and never mistaken for another page of the table.
KEY = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
RESERVED = frozenset({"check", "verifier", "changes", "changements", "editions"})
#: A table gains about five working days a week; six weeks at once are a slip more often than a good week.
DEFAULT_DAYS = {"update_every_days": 7, "tolerance_days": 3, "grace_days": 10, "jump_days": 30}
MOST_DAYS = 366
#: Tells what is wrong with the cell of a column.
Say = Callable[[str, Sentence], None]


def read_rows(content: bytes) -> tuple[Row, ...]:
    """Return the rows a file defines, in the order of the table. Raises FileRefused with every fault."""
    lines, problems = tables.read(content, ROW_COLUMNS, ROW_OPTIONS)
    rows = [_row(line, problems) for line in lines]
    problems += _faults_of_whole(lines, rows)
    if not lines and not problems:
        problems.append(tables.NO_LINE)
    if problems:
        raise FileRefused(*problems)
    return tuple(rows)


def _row(line: tables.Line, problems: list[Problem]) -> Row:
    def say(column: str, why: Sentence) -> None:
        problems.append(line.problem(column, why))

    for column in ("row", "group"):
        if not KEY.fullmatch(key := line[column]) or key in RESERVED:
            why = Sentence("a key has 2 to 40 lower-case letters, digits and hyphens, not “%(key)s”", key=key[:40])
            say(column, why)
    for column in sorted(ROW_COLUMNS):
        if not line[column]:
            say(column, Sentence("it is empty"))
    days = {column: _days(line, column, say) for column in DEFAULT_DAYS}
    return Row(
        key=line["row"],
        group=Group(line["group"], _bilingual(line, "group")),
        label=_bilingual(line, "label"),
        forms=_forms(line, say),
        update_every_days=days["update_every_days"],
        tolerance_days=days["tolerance_days"],
        grace_days=days["grace_days"],
        jump_days=days["jump_days"],
        note=_bilingual(line, "note"),
        issues_credentials=_is_on(line, "credentials", say),
        has_forecast=_is_on(line, "forecast", say),
        merged_into=line["merged_into"] or None,
        split_from=line["split_from"] or None,
        first_day=tables.day(line, "first_day", problems),
        last_day=tables.day(line, "last_day", problems),
        notice=line["notice"],
    )


def _forms(line: tables.Line, say: Say) -> tuple[str, ...]:
    try:
        return form_numbers(line["forms"])
    except ValueError as error:
        say("forms", Sentence("“%(form)s” is not a form number of four digits", form=str(error)[:40]))
        return ()


def _is_on(line: tables.Line, column: str, say: Say) -> bool:
    if line[column] not in ("", "yes", "no"):
        say(column, Sentence("write yes or no"))
    return line[column] != "no"


def _days(line: tables.Line, column: str, say: Say) -> int:
    text = line[column] or str(DEFAULT_DAYS[column])
    # A row updated every 0 days would be overdue on the day of its own edition.
    least = 1 if column == "update_every_days" else 0
    if not (text.isascii() and text.isdigit() and len(text) < 4 and least <= int(text) <= MOST_DAYS):
        why = Sentence("write %(least)s to %(most)s days, not “%(text)s”", least=least, most=MOST_DAYS, text=text[:40])
        say(column, why)
        return DEFAULT_DAYS[column]
    return int(text)


def _bilingual(line: tables.Line, name: str) -> Bilingual:
    return Bilingual(typography(line[f"{name}_fr"], "fr"), typography(line[f"{name}_en"], "en"))


def _faults_of_whole(lines: list[tables.Line], rows: list[Row]) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    groups: dict[str, Group] = {}
    forms: dict[str, str] = {}
    for line, row in zip(lines, rows, strict=True):
        number, first, last = line.number, row.first_day, row.last_day
        if row.key in seen:
            problems.append(Problem(number, Sentence("the row “%(row)s” is defined twice", row=row.key)))
        seen.add(row.key)
        if groups.setdefault(row.group.key, row.group) != row.group:
            problems.append(Problem(number, Sentence("the group “%(key)s” has another name above", key=row.group.key)))
        if first and last and last < first:
            sentence = Sentence("the last day %(last)s is before the first, %(first)s", last=last, first=first)
            problems.append(Problem(number, sentence))
        for form in row.forms:
            if forms.setdefault(form, row.key) != row.key:
                problems.append(Problem(number, already_covered(form, forms[form])))
    return problems + _faults_of_kin(lines, rows)


def _faults_of_kin(lines: list[tables.Line], rows: list[Row]) -> list[Problem]:
    problems = []
    keys = {row.key for row in rows}
    merged = {row.key: row.merged_into for row in rows}
    for line, row in zip(lines, rows, strict=True):
        for column, kin in (("merged_into", row.merged_into), ("split_from", row.split_from)):
            if kin and (kin not in keys or kin == row.key):
                problems.append(line.problem(column, Sentence("“%(row)s” is no other row of the file", row=kin[:40])))
        if (into := row.merged_into) and into in keys - {row.key} and _comes_back(row.key, merged):
            problems.append(line.problem("merged_into", Sentence("“%(row)s” is itself merged into this row", row=into)))
    return problems


def _comes_back(key: str, merged: Mapping[str, str | None]) -> bool:
    """Say whether the rows that replaced a row lead back to it: a circle in which no row has a date."""
    passed: set[str] = set()
    target = merged.get(key)
    while target and target not in passed:
        passed.add(target)
        target = merged.get(target)
    return key in passed
