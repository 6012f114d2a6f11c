"""What a clerk sent of the whole table: its day, why, when it comes out, from which revision, and what they pasted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from flask import g, request
from flask_babel import gettext as _

from portal.audit.records import since
from portal.core import formats
from portal.core.calendar import day_of, parse_day, parse_instant
from portal.core.errors import DateInFuture, FileRefused, HourSkipped, NotAnInstant, PortalError
from portal.core.formats import typography
from portal.core.languages import Bilingual
from portal.desk.dates.typed import Typed, TypedRow, cleaned, meaning_words, read
from portal.editions.files import Pasted, read_pasted
from portal.editions.records import Signature, proposed
from portal.editions.rules import EditionRefused
from portal.rows import records as rows
from portal.rows.rules import ProcessingDate, in_table, on_day
from portal.scheduled.records import to_come
from portal.scheduled.rules import LONGEST_AHEAD, Author, Plan
from portal.staff.sessions import person
from portal.store import revisions
from portal.store.database import session
from portal.web.locale import in_words, language
from portal.web.public import today

LONGEST_WORDS = 1_000
#: Whoever comes back after a week looks at the table, not at all that was done to it.
MOST_TOLD = 10
#: What stands beside the rows; `why_fr` and `why_en` are told to the public, `reason` to the audit log; `day` and
#: `hour` say when it comes out, nothing where that is at once.
WORDS = ("as_of", "reason", "why_fr", "why_en", "day", "hour")
_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[:hH]| h )([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Who changed the table after a clerk began, when (aware), and which rows, by their keys."""

    name: str
    at: datetime
    rows: tuple[str, ...]


@dataclass(slots=True)
class Sent:
    """The form beside its rows. `as_of` is today where it cannot be read.

    `later` is the aware instant at which it is to come out, None where that is at once, or where it cannot be read.
    `expected` is the revision from which the clerk began, None where nobody says.
    `drafts_of` is the account whose draft this is, where a colleague goes on with it; `errors` stand by their fields.
    """

    words: dict[str, str]
    as_of: date
    expected: int | None
    drafts_of: int | None
    later: datetime | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def why(self) -> Bilingual:
        """Return what the public is told of why, or no text."""
        return Bilingual(typography(self.words["why_fr"], "fr"), typography(self.words["why_en"], "en"))

    @property
    def signature(self) -> Signature:
        """Return what stands under the edition: every question is asked, and answered, on the page before."""
        return Signature(g.now, self.words["reason"], self.why, is_confirmed=True)

    @property
    def at(self) -> datetime:
        """Return the aware instant at which it comes out."""
        return self.later or g.now

    @property
    def day(self) -> date:
        """Return the day in Québec on which it comes out."""
        return day_of(self.at)

    @property
    def is_stale(self) -> bool:
        """Say whether the table has changed since the clerk began."""
        return self.expected != revision()

    def meanwhile(self) -> list[Meanwhile]:
        """Return who changed the table since the clerk began, the last first."""
        if self.expected is None or not self.is_stale:
            return []
        lines = since(session(), "dates", self.expected)[:MOST_TOLD]
        return [Meanwhile(line.actor, line.at, tuple(_rows(line.details))) for line in lines]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each field in which something stands, by its name; not the revision."""
        yield from ((name, text) for name, text in self.words.items() if text)
        if self.drafts_of is not None:
            yield "draft", str(self.drafts_of)


def revision() -> int:
    """Return the revision of the table."""
    return revisions.numbers(session())["dates"]


def form(given: Mapping[str, str]) -> Sent:
    """Return what was sent beside the rows; what cannot be read is told, never dropped."""
    words = {name: cleaned(given.get(name, ""), LONGEST_WORDS) for name in WORDS}
    sent = Sent(words, today(), _expected(given), _number(given.get("draft", "")))
    _read_later(sent)
    words["as_of"] = words["as_of"] or str(today())
    try:
        sent.as_of = parse_day(words["as_of"], today=sent.day)
    except DateInFuture:
        sent.errors["as_of"] = (
            _("These dates cannot hold on a day after they come out. Type that day, or one before.")
            if sent.later
            else _("These dates cannot hold on a day to come. Type today, or a day that is over.")
        )
    except PortalError:
        sent.errors["as_of"] = _("Type the day on which these dates hold, for example 2021-07-22.")
    if bool(words["why_fr"]) != bool(words["why_en"]):
        missing = "why_en" if words["why_fr"] else "why_fr"
        sent.errors[missing] = _("Say why to the public in both languages, or in neither.")
    return sent


def _read_later(sent: Sent) -> None:
    """Read when it comes out; what is wrong with that is told by its field."""
    day, hour = sent.words["day"], sent.words["hour"]
    if bool(day) != bool(hour):
        sent.errors["hour" if day else "day"] = _("Give the day and the hour, or leave both empty.")
    if not day or not hour:
        return
    clock = _HOUR.fullmatch(hour)
    try:
        at = parse_instant(f"{day} {clock[1]:0>2}:{clock[2]}" if clock else "")
    except NotAnInstant:
        where = "day" if clock else "hour"
        sent.errors[where] = _("Type the day and the hour in Québec, for example 2021-07-22 and 13:30.")
    except HourSkipped as error:
        sent.errors["hour"] = in_words(error.sentence)
    except PortalError:
        sent.errors["day"] = _("Type the day on which it comes out, for example 2021-07-22.")
    else:
        _keep_later(sent, at)


def _keep_later(sent: Sent, at: datetime) -> None:
    if at <= g.now:
        where = "hour" if day_of(at) == today() else "day"
        sent.errors[where] = _("This moment is over: choose a later one, or leave both empty to publish at once.")
    elif at > g.now + LONGEST_AHEAD:
        sent.errors["day"] = _("This is more than a year ahead: check the year.")
    else:
        sent.later = at


def table(day: date) -> Sequence[ProcessingDate]:
    """Return the rows as they are on a day: those that can be published then, or today, in the order of the table."""
    every = rows.all_rows(session())
    known = chain(in_table(every, today()), in_table(every, day))
    here = {found.row.key for found in known if not found.row.merged_into}
    return [found for found in on_day(every, day) if found.row.key in here]


def sent_table() -> tuple[Typed, Sent]:
    """Return what the request sends: what was typed, and what was pasted over it.

    A paste in which anything is wrong is told line by line, and nothing of it is taken.
    """
    sent = form(request.form)
    now = table(sent.day)
    typed = read(now, request.form, sent.day)
    content = pasted_content()
    if not content.strip():
        return typed, sent
    lines, faults = pasted_lines(content, now)
    both = read(now, request.form.to_dict() | cells(lines), sent.day)
    tell_faults(both, sent)
    faults += [told for row in both.rows for told in _told_by_line(row, lines)]
    if not faults:
        return both, sent
    typed.errors += [words for _line, words in sorted(faults)]
    return typed, sent


def tell_faults(typed: Typed, sent: Sent) -> None:
    """Tell beside each row what forbids an edition, whatever is wrong with the others."""
    try:
        proposed(session(), typed.readable, sent.as_of, sent.day)
    except EditionRefused as refused:
        typed.tell(refused.problems)
    if sent.later:
        _tell_scheduled(typed, sent)


def _tell_scheduled(typed: Typed, sent: Sent) -> None:
    """Tell beside each row that an edition to come speaks of it: the second one would find the row changed."""
    for one in to_come(session()):
        if one.author == Author(person().number) and one.plan.says(plan(typed, sent, sent.at)):
            continue
        at = formats.instant(one.plan.at, language())
        for row in typed.rows:
            if row.now.row.key in one.plan.rows and (row.is_said or row.note is not None):
                row.errors.append(_("An edition to come speaks of this row already (%(at)s): change that one.", at=at))


def plan(typed: Typed, sent: Sent, at: datetime) -> Plan:
    """Return what is typed as an edition that comes out at an aware instant."""
    return Plan(at, sent.as_of, typed.proposals, typed.notes, sent.words["reason"], sent.why)


def pasted_content() -> bytes:
    """Return the file that was sent, or what was pasted."""
    file = request.files.get("file")
    return (file.read() if file else b"") or request.form.get("pasted", "").encode()


def pasted_lines(content: bytes, now: Sequence[ProcessingDate]) -> tuple[list[Pasted], list[tuple[int, str]]]:
    """Return what was pasted, line by line, and what is wrong with the others, in words.

    A column of dates alone begins at the row in which it was pasted, the first one unless told.
    """
    keys = [found.row.key for found in now]
    first = request.form.get("from", "")
    keys = keys[keys.index(first) :] if first in keys else keys
    names = {found.row.key: found.row.key for found in now}
    for found in now:
        names |= {label.casefold(): found.row.key for label in (found.row.label.fr, found.row.label.en)}
    try:
        lines, problems = read_pasted(content, names, keys)
    except FileRefused as refused:
        lines, problems = [], list(refused.problems)
    return lines, [(one.line, on_line(one.line, in_words(one.sentence))) for one in problems]


def cells(lines: Sequence[Pasted]) -> dict[str, str]:
    """Return the fields that pasted lines fill."""
    meanings = {words.partition(",")[0].casefold(): meaning for meaning, words in meaning_words().items()}
    filled = {}
    for line in lines:
        meaning = meanings.get(line.meaning.partition(",")[0].casefold(), line.meaning)
        filled |= {f"date-{line.row}": line.date, f"meaning-{line.row}": meaning, f"next-{line.row}": line.next}
    return filled


def on_line(line: int, words: str) -> str:
    """Return what is wrong with a line of a paste; 0 is all of it."""
    return _("Line %(line)s: %(words)s", line=line, words=words) if line else words


def _told_by_line(row: TypedRow, lines: Sequence[Pasted]) -> Iterator[tuple[int, str]]:
    for line in lines:
        if line.row == row.now.row.key:
            label = row.now.row.label.in_(language())
            yield from ((line.line, on_line(line.line, f"{label} – {words}")) for words in row.errors)


def _rows(details: Mapping[str, object]) -> Iterator[str]:
    for name in ("rows", "notes"):
        found = details.get(name)
        yield from map(str, found if isinstance(found, dict | list) else ())


def _expected(given: Mapping[str, str]) -> int | None:
    number = _number(given.get("expected", ""))
    return number if number is not None and number <= revision() else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
