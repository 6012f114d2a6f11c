"""The two files staff give: the definition of the rows, and the dates to publish. Pure: bytes → values."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from portal.core import tables
from portal.core.calendar import parse_day
from portal.core.errors import DateTooOld, FileRefused, NotADate, Problem
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.core.numbers import form_numbers
from portal.dates.rules import MEANINGS, Group, Meaning, Proposal, Row

ROW_COLUMNS = frozenset({"row", "group", "group_fr", "group_en", "label_fr", "label_en"})
ROW_OPTIONS = frozenset(
    {
        "forms",
        "update_every_days",
        "tolerance_days",
        "grace_days",
        "note_fr",
        "note_en",
        "credentials",
        "merged_into",
        "notice",
    }
)
DATE_COLUMNS = frozenset({"row", "received_on"})
DATE_OPTIONS = frozenset({"meaning", "next_update_on"})
#: A key stands in addresses and guids for ever: short, lower case, and never mistaken for another page of the table.
KEY = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)
RESERVED = frozenset({"check", "verifier"})
DEFAULT_DAYS = {"update_every_days": 7, "tolerance_days": 3, "grace_days": 10}
MOST_DAYS = 366


def read_dates(content: bytes) -> tuple[Proposal, ...]:
    """Return what a file `row,received_on[,meaning,next_update_on]` says. Raises FileRefused with every fault."""
    lines, problems = tables.read(content, DATE_COLUMNS, DATE_OPTIONS)
    proposals = []
    for line in lines:
        meaning: Meaning | None = next((known for known in MEANINGS if known == line["meaning"]), None)
        if line["meaning"] and not meaning:
            problems.append(Problem(line.number, f"the meaning is one of {', '.join(MEANINGS)}"))
        received_on = _day(line, "received_on", problems)
        next_update_on = _day(line, "next_update_on", problems)
        proposals.append(Proposal(line.number, line["row"], received_on, meaning, next_update_on))
    if not lines and not problems:
        problems.append(Problem(0, "there is no line under the heading"))
    if problems:
        raise FileRefused(*problems)
    return tuple(proposals)


def _day(line: tables.Line, column: str, problems: list[Problem]) -> date | None:
    if not line[column]:
        return None
    try:
        return parse_day(line[column])
    except (NotADate, DateTooOld) as error:
        problems.append(Problem(line.number, f"{column}: {error}"))
        return None


def read_rows(content: bytes) -> tuple[Row, ...]:
    """Return the rows a file defines, in the order of the table. Raises FileRefused with every fault."""
    lines, problems = tables.read(content, ROW_COLUMNS, ROW_OPTIONS)
    rows = [_row(line, problems) for line in lines]
    problems += _faults_of_whole(lines, rows)
    if not lines and not problems:
        problems.append(Problem(0, "there is no line under the heading"))
    if problems:
        raise FileRefused(*problems)
    return tuple(rows)


def _row(line: tables.Line, problems: list[Problem]) -> Row:
    def say(sentence: str) -> None:
        problems.append(Problem(line.number, sentence))

    for column in ("row", "group"):
        if not KEY.fullmatch(line[column]) or line[column] in RESERVED:
            say(f"{column}: a key has 2 to 40 lower-case letters, digits and hyphens, not “{line[column][:40]}”")
    for column in sorted(ROW_COLUMNS):
        if not line[column]:
            say(f"{column} is empty")
    if line["credentials"] not in ("", "yes", "no"):
        say("credentials is yes or no")
    days = {column: _days(line, column, say) for column in DEFAULT_DAYS}
    return Row(
        key=line["row"],
        group=Group(line["group"], _bilingual(line, "group")),
        label=_bilingual(line, "label"),
        forms=_forms(line, say),
        update_every_days=days["update_every_days"],
        tolerance_days=days["tolerance_days"],
        grace_days=days["grace_days"],
        note=_bilingual(line, "note"),
        issues_credentials=line["credentials"] != "no",
        merged_into=line["merged_into"] or None,
        notice=line["notice"],
    )


def _forms(line: tables.Line, say: Callable[[str], None]) -> tuple[str, ...]:
    try:
        return form_numbers(line["forms"])
    except ValueError as error:
        say(f"forms: “{str(error)[:40]}” is not a form number of four digits")
        return ()


def _days(line: tables.Line, column: str, say: Callable[[str], None]) -> int:
    text = line[column] or str(DEFAULT_DAYS[column])
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= MOST_DAYS):
        say(f"{column} is a number of days from 0 to {MOST_DAYS}, not “{text[:40]}”")
        return DEFAULT_DAYS[column]
    return int(text)


def _bilingual(line: tables.Line, name: str) -> Bilingual:
    return Bilingual(typography(line[f"{name}_fr"], "fr"), typography(line[f"{name}_en"], "en"))


def _faults_of_whole(lines: list[tables.Line], rows: list[Row]) -> list[Problem]:
    problems = []
    keys = {row.key for row in rows}
    merged = {row.key: row.merged_into for row in rows}
    seen: set[str] = set()
    groups: dict[str, Group] = {}
    forms: dict[str, str] = {}
    for line, row in zip(lines, rows, strict=True):
        if row.key in seen:
            problems.append(Problem(line.number, f"the row “{row.key}” is defined twice"))
        seen.add(row.key)
        if groups.setdefault(row.group.key, row.group) != row.group:
            problems.append(Problem(line.number, f"the group “{row.group.key}” has another name above"))
        if row.merged_into and (row.merged_into not in keys or row.merged_into == row.key):
            problems.append(Problem(line.number, f"merged_into: “{row.merged_into[:40]}” is no other row of the file"))
        elif _comes_back(row.key, merged):
            problems.append(Problem(line.number, f"merged_into: “{row.merged_into}” is itself merged into this row"))
        for form in row.forms:
            if forms.setdefault(form, row.key) != row.key:
                problems.append(Problem(line.number, f"form {form} is already covered by “{forms[form]}”"))
    return problems


def _comes_back(key: str, merged: Mapping[str, str | None]) -> bool:
    """Say whether the rows that replaced a row lead back to it: a circle in which no row has a date."""
    passed: set[str] = set()
    target = merged.get(key)
    while target and target not in passed:
        passed.add(target)
        target = merged.get(target)
    return key in passed
