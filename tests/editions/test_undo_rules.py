"""What takes an edition back: what each row says again, and when it cannot (product.md §3)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.core.errors import CannotUndo
from portal.core.languages import NO_TEXT
from portal.editions.rules import Edition, Move, Step, undoing_moves
from tests.makers import AS_OF, ONE_DAY, D, a_date, a_row


def an_edition(**changes: object) -> Edition:
    edition = Edition(7, AS_OF, datetime(2026, 2, 2, 14, tzinfo=UTC), NO_TEXT, None, None)
    return replace(edition, **changes)  # type: ignore[arg-type]  # the names are checked by replace


SAID = {"access-new": 7}
EARLIER, NOW = a_date(as_of=AS_OF - ONE_DAY, next_update_on=AS_OF), a_date(received_on=D + ONE_DAY)


def test_an_edition_is_taken_back_by_saying_again_what_was_said_before() -> None:
    moves = undoing_moves(an_edition(), SAID, {"access-new": EARLIER}, {"access-new": NOW}, AS_OF)

    assert moves == (
        Move(NOW.row, Step("received_on", D + ONE_DAY, "received_on", D), AS_OF - ONE_DAY, AS_OF, D + ONE_DAY),
    )


def test_an_edition_taken_back_gives_a_state_without_a_date_back() -> None:
    paused = a_date(meaning="suspended", received_on=None)

    (move,) = undoing_moves(an_edition(), SAID, {"access-new": paused}, {"access-new": NOW}, AS_OF)

    assert move.step == Step("received_on", D + ONE_DAY, "suspended", None)


@pytest.mark.parametrize(
    ("edition", "said", "before", "sentence"),
    [
        (an_edition(undone_by=9), {}, {}, "edition 7 was taken back already, by edition 9"),
        (an_edition(undoes=5), {}, {}, "edition 7 takes edition 5 back; publish its dates anew instead"),
        (
            an_edition(),
            {"one": 9, "two": 7, "three": 12, "four": 9},
            {},
            "later editions speak of the same rows; undo the newest first: 12, 9",
        ),
        (
            an_edition(),
            {"one": 7, "two": 7, "three": 7},
            {"two": EARLIER},
            "these rows had no date before; publish the right one instead: one, three",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_refused_with_the_way_out(
    edition: Edition, said: dict[str, int], before: dict, sentence: str
) -> None:
    with pytest.raises(CannotUndo) as caught:
        undoing_moves(edition, said, before, {}, AS_OF)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [
        ({"merged_into": "other"}, True),
        ({"last_day": AS_OF - ONE_DAY}, True),
        ({"first_day": AS_OF + ONE_DAY}, True),
        ({"last_day": AS_OF}, False),
        ({"first_day": AS_OF}, False),
    ],
)
def test_a_row_that_left_the_table_since_is_given_no_date_back(row: dict[str, object], is_refused: bool) -> None:
    said, current = {"access-new": 7, "gone": 7}, {"access-new": NOW, "gone": a_date(a_row(key="gone", **row))}
    before = {"access-new": EARLIER, "gone": EARLIER}
    if not is_refused:
        assert [move.row.key for move in undoing_moves(an_edition(), said, before, current, AS_OF)] == list(said)
        return
    with pytest.raises(CannotUndo) as caught:
        undoing_moves(an_edition(), said, before, current, AS_OF)
    assert str(caught.value) == "these rows are in the table no more: gone; publish the others anew instead"
