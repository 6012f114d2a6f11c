"""The demonstration: a function of the day it is made for, so that the same day always gives the same content."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from portal.core.calendar import is_working_day
from portal.core.numbers import printed_reference, reference_of
from portal.status.rules import Stage

_HERE = Path(__file__).parent
WEEKS = 8

#: For each row: days behind the edition today, days gained each week, and weeks since its last update.
#: One stands still and one goes back, as real tables do (product.md §3).
PACE = {
    "access-new": (19, 6, 0),
    "access-change": (12, 7, 0),
    "access-renewal": (60, 0, 0),
    "b2b-new": (41, 9, 0),
    "b2b-certificate": (90, -3, 0),
    "b2b-test": (60, 5, 6),
    "selat-new": (16, 8, 0),
    "selat-removal": (9, 7, 0),
    "directives": (55, 4, 0),
}
WITHOUT_DATE = {"access-removal": "up_to_date", "selat-change": "suspended"}


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the demonstration; `reference` as an acknowledgement prints it."""

    reference: str
    received_on: date
    form_number: str
    stage: Stage
    changed_on: date


def rows() -> bytes:
    """Return the file of the rows."""
    return (_HERE / "rows.csv").read_bytes()


def notices() -> Sequence[bytes]:
    """Return the file of each notice, oldest first."""
    return [path.read_bytes() for path in sorted((_HERE / "notices").glob("*.md"))]


def _working_day(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def editions(day: date) -> Iterator[tuple[date, bytes]]:
    """Yield the as-of day and the file of each edition before `day`, oldest first, one a week."""
    for weeks_ago in reversed(range(WEEKS)):
        as_of = _working_day(day - timedelta(days=1 + 7 * weeks_ago))
        lines = [(row, "", meaning) for row, meaning in WITHOUT_DATE.items() if weeks_ago in (0, WEEKS - 1)] + [
            (row, _working_day(as_of - timedelta(days=behind + (gained - 7) * weeks_ago)), "received_on")
            for row, (behind, gained, silent) in PACE.items()
            if weeks_ago >= silent
        ]
        yield as_of, _csv(["row", "received_on", "meaning"], lines)


def requests(day: date) -> Sequence[DemoRequest]:
    """Return the requests of the demonstration, one a stage and a rule."""
    plan: list[tuple[int, str, Stage, int]] = [
        (24, "", "in_processing", 2),
        (40, "4123", "processed", 3),
        (10, "", "received", 10),
        (13, "4135", "in_line", 9),
        (33, "4346", "more_information", 5),
        (120, "", "closed", 40),
        (400, "", "closed", 300),
    ]
    return [
        DemoRequest(_reference(number), day - timedelta(received), form, stage, day - timedelta(changed))
        for number, (received, form, stage, changed) in enumerate(plan, start=1)
    ]


def requests_file(day: date) -> bytes:
    """Return the file of the requests, as the back office gives it."""
    lines = [(r.reference, r.received_on, r.form_number, r.stage, r.changed_on) for r in requests(day)]
    return _csv(["reference", "received_on", "form", "stage", "changed_on"], lines)


def _reference(number: int) -> str:
    digest = sha256(f"demonstration {number}".encode()).digest()
    return printed_reference(reference_of(int.from_bytes(digest[:8], "big") >> 14))


def _csv(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *lines])
    return text.getvalue().encode()
