"""Schedules to try the rules on: the office's own, or with one thing changed."""

from dataclasses import replace
from datetime import date

from portal.core.languages import Bilingual
from portal.hours.files import read_hours, read_week
from portal.hours.rules import ALL_DAY, Days, Schedule, SpecialDay, Week, in_order

OFFICE = read_week("Mo-Tu, Th-Fr 08:30-12:00, 13:00-16:30; We 10:00-12:00, 13:00-16:30")
STORM = Bilingual("tempête", "storm")
ALWAYS: Days = (ALL_DAY,) * 7


def a_schedule(week: Days = OFFICE, **changes: object) -> Schedule:
    """Return the office's schedule, or another."""
    return replace(Schedule("phone", in_order([Week(week)])), **changes)  # type: ignore[arg-type]  # checked by replace


def special(**hours: str) -> dict[date, SpecialDay]:
    """Return special days of 2026, given as `on_07_06="10-11"`."""
    return {
        date.fromisoformat(f"2026-{day.removeprefix('on_').replace('_', '-')}"): SpecialDay(read_hours(typed), STORM)
        for day, typed in hours.items()
    }
