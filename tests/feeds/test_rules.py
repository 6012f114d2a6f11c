"""What a feed is: its archives, counted from the oldest, and the instant of its last change."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.feeds.rules import EPOCH, FORMAT_NAMES, FORMATS, MEDIA_TYPES, MOST_ITEMS, Item, full_archives, last_change

AT = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "full"), [(0, 0), (1, 0), (MOST_ITEMS, 0), (51, 1), (99, 1), (100, 2), (101, 2), (150, 3), (10_000, 200)]
)
def test_archives_hold_what_the_newest_document_does_not(count: int, full: int) -> None:
    assert full_archives(count) == full
    assert count - full * MOST_ITEMS <= MOST_ITEMS, "the newest document holds what no archive does"


def test_a_feed_changed_last_when_an_item_did() -> None:
    items = [Item("", "", "", "", AT, AT + timedelta(days=days)) for days in (2, 9, 4)]
    assert last_change(items) == AT + timedelta(days=9)
    assert last_change([]) == EPOCH


def test_each_format_has_its_name_and_its_type() -> None:
    assert tuple(MEDIA_TYPES) == tuple(FORMAT_NAMES) == FORMATS
