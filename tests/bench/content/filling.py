"""The content that all serve: the demonstration, as many rows as the agency has, and more notices than a feed."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

from flask import Flask

from portal.core.calendar import day_of
from portal.demo import content
from portal.editions import files as editions_files, records as editions
from portal.rows import files as rows_files, records as rows
from portal.store.changes import recorded_change
from tests.bench.content.archive import ACTOR, fill_archive

ROWS = 40
NOTICES = 60


def fill_up(app: Flask) -> None:
    """Add rows and notices to the demonstration, by the one door for writes."""
    fill_table(app)
    with app.app_context():
        fill_archive(datetime.now(UTC).replace(microsecond=0), NOTICES)


def fill_table(app: Flask) -> None:
    """Add rows to the demonstration, or to nothing."""
    now = datetime.now(UTC).replace(microsecond=0)
    with app.app_context():
        added = _add_rows(now)
        _publish(added, day_of(now), now)


def _add_rows(now: datetime) -> list[str]:
    lines = list(csv.DictReader(io.StringIO(content.rows().decode())))
    table = [*lines]
    while len(table) < ROWS:
        like, number = lines[len(table) % len(lines)], len(table) + 1
        names = {key: f"{like[key]} ({number})" for key in ("label_fr", "label_en")}
        kept = {key: like[key] for key in ("group", "group_fr", "group_en")}
        table.append({**dict.fromkeys(like, ""), **kept, **names, "row": f"more-{number}"})
    text = io.StringIO()
    writer = csv.DictWriter(text, lines[0])
    writer.writeheader()
    writer.writerows(table)
    with recorded_change("dates", action="dates.rows", actor=ACTOR, at=now) as change:
        rows.keep_rows(change, rows_files.read_rows(text.getvalue().encode()))
    return [line["row"] for line in table[len(lines) :]]


def _publish(keys: list[str], today: date, now: datetime) -> None:
    text = "row,received_on\n" + "".join(f"{key},{today - timedelta(days=20 + n)}\n" for n, key in enumerate(keys))
    signed = editions.Signature(now, "More rows", is_confirmed=True)
    with recorded_change("dates", action="dates.publish", actor=ACTOR, at=now) as change:
        editions.publish(change, editions_files.read_dates(text.encode()), today, signed)
