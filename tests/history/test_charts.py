"""The drawing of a history: inside its view, from left to right, with ticks that can be read."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from portal.history.charts import BOTTOM, HEIGHT, SIDE, TOP, WIDTH, Chart, dates_chart, delays_chart
from tests.history.test_rules import a_history, weeks
from tests.makers import AS_OF, ONE_DAY, D

LEFT, RIGHT, HIGHEST, LOWEST = SIDE, WIDTH - SIDE, TOP, HEIGHT - BOTTOM
MIDDLE = WIDTH / 2


def points(path: str) -> list[tuple[str, float, float | None]]:
    """The commands of a path, each with the place it leads to across, and up where it says so."""
    found: list[tuple[str, float, float | None]] = []
    across = 0.0
    for command, numbers in re.findall(r"([MHV])([\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        across = values[0] if command in "MH" else across
        found.append((command, across, values[-1] if command in "MV" else None))
    assert "".join(f"{command}{numbers}" for command, numbers in re.findall(r"([MHV])([\d. ]+)", path)) == path
    return found


def both(received: Sequence[date | None], days: Sequence[date]) -> list[Chart]:
    history = a_history(received, days)
    return [chart for chart in (dates_chart(history), delays_chart(history)) if chart]


def test_a_published_date_holds_until_the_next_edition() -> None:
    chart = dates_chart(a_history([D, D + timedelta(days=7), D + timedelta(days=14)], weeks(3)))

    assert chart is not None
    assert chart.path == f"M{LEFT} {LOWEST}H{MIDDLE:g}V138H{RIGHT}V{HIGHEST}"
    assert chart.last == (RIGHT, HIGHEST)
    assert chart.backward == []


def test_a_row_without_a_date_leaves_a_gap() -> None:
    chart = dates_chart(a_history([D, None, D + ONE_DAY], weeks(3)))

    assert chart is not None
    assert [command for command, _across, _up in points(chart.path)] == ["M", "H", "M"]
    assert chart.last == (RIGHT, HIGHEST)


@pytest.mark.parametrize("received", [[None], [None, None, None]])
def test_a_row_that_never_had_a_date_is_not_drawn(received: list[None]) -> None:
    assert both(received, weeks(len(received))) == []


def test_one_point_stands_in_the_middle() -> None:
    dates, delays = both([D], [AS_OF])

    assert dates.path == f"M{MIDDLE:g} {(TOP + HEIGHT - BOTTOM) / 2:g}"
    assert dates.last == (MIDDLE, (TOP + HEIGHT - BOTTOM) / 2)
    assert [tick.value for tick in dates.days] == [AS_OF]
    assert [tick.value for tick in dates.values] == [D]
    assert [tick.value for tick in delays.values] == [0, 5, 10, 15]
    assert delays.last == (MIDDLE, HIGHEST)


def test_a_delay_of_nothing_is_drawn_on_the_ground() -> None:
    chart = delays_chart(a_history([AS_OF], [AS_OF]))

    assert chart is not None
    assert ([tick.value for tick in chart.values], chart.last) == ([0, 1], (MIDDLE, LOWEST))


def test_a_move_back_is_marked_where_it_happened() -> None:
    chart = dates_chart(a_history([D, D + timedelta(days=14), D + timedelta(days=7)], weeks(3)))

    assert chart is not None
    assert chart.backward == [(RIGHT, 138.0)]


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (date(2026, 2, 2), date(2026, 2, 5), ["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"]),
        (date(2026, 2, 2), date(2026, 2, 8), ["2026-02-02", "2026-02-04", "2026-02-06", "2026-02-08"]),
        (date(2026, 2, 2), date(2026, 3, 2), ["2026-02-02", "2026-02-16", "2026-03-02"]),
        (date(2026, 2, 2), date(2026, 5, 2), ["2026-03-01", "2026-04-01", "2026-05-01"]),
        (date(2026, 2, 1), date(2026, 7, 31), ["2026-03-01", "2026-05-01", "2026-07-01"]),
        (date(2025, 2, 2), date(2026, 1, 2), ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"]),
        (date(2024, 11, 20), date(2026, 11, 20), ["2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01"]),
        (date(2016, 11, 20), date(2026, 11, 20), ["2019-01-01", "2022-01-01", "2025-01-01"]),
    ],
)
def test_days_are_marked_at_round_ones(first: date, last: date, ticks: list[str]) -> None:
    chart, _delays = both([D, D], [first, last])

    assert [str(tick.value) for tick in chart.days] == ticks


@pytest.mark.parametrize(
    ("delay", "ticks"),
    [(1, [0, 1]), (3, [0, 1, 2, 3]), (4, [0, 2, 4]), (15, [0, 5, 10, 15]), (61, [0, 50, 100]), (200, [0, 100, 200])],
)
def test_delays_are_counted_from_zero_in_round_steps(delay: int, ticks: list[int]) -> None:
    # Every weekday of 2026 but the holidays: only the distance matters here.
    as_of = date(2026, 12, 18)
    received_on = as_of
    while (a_history([received_on], [as_of])[0].delay or 0) < delay:
        received_on -= ONE_DAY
    chart = delays_chart(a_history([received_on], [as_of]))

    assert chart is not None
    assert [tick.value for tick in chart.values] == ticks


def test_a_label_near_a_side_begins_or_ends_there() -> None:
    chart, _delays = both([D, D], [date(2026, 2, 2), date(2026, 2, 5)])

    assert [tick.anchor for tick in chart.days] == ["start", "middle", "middle", "end"]
    assert {tick.anchor for tick in chart.values} == {"start"}


any_day = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(st.lists(st.tuples(st.none() | any_day, any_day), min_size=1, max_size=30))
def test_everything_is_drawn_inside_its_view_from_left_to_right(pairs: list[tuple[date | None, date]]) -> None:
    days = sorted(day for _received, day in pairs)
    received = [found and min(found, day) for (found, _day), day in zip(pairs, days, strict=True)]
    for chart in both(received, days):
        drawn = points(chart.path)
        assert all(LEFT <= across <= RIGHT for _command, across, _up in drawn)
        assert all(one[1] <= two[1] for one, two in pairwise(drawn)), "a line never runs to the left"
        assert all(HIGHEST <= up <= LOWEST for _command, _across, up in drawn if up is not None)
        assert drawn[0][0] == "M"
        for across, up in [chart.last, *chart.backward]:
            assert (LEFT <= across <= RIGHT, HIGHEST <= up <= LOWEST) == (True, True)
        assert 1 <= len(chart.days) <= 5 or (days[-1] - days[0]).days < 62
        assert 1 <= len(chart.values) <= 5
        assert all(LEFT <= tick.at <= RIGHT for tick in chart.days)
        assert all(HIGHEST <= tick.at <= LOWEST for tick in chart.values)
        assert len({tick.at for tick in chart.values}) == len(chart.values)
        assert len(chart.path) < 1_000


def test_a_path_of_130_points_weighs_about_a_kilobyte() -> None:
    received = [D + timedelta(days=6 * week + week % 5) for week in range(130)]
    chart, _delays = both(received, weeks(130))

    assert 1_000 < len(chart.path) < 1_800
