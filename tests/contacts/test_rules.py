"""Which line to call, and which lines are answered together."""

import pytest

from portal.contacts.rules import UNKNOWN, Phone, answering, by_schedule, check_key, line_of
from portal.core.errors import CannotChange, UnknownKey
from portal.core.languages import Bilingual
from portal.hours.files import read_week
from portal.hours.rules import Schedule, Week
from tests.makers import in_quebec

DAYS, ALWAYS = (
    Schedule(key, (Week(read_week(week)),)) for key, week in (("days", "Mo-Fr 8-16"), ("always", "Mo-Su 0-24"))
)


def a_phone(key: str, number: str = "+14187804208", schedule: Schedule = DAYS) -> Phone:
    return Phone(key, Bilingual(f"Région {key}", f"Region {key}"), number, schedule)


LINES = [a_phone("quebec"), a_phone("elsewhere", "+18883303023"), a_phone("montreal", "+15146873612")]


@pytest.mark.parametrize("key", ["quebec", "elsewhere", "montreal"])
def test_a_region_has_its_line(key: str) -> None:
    assert line_of(LINES, key).key == key


def test_whoever_does_not_know_calls_the_toll_free_line_or_else_the_last() -> None:
    assert line_of(LINES, UNKNOWN).key == "elsewhere"
    assert line_of([LINES[0], LINES[2]], UNKNOWN).key == "montreal"


@pytest.mark.parametrize("region", ["", "quebec ", "QUEBEC", "ontario"])
def test_a_region_that_is_none_is_told_those_there_are(region: str) -> None:
    with pytest.raises(UnknownKey, match="quebec, elsewhere, montreal") as refused:
        line_of(LINES, region)
    assert [key for key, _label in refused.value.choices] == ["quebec", "elsewhere", "montreal"]


def test_the_key_of_a_line_is_no_answer_of_a_caller_and_fits_an_address() -> None:
    check_key("laval")
    for key, why in ((UNKNOWN, "is what a caller answers"), ("Laval", "a key has 2 to 40 lower-case letters")):
        with pytest.raises(CannotChange, match=why):
            check_key(key)


def test_without_lines_even_the_unknown_region_is_none() -> None:
    with pytest.raises(UnknownKey):
        line_of([], UNKNOWN)


@pytest.mark.parametrize(
    ("number", "is_toll_free"),
    [
        ("+18883303023", True),
        ("+18883303023;ext=12", True),
        ("+18005550199", True),
        ("+18195550199", False),
        ("+14187804208", False),
        ("811", False),
        ("888", False),
    ],
)
def test_a_line_knows_whether_calling_it_costs_nothing(number: str, is_toll_free: bool) -> None:
    assert a_phone("any", number).is_toll_free is is_toll_free


def test_lines_that_share_their_hours_stand_together_in_their_order() -> None:
    lines = [a_phone("a"), a_phone("b", schedule=ALWAYS), a_phone("c")]
    found = [(schedule.key, [phone.key for phone in together]) for schedule, together in by_schedule(lines)]
    assert found == [("days", ["a", "c"]), ("always", ["b"])]
    states = answering(lines, in_quebec("2026-11-20 20:00"))
    assert [(group.schedule.key, group.state.is_open, len(group.phones)) for group in states] == [
        ("days", False, 2),
        ("always", True, 1),
    ]
