"""Every minute of nine years against a table made by hand: 4.7 million instants, nothing wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tomllib import loads
from zoneinfo import ZoneInfo

import pytest

from portal.hours.files import read_week
from portal.hours.rules import Schedule, Week
from tests.hours import oracle

FACTS = loads((Path(__file__).parents[2] / "portal" / "facts" / "contact.toml").read_text("utf-8"))
(HOURS,) = [Schedule(facts["key"], (Week(read_week(facts["week"])),)) for facts in FACTS["schedules"]]


#: Of this year the next change is asked at every minute; of the others at every seventh, so at each minute of an hour,
#: and at the two minutes of each change.
WHOLE = 2026


@pytest.mark.parametrize("year", oracle.YEARS)
def test_every_minute_of_a_year_agrees_with_the_table(year: int) -> None:
    count, wrong = 0, []
    for begins, until, is_open in oracle.stretches(year):
        at, ends = begins, min(until, datetime(year + 1, 1, 1, tzinfo=UTC))
        while at < ends:
            count += 1
            is_asked = year == WHOLE or count % 7 == 0 or at == begins or until - at == oracle.MINUTE
            if HOURS.is_open(at) is not is_open or (is_asked and HOURS.next_change(at) != until):
                wrong.append(at)
            at += oracle.MINUTE
    assert wrong == []
    assert count == (527_040 if year % 4 == 0 else 525_600)


@pytest.mark.parametrize("year", oracle.YEARS)
def test_every_minute_of_the_nights_the_clocks_change_agrees_too(year: int) -> None:
    # The hour that is skipped and the one that comes twice are on Sundays: whoever answers then answers through them.
    weekends = Schedule("weekends", (Week(read_week("Sa-Su 00:00-24:00")),))
    for day in oracle.DAYLIGHT[year]:
        at = datetime.fromisoformat(f"{year}-{day}T00:00Z") - timedelta(days=1)
        for _minute in range(3 * 24 * 60):
            assert weekends.is_open(at) is oracle.is_weekend(at), at
            at += oracle.MINUTE


@pytest.mark.parametrize("year", oracle.YEARS)
def test_the_table_knows_when_the_clocks_change(year: int) -> None:
    # The table itself, against the tz database: an hour off would be off on both sides of nothing else.
    quebec = ZoneInfo("America/Toronto")
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        assert at.astimezone(quebec).utcoffset() == -timedelta(hours=oracle.offset(at)), at
        at += timedelta(hours=1)
