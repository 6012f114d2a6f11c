"""A table that has been published each day for ten years: what its pages, a publication and its database cost."""

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import event, insert
from werkzeug.test import create_environ

from portal.app import create_app
from portal.config import from_environment
from portal.core.calendar import day_of, instant
from portal.editions import files as editions_files, records as editions
from portal.editions.records import EditionRow, EntryRow
from portal.rows import files as rows_files, records as rows
from portal.store.changes import recorded_change, write_line
from portal.store.database import database, session
from tests.bench.rendering import Rendering, rendering
from tests.bench.sites import fill, portal_environ

ROWS = 40
YEARS = 10
#: Editions written at a time: more would only take memory.
CHUNK = 200
#: One move in three stands still and one in fourteen goes back, as in real tables (product.md §3).
MOVES = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, -1)
PUBLICATIONS = 5
CHANGES = "/fr/dates/changements?since=1000&until=3000"
TABLE, HISTORY, CHECK = "/fr/dates/", "/fr/dates/row-07/historique/", "/fr/dates/verifier?type=row-07&date={day}"
_ACTOR = "bench"
_HEADING = "row,group,group_fr,group_en,label_fr,label_en\n"


@dataclass(frozen=True, slots=True)
class Long:
    """Milliseconds a page in no cache, with its SQL statements; milliseconds a publication; bytes of the database."""

    entries: int
    pages: Sequence[tuple[str, Rendering, int]]
    publication: float
    size: int


def long_history(folder: Path, port: int, core: int) -> Long:
    """Make ten years of daily editions of forty rows in `folder`, and measure."""
    fill(folder, port, "init")
    app = create_app(from_environment(portal_environ(folder, port)))
    with app.app_context():
        entries = _fill(day_of(datetime.now(UTC)) - timedelta(days=1))
    size = sum(path.stat().st_size for path in folder.glob("portal.db*"))
    day = day_of(datetime.now(UTC))
    paths = {"table": TABLE, "history of a row": HISTORY, "answer to a date": CHECK.format(day=day)}
    paths |= {"changes between two editions": CHANGES}
    pages = [(name, rendering(path, folder, port, core), _statements(app, path)) for name, path in paths.items()]
    with app.app_context():
        publication = _publication(day)
    return Long(entries, pages, publication, size)


def _fill(last: date) -> int:
    definitions = "".join(f"row-{n:02},g{n % 5},Groupe {n % 5},Group {n % 5},Ligne {n},Row {n}\n" for n in range(ROWS))
    with recorded_change("dates", action="dates.rows", actor=_ACTOR, at=instant(last)) as change:
        rows.keep_rows(change, rows_files.read_rows((_HEADING + definitions).encode()))
    count = 0
    days = [last - timedelta(days=ago) for ago in reversed(range(1, YEARS * 365))]
    dates = dict.fromkeys(range(ROWS), days[0] - timedelta(days=30))
    chance = Random(2021)
    for start in range(0, len(days), CHUNK):
        with recorded_change("dates", action="dates.publish", actor=_ACTOR, at=instant(last)) as change:
            for number, as_of in enumerate(days[start : start + CHUNK], start=start + 1):
                count += _edition(change.session, number, as_of, dates, chance)
            change.details["editions"] = number
    _publish(last)  # by the door itself, so that the table says what the last edition said
    return count + ROWS


def _edition(found: editions.Session, number: int, as_of: date, dates: dict[int, date], chance: Random) -> int:
    """Write one edition as `publish` does, audit line included: 3,650 calls of it would take minutes."""
    at = instant(as_of) + timedelta(hours=9)
    why = {"why_fr": "", "why_en": ""}
    found.execute(
        insert(EditionRow),
        [{"id": number, "as_of": as_of, "published_at": at, "actor": _ACTOR, "reason": "Daily", **why}],
    )
    lines, said = [], {}
    for row, old in dates.items():
        new = dates[row] = min(old + timedelta(days=chance.choice(MOVES)), as_of)
        key = f"row-{row:02}"
        step = {"meaning": "received_on", "received_on": new, "old_meaning": "received_on", "old_received_on": old}
        lines.append(
            {
                "edition_id": number,
                "row_key": key,
                **step,
                "next_update_on": as_of + timedelta(days=1),
                "as_of": as_of,
                "is_change": new != old,
            }
        )
        if new != old:
            said[key] = [str(old), str(new)]
    found.execute(insert(EntryRow), lines)
    details = {"edition": number, "as_of": str(as_of), "reason": "Daily", "rows": said}
    write_line(found, at, _ACTOR, "dates", number, "dates.publish", details)
    return len(lines)


def _publish(as_of: date) -> float:
    """Publish forty changes from a file, as the command does; return the seconds."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "received_on"])
    writer.writerows((f"row-{n:02}", as_of - timedelta(days=30 + n)) for n in range(ROWS))
    signed = editions.Signature(instant(as_of) + timedelta(hours=9), "Daily", is_confirmed=True)
    start = time.perf_counter()
    with recorded_change("dates", action="dates.publish", actor=_ACTOR, at=signed.at) as change:
        editions.publish(change, editions_files.read_dates(text.getvalue().encode()), as_of, signed)
    return time.perf_counter() - start


def _publication(day: date) -> float:
    session().rollback()
    return sorted(_publish(day - timedelta(days=ahead % 2)) for ahead in range(PUBLICATIONS))[PUBLICATIONS // 2] * 1000


def _statements(app: Flask, path: str) -> int:
    """Return how many statements a page asks the database for, the revisions included."""
    seen: list[str] = []
    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    chunks = app(create_environ(path, app.config["PUBLIC_URL"]), lambda *said: print)
    list(chunks)
    return len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")])
