"""The rows of the table: when each stands in it, when it is due, and when it is overdue."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from portal.core.calendar import is_working_day
from portal.core.errors import UnknownKey
from portal.rows.rules import Meaning, ProcessingDate, found_row, latest_as_of, next_update, on_day, turns
from tests.makers import AS_OF, ONE_DAY, a_date, a_row

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 31)
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("first_day", "last_day", "day", "has_begun", "has_ended"),
    [
        (None, None, date.min, True, False),
        (None, None, date.max, True, False),
        (FIRST, None, FIRST - ONE_DAY, False, False),
        (FIRST, None, FIRST, True, False),
        (None, LAST, LAST, True, False),
        (None, LAST, LAST + ONE_DAY, True, True),
        (FIRST, LAST, FIRST - ONE_DAY, False, False),
        (FIRST, LAST, LAST + ONE_DAY, True, True),
        (FIRST, FIRST, FIRST, True, False),
    ],
)
def test_a_row_stands_in_the_table_from_its_first_day_to_its_last(
    first_day: date | None, last_day: date | None, day: date, has_begun: bool, has_ended: bool
) -> None:
    row = a_row(first_day=first_day, last_day=last_day)

    assert (row.has_begun(day), row.has_ended(day)) == (has_begun, has_ended)
    assert row.is_in_table(day) is (has_begun and not has_ended)


@pytest.mark.parametrize(
    ("last_day", "day", "has_feed"),
    [
        (None, date.max, True),
        (LAST, LAST + 89 * ONE_DAY, True),
        (LAST, LAST + 90 * ONE_DAY, False),
    ],
)
def test_a_row_has_a_feed_until_ninety_days_after_its_end(last_day: date | None, day: date, has_feed: bool) -> None:
    assert a_row(last_day=last_day).has_feed(day) is has_feed


@pytest.mark.parametrize(
    ("today", "stale"),
    [
        (AS_OF, False),
        (AS_OF + timedelta(days=7), False),
        (AS_OF + timedelta(days=10), False),
        (AS_OF + timedelta(days=11), True),
        (AS_OF + timedelta(days=400), True),
    ],
)
@pytest.mark.parametrize("meaning", ["received_on", "received_up_to", "up_to_date", "suspended"])
def test_a_row_is_stale_once_its_frequency_and_tolerance_have_passed(
    today: date, stale: bool, meaning: Meaning
) -> None:
    found = a_date(meaning=meaning)

    assert found.stale_from == date(2026, 2, 13)
    assert found.is_stale(today) is stale


@pytest.mark.parametrize(
    "found",
    [
        a_date(as_of=None),
        a_date(a_row(merged_into="access")),
        a_date(a_row(last_day=date(2026, 2, 12))),  # it leaves the table on the day on which it would be late
    ],
    ids=["never published", "merged", "ended in time"],
)
def test_a_row_that_is_due_no_more_is_never_stale(found: ProcessingDate) -> None:
    assert found.stale_from is None
    assert not found.is_stale(date.max)


def test_a_stale_row_is_stale_until_its_last_day() -> None:
    found = a_date(a_row(last_day=date(2026, 2, 20)))

    assert found.stale_from == date(2026, 2, 13)
    assert [found.is_stale(date(2026, 2, day)) for day in (12, 13, 20, 21)] == [False, True, True, False]


ENDING = a_date(a_row(key="ending", first_day=FIRST, last_day=LAST), as_of=None)


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ([], []),
        ([a_date(as_of=None)], []),
        ([a_date()], [date(2026, 2, 13)]),
        ([ENDING], [FIRST, LAST + ONE_DAY]),
        ([a_date(a_row(last_day=date(2026, 2, 12)))], [date(2026, 2, 13)]),
        ([ENDING, a_date()], [FIRST, date(2026, 2, 13), LAST + ONE_DAY]),
    ],
)
def test_a_table_turns_when_a_row_comes_leaves_or_grows_overdue(dates: list[ProcessingDate], days: list[date]) -> None:
    assert turns(dates) == days


@given(
    st.lists(st.tuples(st.none() | days_of_2026, st.none() | days_of_2026, st.none() | days_of_2026), max_size=4),
    days_of_2026,
)
def test_nothing_of_a_table_changes_by_itself_on_a_day_that_is_no_turn(
    rows: list[tuple[date | None, date | None, date | None]], today: date
) -> None:
    dates = [a_date(a_row(first_day=first, last_day=last), as_of=as_of) for first, last, as_of in rows]

    def shown(day: date) -> list[tuple[bool, bool]]:
        return [(found.row.is_in_table(day), found.is_stale(day)) for found in dates]

    assert shown(today) == shown(today + ONE_DAY) or today + ONE_DAY in turns(dates)


def test_a_row_is_merged_or_split_once_the_other_has_begun() -> None:
    old, new = a_date(a_row(key="old", merged_into="new")), a_date(a_row(key="new", split_from="old", first_day=FIRST))
    every = [old, new]

    assert on_day(every, FIRST) == every
    assert [found.row.merged_into for found in on_day(every, FIRST - ONE_DAY)] == [None, None]
    assert [found.row.split_from for found in on_day(every, FIRST - ONE_DAY)] == [None, "old"]
    assert on_day([], FIRST) == []


@pytest.mark.parametrize(
    ("last_day", "first_day", "merged_on"),
    [
        (None, None, date.min),
        (None, FIRST, FIRST),
        (LAST, None, LAST + ONE_DAY),
        (LAST, FIRST, LAST + ONE_DAY),
        (FIRST, LAST, LAST),
    ],
)
def test_a_row_is_merged_once_the_other_has_begun_and_its_own_last_day_is_over(
    last_day: date | None, first_day: date | None, merged_on: date
) -> None:
    every = [
        a_date(a_row(key="old", merged_into="new", last_day=last_day)),
        a_date(a_row(key="new", first_day=first_day)),
    ]

    assert on_day(every, merged_on)[0].row.merged_into == "new"
    if merged_on > date.min:
        assert on_day(every, merged_on - ONE_DAY)[0].row.merged_into is None


def test_a_merge_of_merges_leads_to_the_last_of_them_on_each_day() -> None:
    every = [
        a_date(a_row(key="one", merged_into="two")),
        a_date(a_row(key="two", merged_into="three")),
        a_date(a_row(key="three", merged_into="four", first_day=FIRST, last_day=LAST - ONE_DAY)),
        a_date(a_row(key="four", first_day=LAST)),
    ]

    def merged(day: date) -> list[str | None]:
        return [found.row.merged_into for found in on_day(every, day)]

    assert merged(FIRST - ONE_DAY) == ["two", None, None, None]
    assert merged(FIRST) == ["three", "three", None, None]
    assert merged(LAST - ONE_DAY) == ["three", "three", None, None]
    assert merged(LAST) == ["four", "four", "four", None]


@pytest.mark.parametrize(
    ("found", "today", "is_announced"),
    [
        (a_date(), AS_OF, True),
        (a_date(), AS_OF + timedelta(days=6), True),
        (a_date(), AS_OF + timedelta(days=7), False),  # that day has come
        (a_date(next_update_on=None), AS_OF, False),
        (a_date(meaning="up_to_date", received_on=None), AS_OF, True),
        (a_date(meaning="suspended", received_on=None), AS_OF, False),
        (a_date(a_row(merged_into="other")), AS_OF, False),
        (a_date(a_row(last_day=AS_OF + timedelta(days=6))), AS_OF, False),
        (a_date(a_row(last_day=AS_OF + timedelta(days=7))), AS_OF, True),
    ],
)
def test_the_next_update_is_announced_until_it_comes(found: ProcessingDate, today: date, is_announced: bool) -> None:
    assert found.announced_on(today) == (found.next_update_on if is_announced else None)


def test_the_latest_as_of_day_is_that_of_the_row_published_last() -> None:
    assert latest_as_of([]) is None
    assert latest_as_of([a_date(as_of=None)]) is None
    assert latest_as_of([a_date(as_of=None), a_date(), a_date(as_of=AS_OF - ONE_DAY)]) == AS_OF


def test_a_row_is_found_by_its_key() -> None:
    one, two = a_date(a_row(key="one")), a_date(a_row(key="two"))

    assert found_row([one, two], "two") is two


@pytest.mark.parametrize("key", ["three", "", "ONE", "x" * 10_000])
def test_an_unknown_row_is_refused_with_the_rows_there_are(key: str) -> None:
    one, two = a_date(a_row(key="one")), a_date(a_row(key="two"))

    with pytest.raises(UnknownKey) as caught:
        found_row([one, two], key)

    assert str(caught.value) == f"row “{key[:40]}” is unknown; there are one, two"
    assert caught.value.argument == "row"
    assert caught.value.choices == [("one", one.row.label), ("two", two.row.label)]


@pytest.mark.parametrize(
    ("as_of", "every_days", "expected"),
    [
        (date(2026, 2, 2), 7, date(2026, 2, 9)),
        (date(2026, 2, 2), 1, date(2026, 2, 3)),
        (date(2026, 2, 6), 1, date(2026, 2, 9)),  # a Saturday moves to Monday
        (date(2026, 6, 17), 7, date(2026, 6, 25)),  # 24 June 2026
        (date(2026, 6, 24), 7, date(2026, 7, 2)),  # 1 July 2026
        (date(2026, 12, 17), 7, date(2026, 12, 28)),  # 24 to 27 December
        (date(2026, 12, 24), 7, date(2027, 1, 4)),  # 31 December to 3 January
    ],
)
def test_the_next_update_is_on_a_working_day(as_of: date, every_days: int, expected: date) -> None:
    assert next_update(as_of, every_days) == expected


@given(days_of_2026, st.integers(1, 366))
def test_the_next_update_is_the_first_working_day_due(as_of: date, every_days: int) -> None:
    due = as_of + timedelta(days=every_days)
    found = next_update(as_of, every_days)

    assert is_working_day(found)
    assert not any(is_working_day(due + timedelta(days=ahead)) for ahead in range((found - due).days))
