"""The chain of the audit log: whatever is touched, taken away or added shows, and is named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, strategies as st

from portal.core.chain import START, Entry, Head, digest, faults, sealed

AT = datetime(2026, 11, 20, 14, 0, 0, 654_321, tzinfo=UTC)

ZONES = [UTC, ZoneInfo("America/Toronto"), ZoneInfo("Asia/Kolkata"), timezone(timedelta(hours=-9, seconds=-1))]
#: What JSON can hold.
details = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
    max_leaves=4,
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from(ZONES))  # noqa: DTZ001 — bounds
said = st.fixed_dictionaries(
    {
        "at": instants,
        "actor": st.text(max_size=80),
        "subject": st.sampled_from(["dates", "notices"]),
        "revision": st.integers(0, 10**6),
        "action": st.text(max_size=40),
        "details": st.dictionaries(st.text(), details, max_size=3),
    }
)


def an_entry(**changes: object) -> Entry:
    """Return the first line of a log, without its hash."""
    entry = Entry(1, START, AT, "a test", "dates", 7, "dates.publish", {"edition": 3, "reason": "Été"})
    return replace(entry, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def a_log(*lines: Mapping[str, object]) -> list[Entry]:
    """Return lines that follow one another, each with what is its own."""
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        follows = entries[-1].hash if entries else START
        entries.append(sealed(an_entry(number=number, follows=follows, **line)))
    return entries


def found(entries: Sequence[Entry | None], head: Head | None) -> list[str]:
    """Return what is wrong with entries, of which None, at its place, cannot be read."""
    return list(faults([(one.number if one else at, one) for at, one in enumerate(entries, start=1)], head))


def head_of(entries: Sequence[Entry]) -> Head:
    return Head(len(entries), entries[-1].hash if entries else START)


SIX = a_log(*({"revision": number} for number in range(6)))
HEAD = head_of(SIX)
TOUCHED = "line {} was touched: its hash is not its own"
ANEW = "line {} was touched, hash and all: it is not the one that line {} follows"


def test_the_hash_is_one_that_anybody_can_work_out() -> None:
    words = (
        f'["{START}",1,"2026-11-20T14:00:00.654321+00:00","a test","dates",7,"dates.publish",'
        '{"edition":3,"reason":"\\u00c9t\\u00e9"}]'
    )
    assert digest(an_entry()) == sha256(words.encode()).hexdigest()
    assert sealed(an_entry()) == an_entry(hash=digest(an_entry()))


def test_the_hash_is_that_of_the_instant_whatever_the_clock_that_showed_it() -> None:
    in_india = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert digest(an_entry(at=in_india)) == digest(an_entry())
    assert digest(an_entry(at=AT + timedelta(microseconds=1))) != digest(an_entry())


def test_the_hash_is_the_same_in_whatever_order_details_come() -> None:
    assert digest(an_entry(details={"a": 1, "b": 2})) == digest(an_entry(details={"b": 2, "a": 1}))


def test_what_was_written_by_nobody_of_ours_has_a_hash_too() -> None:
    assert digest(an_entry(actor=b"\xff")) != digest(an_entry(actor="ÿ"))


@pytest.mark.parametrize("count", range(7))
def test_a_log_that_nobody_touched_has_no_faults(count: int) -> None:
    assert found(SIX[:count], head_of(SIX[:count])) == []


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("change", [{"actor": "another"}, {"hash": "f" * 64}])
def test_a_line_that_was_touched_is_named_alone(number: int, change: dict[str, str]) -> None:
    entries = [replace(one, **change) if one.number == number else one for one in SIX]
    assert found(entries, HEAD) == [TOUCHED.format(number)]


def test_a_line_that_was_given_another_to_follow_is_named_with_the_one_before() -> None:
    first, second, *others = SIX
    assert found([replace(first, follows="f" * 64), second, *others], HEAD) == [TOUCHED.format(1)]
    assert found([first, replace(second, follows="f" * 64), *others], HEAD) == [
        TOUCHED.format(2) + ", nor is line 1 the one that it says it follows"
    ]


@pytest.mark.parametrize("number", range(1, 6))
def test_a_line_that_was_touched_with_its_hash_is_named_by_the_one_after(number: int) -> None:
    entries = [sealed(replace(one, actor="another")) if one.number == number else one for one in SIX]
    assert found(entries, HEAD) == [ANEW.format(number, number + 1)]


def test_the_last_line_that_was_touched_with_its_hash_is_named_by_the_head() -> None:
    entries = [*SIX[:5], sealed(replace(SIX[5], actor="another"))]
    assert found(entries, HEAD) == ["line 6 was touched, hash and all: it is not the one with which the log ended"]


def test_the_first_line_follows_nothing() -> None:
    entries = [sealed(replace(SIX[0], follows="f" * 64)), *SIX[1:]]
    assert found(entries, HEAD) == [TOUCHED.format(1)]


def test_a_line_that_cannot_be_read_is_named_alone() -> None:
    assert found([*SIX[:2], None, *SIX[3:]], HEAD) == ["line 3 was touched: it cannot be read"]
    assert found([*SIX[:5], None], HEAD) == ["line 6 was touched: it cannot be read"]


def without(*numbers: int) -> list[tuple[int, Entry | None]]:
    return [(one.number, one) for one in SIX if one.number not in numbers]


@pytest.mark.parametrize(
    ("numbers", "sentences"),
    [
        ([1], ["line 1 is missing"]),
        ([3], ["line 3 is missing"]),
        ([2, 3, 5], ["lines 2 to 3 are missing", "line 5 is missing"]),
        ([6], ["line 6 is missing"]),
        ([4, 5, 6], ["lines 4 to 6 are missing"]),
        ([1, 2, 3, 4, 5, 6], ["lines 1 to 6 are missing"]),
    ],
)
def test_lines_that_were_taken_away_are_named(numbers: list[int], sentences: list[str]) -> None:
    assert list(faults(without(*numbers), HEAD)) == sentences


def test_a_line_beside_a_missing_one_is_looked_at_too() -> None:
    lines = [(number, entry and replace(entry, actor="another")) for number, entry in without(3)]
    assert list(faults(lines, HEAD))[2:4] == ["line 3 is missing", TOUCHED.format(4)]


def test_lines_that_follow_one_that_was_taken_away_cannot_take_its_number() -> None:
    entries = [*SIX[:2], *(replace(one, number=one.number - 1) for one in SIX[3:])]
    assert found(entries, HEAD) == [
        TOUCHED.format(3) + ", nor is line 2 the one that it says it follows",
        TOUCHED.format(4),
        TOUCHED.format(5),
        "line 6 is missing",
    ]


def test_two_lines_that_changed_places_are_named_alone() -> None:
    third, fourth = replace(SIX[2], number=4), replace(SIX[3], number=3)
    assert found([*SIX[:2], fourth, third, *SIX[4:]], HEAD) == [
        TOUCHED.format(3) + ", nor is line 2 the one that it says it follows",
        TOUCHED.format(4),
    ]


@pytest.mark.parametrize("number", [-1, 0, 7, 100])
def test_a_line_that_was_added_is_named_however_well_it_is_made(number: int) -> None:
    added = sealed(an_entry(number=number, follows=HEAD.hash))
    lines = sorted([*without(), (number, added)], key=lambda line: line[0])
    assert list(faults(lines, HEAD)) == [f"line {number} was added by hand: the log ended at line 6"]


def test_a_log_that_lost_its_head_is_told_and_read_all_the_same() -> None:
    lost = "where the log ended is not kept any more: whether lines are missing at its end, nobody can tell"
    assert found(SIX, None) == [lost]
    assert found([*SIX[:5], replace(SIX[5], actor="another")], None) == [TOUCHED.format(6), lost]


logs = st.lists(said, min_size=1, max_size=6)


@given(logs, said, st.data())
def test_any_touch_of_any_line_names_that_line_alone(
    lines: list[dict[str, object]], other: dict[str, object], data: st.DataObject
) -> None:
    entries = a_log(*lines)
    head = head_of(entries)
    assert found(entries, head) == []
    number, name = data.draw(st.integers(1, len(entries))), data.draw(st.sampled_from(sorted(other)))
    touched = replace(entries[number - 1], **{name: other[name]})
    assume(touched != entries[number - 1])
    entries[number - 1] = touched
    assert found(entries, head) == [TOUCHED.format(number)]
    entries[number - 1] = sealed(touched)
    assert [sentence.split(",")[0] for sentence in found(entries, head)] == [f"line {number} was touched"]


@given(logs, st.sets(st.integers(1, 6)))
def test_whichever_lines_are_taken_away_they_are_missing_and_no_other(
    lines: list[dict[str, object]], numbers: set[int]
) -> None:
    entries = a_log(*lines)
    left = [(one.number, one) for one in entries if one.number not in numbers]
    missing = set()
    for sentence in faults(left, head_of(entries)):
        assert sentence.endswith("missing")
        first, *last = map(int, re.findall(r"\d+", sentence))
        missing |= set(range(first, max([first, *last]) + 1))
    assert missing == {one.number for one in entries} & numbers
