"""A publisher who schedules without the desk: for any instant, where the desk takes a minute that has not begun."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from portal.app import create_app
from portal.config import from_environment
from portal.core.calendar import day_of
from portal.editions.records import Signature
from portal.editions.rules import Proposal
from portal.publication import schedule
from portal.publication.acts import By
from portal.publication.dates import NewDates
from portal.rows.records import table
from portal.staff.records import people
from portal.store.database import database, session


def schedules(settings: Mapping[str, str], name: str, row: str, *, days: int, at: datetime) -> int:
    """Let the date of a row move by so many days at an instant, in somebody's name; nothing is answered beforehand."""
    app = create_app(from_environment(settings))
    with app.app_context():
        now = datetime.now(UTC)
        found = next(one for one in table(session(), day_of(now)) if one.row.key == row)
        assert isinstance(found.received_on, date)
        new = NewDates([Proposal(1, row, found.received_on + timedelta(days=days), None, None)], day_of(now))
        person = next(one for one in people(session()) if one.name == name)
        signed = Signature(now, "Weekly update", is_confirmed=True)
        number = schedule.schedule(new, at, signed, By(name), person.number, ())
        session().close()
        database.engine.dispose()
        return number
