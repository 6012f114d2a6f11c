"""The file of a notice: a heading of `name: value` lines, then the French text and the English one. Pure.

key: temporary-password-by-email
published: 2021-07-22 08:30
audiences: professionals, dispensers
title_fr: …
title_en: …

--- fr ---
…
--- en ---
…
"""

import re
from datetime import datetime, time

from portal.core.calendar import LAST_YEAR, instant, parse_day
from portal.core.errors import DateTooOld, FileRefused, NotADate, Problem
from portal.core.formats import typography
from portal.core.languages import Bilingual, Language
from portal.core.tables import decoded
from portal.notices.rules import AUDIENCES, LONGEST_BODY, LONGEST_TITLE, Audience, Draft

REQUIRED = ("key", "published", "audiences", "title_fr")
KNOWN = (*REQUIRED, "title_en")
LARGEST_FILE = 200_000
_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}", re.ASCII)
_PART = re.compile(r"--- (fr|en) ---\s*", re.ASCII)
_PUBLISHED = re.compile(r"(?P<day>\S{10})[ T](?P<hour>[0-2][0-9]):(?P<minute>[0-5][0-9])", re.ASCII)


def read_notice(content: bytes) -> Draft:
    """Return the notice of a file. Raises FileRefused with every fault and its line."""
    if len(content) > LARGEST_FILE:
        raise FileRefused(Problem(0, f"the file is larger than {LARGEST_FILE // 1000} kB"))
    text = decoded(content)
    if not text.strip():
        raise FileRefused(Problem(0, "the file is empty"))
    problems: list[Problem] = []
    fields, bodies = _parts(text, problems)
    problems += _faults(fields, bodies)
    published_at = _published(fields, problems)
    audiences = _audiences(fields, problems)
    if problems or published_at is None:
        raise FileRefused(*problems)
    return Draft(
        key=fields["key"][1],
        published_at=published_at,
        audiences=audiences,
        title=_typed(fields["title_fr"][1], fields.get("title_en", (0, ""))[1]),
        body=_typed(bodies["fr"][1].strip(), bodies.get("en", (0, ""))[1].strip()),
    )


Fields = dict[str, tuple[int, str]]
Bodies = dict[Language, tuple[int, str]]


def _typed(fr: str, en: str) -> Bilingual:
    return Bilingual(typography(fr, "fr"), typography(en, "en"))


def _parts(text: str, problems: list[Problem]) -> tuple[Fields, Bodies]:
    fields: Fields = {}
    bodies: Bodies = {}
    part: Language | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if mark := _PART.fullmatch(line):
            part = "fr" if mark[1] == "fr" else "en"
            if part in bodies:
                problems.append(Problem(number, f"the part “--- {part} ---” stands twice"))
            bodies[part] = (number, "")
        elif part:
            start, body = bodies[part]
            bodies[part] = (start, f"{body}{line}\n")
        elif line.strip():
            _field(number, line, fields, problems)
    return fields, bodies


def _field(number: int, line: str, fields: Fields, problems: list[Problem]) -> None:
    name, colon, value = line.partition(":")
    name = name.strip()
    if not colon or name not in KNOWN:
        problems.append(Problem(number, f"expected one of {', '.join(KNOWN)}, then a colon, not “{line[:40]}”"))
    elif name in fields:
        problems.append(Problem(number, f"{name} stands twice"))
    else:
        fields[name] = (number, value.strip())


def _faults(fields: Fields, bodies: Bodies) -> list[Problem]:
    problems = [Problem(0, f"the line “{name}: …” is missing") for name in REQUIRED if not fields.get(name, (0, ""))[1]]
    for name, (number, value) in fields.items():
        if name.startswith("title_") and len(value) > LONGEST_TITLE:
            problems.append(Problem(number, f"{name} is longer than {LONGEST_TITLE} characters"))
    number, key = fields.get("key", (0, ""))
    if key and not _KEY.fullmatch(key):
        problems.append(Problem(number, "key: 2 to 60 lower-case letters, digits and hyphens"))
    if not bodies.get("fr", (0, ""))[1].strip():
        problems.append(Problem(0, "the French text is missing: put it under a line “--- fr ---”"))
    if bool(fields.get("title_en", (0, ""))[1]) != bool(bodies.get("en", (0, ""))[1].strip()):
        problems.append(Problem(0, "give both the English title and the English text, or neither"))
    for part, (number, body) in bodies.items():
        if len(body.strip()) > LONGEST_BODY:
            problems.append(Problem(number, f"the text ({part}) is longer than {LONGEST_BODY} characters"))
    return problems


def _published(fields: Fields, problems: list[Problem]) -> datetime | None:
    number, text = fields.get("published", (0, ""))
    found = _PUBLISHED.fullmatch(text)
    try:
        if found and int(found["hour"]) < 24:
            at = instant(parse_day(found["day"]), time(int(found["hour"]), int(found["minute"])))
            if at.year <= LAST_YEAR:
                return at
            problems.append(Problem(number, f"published: {at.year} is after {LAST_YEAR}"))
        elif text:
            problems.append(Problem(number, "published: write the day and hour in Québec, as 2021-07-22 08:30"))
    except (NotADate, DateTooOld) as error:
        problems.append(Problem(number, f"published: {error}"))
    return None


def _audiences(fields: Fields, problems: list[Problem]) -> tuple[Audience, ...]:
    number, text = fields.get("audiences", (0, ""))
    words = {word.strip() for word in text.split(",") if word.strip()}
    if text and not words:
        problems.append(Problem(number, f"audiences: name at least one of {', '.join(AUDIENCES)}"))
    for word in sorted(words - set(AUDIENCES)):
        problems.append(Problem(number, f"the audience “{word[:40]}” is unknown; they are {', '.join(AUDIENCES)}"))
    return tuple(audience for audience in AUDIENCES if audience in words)
