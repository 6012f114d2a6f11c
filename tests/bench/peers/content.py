"""The portal's content in the hands of its peers, taken from its own interface: the rows, the notices, the page."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench.parts.pages import PAGE
from tests.bench.sites import ask

COLUMNS = ("row_key", "row_group", "label_fr", "label_en", "note_fr", "state", "received_on", "as_of", "next_update_on")


def take(port: int, folder: Path) -> None:
    """Write what the peers are to serve into a folder: `content.json`, `content.db` and what is around the table."""
    rows = [_row(one) for one in json.loads(ask(port, "/api/v1/dates").body)["rows"]]
    notices = [_notice(one) for one in json.loads(ask(port, "/fr/avis/fil.json").body)["items"]]
    page = ask(port, PAGE).body.decode()
    start, end = page.index("<tbody"), page.rindex("</tbody>") + len("</tbody>")
    (folder / "content.json").write_text(json.dumps({"rows": rows, "notices": notices}), "utf-8")
    (folder / "before.html").write_text(page[:start], "utf-8")
    (folder / "after.html").write_text(page[end:], "utf-8")
    with closing(sqlite3.connect(folder / "content.db")) as connection, connection:
        connection.execute(f"CREATE TABLE dates ({', '.join(COLUMNS)}, PRIMARY KEY (row_key))")
        marks = ", ".join(f":{name}" for name in COLUMNS)
        connection.executemany(f"INSERT INTO dates VALUES ({marks})", rows)  # noqa: S608 — our own names


def _row(one: dict[str, Any]) -> dict[str, object]:
    label, note = one["label"], one["note"]
    return {
        "row_key": one["row"],
        "row_group": one["group"],
        "label_fr": label["fr"],
        "label_en": label["en"],
        "note_fr": note["fr"],
        **{name: one[name] for name in ("state", "received_on", "as_of", "next_update_on")},
    }


def _notice(one: dict[str, Any]) -> dict[str, object]:
    return {
        "guid": one["id"],
        "title": one["title"],
        "link": one["url"],
        "html": one["content_html"],
        "published": one["date_published"],
        "updated": one["date_modified"],
    }
