"""The file of a notice: a heading of `name: value` lines, then the French text and the English one. Pure.

key: temporary-password-by-email
published: 2021-07-22 08:30        (or: draft)
audiences: professionals, dispensers
title_fr: …
title_en: …
applies: 2021-07-22
forms: 4058, 4123
rows: b2b-new
promise_fr: …
promise_en: …
keeps: the-key-of-a-notice-with-a-promise

--- fr ---
…
--- en ---
…
"""

import re
from collections.abc import Mapping

from portal.core.errors import FileRefused, Problem
from portal.core.languages import Sentence
from portal.core.tables import decoded
from portal.notices.rules import Draft
from portal.writing.rules import KNOWN, Fault, NoticeRefused, read

LARGEST_FILE = 200_000
NOT_UTF8 = Sentence("the file is not in UTF-8; save it again as plain text in UTF-8")
#: The line before each text.
MARKS = {"body_fr": "--- fr ---", "body_en": "--- en ---"}
_PART = re.compile(r"--- (fr|en) ---\s*", re.ASCII)
#: On which line, counted from 1, each field stands, and what it says.
Fields = dict[str, tuple[int, str]]


def read_notice(content: bytes) -> Draft:
    """Return the notice of a file. Raises FileRefused with every fault and its line."""
    if len(content) > LARGEST_FILE:
        raise FileRefused(Problem(1, Sentence("the file is larger than %(most)s kB", most=LARGEST_FILE // 1000)))
    text = decoded(content, NOT_UTF8)
    if not text.strip():
        raise FileRefused(Problem(1, Sentence("the file is empty")))
    problems: list[Problem] = []
    fields = _fields(text, problems)
    try:
        draft = read({name: value for name, (_line, value) in fields.items()})
    except NoticeRefused as refused:
        raise FileRefused(*problems, *(_problem(fields, fault) for fault in refused.faults)) from None
    if problems:
        raise FileRefused(*problems)
    return draft


def line_of(content: bytes, name: str) -> int:
    """Return the line, counted from 1, on which one of KNOWN stands in a file that was read."""
    return _fields(decoded(content, NOT_UTF8), [])[name][0]


def _problem(fields: Mapping[str, tuple[int, str]], fault: Fault) -> Problem:
    line = fields[fault.field][0] if fault.field in fields else 1
    return Problem.of_field(line + fault.line, MARKS.get(fault.field, fault.field), fault.sentence)


def _fields(text: str, problems: list[Problem]) -> Fields:
    fields: Fields = {}
    part = ""
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if mark := _PART.fullmatch(line):
            part = f"body_{mark[1]}"
            _begin(part, number, "", fields, problems)
        elif part:
            start, body = fields[part]
            fields[part] = (start, f"{body}{line}\n")
        elif line.strip():
            _heading(number, line, fields, problems)
    return fields


def _heading(number: int, line: str, fields: Fields, problems: list[Problem]) -> None:
    name, colon, value = line.partition(":")
    name = name.strip()
    if colon and name in KNOWN:
        _begin(name, number, value, fields, problems)
        return
    sentence = Sentence("expected one of %(known)s, then a colon, not “%(line)s”", known=KNOWN, line=line[:40])
    problems.append(Problem(number, sentence))


def _begin(name: str, number: int, value: str, fields: Fields, problems: list[Problem]) -> None:
    if name in fields:
        problems.append(Problem.of_field(number, MARKS.get(name, name), Sentence("this stands twice")))
    fields[name] = (number, value)
