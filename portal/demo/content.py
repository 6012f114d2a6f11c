"""The demonstration: a function of the day it is made for, so that the same day always gives the same content."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

from portal.core.calendar import instant, is_working_day
from portal.core.languages import NO_TEXT, Bilingual
from portal.core.numbers import printed_reference, reference_of
from portal.status.rules import Stage

_HERE = Path(__file__).parent
#: Two years of weekly editions: enough for a forecast and for its record.
WEEKS = 104


WHY_BACK = Bilingual(
    "Des demandes reçues plus tôt nous ont été remises en retard\u00a0: nous les traitons d’abord.",
    "Requests received earlier reached us late: we are processing them first.",
)
WHY_MISTAKE = Bilingual(
    "Une date avait été publiée par erreur. La date précédente est rétablie.",
    "A date had been published by mistake. The previous date is restored.",
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a row of the demonstration moves. Days are calendar days, weeks are counted back from the newest edition.

    `behind`: days behind the newest edition; `drift`: days by which it was further behind (or less) in each of the
    `drifting` last weeks; `every`: weeks between two updates; `silent`: weeks since the last one; `still`: weeks
    since it last moved; `back`: the week in which it went back.
    """

    behind: int
    drift: int = 0
    drifting: int = 0
    every: int = 1
    silent: int = 0
    still: int = 0
    back: int | None = None


#: Steady, cleared, growing; one stands still, one went back, one is late, as real tables do (product.md §3).
PACES = {
    "access-new": Pace(19),
    "access-change": Pace(12),
    "access-renewal": Pace(25, still=9),
    "b2b-new": Pace(41, drift=2, drifting=26),
    "b2b-certificate": Pace(60, every=2, back=0),
    "b2b-test": Pace(60, every=4, silent=6),
    "selat-change": Pace(14, silent=9),
    "selat-new": Pace(16, drift=1, drifting=12),
    "selat-removal": Pace(9),
    "directives": Pace(55, drift=-1, drifting=30),
}
#: By how many days, at most, a week is ahead of its row's pace or behind it.
UNEVEN = 4
#: What the row that goes back loses then.
LOST_DAYS = 30
#: Rows without a date, and since how many weeks.
WITHOUT_DATE = {"access-removal": ("up_to_date", WEEKS - 1), "selat-change": ("suspended", 8)}
#: The week in which an edition was published by mistake, and taken back: a row, and how far ahead it was put.
MISTAKE = (20, "selat-new", 12)


@dataclass(frozen=True, slots=True)
class DemoEdition:
    """An edition of the demonstration: its file, and what the public is told; a mistake is taken back at once."""

    as_of: date
    file: bytes
    why: Bilingual = NO_TEXT
    is_mistake: bool = False


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the demonstration; `reference` as an acknowledgement prints it."""

    reference: str
    received_on: date
    form_number: str
    stage: Stage
    changed_on: date
    authoriser_reference: str = ""


def rows() -> bytes:
    """Return the file of the rows."""
    return (_HERE / "rows.csv").read_bytes()


def notices() -> Sequence[bytes]:
    """Return the first file of each notice, oldest first."""
    return [path.read_bytes() for path in sorted((_HERE / "notices").glob("*.md"))]


@dataclass(frozen=True, slots=True)
class Later:
    """What became of a notice at an aware instant: a new text from a file, major if it has a note."""

    at: datetime
    file: bytes
    note: Bilingual | None


#: The hour of each later text, by the name of its file, and the note of a major change.
LATER = {
    "check-spam-folder.md": (instant(date(2023, 10, 4), time(14)), None),
    "rss-feeds.md": (
        instant(date(2026, 10, 6), time(9)),
        Bilingual(
            "Les fils existent maintenant en trois formats\u00a0: RSS, Atom et JSON Feed.",
            "The feeds now come in three formats: RSS, Atom and JSON Feed.",
        ),
    ),
}
#: The notice that was published by mistake: its key, when it was withdrawn, and why.
WITHDRAWN = (
    "maintenance-october-2026",
    instant(date(2026, 10, 2), time(15, 30)),
    Bilingual("L’entretien annoncé a été annulé.", "The maintenance it announced was cancelled."),
)


def later_notices() -> Sequence[Later]:
    """Return the later texts of notices, oldest first."""
    found = [Later(at, (_HERE / "notices" / "later" / name).read_bytes(), note) for name, (at, note) in LATER.items()]
    return sorted(found, key=lambda later: later.at)


def _working_day(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def editions(day: date) -> Iterator[DemoEdition]:
    """Yield the editions before `day`, oldest first, one a week, and the one that was a mistake."""
    days = [_working_day(day - timedelta(days=1 + 7 * weeks_ago)) for weeks_ago in range(WEEKS)]
    dates = {row: _dates(row, pace, days) for row, pace in PACES.items()}
    for weeks_ago in reversed(range(WEEKS)):
        lines: list[Sequence[object]] = [
            (row, found[weeks_ago], "received_on") for row, found in dates.items() if weeks_ago in found
        ]
        lines += [(row, "", meaning) for row, (meaning, since) in WITHOUT_DATE.items() if weeks_ago in (0, since)]
        went_back = any(pace.back == weeks_ago for pace in PACES.values())
        yield DemoEdition(days[weeks_ago], _dates_file(lines), WHY_BACK if went_back else NO_TEXT)
        week, row, ahead = MISTAKE
        if weeks_ago == week:
            wrong = dates[row][week] + timedelta(days=ahead)
            yield DemoEdition(days[week], _dates_file([(row, wrong, "received_on")]), WHY_MISTAKE, is_mistake=True)


def _dates(row: str, pace: Pace, days: Sequence[date]) -> dict[int, date]:
    """Return the received date of each week in which a row was updated, by how many weeks ago that was."""
    found: dict[int, date] = {}
    latest = date.max
    for weeks_ago in range(pace.silent, WEEKS, pace.every):
        moved = max(weeks_ago, pace.still)  # the week of the last move, for one that stands still since
        behind = pace.behind + pace.drift * min(moved, pace.drifting) + _unevenness(row, moved)
        behind -= LOST_DAYS if pace.back is not None and weeks_ago > pace.back else 0
        received_on = _working_day(days[moved] - timedelta(days=max(behind, 1)))
        goes_back = pace.back is not None and weeks_ago == pace.back + pace.every
        latest = received_on if goes_back else min(latest, received_on)
        found[weeks_ago] = latest
    return found


def _unevenness(row: str, weeks_ago: int) -> int:
    digest = sha256(f"{row} {weeks_ago}".encode()).digest()
    return digest[0] % (2 * UNEVEN + 1) - UNEVEN if weeks_ago else 0


def _dates_file(lines: Sequence[Sequence[object]]) -> bytes:
    return _csv(["row", "received_on", "meaning"], lines)


def requests(day: date) -> Sequence[DemoRequest]:
    """Return the requests of the demonstration, one a stage and a rule."""
    plan: list[tuple[int, str, Stage, int]] = [
        (24, "1001", "in_processing", 2),
        (40, "4123", "processed", 3),
        (10, "1002", "received", 10),
        (13, "4135", "in_line", 9),
        (33, "4346", "more_information", 5),
        (120, "1001", "closed", 40),
        (400, "1003", "closed", 300),
    ]
    found = [
        DemoRequest(_reference(number), day - timedelta(received), form, stage, day - timedelta(changed))
        for number, (received, form, stage, changed) in enumerate(plan, start=1)
    ]
    two = [_reference(number) for number in (8, 9)]
    return [*found, DemoRequest(two[0], day - timedelta(36), "1001", "processed", day - timedelta(1), two[1])]


def requests_file(day: date) -> bytes:
    """Return the file of the requests, as the back office gives it."""
    lines = [
        (r.reference, r.authoriser_reference, r.received_on, r.form_number, r.stage, r.changed_on)
        for r in requests(day)
    ]
    return _csv(["reference", "authoriser_reference", "received_on", "form", "stage", "changed_on"], lines)


def _reference(number: int) -> str:
    digest = sha256(f"demonstration {number}".encode()).digest()
    return printed_reference(reference_of(int.from_bytes(digest[:8], "big") >> 14))


def _csv(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *lines])
    return text.getvalue().encode()
