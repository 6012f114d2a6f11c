"""Whether someone answers, as a person would say it with a wall calendar: a plain table, without a rule of the portal.

Closed days and changes of the clock were copied by hand from published calendars; nothing here is computed from a rule.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

YEARS = range(2024, 2033)
MINUTE = timedelta(minutes=1)
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


def minutes_of(year: int) -> Iterator[datetime]:
    """Yield every minute of a year in UTC, with the first days of the next one, in which the next opening is found."""
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 8, tzinfo=UTC)
    while at < end:
        yield at
        at += MINUTE


def is_open(at: datetime) -> bool:
    """Say whether someone answers at a minute in UTC."""
    wall = at - timedelta(hours=offset(at))
    if wall.date() in DAYS_CLOSED:
        return False
    minute = wall.hour * 60 + wall.minute
    return any(opens <= minute < closes for opens, closes in OPEN[wall.weekday()])


def is_weekend(at: datetime) -> bool:
    """Say whether a wall calendar shows a Saturday or a Sunday that is no closed day, at a minute in UTC."""
    wall = at - timedelta(hours=offset(at))
    return wall.weekday() in (5, 6) and wall.date() not in DAYS_CLOSED


def states_of(year: int) -> Iterator[tuple[datetime, bool, datetime]]:
    """Yield each minute of a year, whether someone answers, and the next minute at which that changes."""
    minutes = list(minutes_of(year))
    opens = [is_open(at) for at in minutes]
    changes, change = [minutes[-1]] * len(minutes), minutes[-1]
    for number in reversed(range(len(minutes) - 1)):
        if opens[number] != opens[number + 1]:
            change = minutes[number + 1]
        changes[number] = change
    for at, is_now, until in zip(minutes, opens, changes, strict=True):
        if at.year == year:
            yield at, is_now, until
