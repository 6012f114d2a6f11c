"""The back-test runs, judges without looking ahead, and its committed tables are those of the present code."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from portal.forecast.rules import Interval, Point, Refusal
from tests.backtest.__main__ import README
from tests.backtest.baselines import Span
from tests.backtest.queues import FAMILIES, simulated_row
from tests.backtest.report import BEGIN, END, HISTORIES, history, line, missed
from tests.backtest.scores import Case, Score, Shown, at_equal_coverage, cases, ours

DAY = date(2024, 1, 1)


def days(number: int) -> date:
    return DAY + timedelta(number)


def a_case(first: int = 7, last: int = 20, reached: int | None = 14, end: int = 100) -> Case:
    said = Interval(days(first), days(last), 8, 10)
    spans = (Span(7, 14, 21), Span(0, 14, 70))
    return Case(2, DAY, said, None if reached is None else days(reached), days(end), spans, 7)


def test_the_committed_tables_are_those_of_the_present_code() -> None:
    committed = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()
    name = "table-mexico-3"

    made = line(name, list(cases(history(HISTORIES / f"{name}.csv"), 0, every_weeks=4)))

    # One line of many: the whole takes a minute (`make backtest`), and this one moves with any change of the forecast.
    assert made in committed, "the forecast has changed: run `.venv/bin/python -m tests.backtest --write`"


def test_every_real_history_is_in_order() -> None:
    for path in HISTORIES.glob("*.csv"):
        points = history(path)
        assert all(earlier.as_of < later.as_of for earlier, later in pairwise(points)), path.name
        assert all(point.received_on < point.as_of for point in points), path.name


@pytest.mark.parametrize("family", FAMILIES)
def test_a_simulated_row_is_the_same_for_the_same_seed_and_never_ahead_of_its_day(family: str) -> None:
    row = simulated_row(family, 3)

    assert row == simulated_row(family, 3) != simulated_row(family, 7)
    assert all(earlier.as_of < later.as_of for earlier, later in pairwise(row))
    assert all(point.received_on <= point.as_of for point in row)


def test_what_is_said_does_not_depend_on_what_comes() -> None:
    row = simulated_row("stoppage", 3)
    cut = row[: len(row) * 2 // 3]
    later = [Point(point.as_of, cut[-1].received_on) for point in row[len(cut) :]]

    def said(points: tuple[Point, ...]) -> list[tuple[Interval | Refusal, tuple[Span, Span]]]:
        return [(case.said, case.baselines) for case in cases(points, 0, 26) if case.as_of <= cut[-1].as_of]

    assert len(said(row)) > 20
    assert said(row) == said((*cut, *later))


def test_an_interval_is_judged_once_it_closes_before_the_data_end_whatever_came() -> None:
    assert a_case(end=20).is_judged
    assert not a_case(end=19).is_judged
    assert a_case(reached=None).is_judged
    assert not replace(a_case(), said=Refusal("few_moves", 3)).is_judged
    found = [a_case(), a_case(reached=None), a_case(reached=21), a_case(reached=6), a_case(end=15)]
    assert (len(ours(found)), ours(found).coverage) == (4, 0.25)


@pytest.mark.parametrize(
    ("reached", "hit", "loss"),
    [(7, True, 0.65), (20, True, 0.65), (0, False, 4.15), (30, False, 5.65), (None, False, 41.15)],
)
def test_an_interval_is_scored_at_both_ends(reached: int | None, hit: bool, loss: float) -> None:
    shown = Shown(days(7), days(20), None if reached is None else days(reached), days(100))

    assert (shown.is_hit, shown.weeks) == (hit, 2)
    assert shown.pinball == pytest.approx(loss)


def test_a_rival_is_made_as_wide_as_it_takes_to_be_right_as_often() -> None:
    found = [a_case(reached=7 + 7 * number, last=34) for number in range(5)]

    wide = at_equal_coverage(found, 0)

    assert ours(found).coverage == 0.8
    assert wide.coverage == 0.8
    assert wide.width == (5, 5)  # about the second week, from this one to the fourth after it
    assert isinstance(wide, Score)


def test_what_misses_the_bar_is_named() -> None:
    sentences = missed({"calm": [a_case(), a_case(reached=30)]})

    assert sentences[0] == "calm: 50.0 % came true, not 75 to 85 %"
    assert all(sentence.startswith("calm: ") for sentence in sentences)
