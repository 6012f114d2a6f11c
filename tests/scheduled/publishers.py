"""A publisher who schedules without the desk: for any instant, where the desk takes a minute that has not begun."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from portal.app import create_app
from portal.config import from_environment
from portal.core.calendar import day_of
from portal.core.languages import NO_TEXT
from portal.editions.rules import Proposal
from portal.publication import schedule
from portal.publication.acts import By
from portal.rows.records import table
from portal.scheduled.rules import Author, Plan
from portal.staff.records import people
from portal.store.database import database, session


def schedules(settings: Mapping[str, str], name: str, row: str, *, days: int, at: datetime) -> int:
    """Let the date of a row move by so many days at an instant, in somebody's name; nothing is answered beforehand."""
    app = create_app(from_environment(settings))
    with app.app_context():
        now = datetime.now(UTC)
        found = next(one for one in table(session(), day_of(now)) if one.row.key == row)
        assert isinstance(found.received_on, date)
        day = found.received_on + timedelta(days=days)
        plan = Plan(at, day_of(now), [Proposal(1, row, day, None, None)], {}, "Weekly update", NO_TEXT)
        person = next(one for one in people(session()) if one.name == name)
        kept = schedule.schedule(plan, now, By(name), Author(person.number), lambda asked: ())
        assert kept, "the table says this already"
        session().close()
        database.engine.dispose()
        return kept[0]
