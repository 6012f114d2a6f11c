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
from datetime import UTC, date, datetime, time

from portal.core.calendar import LAST_YEAR, QUEBEC, instant, parse_day
from portal.core.errors import DateTooOld, FileRefused, FormNumberMalformed, NotADate, Problem
from portal.core.formats import typography
from portal.core.languages import Bilingual, Language, other
from portal.core.numbers import form_number
from portal.core.tables import decoded
from portal.notices.rules import AUDIENCES, LONGEST_BODY, LONGEST_SENTENCE, LONGEST_TITLE, Audience, Draft
from portal.text.markdown import images
from portal.text.reading import are_swapped, language_read

REQUIRED = ("key", "published", "audiences", "title_fr")
KNOWN = (*REQUIRED, "title_en", "applies", "forms", "rows", "promise_fr", "promise_en", "keeps")
#: The word in place of the instant of publication for what nobody is to see yet.
DRAFT = "draft"
LARGEST_FILE = 200_000
LONGEST_ROW = 40
_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}", re.ASCII)
_PART = re.compile(r"--- (fr|en) ---\s*", re.ASCII)
_PUBLISHED = re.compile(r"(?P<day>\S{10})[ T](?P<hour>[0-2][0-9]):(?P<minute>[0-5][0-9])", re.ASCII)


def read_notice(content: bytes) -> Draft:
    """Return the notice of a file. Raises FileRefused with every fault and its line."""
    if len(content) > LARGEST_FILE:
        raise FileRefused(Problem(1, f"the file is larger than {LARGEST_FILE // 1000} kB"))
    text = decoded(content, "plain text in UTF-8")
    if not text.strip():
        raise FileRefused(Problem(1, "the file is empty"))
    problems: list[Problem] = []
    fields, bodies = _parts(text, problems)
    problems += _faults(fields, bodies)
    published_at = _published(fields, problems)
    audiences = _audiences(fields, problems)
    draft = Draft(
        key=_value(fields, "key"),
        published_at=published_at,
        audiences=audiences,
        title=_typed(_value(fields, "title_fr"), _value(fields, "title_en")),
        body=_typed(bodies.get("fr", (0, ""))[1].strip(), bodies.get("en", (0, ""))[1].strip()),
        applies_on=_applies(fields, problems),
        forms=_forms(fields, problems),
        rows=_keys(fields, "rows", problems),
        promise=_typed(_value(fields, "promise_fr"), _value(fields, "promise_en")),
        keeps=_value(fields, "keeps"),
    )
    if problems:
        raise FileRefused(*problems)
    return draft


def line_of(content: bytes, name: str) -> int:
    """Return the line, counted from 1, on which one of KNOWN stands in a file that was read."""
    return _parts(decoded(content), [])[0][name][0]


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


def _value(fields: Fields, name: str) -> str:
    return fields.get(name, (0, ""))[1]


def _faults(fields: Fields, bodies: Bodies) -> list[Problem]:
    problems = [Problem(1, f"the line “{name}: …” is missing") for name in REQUIRED if not _value(fields, name)]
    for name, (number, value) in fields.items():
        longest = LONGEST_TITLE if name.startswith("title_") else LONGEST_SENTENCE
        if name.startswith(("title_", "promise_")) and len(value) > longest:
            problems.append(Problem(number, f"{name} is longer than {longest} characters"))
    for name in ("key", "keeps"):
        number, key = fields.get(name, (0, ""))
        if key and not _KEY.fullmatch(key):
            problems.append(Problem(number, f"{name}: 2 to 60 lower-case letters, digits and hyphens"))
    return problems + _faults_of_languages(fields, bodies) + _faults_of_texts(bodies)


def _faults_of_languages(fields: Fields, bodies: Bodies) -> list[Problem]:
    problems = []
    if not bodies.get("fr", (0, ""))[1].strip():
        problems.append(Problem(1, "the French text is missing: put it under a line “--- fr ---”"))
    if bool(_value(fields, "title_en")) != bool(bodies.get("en", (0, ""))[1].strip()):
        line = fields.get("title_en", bodies.get("en", (1, "")))[0]
        problems.append(Problem(line, "give both the English title and the English text, or neither"))
    for name in ("title", "promise"):
        if are_swapped(_value(fields, f"{name}_fr"), _value(fields, f"{name}_en")):
            line = fields[f"{name}_fr"][0]
            problems.append(Problem(line, f"{name}_fr is in English, and {name}_en in French: are they swapped?"))
    if bool(_value(fields, "promise_en")) != bool(_value(fields, "promise_fr") and _value(fields, "title_en")):
        line = fields.get("promise_en", fields.get("promise_fr", (1, "")))[0]
        problems.append(Problem(line, "give the promise in each language that the notice has"))
    return problems


def _faults_of_texts(bodies: Bodies) -> list[Problem]:
    problems = []
    texts = {part: body[:LONGEST_BODY] for part, (_number, body) in bodies.items()}
    is_swapped = are_swapped(texts.get("fr", ""), texts.get("en", ""))
    for part, (number, body) in bodies.items():
        if len(body.strip()) > LONGEST_BODY:
            problems.append(Problem(number, f"the text ({part}) is longer than {LONGEST_BODY} characters"))
            continue
        problems += [Problem(number + line, "an image has no place in a notice") for line in images(body)]
        # A short text may well be in either: alone, only one that is plainly in the other language is refused.
        if is_swapped or language_read(body) == other(part):
            name = {"fr": "French", "en": "English"}[other(part)]
            problems.append(Problem(number, f"the text under “--- {part} ---” is in {name}; are they swapped?"))
    return problems


def _published(fields: Fields, problems: list[Problem]) -> datetime | None:
    number, text = fields.get("published", (0, ""))
    found = _PUBLISHED.fullmatch(text)
    try:
        if found and int(found["hour"]) < 24:
            at = instant(parse_day(found["day"]), time(int(found["hour"]), int(found["minute"])))
            if fault := _fault_of(at):
                problems.append(Problem(number, f"published: {fault}"))
                return None
            return at
        if text and text != DRAFT:
            problems.append(
                Problem(number, "published: write the day and hour in Québec, as 2021-07-22 08:30; or draft")
            )
    except (NotADate, DateTooOld) as error:
        problems.append(Problem(number, f"published: {error}"))
    return None


def _fault_of(at: datetime) -> str:
    if at.year > LAST_YEAR:
        return f"{at.year} is after {LAST_YEAR}"
    if at.astimezone(UTC).astimezone(QUEBEC).time() != at.time():  # PEP 495: an hour that a spring night leaves out
        return f"on {at.date()} no clock in Québec shows {at:%H:%M}: it goes forward then"
    return ""


def _applies(fields: Fields, problems: list[Problem]) -> date | None:
    number, text = fields.get("applies", (0, ""))
    try:
        day = parse_day(text) if text else None
    except (NotADate, DateTooOld) as error:
        problems.append(Problem(number, f"applies: {error}"))
        return None
    if day and day.year > LAST_YEAR:
        problems.append(Problem(number, f"applies: {day.year} is after {LAST_YEAR}"))
    return day


def _words(fields: Fields, name: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in _value(fields, name).split(",") if word.strip()))


def _forms(fields: Fields, problems: list[Problem]) -> tuple[str, ...]:
    found = []
    for word in _words(fields, "forms"):
        try:
            found.append(form_number(word))
        except FormNumberMalformed:
            problems.append(Problem(fields["forms"][0], f"forms: “{word[:40]}” is no form; write four digits, as 4058"))
    return tuple(found)


def _keys(fields: Fields, name: str, problems: list[Problem]) -> tuple[str, ...]:
    found = _words(fields, name)
    for word in found:
        if not _KEY.fullmatch(word) or len(word) > LONGEST_ROW:
            problems.append(Problem(fields[name][0], f"{name}: “{word[:40]}” is no key of a row"))
    return tuple(found)


def _audiences(fields: Fields, problems: list[Problem]) -> tuple[Audience, ...]:
    number, text = fields.get("audiences", (0, ""))
    words = {word.strip() for word in text.split(",") if word.strip()}
    if text and not words:
        problems.append(Problem(number, f"audiences: name at least one of {', '.join(AUDIENCES)}"))
    for word in sorted(words - set(AUDIENCES)):
        problems.append(Problem(number, f"the audience “{word[:40]}” is unknown; they are {', '.join(AUDIENCES)}"))
    return tuple(audience for audience in AUDIENCES if audience in words)
