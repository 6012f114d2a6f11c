"""Which feeds tell of a publication: the paths of which the hub is to be told."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from flask import Flask, url_for

from portal.core.languages import LANGUAGES
from portal.feeds.rules import FORMATS
from portal.hub import records
from portal.store.changes import Change


def ask_to_tell(app: Flask, change: Change, feeds: Callable[[], Collection[str]], due_at: datetime) -> None:
    """Ask, where a hub is configured, that it be told of the feeds that a change touches, from an aware instant on."""
    if app.config["HUB_URL"]:
        with app.test_request_context():
            records.enqueue(change, feeds(), due_at)


def of_notices(audiences: Collection[str], groups: Collection[str]) -> list[str]:
    """Return the feeds that may tell of a notice: `groups` are the keys of the groups of forms.

    Those of all audiences, for a correction may change them: a hub that fetches a feed which has not changed tells
    nobody. Feeds of several audiences name no hub.
    """
    every = [("notices.all_feed", {})]
    every += [("notices.audience_feed", {"audience": audience}) for audience in audiences]
    return list(_paths([*every, *(("dates.group_feed", {"group": group}) for group in groups)]))


def of_dates(rows: Collection[str], groups: Collection[str]) -> list[str]:
    """Return the feeds that tell of an edition which changed these rows, of these groups."""
    every = [("dates.table_feed", {})]
    every += [("dates.row_feed", {"row": row}) for row in rows]
    return list(_paths([*every, *(("dates.group_feed", {"group": group}) for group in groups)]))


def _paths(feeds: Collection[tuple[str, dict[str, str]]]) -> Iterator[str]:
    for endpoint, arguments in feeds:
        for language in LANGUAGES:
            for kind in FORMATS:
                named: dict[str, Any] = {"language": language, "kind": kind, **arguments}
                yield url_for(endpoint, **named)
