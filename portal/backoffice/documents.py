"""What a program sends: a JSON document, read field by field, every fault told with its place. Pure: text → values.

A place is a JSON pointer (RFC 6901): `/dates/3/received_on` is a field of the fourth of the dates.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from portal.core.calendar import parse_day, parse_instant
from portal.core.errors import NotADate, PortalError
from portal.core.formats import typography
from portal.core.languages import NO_TEXT, Bilingual
from portal.core.tables import CONTROL

#: The greatest number that any field of ours may be: what SQLite and PostgreSQL keep of a whole number.
LARGEST = 2**31 - 1
LONGEST_LINE = 1_000
Read = TypeVar("Read")
_NAME = re.compile(r"[a-z_-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document, and where: an empty `at` is the document as a whole."""

    at: str
    sentence: str


class NotADocument(PortalError):
    """A body is no JSON object; the message says why."""


class DocumentRefused(PortalError):
    """A document has faults: all of them are told at once, and nothing of it was kept."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("the document was refused")
        self.faults = tuple(faults)


class Document:
    """One object: each field is asked for by its name, and one that nobody asks for is a fault."""

    def __init__(self, fields: dict[str, Any], at: str = "", faults: list[Fault] | None = None) -> None:
        self._fields = fields
        self._at = at
        self._known: set[str] = set()
        self._parts: list[Document] = []
        self.faults: list[Fault] = [] if faults is None else faults

    @classmethod
    def read(cls, content: bytes) -> "Document":
        """Return the document of a body. Raises NotADocument."""
        try:
            value = json.loads(content.decode("utf-8"))
        except UnicodeDecodeError:
            raise NotADocument("the body is not in UTF-8") from None
        except (ValueError, RecursionError):
            raise NotADocument("the body is no JSON that can be read") from None
        if not isinstance(value, dict):
            raise NotADocument("the body is no JSON object: begin it with {")
        return cls(value)

    def tell(self, place: str, sentence: str) -> None:
        """Tell what is wrong with a field; `place` may lead through several, `title/fr`."""
        self.faults.append(Fault(f"{self._at}/{place}", sentence))

    def end(self) -> None:
        """Say that every field was asked for. Raises DocumentRefused with all that is wrong, unknown fields too."""
        self._tell_unknown()
        if self.faults:
            raise DocumentRefused(self.faults)

    def needed_day(self, name: str, *, today: date | None = None) -> date:
        """Return a day that must be there; where it is not, the document is refused at its end."""
        return self.day(name, is_required=True, today=today) or date.min

    def text(self, name: str, *, longest: int = LONGEST_LINE, is_required: bool = False) -> str:
        """Return a text without the blanks around it, empty where there is none."""
        value = self._value(name, str, "a text", is_required=is_required)
        text = (value or "").strip()
        if value is not None and is_required and not text:
            self.tell(name, "this is required")
        if len(text) > longest:
            self.tell(name, f"this is longer than {longest} characters")
        if CONTROL.search(text) or not _is_unicode(text):
            self.tell(name, "there is a sign that no page can hold")
            return ""  # no fault can quote it
        return text

    def is_null(self, name: str) -> bool:
        """Say whether the document says null of a field, which is more than to leave it out: it is meant."""
        self._known.add(name)
        return name in self._fields and self._fields[name] is None

    def line_or_null(self, name: str) -> str:
        """Return a line, empty where the document says null; left out, it is a fault."""
        return self.line(name, is_required=not self.is_null(name))

    def line(self, name: str, *, longest: int = LONGEST_LINE, is_required: bool = False) -> str:
        """Return a text of one line, its blanks each as one space."""
        return " ".join(self.text(name, longest=longest, is_required=is_required).split())

    def day(self, name: str, *, is_required: bool = False, today: date | None = None) -> date | None:
        """Return a day, written YYYY-MM-DD, None where there is none; given `today`, it must have been reached."""
        return self._read(name, partial(parse_day, today=today), self.text(name, is_required=is_required))

    def instant(self, name: str) -> datetime | None:
        """Return the aware instant of a day and an hour in Québec, `2021-07-22 08:30`, None where there is none."""
        return self._read(name, parse_instant, self.text(name))

    def choice(self, name: str, known: Sequence[str], *, is_required: bool = False) -> str:
        """Return one of the words that are known, empty where there is none."""
        text = self.text(name, is_required=is_required)
        if text and text not in known:
            self.tell(name, f"this is one of {', '.join(known)}")
            return ""
        return text

    def flag(self, name: str) -> bool:
        """Return true or false, which is what is left out."""
        return bool(self._value(name, bool, "true or false"))

    def number(self, name: str) -> int | None:
        """Return a whole number from 0, None where there is none."""
        value = self._value(name, int, "a whole number")
        if value is not None and (isinstance(value, bool) or not 0 <= value <= LARGEST):
            self.tell(name, f"give a whole number from 0 to {LARGEST}")
            return None
        return value

    def both(self, name: str, *, longest: int = LONGEST_LINE) -> Bilingual:
        """Return a sentence in both languages, in the typography of each, or no text; one alone is a fault."""
        part = self.part(name)
        if part is None:
            return NO_TEXT
        french, english = part.line("fr", longest=longest), part.line("en", longest=longest)
        if bool(french) != bool(english):
            part.tell("en" if french else "fr", "say it in both languages, or in neither")
        return Bilingual(typography(french, "fr"), typography(english, "en"))

    def texts(self, name: str, *, is_required: bool = False) -> Sequence[str]:
        """Return a list of texts, which has one at least where it is required."""
        found = self._value(name, list, "a list of texts", is_required=is_required)
        if found == [] and is_required:
            self.tell(name, "this is required")
        found = found or []
        if not all(isinstance(one, str) and _is_unicode(one) and not CONTROL.search(one) for one in found):
            self.tell(name, "give a list of texts")
            return ()
        return [one.strip() for one in found]

    def part(self, name: str) -> "Document | None":
        """Return an object within this one, None where there is none."""
        value = self._value(name, dict, "an object")
        return None if value is None else self._part(value, name)

    def parts(self, name: str, *, most: int) -> Sequence["Document"]:
        """Return the objects of a list, which must hold one at least and `most` at most."""
        found = self._value(name, list, "a list", is_required=True)
        if found is None:
            return ()
        if not 1 <= len(found) <= most or not all(isinstance(one, dict) for one in found):
            self.tell(name, f"give a list of 1 to {most} objects")
            return ()
        return [self._part(one, f"{name}/{place}") for place, one in enumerate(found)]

    def _part(self, value: dict[str, Any], place: str) -> "Document":
        found = Document(value, f"{self._at}/{place}", self.faults)
        self._parts.append(found)
        return found

    def _value(self, name: str, kind: type, words: str, *, is_required: bool = False) -> Any:
        self._known.add(name)
        value = self._fields.get(name)
        if value is None:
            if is_required:
                self.tell(name, "this is required")
            return None
        if not isinstance(value, kind):
            self.tell(name, f"give {words}")
            return None
        return value

    def _read(self, name: str, read: Callable[[str], Read], text: str) -> Read | None:
        """Return what `read` reads of a text, None where there is none; tell what it refuses."""
        try:
            return read(text) if text else None
        except NotADate:  # never quoted: a reference may have come into the wrong field
            self.tell(name, "this is no date; write it YYYY-MM-DD, for example 2021-07-22")
        except PortalError as error:
            self.tell(name, error.sentence)
        return None

    def _tell_unknown(self) -> None:
        known = ", ".join(sorted(self._known))
        for name in self._fields.keys() - self._known:
            # What is no name of a field may be what should stand in one.
            place = f"{self._at}/{name}" if _NAME.fullmatch(name) else self._at
            self.faults.append(Fault(place, f"there is a field that is not known; there are {known}"))
        for part in self._parts:
            part._tell_unknown()


def _is_unicode(text: str) -> bool:
    """Say whether a text has no half of a pair of surrogates (RFC 8259 §8.2)."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
