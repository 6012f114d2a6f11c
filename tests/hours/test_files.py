"""Hours as staff type them, in either language: read as a person would, or refused in words."""

import re

import pytest
from hypothesis import given, strategies as st

from portal.core import formats
from portal.core.errors import HoursMalformed
from portal.hours.files import LONGEST_TYPED, read_hours, read_week, written, written_week
from portal.hours.rules import ALL_DAY, END_OF_DAY, Days, Interval

MORNING, AFTERNOON = Interval(510, 720), Interval(780, 990)
USUAL = (MORNING, AFTERNOON)
AGENCY: Days = (USUAL, USUAL, (Interval(600, 720), AFTERNOON), USUAL, USUAL, (), ())


@pytest.mark.parametrize(
    "typed",
    [
        "Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30",
        "mo,tu,th,fr 8:30-12,13-16:30;we 10-12,13-16:30",
        "lun-mar, jeu, ven 8 h 30 à 12 h et 13 h à 16 h 30; mercredi 10h-12h, 13h-16h30",
        "lundi au mardi et jeudi au vendredi 8\u00a0h\u00a030–12\u00a0h, 13\u00a0h–16\u00a0h\u00a030\n"
        "mer 10 à 12 et 13 à 16.30",
        "du lundi au mardi, jeudi et vendredi de 8 h 30 à 12 h et de 13 h à 16 h 30;"
        "mercredi de 10 h à 12 h et de 13 h à 16 h 30",
        "Monday to Tuesday, Thursday and Friday: 08:30–12:00, 13:00–16:30; Wednesday: 10:00–12:00 and 13:00–16:30",
        "We 10:00-12:00, 13:00-16:30; Fr. 8:30-12, 13-16:30; Mo, Tu 8:30-12, 13-16:30; Th 8:30-12, 13-16:30; Sa off;",
    ],
)
def test_a_week_is_read_as_a_person_would(typed: str) -> None:
    assert read_week(typed) == AGENCY


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Mo-Su closed", [(), (), (), (), (), (), ()]),
        ("dimanche fermé", [(), (), (), (), (), (), ()]),
        ("Mo-Su 00:00-24:00", [ALL_DAY] * 7),
        ("Sa-Mo 8-9", [(Interval(480, 540),), (), (), (), (), (Interval(480, 540),), (Interval(480, 540),)]),
        ("Mo 8-12, 12-16", [(Interval(480, 960),), (), (), (), (), (), ()]),
    ],
)
def test_a_day_may_be_closed_or_whole_and_hours_that_touch_are_one(typed: str, expected: list[object]) -> None:
    assert list(read_week(typed)) == expected


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Mo 16:30-13:00", "“16:30-13:00” ends before it begins; for a night, end at 24:00"),
        ("Mo 8-8", "“8-8” ends when it begins"),
        ("Mo 08:30-12:00, 11:00-13:00", "08:30-12:00 and 11:00-13:00 overlap"),
        ("Mo 11:00-13:00, 08:30-12:00", "08:30-12:00 comes after 11:00-13:00; write hours in order, from 0 to 24"),
        ("Mo 9-12, 1-5", "01:00-05:00 comes after 09:00-12:00"),
        ("We-Tu 8-9", "“we-tu” goes past Sunday: name its days one by one"),
        ("Mo 8-16, 9-10", "08:00-16:00 and 09:00-10:00 overlap"),
        ("Mo 25:00-26:00", "“25:00” is no hour; they go from 00:00 to 24:00"),
        ("Mo 8:60-9:00", "“8:60” is no hour"),
        ("Mo 24:01-24:30", "“24:01” is no hour"),
        ("Mo 8:30 a.m.-4 p.m.", "is not two hours; write for example 08:30-12:00, in 24 hours"),
        ("Mo 8", "“8” is not two hours"),
        ("Mo 8-12,,13-14", "“” is not two hours"),
        ("Mo ٨-١٢", "is not days, then hours"),
        ("Blursday 8-12", "“blursday” is no day of the week; write for example Mo or lundi"),
        ("m 8-12", "“m” is no day of the week"),
        ("Mo--Fr 8-12", "“mo--fr” is no day of the week"),
        ("Mo-Fr 8-12; We 8-9", "Wednesday stands twice"),
        ("Mo, Mo 8-12", "Monday stands twice"),
        ("Mo", "“mo” is not days, then hours; write for example Mo-Fr 08:30-12:00"),
        ("8-12", "is not days, then hours"),
        ("", "there is no day"),
        (" ;\n", "there is no day"),
        ("Mo 8-12 " * 200, f"the hours are longer than {LONGEST_TYPED} characters"),
    ],
)
def test_a_week_that_cannot_be_is_refused_in_words(typed: str, why: str) -> None:
    with pytest.raises(HoursMalformed, match=re.escape(why)):
        read_week(typed)


@given(st.text(alphabet="MoTuWelund 0123456789:-–à,;h.\n", max_size=60))
def test_no_text_is_read_as_hours_that_cannot_be(typed: str) -> None:
    try:
        week = read_week(typed)
    except HoursMalformed:
        return
    for intervals in week:
        ends = [minute for interval in intervals for minute in interval]
        assert ends == sorted(set(ends))
        assert all(0 <= minute <= END_OF_DAY for minute in ends)


ends = st.lists(st.integers(0, END_OF_DAY), max_size=6, unique=True).map(sorted)
days = ends.map(lambda ends: tuple(Interval(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False)))


@given(st.tuples(*[days] * 7))
def test_a_week_that_is_written_is_read_the_same(week: Days) -> None:
    assert read_week(written_week(week)) == week


@given(days.filter(bool))
def test_hours_as_the_page_says_them_in_french_are_read_the_same(hours: tuple[Interval, ...]) -> None:
    said = formats.hours(hours, "fr")
    if "minuit" not in said and "heures" not in said:
        assert read_hours(said) == hours


def test_a_week_is_written_by_runs_of_days() -> None:
    assert written_week(AGENCY) == "Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30"
    assert written_week(((),) * 7) == "Mo-Su closed"
    assert written(Interval(0, END_OF_DAY)) == "00:00-24:00"


def test_the_hours_of_one_day_may_be_typed_alone() -> None:
    assert read_hours("8:30-12") == (MORNING,)
    assert read_hours("Closed") == read_hours("fermé") == ()
