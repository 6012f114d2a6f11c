"""Whether someone answers, as a person would say it with a wall calendar: a plain table, without a rule of the portal.

Closed days and changes of the clock were copied by hand from published calendars; nothing here is computed from a rule.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

YEARS = range(2024, 2033)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: In minutes of the day: Monday first. 8:30 is 510, 10:00 is 600, 12:00 is 720, 13:00 is 780, 16:30 is 990.
OPEN = (
    ((510, 720), (780, 990)),
    ((510, 720), (780, 990)),
    ((600, 720), (780, 990)),
    ((510, 720), (780, 990)),
    ((510, 720), (780, 990)),
    (),
    (),
)
#: The thirteen closed days of each year, weekends too.
CLOSED = {
    2024: "01-01 01-02 03-29 04-01 05-20 06-24 07-01 09-02 10-14 12-24 12-25 12-26 12-31",
    2025: "01-01 01-02 04-18 04-21 05-19 06-24 07-01 09-01 10-13 12-24 12-25 12-26 12-31",
    2026: "01-01 01-02 04-03 04-06 05-18 06-24 07-01 09-07 10-12 12-24 12-25 12-26 12-31",
    2027: "01-01 01-02 03-26 03-29 05-24 06-24 07-01 09-06 10-11 12-24 12-25 12-26 12-31",
    2028: "01-01 01-02 04-14 04-17 05-22 06-24 07-01 09-04 10-09 12-24 12-25 12-26 12-31",
    2029: "01-01 01-02 03-30 04-02 05-21 06-24 07-01 09-03 10-08 12-24 12-25 12-26 12-31",
    2030: "01-01 01-02 04-19 04-22 05-20 06-24 07-01 09-02 10-14 12-24 12-25 12-26 12-31",
    2031: "01-01 01-02 04-11 04-14 05-19 06-24 07-01 09-01 10-13 12-24 12-25 12-26 12-31",
    2032: "01-01 01-02 03-26 03-29 05-24 06-24 07-01 09-06 10-11 12-24 12-25 12-26 12-31",
    2033: "01-01 01-02",
}
DAYS_CLOSED = {date.fromisoformat(f"{year}-{day}") for year, days in CLOSED.items() for day in days.split()}
#: Daylight time begins at 7:00 UTC on the first of these days and ends at 6:00 UTC on the second.
DAYLIGHT = {
    2024: ("03-10", "11-03"),
    2025: ("03-09", "11-02"),
    2026: ("03-08", "11-01"),
    2027: ("03-14", "11-07"),
    2028: ("03-12", "11-05"),
    2029: ("03-11", "11-04"),
    2030: ("03-10", "11-03"),
    2031: ("03-09", "11-02"),
    2032: ("03-14", "11-07"),
    2033: ("03-13", "11-06"),
}
SUMMERS = {
    year: (datetime.fromisoformat(f"{year}-{first}T07:00Z"), datetime.fromisoformat(f"{year}-{last}T06:00Z"))
    for year, (first, last) in DAYLIGHT.items()
}


def offset(at: datetime) -> int:
    """By how many hours the wall clock of Québec is behind, at an instant in UTC."""
    begins, ends = SUMMERS[at.year]
    return 4 if begins <= at < ends else 5


def is_weekend(at: datetime) -> bool:
    """Say whether a wall calendar shows a Saturday or a Sunday that is no closed day, at a minute in UTC."""
    wall = at - timedelta(hours=offset(at))
    return wall.weekday() in (5, 6) and wall.date() not in DAYS_CLOSED


def openings(first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when someone answers, in UTC, on each day from the first to the last, both included."""
    day = datetime(first.year, first.month, first.day, tzinfo=UTC)
    while day.date() <= last:
        # The clocks change in the night, before anybody answers: noon knows what they show.
        midnight = day + timedelta(hours=offset(day + DAY / 2))
        for opens, closes in () if day.date() in DAYS_CLOSED else OPEN[day.weekday()]:
            yield midnight + opens * MINUTE, midnight + closes * MINUTE
        day += DAY


def stretches(year: int) -> Iterator[tuple[datetime, datetime, bool]]:
    """Yield from when until when, in UTC, nothing changes, and whether someone answers; together they hold a year.

    The first begins with the year, which begins closed; the last ends with the first opening of the next year.
    """
    begins = datetime(year, 1, 1, tzinfo=UTC)
    for opens, closes in openings(date(year, 1, 1), date(year + 1, 1, 8)):
        yield begins, opens, False
        if opens.year > year:
            return
        yield opens, closes, True
        begins = closes
