"""A table that has been published each day for ten years: what its pages, a publication and its database cost."""

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta
from random import Random

from sqlalchemy import insert

from portal.core.calendar import day_of, instant
from portal.editions import files as editions_files, records as editions
from portal.editions.records import EditionRow, EntryRow
from portal.rows import files as rows_files, records as rows
from portal.store.changes import recorded_change, write_line
from portal.store.database import session
from tests.bench.content.counting import Cold, cold
from tests.bench.content.ground import Ground
from tests.bench.processes import on_cores
from tests.bench.table import Line

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


def years(ground: Ground) -> list[Line]:
    """Make ten years of daily editions of forty rows, and measure."""
    site = ground.new("years", how="init")
    app, day = site.app(), day_of(datetime.now(UTC))
    with app.app_context():
        entries = _fill(day - timedelta(days=1))
    size = sum(path.stat().st_size for path in site.data.glob("portal.db*")) / 1_000_000
    on = f"{entries:,} entries"
    paths = {"table": TABLE, "history of a row": HISTORY, "answer to a date": CHECK.format(day=day)}
    paths |= {"changes between two editions": CHANGES}
    with on_cores(ground.cores.first):
        pages = {name: cold(app, path) for name, path in paths.items()}
    with app.app_context():
        published = _publication(day)
    lines = [Line(f"{name}, in no cache", on, f"{one.rendered:.1f} ms", _rest(one)) for name, one in pages.items()]
    return [*lines, Line(f"publication of {ROWS} changes", on, f"{published:.1f} ms", f"database {size:.0f} MB")]


def _rest(one: Cold) -> str:
    return f"{one.compressed:.1f} ms more for the cache; {one.statements} statements"


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
